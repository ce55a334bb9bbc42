//! `performance/conditional-filter`.

use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::filters::filters;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports filters that decide by a condition (by a field or by a formula) which members they let through.
    ///
    /// ## Why is this bad?
    /// The condition is computed for every member before the view itself is asked for: one more query, and one that an
    /// index seldom helps.
    ///
    /// ## Use instead
    /// A calculated field or a set that says yes or no, or a filter in the data source.
    ///
    /// ## References
    /// Tableau's Workbook Optimizer, guideline "Filter uses conditional logic" (number 20: who told Optimizer to ignore it is
    /// heard here too).
    ConditionalFilter, "performance/conditional-filter", "filter decides by a condition", Levels::optimizer(Level::Info), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let names = file.names(document);
    for filter in filters(document).into_iter().filter(|f| f.filter.conditional) {
        let message = format!("the filter on `{}` of {} has a condition", names.field(&filter.filter.column.value), filter.place());
        sink.report(filter.filter.column.span, filter.subjects(), message).help("let a calculated field or a set say which members count, and filter on that");
    }
}
