//! Actions.

use tabship::content::Document;
use tabship::diagnostic::Span;
use tabship::diff::{Action, Kind};

use super::{Edit, Maker, one, pick, said};

pub(super) const MAKERS: &[(&str, Maker)] = &[
    ("link to elsewhere", link_to_elsewhere),
    ("remove an action", remove_an_action),
    ("rename an action", rename_an_action),
    ("run an action otherwise", run_an_action_otherwise),
];

fn link_to_elsewhere(document: &Document, _: &mut fastrand::Rng) -> Option<Edit> {
    let actions = document.tree.child(document.tree.root(), "actions")?;
    let start = document.tree.content(actions).start;
    let action = "<action caption='See elsewhere' name='[Action987]'><activation type='on-menu' />\
                  <source type='sheet' worksheet='Nowhere' /><link caption='x' expression='https://elsewhere.example/' />\
                  </action>";
    one(
        Span::new(start, start),
        action,
        said(Kind::Action, Action::Added, ""),
    )
}

/// Those that people made: beside them stand copies of fields, without a name.
fn made(document: &Document) -> Vec<&tabship::content::model::Action> {
    let actions = document.model.actions.iter();
    actions
        .filter(|a| a.name.is_some() && a.caption.is_some())
        .collect()
}

fn remove_an_action(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let action = pick(rng, made(document))?;
    one(
        document.tree.span(action.element.node),
        "",
        said(Kind::Action, Action::Removed, ""),
    )
}

fn rename_an_action(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let action = pick(rng, made(document))?;
    one(
        action.caption.as_ref()?.span,
        "Another caption",
        said(Kind::Action, Action::Renamed, ""),
    )
}

fn run_an_action_otherwise(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let action = pick(rng, made(document))?;
    let tree = &document.tree;
    let activation = tree.child(action.element.node, "activation")?;
    let kind = tree.attribute(activation, "type")?;
    let other = if kind.value == "on-menu" {
        "on-select"
    } else {
        "on-menu"
    };
    one(
        kind.span,
        other,
        said(Kind::Action, Action::Changed, "runs"),
    )
}
