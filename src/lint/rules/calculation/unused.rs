//! `calculation/unused`.

use crate::content::Kind;
use crate::content::model::unbracketed;
use crate::diagnostic::Level;
use crate::hash::HashSet;
use crate::lint::File;
use crate::lint::facts::Formula;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports calculated fields of a workbook that nothing uses: no sheet, no title or tooltip, no filter, no set, no action, no other calculation
    /// that is used.
    ///
    /// ## Why is this bad?
    /// Everybody who changes the workbook reads them, keeps them working, and takes one of them for the field that counts. In a
    /// real estate one calculation in eight is such a leftover.
    ///
    /// ## Use instead
    /// Delete it; git keeps it. A field that users need for their own analyses (web authoring) belongs in a published data source.
    ///
    /// ## How sure is it?
    /// Fields of published data sources and of data source files (`.tds`) serve other workbooks and are left alone.
    Unused, "calculation/unused", "calculated field that nothing uses", Levels { recommended: Some(Level::Info), strict: Some(Level::Warning), optimizer: Some(Level::Warning) }, check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document().filter(|_| file.content.kind == Kind::Workbook) else { return };
    // A workbook without sheets is a shell that somebody fills later.
    if document.model.worksheets.is_empty() {
        return;
    }
    let unused: Vec<_> = file.used(document).unused_calculations(file.formulas()).collect();
    let read: HashSet<(&str, &str)> = unused.iter().flat_map(|formula| formula.references()).collect();
    for Formula { field, .. } in &unused {
        let place = field.column.caption.as_ref().unwrap_or(&field.column.name).span;
        let name = field.column.display_name();
        if read.contains(&(&*field.datasource.name.value, &*unbracketed(&field.column.name.value))) {
            sink.report(place, field.subjects(), format!("only calculated fields that nothing uses read the calculated field `{name}`"))
                .help("delete it together with them, or use one of them");
        } else {
            sink.report(place, field.subjects(), format!("nothing uses the calculated field `{name}`"))
                .help("delete it in Tableau (data pane, right click, Delete), or use it");
        }
    }
}
