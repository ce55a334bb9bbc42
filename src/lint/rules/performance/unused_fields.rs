//! `performance/unused-fields`.

use crate::content::Kind;
use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::limit::limit;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports data sources of a workbook with more than 20 fields that nothing uses and that are not hidden.
    ///
    /// ## Why is this bad?
    /// An extract carries every field that is not hidden: it is larger, takes longer to refresh, and people search longer in
    /// the list of fields.
    ///
    /// ## Use instead
    /// "Hide All Unused Fields" in the data pane, before the extract is made.
    ///
    /// ## Options
    /// `max`: unused fields of a data source.
    ///
    /// ## How sure is it?
    /// Used is what a sheet shows or filters by, what such a field is computed from, and what joins, relationships, actions,
    /// parameters and data source filters name. Published data sources and `.tds` files are left alone: they serve workbooks
    /// that are not in the file.
    ///
    /// ## References
    /// Tableau's Workbook Optimizer, guideline "Unused fields" (number 5: who told Optimizer to ignore it is heard here too).
    UnusedFields, "performance/unused-fields", "data source has many unused fields", Levels::optimizer(Level::Info), Limit, check
}

limit! {
    /// The most unused fields of a data source.
    20
}

/// Named in a finding; the rest is counted.
const SHOWN: usize = 5;

fn check(options: &Limit, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document().filter(|_| file.content.kind == Kind::Workbook) else { return };
    for (datasource, unused) in file.used(document).unused_fields(document) {
        if unused.len() <= options.max {
            continue;
        }
        let shown: Vec<String> = unused.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
        let rest = if unused.len() > SHOWN { format!(" and {} more", unused.len() - SHOWN) } else { String::new() };
        let message = format!("{} fields of the data source \"{}\" are neither used nor hidden: {}{rest}", unused.len(), datasource.display_name(), shown.join(", "));
        let span = datasource.caption.as_ref().unwrap_or(&datasource.name).span;
        sink.report(span, vec![Subject::new("data source", datasource.display_name())], message).help("choose \"Hide All Unused Fields\" in the data pane");
    }
}
