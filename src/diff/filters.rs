//! Filters of worksheets, data sources and extracts.

mod direction;
mod words;

use std::collections::BTreeSet;

use crate::content::model::Filter;
use crate::diagnostic::Subject;

use super::change::{Action, Kind, Risk};
use super::comparison::{Comparison, Side, What, both, first, second, unix};
use super::identity::{Key, Matched};
use super::reference::references;
use direction::direction;
use words::member;

pub(super) use words::{literal, words};

/// Members that are said by name.
const SHOWN: usize = 8;

/// Whose filters are compared.
#[derive(Debug)]
pub(super) struct Scope<'s> {
    pub(super) kind: Kind,
    pub(super) noun: &'static str,
    pub(super) subject: &'s [Subject],
    /// Sheets that every one of them reaches.
    pub(super) reaches: Vec<String>,
}

impl Scope<'_> {
    pub(super) fn new(noun: &'static str) -> Self {
        Self {
            kind: Kind::Filter,
            noun,
            subject: &[],
            reaches: Vec::new(),
        }
    }
}

pub(super) fn compare(
    at: &mut Comparison<'_>,
    (before, after): (&[Filter], &[Filter]),
    homes: (&str, &str),
    scope: &Scope<'_>,
) {
    let matched = {
        let old = |f: &Filter| Some(f.column.value.clone());
        let new = |f: &Filter| Some(at.renames.earlier(&f.column.value).into_owned());
        let key = Key {
            before: &old,
            after: &new,
        };
        // A sheet may filter a field twice: those that are the same are paired first.
        let (old_tree, new_tree) = (&at.before.document.tree, &at.after.document.tree);
        let same_old = |f: &Filter| Some(unix(&f.signature(old_tree)).into_owned());
        let same_new = |f: &Filter| {
            let signature = f.signature(new_tree);
            Some(unix(&at.renames.earlier(&signature)).into_owned())
        };
        let same = Key {
            before: &same_old,
            after: &same_new,
        };
        Matched::by(before, after, &[same, key])
    };
    for filter in &matched.removed {
        let personal = at
            .before
            .reach
            .filters_people(homes.0, &filter.column.value);
        let risk = if personal {
            Some(Risk::UserFilterRemoved)
        } else {
            loosened(scope)
        };
        let what = What::new(
            scope.kind,
            Action::Removed,
            &named(&at.before, filter, homes.0, scope),
        )
        .before(words(&at.before, filter))
        .reaches(scope.reaches.clone())
        .risk(risk);
        at.say(what, first(filter.element));
    }
    for filter in &matched.added {
        let what = What::new(
            scope.kind,
            Action::Added,
            &named(&at.after, filter, homes.1, scope),
        )
        .after(words(&at.after, filter))
        .reaches(scope.reaches.clone());
        at.say(what, second(filter.element));
    }
    for (old, new) in matched.pairs {
        pair(at, (old, new), homes, scope);
    }
}

fn loosened(scope: &Scope<'_>) -> Option<Risk> {
    (scope.kind == Kind::DatasourceFilter).then_some(Risk::DatasourceFilterLoosened)
}

fn pair(
    at: &mut Comparison<'_>,
    (old, new): (&Filter, &Filter),
    homes: (&str, &str),
    scope: &Scope<'_>,
) {
    // What an action's filter holds is what was selected when the file was saved.
    if new.column.value.contains("[Action (") {
        return;
    }
    let subject = named(&at.after, new, homes.1, scope);
    let places = both(old.element, new.element);
    if old.context != new.context {
        let words = |on: bool| if on { "yes" } else { "no" };
        let what = What::changed(scope.kind, &subject)
            .aspect("context filter")
            .from_to(words(old.context), words(new.context))
            .reaches(scope.reaches.clone());
        at.say(what, places);
    }
    if old.group.is_some() != new.group.is_some() {
        let words = |on: bool| if on { "several sheets" } else { "this sheet" };
        let what = What::changed(scope.kind, &subject)
            .aspect("applies to")
            .from_to(words(old.group.is_some()), words(new.group.is_some()));
        at.say(what, places);
    }
    let (old_tree, new_tree) = (&at.before.document.tree, &at.after.document.tree);
    if at.same(&old.signature(old_tree), &new.signature(new_tree)) {
        return;
    }
    let (from, to) = (words(&at.before, old), words(&at.after, new));
    let action = direction(at, old, new);
    let personal = at.after.reach.filters_people(homes.1, &new.column.value)
        || at.before.reach.filters_people(homes.0, &old.column.value);
    let risk = if personal {
        Some(Risk::UserFilterChanged)
    } else if action == Action::Widened {
        loosened(scope)
    } else {
        None
    };
    let mut what = What::new(scope.kind, action, &subject)
        .reaches(scope.reaches.clone())
        .risk(risk);
    what = if from == to {
        what.aspect("settings")
    } else {
        what.from_to(from, to)
    };
    if let Some(note) = members_note(&at.before, &at.after, old, new) {
        what = what.note(note);
    }
    at.say(what, places);
}

fn named(side: &Side<'_>, filter: &Filter, home: &str, scope: &Scope<'_>) -> Vec<Subject> {
    let mut subject = scope.subject.to_vec();
    subject.push(Subject::new(scope.noun, field(side, filter, home)));
    subject
}

fn field(side: &Side<'_>, filter: &Filter, home: &str) -> String {
    match references(&filter.column.value).first() {
        Some(reference) => side.names.reference(&reference.parts, home),
        None => filter.column.value.clone(),
    }
}

/// Which members came and went, when both lists are long.
fn members_note(before: &Side<'_>, after: &Side<'_>, old: &Filter, new: &Filter) -> Option<String> {
    if old.members.len().max(new.members.len()) <= SHOWN || old.exclude != new.exclude {
        return None;
    }
    let list = |side: &Side<'_>, all: &[String], but: &[String]| -> Vec<String> {
        let known: BTreeSet<&String> = but.iter().collect();
        all.iter()
            .filter(|m| !known.contains(m))
            .map(|m| member(side, m))
            .collect()
    };
    let gone = list(before, &old.members, &new.members);
    let come = list(after, &new.members, &old.members);
    let mut parts = Vec::new();
    for (sign, words) in [("without", gone), ("with", come)] {
        if !words.is_empty() {
            parts.push(format!("{sign} {}", words.join(", ")));
        }
    }
    (!parts.is_empty()).then(|| format!("now {}", parts.join("; ")))
}
