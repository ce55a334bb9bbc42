//! `datasource/unused`.

use crate::content::Kind;
use crate::content::edit::escape_attribute;
use crate::diagnostic::{Level, Subject};
use crate::hash::HashSet;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use std::borrow::Cow;

rule! {
    /// ## What it does
    /// Reports data sources of a workbook that no sheet, dashboard, parameter or calculation of another data source uses.
    ///
    /// ## Why is this bad?
    /// It is downloaded with the workbook, its extract is refreshed, its credentials are kept, and its connection can break.
    ///
    /// ## Use instead
    /// Close it in Tableau: Data, Close Data Source.
    Unused, "datasource/unused", "data source that no sheet uses", Levels::always(Level::Warning), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document().filter(|_| file.content.kind == Kind::Workbook) else { return };
    // A workbook without sheets is not finished, and nothing in it is used.
    if document.model.worksheets.is_empty() {
        return;
    }
    let tree = &document.tree;
    let used: HashSet<Cow<'_, str>> = tree
        .all_children(tree.root())
        .filter(|n| matches!(tree.local(*n), "worksheets" | "dashboards"))
        .flat_map(|n| tree.all_descendants(n))
        .filter_map(|n| match tree.local(n) {
            "datasource" => tree.value(n, "name"),
            "datasource-dependencies" => tree.value(n, "datasource"),
            _ => None,
        })
        .collect();
    let text = document.source().text();
    for datasource in document.model.datasources.iter().filter(|d| !used.contains(d.name.value.as_str())) {
        // A calculation or a parameter of another one may name it.
        let own = tree.span(datasource.element.node);
        let name = format!("[{}].", escape_attribute(&datasource.name.value));
        let outside = |range: std::ops::Range<usize>| text.get(range).is_some_and(|t| memchr::memmem::find(t.as_bytes(), name.as_bytes()).is_some());
        if outside(0..own.start as usize) || outside(own.end as usize..text.len()) {
            continue;
        }
        let subjects = vec![Subject::new("data source", file.name_of(datasource))];
        let span = datasource.caption.as_ref().unwrap_or(&datasource.name).span;
        sink.report(span, subjects, format!("no sheet uses the data source `{}`", file.name_of(datasource)))
            .help("close it in Tableau (Data, Close Data Source)");
    }
}
