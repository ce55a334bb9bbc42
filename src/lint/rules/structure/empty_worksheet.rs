//! `structure/empty-worksheet`.

use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports worksheets with nothing on rows, columns and marks.
    ///
    /// ## Why is this bad?
    /// It shows nothing. Mostly it is the sheet that Tableau makes for a new workbook, and it becomes a view on the site.
    EmptyWorksheet, "structure/empty-worksheet", "worksheet shows nothing", Levels::always(Level::Info), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for sheet in &document.model.worksheets {
        let shelves = sheet.rows.is_some() || sheet.cols.is_some() || sheet.pages.is_some();
        let marks = sheet.panes.iter().any(|p| !p.encodings.is_empty());
        if !shelves && !marks {
            sink.report(sheet.name.span, vec![Subject::new("worksheet", &*sheet.name.value)], format!("the worksheet `{}` is empty", sheet.name.value))
                .help("delete it, or put fields on it");
        }
    }
}
