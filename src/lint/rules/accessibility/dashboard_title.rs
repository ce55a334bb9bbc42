//! `accessibility/dashboard-title`.

use crate::content::model::{Dashboard, ZoneKind};
use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports dashboards without a heading: neither the title object nor a text in the upper third.
    ///
    /// ## Why is this bad?
    /// Who cannot see the page at a glance has the heading to tell where they are. In an export or an e-mail so has everybody.
    ///
    /// Hidden dashboards are left alone.
    DashboardTitle, "accessibility/dashboard-title", "dashboard has no heading", Levels::strict(Level::Info), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for dashboard in document.model.dashboards.iter().filter(|d| !d.story && !file.is_hidden(&d.name.value) && !has_heading(d)) {
        let name = dashboard.name.value.as_str();
        sink.report(dashboard.name.span, vec![Subject::new("dashboard", name)], format!("the dashboard `{name}` has no heading")).help("tick \"Show dashboard title\", or put a text at the top");
    }
}

fn has_heading(dashboard: &Dashboard) -> bool {
    dashboard.zones.iter().any(|zone| match zone.kind {
        ZoneKind::Title => true,
        ZoneKind::Text => zone.y < 33_333 && zone.text.as_ref().is_some_and(|t| !t.value.trim().is_empty()),
        _ => false,
    })
}
