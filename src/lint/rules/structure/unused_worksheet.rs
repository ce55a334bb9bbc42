//! `structure/unused-worksheet`.

use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sheet_use::shown_sheets;
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports hidden worksheets that no dashboard, story, tooltip, button or action shows.
    ///
    /// ## Why is this bad?
    /// Nobody can see such a sheet. It keeps fields and data sources in use, has its share in the time that opening takes, and
    /// everybody who changes the workbook has to find out that it does not count.
    ///
    /// ## Use instead
    /// Delete it; git keeps it.
    UnusedWorksheet, "structure/unused-worksheet", "hidden worksheet that nothing shows", Levels::always(Level::Warning), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let shown = shown_sheets(document);
    for sheet in document.model.worksheets.iter().filter(|w| file.is_hidden(&w.name.value) && !shown.contains(&w.name.value)) {
        sink.report(sheet.name.span, vec![Subject::new("worksheet", &*sheet.name.value)], format!("the worksheet `{}` is hidden, and nothing shows it", sheet.name.value))
            .help("delete it (right click on any tab, Unhide Sheet, then Delete), or put it on a dashboard");
    }
}
