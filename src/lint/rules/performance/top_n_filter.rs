//! `performance/top-n-filter`.

use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::filters::filters;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports filters that keep the first or last members by a measure ("Top 10").
    ///
    /// ## Why is this bad?
    /// All members are computed and sorted before the view itself is asked for, and again whenever another filter in the
    /// context changes.
    ///
    /// ## Use instead
    /// Where the number is fixed, a set that is computed once; else accept it, knowingly.
    TopNFilter, "performance/top-n-filter", "filter keeps the top members by a measure", Levels::strict(Level::Info), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let names = file.names(document);
    for filter in filters(document).into_iter().filter(|f| f.filter.top_n) {
        let message = format!("the filter on `{}` of {} keeps the top members by a measure", names.field(&filter.filter.column.value), filter.place());
        sink.report(filter.filter.column.span, filter.subjects(), message).help("use a set, or make sure that context filters leave few members to sort");
    }
}
