//! `security/user-filter-in-extract`.

use std::cell::OnceCell;

use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::lint::user_filter::{user_fields, user_filters};

rule! {
    /// ## What it does
    /// Reports extract filters on a calculation that asks who is looking: `USERNAME()`, `ISMEMBEROF()` and the like.
    ///
    /// ## Why is this bad?
    /// An extract filter is evaluated when the extract is refreshed, for whoever refreshes it. All readers then see the rows of that
    /// one person: too many, or none.
    ///
    /// ## Use instead
    /// A data source filter, which is evaluated for each reader.
    UserFilterInExtract, "security/user-filter-in-extract", "extract is filtered by who refreshes it", Levels::always(Level::Warning), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let filtered = document.model.datasources.iter().filter(|d| d.extract.as_ref().is_some_and(|e| !e.filters.is_empty()));
    let fields = OnceCell::new();
    for datasource in filtered {
        let fields = fields.get_or_init(|| user_fields(file.formulas()));
        let filters = datasource.extract.as_ref().map_or(&[][..], |e| &e.filters);
        for filter in user_filters(datasource, fields, filters) {
            let subjects = vec![Subject::new("data source", file.name_of(datasource))];
            sink.report(filter.column.span, subjects, format!("the extract of `{}` is filtered by who refreshes it", file.name_of(datasource)))
                .help("make it a data source filter, which is evaluated for each reader");
        }
    }
}
