//! What a dashboard holds: by kind and label, since ids are made anew at will.

mod names;

use crate::content::model::{Dashboard, Text, Zone, ZoneKind};
use crate::diagnostic::Subject;

use super::change::{Action, Detail, Kind, Risk};
use super::comparison::{Comparison, Side, What, both, first, second};
use super::identity::{Key, Matched};
use super::{canonical, hunks};
use names::{earlier_target, label, named, target};

pub(super) use names::subjects;

/// Hundred-thousandths of the dashboard that are no move: 2 %.
const JITTER: i32 = 2_000;

/// Compares the zones, and returns which are the same, containers included where they are arranged as before.
pub(super) fn compare<'d>(
    at: &mut Comparison<'_>,
    old: &'d Dashboard,
    new: &'d Dashboard,
    subject: &[Subject],
) -> Vec<(&'d Zone, &'d Zone)> {
    let mut matched = matched(at, old, new);
    for zone in &matched.removed {
        let what = What::new(
            Kind::Zone,
            Action::Removed,
            &named(&at.before, zone, subject),
        );
        at.say(what, first(zone.element));
    }
    for zone in &matched.added {
        let subject = named(&at.after, zone, subject);
        let what = What::new(Kind::Zone, Action::Added, &subject).risk(outside(&at.after, zone));
        at.say(what, second(zone.element));
    }
    let mut moved = Vec::new();
    for (before, after) in &matched.pairs {
        pair(at, (before, after), subject);
        if let Some(words) = movement(before, after) {
            moved.push((*before, *after, words));
        }
    }
    say_moved(at, &moved, subject);
    if containers(at, old, new, subject) {
        let holders = |d: &'d Dashboard| d.zones.iter().filter(|z| is_container(z));
        matched.pairs.extend(holders(old).zip(holders(new)));
    }
    matched.pairs
}

fn is_container(zone: &Zone) -> bool {
    matches!(zone.kind, ZoneKind::Container | ZoneKind::Blank)
}

/// Items, not the containers around them. Titles are compared as such.
fn items(dashboard: &Dashboard) -> impl Iterator<Item = &Zone> {
    dashboard.zones.iter().filter(|z| !is_container(z))
}

/// By kind and label; then by id within a kind, where the label is what changed; then by place within a kind.
fn matched<'d>(at: &Comparison<'_>, old: &'d Dashboard, new: &'d Dashboard) -> Matched<'d, Zone> {
    let kind = |z: &Zone| format!("{:?}", z.kind);
    let target_before = |z: &Zone| Some(format!("{} {}", kind(z), target(&at.before, z)));
    let target_after = |z: &Zone| Some(format!("{} {}", kind(z), earlier_target(at, z)));
    let id = |z: &Zone| Some(format!("{} {}", kind(z), z.id.as_ref()?.value));
    let near = |z: &Zone| {
        let part = |n: i32| n / JITTER;
        Some(format!(
            "{} {} {} {} {}",
            kind(z),
            part(z.x),
            part(z.y),
            part(z.w),
            part(z.h)
        ))
    };
    Matched::by(
        items(old),
        items(new),
        &[
            Key {
                before: &target_before,
                after: &target_after,
            },
            Key {
                before: &id,
                after: &id,
            },
            Key {
                before: &near,
                after: &near,
            },
        ],
    )
}

/// A new zone that leads or reaches outside of Tableau.
fn outside(side: &Side<'_>, zone: &Zone) -> Option<Risk> {
    match zone.kind {
        ZoneKind::Extension => Some(Risk::NewExtension),
        ZoneKind::Web => (!target(side, zone).is_empty()).then_some(Risk::NewExternalUrl),
        _ => zone
            .url
            .as_ref()
            .is_some_and(|u| !u.value.is_empty())
            .then_some(Risk::NewExternalUrl),
    }
}

