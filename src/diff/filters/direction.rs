//! Whether a filter became wider or narrower.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use crate::content::model::Filter;
use crate::diff::change::Action;
use crate::diff::comparison::{Comparison, Side};

use super::words::literal;

/// Does the new filter let more through, or less?
pub(super) fn direction(at: &Comparison<'_>, old: &Filter, new: &Filter) -> Action {
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
        (Ordering::Equal, Ordering::Equal) => Action::Changed,
        (Ordering::Less | Ordering::Equal, Ordering::Greater | Ordering::Equal) => Action::Widened,
        (Ordering::Greater | Ordering::Equal, Ordering::Less | Ordering::Equal) => Action::Narrowed,
        _ => Action::Changed,
    }
}

/// How the new bound stands to the old one: numbers by value, dates by their text, which sorts.
fn compare_bounds(old: Option<&str>, new: Option<&str>, open: f64) -> Option<Ordering> {
    let number = |v: Option<&str>| v.map_or(Some(open), |v| literal(v).parse().ok());
    if let (Some(old), Some(new)) = (number(old), number(new)) {
        return new.partial_cmp(&old);
    }
    match (old, new) {
        (Some(old), Some(new)) => Some(literal(new).cmp(&literal(old))),
        _ => None,
    }
}
