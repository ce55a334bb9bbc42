//! `performance/too-many-context-filters`.

use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::limit::limit;
use crate::words::count;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports worksheets with more than 3 context filters.
    ///
    /// ## Why is this bad?
    /// A context filter is computed before all others, and computed anew when it changes. A few that leave little of the
    /// data over help; many that each leave most of it cost more than they save.
    ///
    /// ## Options
    /// `max`: context filters.
    TooManyContextFilters, "performance/too-many-context-filters", "worksheet has very many context filters", Levels::strict(Level::Info), Limit, check
}

limit! {
    /// The most context filters of a worksheet.
    3
}

fn check(options: &Limit, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for sheet in &document.model.worksheets {
        let filters: Vec<_> = sheet.filters.iter().filter(|f| f.context && !f.internal).collect();
        let Some(extra) = filters.get(options.max) else { continue };
        let message = format!("the worksheet `{}` has {}; more than {} are too many", sheet.name.value, count(filters.len(), "context filter"), options.max);
        sink.report(extra.column.span, vec![Subject::new("worksheet", &*sheet.name.value)], message).help("keep in the context only those that leave little of the data over");
    }
}
