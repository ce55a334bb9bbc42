//! `performance/long-filter-list`.

use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::filters::filters;
use crate::lint::limit::limit;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports filters that name more than 50 members one by one.
    ///
    /// ## Why is this bad?
    /// The list travels with every query. And it ages: a new member is neither in nor out by anybody's decision.
    ///
    /// ## Use instead
    /// A condition, a group or a column in the data source that says what belongs together; an exclusion, where that is
    /// shorter.
    ///
    /// ## Options
    /// `max`: members.
    LongFilterList, "performance/long-filter-list", "filter names very many members", Levels::strict(Level::Info), Limit, check
}

limit! {
    /// The most members that a filter names.
    50
}

fn check(options: &Limit, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let names = file.names(document);
    for filter in filters(document).into_iter().filter(|f| f.filter.members.len() > options.max) {
        let members = filter.filter.members.len();
        let message = format!("the filter on `{}` of {} names {members} members; more than {} are too many", names.field(&filter.filter.column.value), filter.place(), options.max);
        sink.report(filter.filter.column.span, filter.subjects(), message).help("let a field of the data source say what belongs together, and filter on that");
    }
}
