//! Sets, user filters and hierarchies of a data source.

use crate::content::model::{Datasource, Group, Hierarchy, unbracket};
use crate::diagnostic::Subject;

use super::canonical;
use super::change::{Action, Kind, Risk};
use super::comparison::{Comparison, What, both, first, second};
use super::identity::Matched;

pub(super) fn compare(
    at: &mut Comparison<'_>,
    before: &Datasource,
    after: &Datasource,
    subject: &[Subject],
) {
    let name = |g: &Group| Some(g.name.value.clone());
    // Those of actions come and go with the actions, which are compared.
    let meant = |g: &&Group| !g.name.value.starts_with("[Action (");
    let matched = Matched::by_one(
        before.groups.iter().filter(meant),
        after.groups.iter().filter(meant),
        &name,
    );
    for group in &matched.removed {
        let reaches = at
            .before
            .reach
            .of_field(&before.name.value, &group.name.value);
        let risk = group.user_filter.then_some(Risk::UserFilterRemoved);
        let what = What::new(Kind::Set, Action::Removed, &named(subject, group))
            .reaches(reaches)
            .risk(risk);
        at.say(what, first(group.element));
    }
    for group in &matched.added {
        let reaches = at
            .after
            .reach
            .of_field(&after.name.value, &group.name.value);
        let what = What::new(Kind::Set, Action::Added, &named(subject, group)).reaches(reaches);
        at.say(what, second(group.element));
    }
    for (old, new) in matched.pairs {
        pair(at, (old, new), &after.name.value, &named(subject, new));
    }
    hierarchies(at, before, after, subject);
}

fn pair(at: &mut Comparison<'_>, (old, new): (&Group, &Group), home: &str, subject: &[Subject]) {
    let places = both(old.element, new.element);
    let (from, to) = (caption(old), caption(new));
    let reaches = at.after.reach.of_field(home, &new.name.value);
    if from != to {
        let what = What::new(Kind::Set, Action::Renamed, subject).from_to(from, to);
        at.say(what, places);
    }
    let definition = |tree, group: &Group| canonical::inside(tree, group.element.node);
    let from = definition(&at.before.document.tree, old);
    let to = definition(&at.after.document.tree, new);
    if !at.same(&from, &to) {
        let personal = old.user_filter || new.user_filter;
        let what = What::changed(Kind::Set, subject)
            .aspect("definition")
            .reaches(reaches)
            .risk(personal.then_some(Risk::UserFilterChanged));
        at.say(what, places);
    }
}

fn caption(group: &Group) -> String {
    group
        .caption
        .as_ref()
        .map_or_else(|| unbracket(&group.name.value), |c| c.value.clone())
}

fn named(subject: &[Subject], group: &Group) -> Vec<Subject> {
    let kind = if group.user_filter {
        "user filter"
    } else {
        "set"
    };
    let mut subject = subject.to_vec();
    subject.push(Subject::new(kind, caption(group)));
    subject
}

fn hierarchies(
    at: &mut Comparison<'_>,
    before: &Datasource,
    after: &Datasource,
    subject: &[Subject],
) {
    let name = |h: &Hierarchy| Some(h.name.clone());
    let matched = Matched::by_one(&before.hierarchies, &after.hierarchies, &name);
    let named = |h: &Hierarchy| {
        let mut subject = subject.to_vec();
        subject.push(Subject::new("hierarchy", &h.name));
        subject
    };
    let words = |names: &super::names::Names<'_>, home: &str, h: &Hierarchy| {
        let fields = h.fields.iter().map(|f| names.field(home, f));
        fields.collect::<Vec<_>>().join(" > ")
    };
    for h in &matched.removed {
        let words = words(&at.before.names, &before.name.value, h);
        let what = What::new(Kind::Hierarchy, Action::Removed, &named(h)).before(words);
        at.say(what, first(before.element));
    }
    for h in &matched.added {
        let words = words(&at.after.names, &after.name.value, h);
        let what = What::new(Kind::Hierarchy, Action::Added, &named(h)).after(words);
        at.say(what, second(after.element));
    }
    for (old, new) in matched.pairs {
        if old.fields != new.fields {
            let what = What::changed(Kind::Hierarchy, &named(new))
                .aspect("levels")
                .from_to(
                    words(&at.before.names, &before.name.value, old),
                    words(&at.after.names, &after.name.value, new),
                );
            at.say(what, both(before.element, after.element));
        }
    }
}
