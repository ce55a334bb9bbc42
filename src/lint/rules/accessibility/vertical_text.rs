//! `accessibility/vertical-text`.

use crate::content::style::Property;
use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::lint::style_policy::{settings, subjects};

rule! {
    /// ## What it does
    /// Reports labels and cells whose text somebody turned by 90 degrees.
    ///
    /// ## Why is this bad?
    /// It is read slowly, with magnification hardly at all.
    ///
    /// ## Use instead
    /// Bars that lie instead of columns: their labels have room.
    VerticalText, "accessibility/vertical-text", "text is turned by 90 degrees", Levels::strict(Level::Info), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for setting in settings(file.styles(document), Property::Orientation).iter().filter(|s| matches!(s.value.value.as_str(), "90" | "-90" | "270")) {
        sink.report(setting.value.span, subjects(setting.owner), format!("text of {} is turned by 90 degrees", setting.place())).help("swap rows and columns, so that there is room for level text");
    }
}
