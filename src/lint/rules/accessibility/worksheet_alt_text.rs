//! `accessibility/worksheet-alt-text`.

use crate::content::model::ProductVersion;
use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::lint::zones::shown_worksheets;

rule! {
    /// ## What it does
    /// Reports worksheets on dashboards without an alternative text.
    ///
    /// ## Why is this bad?
    /// For who cannot see it, the alternative text is the chart: what it compares, and what comes out. Without one a screen
    /// reader has only what Tableau makes of the title and the fields.
    ///
    /// ## How sure is it?
    /// Only workbooks that Tableau 2024.1 or later saved are looked at: older ones have no place for the text.
    ///
    /// ## References
    /// WCAG 2.2, success criterion 1.1.1, "Non-text Content".
    WorksheetAltText, "accessibility/worksheet-alt-text", "worksheet on a dashboard has no alternative text", Levels::strict(Level::Info), check
}

const SINCE: ProductVersion = ProductVersion { year: 2024, release: 1, patch: 0 };

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document().filter(|d| d.model.saved_by >= Some(SINCE)) else { return };
    for sheet in shown_worksheets(document).filter(|w| w.alt_text.as_ref().is_none_or(|t| t.value.trim().is_empty())) {
        let name = sheet.name.value.as_str();
        sink.report(sheet.name.span, vec![Subject::new("worksheet", name)], format!("the worksheet `{name}` has no alternative text")).help("write one in the worksheet's \"Alt Text\"");
    }
}
