//! Tabs: which sheets people see, in which order, in which colour, how they fit.

use crate::content::model::Window;
use crate::diagnostic::Subject;

use super::change::{Action, Kind, Risk};
use super::comparison::{Comparison, Side, What, both};
use super::hunks;
use super::identity::{Key, Matched};

pub(super) fn compare(at: &mut Comparison<'_>) {
    let (before, after) = (at.before.document, at.after.document);
    let renames = &at.renames;
    let (name, earlier) = (
        |w: &Window| Some(w.name.value.clone()),
        |w: &Window| Some(renames.sheet(&w.name.value).to_owned()),
    );
    let key = Key {
        before: &name,
        after: &earlier,
    };
    let matched = Matched::by(&before.model.windows, &after.model.windows, &[key]);
    for (old, new) in matched.pairs {
        pair(at, old, new);
    }
    order(at);
}

fn subject(window: &Window, side: &Side<'_>) -> Subject {
    let name = &window.name.value;
    let dashboards = &side.document.model.dashboards;
    match dashboards.iter().find(|d| d.name.value == *name) {
        Some(dashboard) => super::dashboards::subject(dashboard),
        None => Subject::new("worksheet", name),
    }
}

fn pair(at: &mut Comparison<'_>, old: &Window, new: &Window) {
    let subject = [subject(new, &at.after)];
    let places = both(old.element, new.element);
    if old.hidden != new.hidden {
        let (action, risk) = if new.hidden {
            (Action::Hidden, None)
        } else {
            (Action::Shown, Some(Risk::SheetBecameVisible))
        };
        let side = if new.hidden { &at.before } else { &at.after };
        let name = if new.hidden {
            &old.name.value
        } else {
            &new.name.value
        };
        let reaches = side.reach.of_sheet(name);
        let what = What::new(Kind::Tab, action, &subject)
            .reaches(reaches)
            .risk(risk);
        at.say(what, places);
    }
    let color = |w: &Window| w.tab_color.clone().unwrap_or_default();
    if color(old) != color(new) {
        let what = What::changed(Kind::Tab, &subject)
            .aspect("tab colour")
            .from_to(color(old), color(new));
        at.say(what, places);
    }
    fits(at, (old, new), &subject);
}

/// How sheets fill their space: of a worksheet its own, of a dashboard that of each sheet in it.
fn fits(at: &mut Comparison<'_>, (old, new): (&Window, &Window), subject: &[Subject]) {
    let from = zooms(&at.before, old);
    let to = zooms(&at.after, new);
    for (sheet, fit) in &to {
        let earlier = at.renames.sheet(sheet).to_owned();
        let Some((_, was)) = from.iter().find(|(name, _)| *name == earlier) else {
            continue;
        };
        if was != fit {
            let aspect = if sheet.is_empty() {
                "fit".to_owned()
            } else {
                format!("fit of {sheet}")
            };
            let words = |fit: &str| match fit {
                "" => "standard".to_owned(),
                other => other.replace('-', " "),
            };
            let what = What::changed(Kind::Tab, subject)
                .aspect(aspect)
                .from_to(words(was), words(fit));
            at.say(what, both(old.element, new.element));
        }
    }
}

fn zooms(side: &Side<'_>, window: &Window) -> Vec<(String, String)> {
    let tree = &side.document.tree;
    let node = window.element.node;
    let zoom = |n| {
        tree.child(n, "zoom")
            .and_then(|z| tree.get(z, "type"))
            .unwrap_or_default()
    };
    let own = tree
        .named(node, "viewpoint")
        .map(|n| (String::new(), zoom(n)));
    let of_dashboard = tree.child(node, "viewpoints");
    let of_dashboard = of_dashboard.into_iter().flat_map(|all| {
        tree.named(all, "viewpoint")
            .map(|n| (tree.get(n, "name").unwrap_or_default(), zoom(n)))
            .collect::<Vec<_>>()
    });
    own.chain(of_dashboard).collect()
}

/// The order of the tabs that both have and that people see.
fn order(at: &mut Comparison<'_>) {
    let visible = |windows: &[Window]| -> Vec<String> {
        let shown = windows.iter().filter(|w| !w.hidden);
        shown.map(|w| w.name.value.clone()).collect()
    };
    let mut from = visible(&at.before.document.model.windows);
    let to = visible(&at.after.document.model.windows);
    let mut to: Vec<String> = to.iter().map(|n| at.renames.sheet(n).to_owned()).collect();
    let known: std::collections::HashSet<String> = from.iter().cloned().collect();
    to.retain(|n| known.contains(n));
    let kept: std::collections::HashSet<String> = to.iter().cloned().collect();
    from.retain(|n| kept.contains(n));
    if from != to {
        let what = What::new(Kind::Tab, Action::Moved, &[Subject::new("workbook", "")])
            .aspect("tabs")
            .detail(hunks::lines(&from.join("\n"), &to.join("\n")));
        at.say(what, (None, None));
    }
}
