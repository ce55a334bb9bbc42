//! `layout/device-layout`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diagnostic::Subject;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Wants layouts for phones or tablets that somebody made.
    ///
    /// ## Why is this bad?
    /// The layout that Tableau makes for phones puts everything below one another in the order of its own. It counts as
    /// missing here.
    ///
    /// ## Example
    /// ```yaml
    /// rules:
    ///   layout/device-layout: { level: warning, devices: [phone, tablet] }
    /// ```
    ///
    /// ## Options
    /// `devices`: `phone`, `tablet`, `desktop`. Hidden dashboards and stories are left alone.
    DeviceLayout, "layout/device-layout", "dashboard has no layout for a device", Levels::CONFIGURED, Options, check
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// The devices that each dashboard is made for.
    devices: Vec<Device>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Device {
    Phone,
    Tablet,
    Desktop,
}

impl Device {
    fn name(self) -> &'static str {
        match self {
            Self::Phone => "Phone",
            Self::Tablet => "Tablet",
            Self::Desktop => "Desktop",
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self { devices: vec![Device::Phone] }
    }
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for dashboard in document.model.dashboards.iter().filter(|d| !d.story && !file.is_hidden(&d.name.value)) {
        for device in options.devices.iter().map(|d| d.name()) {
            let layout = dashboard.device_layouts.iter().find(|l| l.name == device);
            let name = dashboard.name.value.as_str();
            let (span, message) = match layout {
                Some(layout) if !layout.auto_generated => continue,
                Some(layout) => (layout.element.tag, format!("the {} layout of the dashboard `{name}` is the one that Tableau makes", device.to_lowercase())),
                None => (dashboard.name.span, format!("the dashboard `{name}` has no layout for a {}", device.to_lowercase())),
            };
            sink.report(span, vec![Subject::new("dashboard", name)], message).help(format!("make one with \"Device Preview\" and \"Add {device} Layout\""));
        }
    }
}
