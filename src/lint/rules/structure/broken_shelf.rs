//! `structure/broken-shelf`.

use std::borrow::Cow;

use crate::content::model::{Worksheet, unbracketed};
use crate::diagnostic::{Level, Subject};
use crate::hash::{HashMap, HashSet};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::shelf::{plain, references, shelves};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports rows, columns, pages, marks and filters of a worksheet that use a field which the worksheet does not declare.
    ///
    /// ## Why is this bad?
    /// Tableau drops the field from the shelf, or shows it in red: the view is another than the one that was reviewed. A merge
    /// took one half of a change: the shelf, and not the worksheet's list of fields.
    ///
    /// ## How sure is it?
    /// Fields that Tableau makes for itself, fields of cubes and action filters are passed over.
    BrokenShelf, "structure/broken-shelf", "worksheet uses a field that it does not declare", Levels { recommended: Some(Level::Warning), strict: Some(Level::Error), optimizer: Some(Level::Warning) }, check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let datasources: HashMap<&str, &str> = document.model.datasources.iter().map(|d| (d.name.value.as_str(), d.display_name())).collect();
    // Sets and combined fields stand on shelves by their own names, which no worksheet repeats.
    let sets: HashSet<(&str, Cow<'_, str>)> = document
        .model
        .datasources
        .iter()
        .flat_map(|d| d.groups.iter().map(|g| (d.name.value.as_str(), unbracketed(&g.name.value))))
        .collect();
    for sheet in &document.model.worksheets {
        for (place, text) in shelves(sheet) {
            for reference in references(&text.value) {
                let Some((datasource, instance)) = reference.pair() else { continue };
                // A data source that is not there is `structure/unknown-datasource`.
                let Some(caption) = datasources.get(datasource) else { continue };
                let named = declares(sheet, datasource, instance) || sets.contains(&(datasource, Cow::Borrowed(instance)));
                if is_own(instance) || named {
                    continue;
                }
                let field = plain(instance);
                let message = format!("{place} of the worksheet `{}` use the field `{field}` of `{caption}`, which the worksheet does not declare", sheet.name.value);
                sink.report_in(text, reference.start as u32, reference.end as u32, vec![Subject::new("worksheet", &*sheet.name.value)], message)
                    .help("take the worksheet whole from one side of the merge, or put the field on the shelf again in Tableau");
            }
        }
    }
}

/// The sheet lists an instance or a column of this name, given without brackets.
fn declares(sheet: &Worksheet, datasource: &str, name: &str) -> bool {
    let own = sheet.dependencies.iter().filter(|d| d.datasource.value == datasource);
    let mut names = own.flat_map(|d| d.instances.iter().map(|i| &i.name).chain(&d.columns));
    names.any(|n| unbracketed(&n.value) == name)
}

/// What Tableau makes for itself and declares nowhere.
fn is_own(instance: &str) -> bool {
    instance.starts_with(':')
        || instance.starts_with("__tableau_internal")
        || instance.starts_with("Action (")
        || instance.starts_with("Tooltip (")
        || instance.contains("(generated)")
        || matches!(instance, "Multiple Values" | "Measure Names" | "Measure Values")
}
