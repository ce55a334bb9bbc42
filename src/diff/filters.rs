//! Filters of worksheets, data sources and extracts.

use std::collections::BTreeSet;

use crate::content::model::Filter;
use crate::diagnostic::Subject;

use super::change::{Action, Kind, Risk};
use super::comparison::{Comparison, Side, What, both, first, second, unix};
use super::identity::{Key, Matched};
use super::reference::references;

/// Members that are said by name.
const SHOWN: usize = 8;
/// Characters of each.
const MEMBER: usize = 60;

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

/// What the filter lets through.
pub(super) fn words(side: &Side<'_>, filter: &Filter) -> String {
    let mut parts = Vec::new();
    match filter.class.as_str() {
        "quantitative" => parts.push(range(side, filter)),
        "relative-date" => parts.push(relative_date(side, filter)),
        _ => {
            if filter.all && filter.members.is_empty() {
                parts.push("all values".to_owned());
            } else if !filter.members.is_empty() {
                let verb = if filter.exclude { "all but" } else { "only" };
                parts.push(format!("{verb} {}", members(side, filter)));
            }
        }
    }
    if filter.top_n {
        parts.push(top_n(side, filter));
    }
    if filter.conditional {
        parts.push("by a condition".to_owned());
    }
    if parts.is_empty() {
        parts.push("a selection".to_owned());
    }
    parts.join(", ")
}

fn range(side: &Side<'_>, filter: &Filter) -> String {
    let bound = |b: &Option<String>| b.as_ref().map(|v| literal(v));
    let tree = &side.document.tree;
    let values = tree
        .get(filter.element.node, "included-values")
        .unwrap_or_default();
    let nulls = if values == "in-range-or-null" {
        " or no value"
    } else {
        ""
    };
    match (bound(&filter.min), bound(&filter.max)) {
        (Some(min), Some(max)) => format!("{min} to {max}{nulls}"),
        (Some(min), None) => format!("from {min}{nulls}"),
        (None, Some(max)) => format!("up to {max}{nulls}"),
        (None, None) => match values.as_str() {
            "non-null" => "values that are not null".to_owned(),
            "null" => "null only".to_owned(),
            _ => "all values".to_owned(),
        },
    }
}

fn relative_date(side: &Side<'_>, filter: &Filter) -> String {
    let get = |name: &str| {
        let tree = &side.document.tree;
        tree.get(filter.element.node, name).unwrap_or_default()
    };
    let period = Some(get("period-type-v2"))
        .filter(|p| !p.is_empty())
        .unwrap_or_else(|| get("period-type"));
    let (first, last) = (get("first-period"), get("last-period"));
    format!("{period} {first} to {last} from today")
}

fn top_n(side: &Side<'_>, filter: &Filter) -> String {
    let tree = &side.document.tree;
    let end = tree
        .descendants(filter.element.node)
        .find(|n| tree.is(*n, "function", "end"));
    let get = |name: &str| end.and_then(|n| tree.get(n, name)).unwrap_or_default();
    let side_word = if get("end") == "bottom" {
        "bottom"
    } else {
        "top"
    };
    format!("{side_word} {}", side.names.in_text(&get("count")))
}

fn members(side: &Side<'_>, filter: &Filter) -> String {
    let words: Vec<String> = filter.members.iter().map(|m| member(side, m)).collect();
    let mut text = words
        .iter()
        .take(SHOWN)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    if words.len() > SHOWN {
        text = format!("{text} and {} more", words.len() - SHOWN);
    }
    text
}

/// A value may be a whole text, over many lines.
fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MEMBER) {
        Some((end, _)) => format!("{}...", line[..end].trim_end()),
        None => line,
    }
}

/// A literal as people write it; of `Measure Names` the members are references.
fn member(side: &Side<'_>, member: &str) -> String {
    let text = literal(member);
    let found = references(&text);
    match found.as_slice() {
        [one] if one.parts.len() > 1 && one.range.len() == text.len() => {
            side.names.reference(&one.parts, "")
        }
        _ => shortened(&text),
    }
}