/// Of a dashboard that is new as a whole only what leads outside is said.
pub(super) fn outside_links(at: &mut Comparison<'_>, dashboard: &Dashboard, subject: &[Subject]) {
    for zone in items(dashboard) {
        let Some(risk) = outside(&at.after, zone) else {
            continue;
        };
        let what = What::new(
            zone_kind(zone),
            Action::Added,
            &named(&at.after, zone, subject),
        )
        .risk(Some(risk));
        at.say(what, second(zone.element));
    }
}

fn zone_kind(zone: &Zone) -> Kind {
    match zone.kind {
        ZoneKind::Extension => Kind::Extension,
        ZoneKind::Web => Kind::WebPage,
        _ => Kind::Zone,
    }
}

fn pair(at: &mut Comparison<'_>, (old, new): (&Zone, &Zone), subject: &[Subject]) {
    let subject = named(&at.after, new, subject);
    let places = both(old.element, new.element);
    retarget(at, (old, new), &subject);
    let link = |z: &Zone| z.url.as_ref().map_or(String::new(), |u| u.value.clone());
    if link(old) != link(new) {
        let what = What::changed(Kind::WebPage, &subject)
            .aspect("link")
            .from_to(link(old), link(new))
            .risk((!link(new).is_empty()).then_some(Risk::NewExternalUrl));
        at.say(what, places);
    }
    if old.hidden != new.hidden {
        let action = if new.hidden {
            Action::Hidden
        } else {
            Action::Shown
        };
        at.say(What::new(Kind::Zone, action, &subject), places);
    }
    let text = |t: &Option<Text>| t.as_ref().map_or(String::new(), |t| t.value.clone());
    for (aspect, from, to) in [
        ("values shown", values(old), values(new)),
        ("look of the control", mode(old), mode(new)),
        ("alternative text", text(&old.alt_text), text(&new.alt_text)),
        (
            "name of the item",
            text(&old.friendly_name),
            text(&new.friendly_name),
        ),
        ("position", floating(old), floating(new)),
        (
            "title",
            shown(&at.before, old, "show-title", true),
            shown(&at.after, new, "show-title", true),
        ),
        (
            "caption",
            shown(&at.before, old, "show-caption", false),
            shown(&at.after, new, "show-caption", false),
        ),
    ] {
        if from != to {
            let what = What::changed(Kind::Zone, &subject)
                .aspect(aspect)
                .from_to(from, to);
            at.say(what, places);
        }
    }
    settings(at, (old, new), &subject);
}

/// The zone stays and shows something else.
fn retarget(at: &mut Comparison<'_>, (old, new): (&Zone, &Zone), subject: &[Subject]) {
    let (from, to) = (target(&at.before, old), target(&at.after, new));
    if from == to || from == earlier_target(at, new) {
        return;
    }
    let places = both(old.element, new.element);
    if new.kind == ZoneKind::Text {
        let detail = hunks::of(
            &at.before.names.in_text(&from),
            &at.after.names.in_text(&to),
        );
        let what = What::changed(Kind::Text, subject)
            .aspect("text")
            .detail(detail);
        at.say(what, places);
        return;
    }
    let risk = match new.kind {
        ZoneKind::Extension => Some(Risk::NewExtension),
        ZoneKind::Web => Some(Risk::NewExternalUrl),
        _ => None,
    };
    let what = What::new(zone_kind(new), Action::Retargeted, subject)
        .from_to(label(&at.before, old), label(&at.after, new))
        .risk(risk);
    at.say(what, places);
}

/// Keys and values of an extension's settings may be secrets: only that they differ is said.
fn settings(at: &mut Comparison<'_>, (old, new): (&Zone, &Zone), subject: &[Subject]) {
    if new.kind != ZoneKind::Extension {
        return;
    }
    let all = |side: &Side<'_>, z: &Zone| {
        let tree = &side.document.tree;
        tree.child(z.element.node, "add-in")
            .map_or(String::new(), |n| canonical::whole(tree, n))
    };
    let same_url = target(&at.before, old) == target(&at.after, new);
    if same_url && all(&at.before, old) != all(&at.after, new) {
        let what = What::changed(Kind::Extension, subject).aspect("settings");
        at.say(what, both(old.element, new.element));
    }
}

