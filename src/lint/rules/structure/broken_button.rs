//! `structure/broken-button`.

use crate::content::model::{Dashboard, Text};
use crate::diagnostic::{Level, Subject};
use crate::hash::{HashMap, HashSet};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sheet_use::window_id;
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports navigation buttons that lead to a sheet, and show/hide buttons that act on a zone, which is not there.
    ///
    /// ## Why is this bad?
    /// The button does nothing. Buttons name their target by an internal id: a script that gave windows new ids, or a merge that
    /// took the sheet from one side and the button from the other, cuts the connection, and nothing in Tableau shows it.
    BrokenButton, "structure/broken-button", "button leads to something that is not there", Levels { recommended: Some(Level::Warning), strict: Some(Level::Error), optimizer: Some(Level::Warning) }, check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let model = &document.model;
    let windows: HashMap<&str, &str> = model.windows.iter().filter_map(|w| Some((w.simple_id.as_ref()?.value.as_str(), w.name.value.as_str()))).collect();
    let dashboards: HashMap<&str, &Dashboard> = model.dashboards.iter().map(|d| (d.name.value.as_str(), d)).collect();
    for dashboard in &model.dashboards {
        for action in dashboard.zones.iter().filter_map(|z| z.button_action.as_ref()) {
            let Some((id, start, end)) = window_id(&action.value) else { continue };
            let subjects = vec![Subject::new(dashboard.kind(), &*dashboard.name.value)];
            let on = format!("on the {} `{}`", dashboard.kind(), dashboard.name.value);
            let Some(window) = windows.get(id) else {
                sink.report_in(action, start as u32, end as u32, subjects, format!("a button {on} leads to a sheet that is not there"))
                    .help("choose the button's target again in Tableau (Edit Button, Navigate to)");
                continue;
            };
            let target = dashboards.get(window).copied().unwrap_or(dashboard);
            for (zone, start, end) in missing_zones(action, target) {
                sink.report_in(action, start as u32, end as u32, subjects.clone(), format!("a button {on} shows and hides the zone {zone}, which is not there"))
                    .help("choose the button's target again in Tableau (Edit Button, Item to show/hide)");
            }
        }
    }
}

/// Numbers in `zone-ids=[8, 9]` that the dashboard has no zone for.
fn missing_zones<'a>(action: &'a Text, dashboard: &Dashboard) -> Vec<(&'a str, usize, usize)> {
    let mark = "zone-ids=[";
    let Some(from) = action.value.find(mark).map(|at| at + mark.len()) else { return Vec::new() };
    let list = action.value[from..].split(']').next().unwrap_or_default();
    let known: HashSet<&str> = dashboard.zones.iter().filter_map(|z| z.id.as_ref()).map(|t| t.value.as_str()).collect();
    let numbers = list.split(',').map(str::trim).filter(|n| !n.is_empty());
    numbers
        .filter(|n| !known.contains(n))
        .map(|n| {
            let start = n.as_ptr() as usize - action.value.as_ptr() as usize;
            (n, start, start + n.len())
        })
        .collect()
}
