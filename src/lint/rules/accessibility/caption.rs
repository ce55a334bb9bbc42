//! `accessibility/caption`.

use crate::diagnostic::Subject;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::lint::zones::shown_worksheets;

rule! {
    /// ## What it does
    /// Wants a caption for each worksheet that a dashboard shows.
    ///
    /// ## Why is this bad?
    /// The caption says in a sentence what the view shows. It is what remains of a chart for those who cannot see it, and it
    /// does not hurt the others.
    Caption, "accessibility/caption", "worksheet on a dashboard has no caption", Levels::CONFIGURED, check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let missing = |text: &str| text.trim().is_empty();
    for sheet in shown_worksheets(document).filter(|w| w.caption.as_ref().is_none_or(|c| missing(&c.value))) {
        let name = sheet.name.value.as_str();
        sink.report(sheet.name.span, vec![Subject::new("worksheet", name)], format!("the worksheet `{name}` has no caption")).help("choose \"Caption\" in the worksheet menu and say what the view shows");
    }
}
