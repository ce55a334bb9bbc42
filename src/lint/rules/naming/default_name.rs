//! `naming/default-name`.

use crate::content::model::Text;
use crate::diagnostic::Subject;
use crate::lint::File;
use crate::lint::calculation_field::calculated_fields;
use crate::lint::rule::{Levels, NoOptions, rule};
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
    DefaultName, "naming/default-name", "name is the one that Tableau gave", Levels { recommended: Some(crate::diagnostic::Level::Info), strict: Some(crate::diagnostic::Level::Warning), optimizer: Some(crate::diagnostic::Level::Info) }, NoOptions, check
}

fn check(_options: &NoOptions, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let mut say = |kind: &'static str, text: &Text, name: &str, subjects: Vec<Subject>| {
        sink.report(text.span, subjects, format!("the {kind} `{name}` has the name that Tableau gave it")).help("give it a name that says what it shows");
    };
    for sheet in document.model.worksheets.iter().filter(|s| is_default(&s.name.value, "Sheet") && !file.is_hidden(&s.name.value)) {
        say("worksheet", &sheet.name, &sheet.name.value, vec![Subject::new("worksheet", &*sheet.name.value)]);
    }
    for dashboard in document.model.dashboards.iter().filter(|d| !file.is_hidden(&d.name.value)) {
        let kind = if dashboard.story { "story" } else { "dashboard" };
        if is_default(&dashboard.name.value, "Dashboard") || is_default(&dashboard.name.value, "Story") {
            say(kind, &dashboard.name, &dashboard.name.value, vec![Subject::new(kind, &*dashboard.name.value)]);
        }
    }
    for field in calculated_fields(document).filter(|f| !f.column.hidden) {
        let name = field.column.display_name();
        if is_default(&name, "Calculation") || name.ends_with(" (copy)") {
            say("calculated field", field.column.caption.as_ref().unwrap_or(&field.column.name), &name, field.subjects());
        }
    }
    for parameter in &document.model.parameters {
        let name = parameter.display_name();
        if is_default(&name, "Parameter") {
            say("parameter", parameter.caption.as_ref().unwrap_or(&parameter.name), &name, vec![Subject::new("parameter", &*name)]);
        }
    }
}

/// `Sheet 1`, `Sheet1`, `Calculation_123`: the word and digits.
fn is_default(name: &str, word: &str) -> bool {
    name.strip_prefix(word).is_some_and(|rest| {
        let digits = rest.trim_start_matches([' ', '_']);
        !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit())
    })
}
