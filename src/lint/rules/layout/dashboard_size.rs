//! `layout/dashboard-size`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports dashboards that are wider than 1920 pixels; on your word, those that are higher than you allow, or that have a
    /// size which is not on your list.
    ///
    /// ## Why is this bad?
    /// What is wider than the screen is scrolled sideways, and half of it is never seen.
    ///
    /// ## Example
    /// ```yaml
    /// rules:
    ///   layout/dashboard-size: { level: error, sizes: ["1200x800", "1600x900"] }
    /// ```
    ///
    /// ## Options
    /// `max_width`, `max_height`: pixels. `sizes`: the sizes that there may be, `1200x800`. A dashboard of automatic size has
    /// none and is left alone: that is `layout/fixed-size`. Of a range the larger bound counts.
    DashboardSize, "layout/dashboard-size", "dashboard is too large, or of another size than agreed", Levels::strict(Level::Info), Options, check
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// In pixels.
    max_width: u32,
    /// In pixels.
    max_height: Option<u32>,
    /// `1200x800`; empty allows any.
    sizes: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self { max_width: 1920, max_height: None, sizes: Vec::new() }
    }
}

impl Options {
    fn breach(&self, width: u32, height: u32) -> Option<String> {
        if width > self.max_width {
            return Some(format!("more than {} pixels wide", self.max_width));
        }
        if let Some(max) = self.max_height.filter(|max| height > *max) {
            return Some(format!("more than {max} pixels high"));
        }
        let listed = self.sizes.is_empty() || self.sizes.contains(&format!("{width}x{height}"));
        (!listed).then(|| format!("none of {}", self.sizes.join(", ")))
    }
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for dashboard in document.model.dashboards.iter().filter(|d| !d.story) {
        let Some((Some(width), Some(height))) = dashboard.size.as_ref().map(|s| s.max) else { continue };
        let Some(breach) = options.breach(width, height) else { continue };
        let name = dashboard.name.value.as_str();
        sink.report(dashboard.name.span, vec![Subject::new("dashboard", name)], format!("the size of the dashboard `{name}`, {width}x{height}, is {breach}"))
            .help("choose another size in the layout pane");
    }
}
