//! `performance/too-many-lods`.

use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::limit::limit;
use crate::words::count;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports workbooks with more than 10 calculated fields that have a level of detail expression (`{ FIXED ... }`).
    ///
    /// ## Why is this bad?
    /// Each is a query inside the query, with a grouping of its own.
    ///
    /// ## Use instead
    /// Columns of the data source for those that do not depend on filters.
    ///
    /// ## Options
    /// `max`: calculated fields. Tableau does not publish a limit; 10 is ours.
    ///
    /// ## References
    /// Tableau's Workbook Optimizer, guideline "Number of LOD calculations".
    TooManyLods, "performance/too-many-lods", "very many level of detail expressions", Levels::optimizer(Level::Info), Limit, check
}

limit! {
    /// The most calculated fields with a level of detail expression.
    10
}

fn check(options: &Limit, file: &File<'_>, sink: &mut Sink<'_>) {
    let with: Vec<_> = file.formulas().iter().filter(|f| f.parsed.lod_count() > 0).collect();
    let Some(extra) = with.get(options.max) else { return };
    let message = format!("there are {} with a level of detail expression; more than {} are too many", count(with.len(), "calculated field"), options.max);
    sink.report(extra.field.formula.span, extra.field.subjects(), message).help("compute those that do not depend on filters in the data source");
}