/// `"x"` -> `x`, `#2020-01-01#` -> `2020-01-01`, `%null%` -> `null`.
pub(super) fn literal(value: &str) -> String {
    let value = value.trim();
    let inside = |mark: char| value.strip_prefix(mark).and_then(|v| v.strip_suffix(mark));
    if value == "%null%" {
        return "null".to_owned();
    }
    inside('"')
        .or_else(|| inside('#'))
        .map_or_else(|| value.to_owned(), unescape_quotes)
}

fn unescape_quotes(value: &str) -> String {
    value.replace("\\\"", "\"")
}

/// Does the new filter let more through, or less?
fn direction(at: &Comparison<'_>, old: &Filter, new: &Filter) -> Action {
    let simple = |f: &Filter| !f.top_n && !f.conditional;
    if !(simple(old) && simple(new)) || old.class != new.class {
        return Action::Changed;
    }
    if old.class == "quantitative" {
        return match nulls_direction(at, old, new) {
            Action::Changed => range_direction(old, new),
            action => action,
        };
    }
    let everything = |f: &Filter| f.all && f.members.is_empty();
    match (everything(old), everything(new)) {
        (true, true) => return Action::Changed,
        (true, false) => return Action::Narrowed,
        (false, true) => return Action::Widened,
        (false, false) => {}
    }
    let (from, to) = (member_set(at, old, false), member_set(at, new, true));
    if old.exclude != new.exclude || from == to || from.is_empty() || to.is_empty() {
        return Action::Changed;
    }
    let more = to.is_superset(&from);
    let less = to.is_subset(&from);
    match (more, less, new.exclude) {
        (true, _, false) | (_, true, true) => Action::Widened,
        (_, true, false) | (true, _, true) => Action::Narrowed,
        _ => Action::Changed,
    }
}

/// From all values to those that are not null, or back; nothing else differing.
fn nulls_direction(at: &Comparison<'_>, old: &Filter, new: &Filter) -> Action {
    let values = |side: &Side<'_>, f: &Filter| {
        let tree = &side.document.tree;
        tree.get(f.element.node, "included-values")
            .unwrap_or_default()
    };
    if (&old.min, &old.max) != (&new.min, &new.max) {
        return Action::Changed;
    }
    match (
        values(&at.before, old).as_str(),
        values(&at.after, new).as_str(),
    ) {
        ("non-null" | "null", "all") => Action::Widened,
        ("all", "non-null" | "null") => Action::Narrowed,
        _ => Action::Changed,
    }
}

fn member_set(at: &Comparison<'_>, filter: &Filter, later: bool) -> BTreeSet<String> {
    let members = filter.members.iter();
    if later {
        members
            .map(|m| at.renames.earlier(m).into_owned())
            .collect()
    } else {
        members.cloned().collect()
    }
}

fn range_direction(old: &Filter, new: &Filter) -> Action {
    // Without a bound the range is open.
    let lower = compare_bounds(old.min.as_deref(), new.min.as_deref(), f64::NEG_INFINITY);
    let upper = compare_bounds(old.max.as_deref(), new.max.as_deref(), f64::INFINITY);
    let (Some(lower), Some(upper)) = (lower, upper) else {
        return Action::Changed;
    };
    match (lower, upper) {
        (std::cmp::Ordering::Equal, std::cmp::Ordering::Equal) => Action::Changed,
        (
            std::cmp::Ordering::Less | std::cmp::Ordering::Equal,
            std::cmp::Ordering::Greater | std::cmp::Ordering::Equal,
        ) => Action::Widened,
        (
            std::cmp::Ordering::Greater | std::cmp::Ordering::Equal,
            std::cmp::Ordering::Less | std::cmp::Ordering::Equal,
        ) => Action::Narrowed,
        _ => Action::Changed,
    }
}

/// How the new bound stands to the old one: numbers by value, dates by their text, which sorts.
fn compare_bounds(old: Option<&str>, new: Option<&str>, open: f64) -> Option<std::cmp::Ordering> {
    let number = |v: Option<&str>| v.map_or(Some(open), |v| literal(v).parse().ok());
    if let (Some(old), Some(new)) = (number(old), number(new)) {
        return new.partial_cmp(&old);
    }
    match (old, new) {
        (Some(old), Some(new)) => Some(literal(new).cmp(&literal(old))),
        _ => None,
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
