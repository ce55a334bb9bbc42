//! What rules about dashboards' objects have in common.

use crate::content::Document;
use crate::content::model::{Worksheet, Zone, ZoneKind};
use crate::diagnostic::Subject;
use crate::hash::HashSet;

use super::File;
use super::names::Names;
use super::sink::Sink;
use crate::words::count;

/// Reports dashboards with more than `max` zones of a kind, at their names. Stories are no dashboards.
pub(super) fn too_many(
    file: &File<'_>,
    sink: &mut Sink<'_>,
    max: usize,
    noun: &str,
    help: &'static str,
    is_one: impl Fn(&Zone) -> bool,
) {
    let Some(document) = file.document() else {
        return;
    };
    for dashboard in document.model.dashboards.iter().filter(|d| !d.story) {
        let number = dashboard.zones.iter().filter(|z| is_one(z)).count();
        if number > max {
            let name = dashboard.name.value.as_str();
            let message = format!(
                "the dashboard `{name}` has {}; more than {max} are too many",
                count(number, noun)
            );
            sink.report(
                dashboard.name.span,
                vec![Subject::new("dashboard", name)],
                message,
            )
            .help(help);
        }
    }
}

/// `the image "Image/logo.png"`, `the filter "Region"`: an object as people find it on the dashboard.
pub(super) fn describe(zone: &Zone, names: &Names<'_>) -> String {
    let named = |noun: &str, name: Option<String>| match name.filter(|n| !n.trim().is_empty()) {
        Some(name) => format!("the {noun} `{name}`"),
        None => format!("an object of the kind {noun}"),
    };
    if let Some(name) = &zone.friendly_name {
        return named("object", Some(name.value.clone()));
    }
    let param = || zone.param.as_ref().map(|p| p.value.clone());
    let field = || zone.param.as_ref().map(|p| names.field(&p.value));
    let start = |text: &str| text.trim().chars().take(30).collect::<String>();
    match &zone.kind {
        ZoneKind::Sheet => named("sheet", zone.name.as_ref().map(|n| n.value.clone())),
        ZoneKind::Image => named("image", param()),
        ZoneKind::Web => named("web page", param()),
        ZoneKind::Filter => named("filter", field()),
        ZoneKind::Parameter => named("parameter control", field()),
        ZoneKind::Legend => named("legend", field()),
        ZoneKind::Text => named("text", zone.text.as_ref().map(|t| start(&t.value))),
        ZoneKind::Title => "the title".to_owned(),
        ZoneKind::Button => named(
            "button",
            zone.button_label.as_ref().map(|t| start(&t.value)),
        ),
        ZoneKind::Extension => named("extension", None),
        ZoneKind::Container => named("container", None),
        ZoneKind::Blank => named("blank", None),
        ZoneKind::Other(kind) => named(kind, None),
    }
}

/// Worksheets that a dashboard shows, in the order of the document.
pub(super) fn shown_worksheets(document: &Document) -> impl Iterator<Item = &Worksheet> {
    let zones = document.model.dashboards.iter().flat_map(|d| &d.zones);
    let shown: HashSet<&str> = zones
        .filter(|z| z.kind == ZoneKind::Sheet)
        .filter_map(|z| Some(z.name.as_ref()?.value.as_str()))
        .collect();
    document
        .model
        .worksheets
        .iter()
        .filter(move |w| shown.contains(w.name.value.as_str()))
}
