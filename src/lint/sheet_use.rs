//! Which sheets other parts of a workbook use.

use crate::content::Document;
use crate::content::model::{ActionKind, Model, ZoneKind};
use crate::hash::{HashMap, HashSet};
use crate::manifest::closest;

/// What to do about a sheet that is named and not there: a misspelt name is to be corrected, not to be followed by its sheet.
pub(super) fn about_missing(model: &Model, name: &str, otherwise: &str) -> String {
    let sheets = model.worksheets.iter().map(|w| w.name.value.as_str());
    let dashboards = model.dashboards.iter().map(|d| d.name.value.as_str());
    match closest(name, sheets.chain(dashboards)) {
        Some(near) => format!("did you mean `{near}`? If not, {otherwise}"),
        None => otherwise.to_owned(),
    }
}

/// Names of sheets that a dashboard, a story, a tooltip, a button or an action shows.
pub(super) fn shown_sheets(document: &Document) -> HashSet<String> {
    let model = &document.model;
    let windows: HashMap<&str, &str> = model
        .windows
        .iter()
        .filter_map(|w| Some((w.simple_id.as_ref()?.value.as_str(), w.name.value.as_str())))
        .collect();
    let mut shown = HashSet::default();
    for dashboard in &model.dashboards {
        for zone in &dashboard.zones {
            if zone.kind == ZoneKind::Sheet {
                shown.extend(zone.name.as_ref().map(|n| n.value.clone()));
            }
            let target = zone
                .button_action
                .as_ref()
                .and_then(|a| window_id(&a.value))
                .and_then(|(id, ..)| windows.get(id));
            shown.extend(target.map(|n| (*n).to_owned()));
        }
        let points = dashboard
            .story_points
            .iter()
            .filter_map(|p| p.sheet.as_ref());
        shown.extend(points.map(|n| n.value.clone()));
    }
    shown.extend(on_devices(document));
    for sheet in &model.worksheets {
        shown.extend(sheet.tooltip_sheets.iter().cloned());
    }
    let targets = model
        .actions
        .iter()
        .filter(|a| matches!(a.kind, ActionKind::Navigate | ActionKind::Filter))
        .flat_map(|a| &a.target);
    shown.extend(targets.map(|t| t.value.clone()));
    shown
}

/// A device layout may show a sheet that the dashboard itself does not.
fn on_devices(document: &Document) -> Vec<String> {
    let tree = &document.tree;
    let zones = |node| {
        tree.descendants(node)
            .filter(|n| tree.local(*n) == "zone")
            .filter_map(|n| tree.get(n, "name"))
    };
    document
        .model
        .dashboards
        .iter()
        .filter_map(|d| tree.child(d.element.node, "devicelayouts"))
        .flat_map(|n| zones(n).collect::<Vec<_>>())
        .collect()
}

/// The id in `window-id="{...}"` of a button's action, with its place there in bytes.
pub(super) fn window_id(action: &str) -> Option<(&str, usize, usize)> {
    let mark = "window-id=\"";
    let start = action.find(mark)? + mark.len();
    let id = action.get(start..)?.split('"').next()?;
    Some((id, start, start + id.len()))
}

#[cfg(test)]
mod tests {
    use super::{about_missing, window_id};
    use crate::content::Document;

    #[test]
    fn a_misspelt_sheet_is_named_as_it_is() {
        let text = "<workbook><worksheets><worksheet name='Running Sales'/></worksheets>\
            <dashboards><dashboard name='Overview'/></dashboards></workbook>";
        let document = Document::parse(text.to_owned()).unwrap();
        let help = |name| about_missing(&document.model, name, "bring it back");
        assert_eq!(
            help("Runing Sales"),
            "did you mean `Running Sales`? If not, bring it back"
        );
        assert!(help("Overveiw").contains("`Overview`"));
        assert_eq!(help("Customers"), "bring it back");
    }

    #[test]
    fn a_button_says_its_window() {
        let action = "tabdoc:goto-sheet window-id=\"{A-1}\"";
        assert_eq!(window_id(action), Some(("{A-1}", 29, 34)));
        assert_eq!(&action[29..34], "{A-1}");
        assert_eq!(window_id("tabdoc:export"), None);
    }
}