fn values(zone: &Zone) -> String {
    match zone.values.as_ref().map(|v| v.value.as_str()) {
        None | Some("") => "default",
        Some("relevant") => "only relevant values",
        Some("database") => "all values in the database",
        Some("context") => "all values in context",
        Some(other) => other,
    }
    .to_owned()
}

fn mode(zone: &Zone) -> String {
    let mode = zone.mode.as_ref().map_or("", |m| &m.value);
    if mode.is_empty() { "default" } else { mode }.to_owned()
}

fn floating(zone: &Zone) -> String {
    if zone.floating { "floating" } else { "tiled" }.to_owned()
}

fn shown(side: &Side<'_>, zone: &Zone, attribute: &str, default: bool) -> String {
    let on = side
        .document
        .tree
        .get(zone.element.node, attribute)
        .map_or(default, |v| v == "true");
    if on { "shown" } else { "hidden" }.to_owned()
}

/// How the zone moved, where it did by more than jitter.
fn movement(old: &Zone, new: &Zone) -> Option<String> {
    let far = |a: i32, b: i32| a.saturating_sub(b).saturating_abs() > JITTER;
    let moved = far(old.x, new.x) || far(old.y, new.y);
    let resized = far(old.w, new.w) || far(old.h, new.h);
    if !(moved || resized) {
        return None;
    }
    let percent = |n: i32| f64::from(n) / 1000.0;
    let at = |z: &Zone| format!("at {:.0} %, {:.0} %", percent(z.x), percent(z.y));
    let size = |z: &Zone| format!("{:.0} x {:.0} %", percent(z.w), percent(z.h));
    let mut parts = Vec::new();
    if moved {
        parts.push(format!("{} -> {}", at(old), at(new)));
    }
    if resized {
        parts.push(format!("{} -> {}", size(old), size(new)));
    }
    Some(parts.join(", "))
}

/// One that moved is said by itself; several, which often move together, in one.
fn say_moved(at: &mut Comparison<'_>, moved: &[(&Zone, &Zone, String)], subject: &[Subject]) {
    match moved {
        [] => {}
        [(old, new, words)] => {
            let what =
                What::new(Kind::Zone, Action::Moved, &named(&at.after, new, subject)).note(words);
            at.say(what, both(old.element, new.element));
        }
        many => {
            let mut what = What::new(Kind::Zone, Action::Moved, subject)
                .aspect(format!("{} items", many.len()));
            for (_, new, words) in many {
                let zone = named(&at.after, new, &[]);
                let text = zone.first().map_or(String::new(), |z| {
                    format!("{}: {words}", super::change::named(z))
                });
                what = what.detail(Detail::Note { text });
            }
            at.say(what, both(many[0].0.element, many[0].1.element));
        }
    }
}

/// Containers have no names: only how many there are, of which kind, how deep, and which are hidden. True when all of
/// that is the same.
fn containers(
    at: &mut Comparison<'_>,
    old: &Dashboard,
    new: &Dashboard,
    subject: &[Subject],
) -> bool {
    let shape = |dashboard: &Dashboard| -> Vec<(String, u16, bool, bool)> {
        let all = dashboard.zones.iter();
        let mut shape: Vec<_> = all
            .filter(|z| is_container(z))
            .map(|z| {
                let name = z.friendly_name.as_ref().or(z.param.as_ref());
                let name = name.map_or(String::new(), |p| p.value.clone());
                (name, z.depth, z.floating, z.hidden)
            })
            .collect();
        shape.sort();
        shape
    };
    let (from, to) = (shape(old), shape(new));
    let count = |n| crate::words::plural(n, "container", "containers");
    if from != to {
        let what = What::changed(Kind::Zone, subject)
            .aspect("arrangement of containers")
            .from_to(count(from.len()), count(to.len()));
        at.say(what, both(old.element, new.element));
    }
    from == to
}
