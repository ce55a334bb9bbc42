//! `accessibility/embedded-content`.

use crate::content::model::ZoneKind;
use crate::diagnostic::Subject;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::lint::zones::describe;

rule! {
    /// ## What it does
    /// Reports web pages and extensions on dashboards.
    ///
    /// ## Why is this bad?
    /// Tableau's promise of keyboard and screen reader ends at their edge: whether one gets in, through and out again is up
    /// to whoever made them. Switch this on where dashboards must conform to WCAG.
    EmbeddedContent, "accessibility/embedded-content", "dashboard embeds a web page or an extension", Levels::CONFIGURED, check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let names = file.names(document);
    for dashboard in &document.model.dashboards {
        for zone in dashboard.zones.iter().filter(|z| matches!(z.kind, ZoneKind::Web | ZoneKind::Extension)) {
            let message = format!("the dashboard `{}` embeds {}", dashboard.name.value, describe(zone, names));
            sink.report(zone.element.tag, vec![Subject::new("dashboard", &*dashboard.name.value)], message).help("link to it, or make sure that it can be used by keyboard and read aloud");
        }
    }
}
