//! `accessibility/image-alt-text`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::content::model::ZoneKind;
use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::glob::Names;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports images on dashboards without an alternative text.
    ///
    /// ## Why is this bad?
    /// A screen reader says "image", or the name of the file, and whoever listens does not know whether they miss something.
    ///
    /// ## Options
    /// `ignore`: images that only decorate; globs over their paths (`Image/divider*`).
    ///
    /// ## References
    /// WCAG 2.2, success criterion 1.1.1, "Non-text Content".
    ImageAltText, "accessibility/image-alt-text", "image has no alternative text", Levels { recommended: Some(Level::Info), strict: Some(Level::Warning), optimizer: Some(Level::Info) }, Options, check
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// Paths of images that only decorate, globs.
    ignore: Vec<String>,
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let ignored = Names::of(&options.ignore);
    for dashboard in &document.model.dashboards {
        let images = dashboard.zones.iter().filter(|z| z.kind == ZoneKind::Image && z.alt_text.as_ref().is_none_or(|t| t.value.trim().is_empty()));
        for zone in images {
            let path = zone.param.as_ref().map(|p| p.value.as_str()).unwrap_or_default();
            if ignored.have(path) {
                continue;
            }
            let span = zone.param.as_ref().filter(|p| !p.value.is_empty()).map_or(zone.element.tag, |p| p.span);
            let message = format!("the image `{path}` of the dashboard `{}` has no alternative text", dashboard.name.value);
            sink.report(span, vec![Subject::new("dashboard", &*dashboard.name.value)], message).help("say in \"Alt Text\" of the image's settings what it shows, or add it to `ignore` if it only decorates");
        }
    }
}
