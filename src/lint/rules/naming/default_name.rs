//! `naming/default-name`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::content::model::Text;
use crate::diagnostic::{Edit, Subject};
use crate::lint::calculation_field::calculated_fields;
use crate::lint::caption::Captions;
use crate::lint::rule::{Levels, rule};
use crate::lint::File;
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports sheets, calculated fields and parameters that people see and that still have the name that Tableau gave
    /// them: `Sheet 1`, `Dashboard 2`, `Calculation1`, `Parameter 1`, `Sales (copy)`.
    ///
    /// ## Why is this bad?
    /// Nobody can tell what `Sheet 3` shows without opening it, and its address on the site stays `Sheet3` for ever.
    /// Hidden sheets are left alone: nobody sees them.
    ///
    /// ## Use instead
    /// A name that says what it shows.
    ///
    /// ## Options
    /// `rename`: from the name that Tableau gave to the one that it should have, for calculated fields and parameters.
    /// `check --fix` writes them; formulas and views use the internal name, so that nothing else changes.
    ///
    /// ```yaml
    /// rules:
    ///   naming/default-name: { rename: { Calculation1: Profit Ratio } }
    /// ```
    ///
    /// ## Fix
    /// Only what `rename` says.
    DefaultName, "naming/default-name", "name is the one that Tableau gave", Levels { recommended: Some(crate::diagnostic::Level::Info), strict: Some(crate::diagnostic::Level::Warning), optimizer: Some(crate::diagnostic::Level::Info) }, Options, check
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// From the name that Tableau gave to another one, for calculated fields and parameters.
    rename: BTreeMap<String, String>,
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let captions = Captions::of(document);
    let mut say = |kind: &'static str, text: &Text, name: &str, subjects: Vec<Subject>, edits: &dyn Fn(&str) -> Option<Vec<Edit>>| {
        let help = match kind {
            "calculated field" | "parameter" => "give it a name that says what it is: data pane, right click, Rename",
            _ => "give it a name that says what it shows",
        };
        let rename = options.rename.get(name).and_then(|new| Some((format!("call it `{new}`"), edits(new)?)));
        sink.report(text.span, subjects, format!("the {kind} `{name}` has the name that Tableau gave it")).help(help).fix_if(rename);
    };
    for sheet in document.model.worksheets.iter().filter(|s| is_default(&s.name.value, "Sheet") && !file.is_hidden(&s.name.value)) {
        say("worksheet", &sheet.name, &sheet.name.value, vec![Subject::new("worksheet", &*sheet.name.value)], &|_| None);
    }
    for dashboard in document.model.dashboards.iter().filter(|d| !file.is_hidden(&d.name.value)) {
        let kind = if dashboard.story { "story" } else { "dashboard" };
        if is_default(&dashboard.name.value, "Dashboard") || is_default(&dashboard.name.value, "Story") {
            say(kind, &dashboard.name, &dashboard.name.value, vec![Subject::new(kind, &*dashboard.name.value)], &|_| None);
        }
    }
    for field in calculated_fields(document).filter(|f| !f.column.hidden) {
        let name = field.column.display_name();
        if is_default(&name, "Calculation") || is_copy(&name) {
            let edits = |new: &str| captions.field(field.datasource, field.column, new);
            say("calculated field", field.column.caption.as_ref().unwrap_or(&field.column.name), &name, field.subjects(), &edits);
        }
    }
    for parameter in &document.model.parameters {
        let name = parameter.display_name();
        if is_default(&name, "Parameter") {
            let edits = |new: &str| captions.parameter(parameter, new);
            say("parameter", parameter.caption.as_ref().unwrap_or(&parameter.name), &name, vec![Subject::new("parameter", &*name)], &edits);
        }
    }
}

/// `Sales (copy)`, `Sales (copy 2)`: what Duplicate calls a field.
pub(in crate::lint) fn is_copy(name: &str) -> bool {
    let number = name.rsplit_once(" (copy").and_then(|(_, rest)| rest.strip_suffix(')'));
    number.is_some_and(|n| n.is_empty() || n.strip_prefix(' ').is_some_and(|n| n.chars().all(|c| c.is_ascii_digit())))
}

/// `Sheet 1`, `Sheet1`, `Calculation_123`: the word and digits.
pub(in crate::lint) fn is_default(name: &str, word: &str) -> bool {
    name.strip_prefix(word).is_some_and(|rest| {
        let digits = rest.trim_start_matches([' ', '_']);
        !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit())
    })
}
