//! Formulas, compared as trees: white space and the case of keywords are no change, comments a small one.

use crate::content::model::{Column, Definition, Text};
use crate::diagnostic::Subject;
use crate::formula::{self, FieldRef};

use super::change::{Kind, Risk};
use super::comparison::{Comparison, Side, What};
use super::{canonical, hunks};

/// Compares the formulas of one field; `homes` are the internal names of its data source.
pub(super) fn compare(
    at: &mut Comparison<'_>,
    (old, new): (Option<&Column>, Option<&Column>),
    (homes, name): ((&str, &str), &str),
    subject: &[Subject],
) {
    let (Some(old_column), Some(new_column)) = (old, new) else {
        return;
    };
    let (Some(from), Some(to)) = (old_column.formula(), new_column.formula()) else {
        if old_column.formula().is_some() != new_column.formula().is_some() {
            became(at, (old_column, new_column), homes, subject);
        }
        return;
    };
    table_calculation(at, (old_column, new_column), (homes.1, name), subject);
    let places = (Some(from.span), Some(to.span));
    match difference(at, from, to) {
        Difference::None => {}
        Difference::Comments => {
            let what = What::changed(Kind::Calculation, subject)
                .aspect("comments in the formula")
                .detail(hunks::of(
                    &at.before.names.formula(&from.value, homes.0),
                    &at.after.names.formula(&to.value, homes.1),
                ));
            at.say(what, places);
        }
        Difference::Formula => {
            let before = at.before.names.formula(&from.value, homes.0);
            let after = at.after.names.formula(&to.value, homes.1);
            let risk = security(&at.before, homes.0, name).or(security(&at.after, homes.1, name));
            let mut what = What::changed(Kind::Calculation, subject)
                .aspect("formula")
                .detail(hunks::of(&before, &after))
                .reaches(at.after.reach.of_field(homes.1, name))
                .risk(risk);
            if formula::parse(&to.value).expression.is_none() {
                what = what.note("the new formula does not parse");
            }
            at.say(what, places);
        }
    }
}

enum Difference {
    None,
    Comments,
    Formula,
}

fn difference(at: &Comparison<'_>, from: &Text, to: &Text) -> Difference {
    if from.value == to.value {
        return Difference::None;
    }
    let earlier = |r: &FieldRef| Some(at.renames.earlier(&r.quoted()).into_owned());
    let old = formula::normalize(&from.value, |_| None);
    let new = formula::normalize(&to.value, earlier);
    match (old, new) {
        (Some(old), Some(new)) if old != new => Difference::Formula,
        (Some(_), Some(_)) => {
            if comments(&from.value) == comments(&to.value) {
                Difference::None
            } else {
                Difference::Comments
            }
        }
        _ if words(&from.value) == words(&at.renames.earlier(&to.value)) => Difference::None,
        _ => Difference::Formula,
    }
}

fn comments(text: &str) -> Vec<String> {
    let comments = formula::parse(text).comments;
    comments.iter().map(|c| words(&c.text)).collect()
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The field's value depends on who looks.
pub(super) fn security(side: &Side<'_>, home: &str, name: &str) -> Option<Risk> {
    side.reach
        .is_personal(home, name)
        .then_some(Risk::RowLevelSecurityChanged)
}

/// A field that was calculated is plain now, or the other way round.
fn became(
    at: &mut Comparison<'_>,
    (old, new): (&Column, &Column),
    homes: (&str, &str),
    subject: &[Subject],
) {
    let words = |side: &Side<'_>, column: &Column, home: &str| {
        column.formula().map_or_else(
            || "a field of the source".to_owned(),
            |f| side.names.formula(&f.value, home),
        )
    };
    let what = What::changed(Kind::Calculation, subject)
        .aspect("definition")
        .from_to(
            words(&at.before, old, homes.0),
            words(&at.after, new, homes.1),
        )
        .reaches(at.after.reach.of_field(homes.1, &new.name.value));
    at.say(what, super::comparison::both(old.element, new.element));
}

/// The default settings of a table calculation, which stand beside the formula.
fn table_calculation(
    at: &mut Comparison<'_>,
    (old, new): (&Column, &Column),
    (home, name): (&str, &str),
    subject: &[Subject],
) {
    let settings = |side: &Side<'_>, column: &Column| {
        let Definition::Calculated { calculation, .. } = &column.definition else {
            return String::new();
        };
        let tree = &side.document.tree;
        let all = tree.named(calculation.node, "table-calc");
        all.map(|n| canonical::whole(tree, n))
            .collect::<Vec<_>>()
            .join("; ")
    };
    let (from, to) = (settings(&at.before, old), settings(&at.after, new));
    if !at.same(&from, &to) {
        let what = What::changed(Kind::TableCalculation, subject)
            .aspect("default table calculation")
            .from_to(
                super::worksheets::table_calculation_words(&at.before.names, &from),
                super::worksheets::table_calculation_words(&at.after.names, &to),
            )
            .reaches(at.after.reach.of_field(home, name));
        at.say(what, super::comparison::both(old.element, new.element));
    }
}
