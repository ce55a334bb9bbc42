//! Dashboards and stories.

use crate::content::model::{Dashboard, DeviceLayout, Size, SizeMode};
use crate::diagnostic::Subject;

use super::change::{Action, Kind, Risk};
use super::comparison::{Comparison, What, both, first, second};
use super::identity::Matched;
use super::{hunks, residual, worksheets, zones};

pub(super) fn compare(at: &mut Comparison<'_>, matched: &Matched<'_, Dashboard>) {
    for dashboard in &matched.removed {
        let visible = at.before.reach.is_visible(&dashboard.name.value);
        let what = What::new(kind(dashboard), Action::Removed, &[subject(dashboard)])
            .reaches(at.before.reach.of_sheet(&dashboard.name.value))
            .risk(visible.then_some(Risk::DashboardRemoved));
        at.say(what, first(dashboard.element));
    }
    for dashboard in &matched.added {
        let reaches = at.after.reach.of_sheet(&dashboard.name.value);
        let visible = at.after.reach.is_visible(&dashboard.name.value);
        let mut what =
            What::new(kind(dashboard), Action::Added, &[subject(dashboard)]).reaches(reaches);
        if !visible {
            what = what.after("hidden");
        }
        at.say(what, second(dashboard.element));
        zones::outside_links(at, dashboard, &[subject(dashboard)]);
    }
    for (before, after) in &matched.pairs {
        pair(at, before, after);
    }
}

fn kind(dashboard: &Dashboard) -> Kind {
    if dashboard.story {
        Kind::Story
    } else {
        Kind::Dashboard
    }
}

pub(super) fn subject(dashboard: &Dashboard) -> Subject {
    let noun = if dashboard.story {
        "story"
    } else {
        "dashboard"
    };
    Subject::new(noun, &dashboard.name.value)
}

fn pair(at: &mut Comparison<'_>, old: &Dashboard, new: &Dashboard) {
    let subject = [subject(new)];
    let places = both(old.element, new.element);
    let reaches = at.after.reach.of_sheet(&new.name.value);
    let said = at.changes.len();
    if old.name.value != new.name.value {
        let what = What::new(kind(new), Action::Renamed, &subject)
            .from_to(&old.name.value, &new.name.value);
        at.say(what, places);
    }
    worksheets::text(
        at,
        &subject,
        "title",
        old.title.as_ref(),
        new.title.as_ref(),
    );
    let (from, to) = (size(old.size.as_ref()), size(new.size.as_ref()));
    if from != to {
        let what = What::changed(Kind::Size, &subject)
            .aspect("size")
            .from_to(from, to);
        at.say(what, places);
    }
    if old.tab_order_by_zone != new.tab_order_by_zone {
        let words = |on: bool| if on { "by item" } else { "by position" };
        let what = What::changed(kind(new), &subject)
            .aspect("keyboard order")
            .from_to(words(old.tab_order_by_zone), words(new.tab_order_by_zone));
        at.say(what, places);
    }
    let same_zones = zones::compare(at, old, new, &subject);
    device_layouts(at, old, new, &subject);
    story_points(at, old, new, &subject);
    residual::dashboard(at, (old, new), &same_zones, &subject);
    at.seen_on(said, &reaches);
}

pub(super) fn size(size: Option<&Size>) -> String {
    let Some(size) = size else {
        return "automatic".to_owned();
    };
    let bounds = |(w, h): (Option<u32>, Option<u32>)| {
        let shown = |n: Option<u32>| n.map_or_else(|| "any".to_owned(), |n| n.to_string());
        format!("{} x {}", shown(w), shown(h))
    };
    match size.mode {
        SizeMode::Fixed => format!("fixed {}", bounds(size.max)),
        SizeMode::Automatic => "automatic".to_owned(),
        SizeMode::Range => format!("{} to {}", bounds(size.min), bounds(size.max)),
        SizeMode::VerticalScroll => format!("{} with scrolling", bounds(size.max)),
        SizeMode::Unspecified => bounds(size.max),
    }
}

/// Layouts that Tableau makes by itself follow from the dashboard.
fn device_layouts(at: &mut Comparison<'_>, old: &Dashboard, new: &Dashboard, subject: &[Subject]) {
    let name = |l: &DeviceLayout| Some(l.name.clone());
    let made = |l: &&DeviceLayout| !l.auto_generated;
    let matched = Matched::by_one(
        old.device_layouts.iter().filter(made),
        new.device_layouts.iter().filter(made),
        &name,
    );
    let named = |l: &DeviceLayout| {
        let mut subject = subject.to_vec();
        subject.push(Subject::new("device layout", &l.name));
        subject
    };
    for layout in &matched.removed {
        let what = What::new(Kind::DeviceLayout, Action::Removed, &named(layout));
        at.say(what, first(old.element));
    }
    for layout in &matched.added {
        let what = What::new(Kind::DeviceLayout, Action::Added, &named(layout));
        at.say(what, second(new.element));
    }
    for (from, _) in &matched.pairs {
        let before = residual::device_layout(&at.before, old, &from.name, None);
        let after = residual::device_layout(&at.after, new, &from.name, Some(&at.renames));
        if before != after {
            let what = What::changed(Kind::DeviceLayout, &named(from));
            at.say(what, both(old.element, new.element));
        }
    }
}

fn story_points(at: &mut Comparison<'_>, old: &Dashboard, new: &Dashboard, subject: &[Subject]) {
    let list = |dashboard: &Dashboard| -> Vec<String> {
        let points = dashboard.story_points.iter();
        points
            .map(|p| {
                let caption = p.caption.as_deref().unwrap_or_default();
                let sheet = p.sheet.as_ref().map_or("", |s| s.value.as_str());
                format!("{caption} ({sheet})")
            })
            .collect()
    };
    let sheets = new.story_points.iter().filter_map(|p| p.sheet.as_ref());
    let mut to = list(new);
    // A renamed sheet is said once, as such.
    for sheet in sheets {
        let earlier = at.renames.sheet(&sheet.value);
        for point in &mut to {
            *point = point.replace(&format!("({})", sheet.value), &format!("({earlier})"));
        }
    }
    let from = list(old);
    if from != to {
        let what = What::changed(Kind::Story, subject)
            .aspect("story points")
            .detail(hunks::lines(&from.join("\n"), &to.join("\n")));
        at.say(what, both(old.element, new.element));
    }
}
