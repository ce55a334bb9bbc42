//! `datasource/missing-field`.

use std::collections::BTreeSet;

use crate::content::Document;
use crate::content::model::{Column, Datasource, Definition, Text, unbracket};
use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::fields::GENERATED;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// With `check --online`: reports fields that a workbook uses of a published data source and that the data source on the site
    /// has no longer.
    ///
    /// ## Why is this bad?
    /// The workbook publishes without a word, and its sheets show an error in place of data. Nothing in the file tells: it holds
    /// a copy of the fields as they were when it was last saved.
    ///
    /// ## Use instead
    /// Bring the field back in the data source, or open the workbook in Tableau and replace the reference.
    ///
    /// ## How sure is it?
    /// The data source's own file is read, as the site has it now. Only fields that something in the workbook uses are looked at,
    /// and only those that the file says came from the data source: calculations of the workbook are its own. A data source that
    /// cannot be downloaded is in the note on what was not checked.
    MissingField, "datasource/missing-field", "workbook uses a field that the published data source no longer has", Levels { recommended: Some(Level::Warning), strict: Some(Level::Error), optimizer: Some(Level::Warning) }, check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let used = file.used(document);
    for datasource in document.model.datasources.iter().filter(|d| d.published().is_some()) {
        let Some(live) = file.on_site(datasource) else { continue };
        let Some(fields) = &live.fields else { continue };
        let own = &datasource.name.value;
        for name in delivered(datasource) {
            let plain = unbracket(&name.value);
            if fields.contains(&plain) || !used.has(own, &plain) || is_own(&plain) {
                continue;
            }
            let shown = datasource.columns.iter().find(|c| c.name.value == name.value).map_or_else(|| plain.clone(), Column::display_name);
            let sheets = sheets(document, own, &name.value);
            let mut message = format!("the published data source `{}` has no field `{shown}` any more", live.name);
            match sheets.as_slice() {
                [] => message.push_str("; the workbook uses it"),
                [one] => message.push_str(&format!("; the sheet `{one}` uses it")),
                [first, rest @ ..] => message.push_str(&format!("; the sheet `{first}` and {} more use it", rest.len())),
            }
            let subjects = vec![Subject::new("data source", file.name_of(datasource)), Subject::new("field", shown)];
            let help = match closest(fields, &plain) {
                Some(near) => format!("was it renamed to `{near}`? In Tableau, \"Replace References\" puts that in its place"),
                None => "bring it back in the data source, or take it off the sheets".to_owned(),
            };
            sink.report(name.span, subjects, message).help(help);
        }
    }
}

/// Names of the fields that came from the published data source: those that its connection lists, and columns that are
/// nobody's calculation.
fn delivered(datasource: &Datasource) -> Vec<&Text> {
    let mut seen = BTreeSet::new();
    let listed = datasource.metadata.iter().map(|m| &m.name);
    let columns = datasource.columns.iter().filter(|c| !c.internal && matches!(c.definition, Definition::Field)).map(|c| &c.name);
    listed.chain(columns).filter(|name| seen.insert(name.value.as_str())).collect()
}

fn is_own(name: &str) -> bool {
    GENERATED.contains(&name) || name.starts_with("__tableau_internal") || name.starts_with(':')
}

fn sheets<'d>(document: &'d Document, datasource: &str, column: &str) -> Vec<&'d str> {
    let uses = |w: &&crate::content::model::Worksheet| {
        let own = w.dependencies.iter().filter(|d| d.datasource.value == datasource);
        own.flat_map(|d| &d.columns).any(|c| c.value == column)
    };
    document.model.worksheets.iter().filter(uses).map(|w| w.name.value.as_str()).collect()
}

fn closest<'f>(fields: &'f BTreeSet<String>, name: &str) -> Option<&'f str> {
    let folded = name.to_lowercase();
    let distances = fields.iter().map(|f| (strsim::damerau_levenshtein(&folded, &f.to_lowercase()), f.as_str()));
    distances.filter(|(distance, f)| *distance <= f.chars().count() / 3).min().map(|(_, f)| f)
}
