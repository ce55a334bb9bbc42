//! `structure/duplicate-worksheet`.

use crate::diagnostic::{Level, Subject};
use crate::hash::HashMap;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports two worksheets that are the same in all but their names and titles.
    ///
    /// ## Why is this bad?
    /// A change has to be made twice, and one day it is made once. A worksheet can be on many dashboards.
    ///
    /// ## How sure is it?
    /// They are compared as they are written in the file: fields, filters, marks and formats. Empty ones are left alone.
    DuplicateWorksheet, "structure/duplicate-worksheet", "two worksheets show the same", Levels::always(Level::Info), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let tree = &document.tree;
    let mut seen: HashMap<&str, &str> = HashMap::default();
    for sheet in document.model.worksheets.iter().filter(|w| w.rows.is_some() || w.cols.is_some()) {
        let Some(table) = tree.child(sheet.element.node, "table") else { continue };
        let body = document.source().slice(tree.span(table));
        match seen.get(body) {
            Some(first) => {
                let message = format!("the worksheets `{first}` and `{}` show the same", sheet.name.value);
                sink.report(sheet.name.span, vec![Subject::new("worksheet", &*sheet.name.value)], message).help("use one of them in both places");
            }
            None => {
                seen.insert(body, &sheet.name.value);
            }
        }
    }
}
