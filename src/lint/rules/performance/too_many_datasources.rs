//! `performance/too-many-datasources`.

use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::limit::limit;
use crate::words::count;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports workbooks with more than 5 data sources.
    ///
    /// ## Why is this bad?
    /// Each data source is connected to and described when the workbook opens, whether the opened dashboard reads it or not.
    ///
    /// ## Use instead
    /// Data sources that serve several sheets; a workbook for each question.
    ///
    /// ## Options
    /// `max`: data sources. Tableau does not publish a limit; 5 is ours.
    ///
    /// ## References
    /// Tableau's Workbook Optimizer, guideline "Number of data sources".
    TooManyDatasources, "performance/too-many-datasources", "workbook has very many data sources", Levels::optimizer(Level::Info), Limit, check
}

limit! {
    /// The most data sources of a workbook.
    5
}

fn check(options: &Limit, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let all = &document.model.datasources;
    let Some(extra) = all.get(options.max) else { return };
    let span = extra.caption.as_ref().unwrap_or(&extra.name).span;
    sink.report(span, Vec::new(), format!("the workbook has {}; more than {} are too many", count(all.len(), "data source"), options.max))
        .help("take out those that no sheet reads, and join those that belong together");
}
