//! `accessibility/button-label`.

use crate::content::model::ZoneKind;
use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports buttons that are an image and have neither a tooltip nor an alternative text.
    ///
    /// ## Why is this bad?
    /// A screen reader says "button", and nobody who sees the image is told in words what it does, either.
    ///
    /// ## Use instead
    /// A tooltip that says what happens: "Download as PDF".
    ButtonLabel, "accessibility/button-label", "button says nothing in words", Levels { recommended: Some(Level::Info), strict: Some(Level::Warning), optimizer: Some(Level::Info) }, check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for dashboard in &document.model.dashboards {
        for zone in dashboard.zones.iter().filter(|z| z.kind == ZoneKind::Button && z.button_label.is_none() && z.alt_text.is_none()) {
            let Some(image) = &zone.button_image else { continue };
            let message = format!("the button `{}` of the dashboard `{}` says nothing in words", image.value.trim(), dashboard.name.value);
            sink.report(image.span, vec![Subject::new("dashboard", &*dashboard.name.value)], message).help("give it a tooltip that says what it does");
        }
    }
}
