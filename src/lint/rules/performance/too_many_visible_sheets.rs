//! `performance/too-many-visible-sheets`.

use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::limit::limit;
use crate::words::count;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports workbooks with more than 10 sheets that are not hidden: worksheets, dashboards and stories.
    ///
    /// ## Why is this bad?
    /// Each visible sheet becomes a view of its own on the site, is listed, indexed and has a thumbnail; with tabs, people
    /// wait for sheets that were only meant as parts of a dashboard.
    ///
    /// ## Use instead
    /// Hide worksheets that a dashboard shows ("Hide All Sheets"), and make a workbook for each question.
    ///
    /// ## Options
    /// `max`: visible sheets.
    ///
    /// ## References
    /// Tableau's Workbook Optimizer, guideline "Number of visible sheets in a workbook" (number 6: who told Optimizer to
    /// ignore it is heard here too).
    TooManyVisibleSheets, "performance/too-many-visible-sheets", "workbook has very many visible sheets", Levels::optimizer(Level::Info), Limit, check
}

limit! {
    /// The most visible sheets.
    10
}

fn check(options: &Limit, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let model = &document.model;
    let sheets = model.worksheets.iter().map(|w| &w.name).chain(model.dashboards.iter().map(|d| &d.name));
    let visible: Vec<_> = sheets.filter(|name| !file.is_hidden(&name.value)).collect();
    let Some(extra) = visible.get(options.max) else { return };
    let message = format!("the workbook has {}; more than {} are too many", count(visible.len(), "visible sheet"), options.max);
    sink.report(extra.span, Vec::new(), message).help("hide the worksheets that dashboards show, and split the workbook by questions");
}
