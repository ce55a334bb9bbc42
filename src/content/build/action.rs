//! Dashboard actions.

use crate::content::model::{Action, ActionKind, Text};
use crate::content::signature;
use crate::content::tree::{NodeId, Tree};

use super::element;

pub(super) fn read(tree: &Tree, node: NodeId) -> Action {
    let source = tree.child(node, "source");
    let command = tree.child(node, "command");
    let link = tree
        .child(node, "link")
        .and_then(|n| tree.attribute(n, "expression"));
    let kind = kind(tree, node, command, link.as_ref());
    Action {
        element: element(tree, node),
        caption: tree.attribute(node, "caption"),
        name: tree.attribute(node, "name"),
        kind,
        activation: tree
            .child(node, "activation")
            .and_then(|n| tree.get(n, "type")),
        source: source
            .map(|s| {
                ["worksheet", "dashboard"]
                    .iter()
                    .filter_map(|name| tree.attribute(s, name))
                    .collect()
            })
            .unwrap_or_default(),
        excluded: source
            .map(|s| {
                tree.named(s, "exclude-sheet")
                    .filter_map(|n| tree.get(n, "name"))
                    .collect()
            })
            .unwrap_or_default(),
        target: targets(tree, node),
        url: link.filter(|_| kind == ActionKind::Url),
        signature: signature::of(tree, node, &["name", "caption"]),
    }
}

fn kind(tree: &Tree, node: NodeId, command: Option<NodeId>, link: Option<&Text>) -> ActionKind {
    match tree.local(node) {
        "nav-action" => return ActionKind::Navigate,
        "edit-parameter-action" => return ActionKind::Parameter,
        "edit-group-action" => return ActionKind::Set,
        _ => {}
    }
    match command.and_then(|c| tree.get(c, "command")).as_deref() {
        Some("tsc:tsl-filter") => ActionKind::Filter,
        Some("tsc:brush") => ActionKind::Highlight,
        Some(c) if c.contains("goto-sheet") => ActionKind::Navigate,
        _ => match link {
            Some(link) if link.value.starts_with("tsl:") => ActionKind::Filter,
            Some(_) => ActionKind::Url,
            None => ActionKind::Other,
        },
    }
}

/// `param` elements named `target`, `target-parameter`, `target-group`.
fn targets(tree: &Tree, node: NodeId) -> Vec<Text> {
    tree.descendants(node)
        .filter(|n| {
            tree.local(*n) == "param"
                && tree
                    .get(*n, "name")
                    .is_some_and(|name| name.starts_with("target"))
        })
        .filter_map(|n| tree.attribute(n, "value"))
        .filter(|t| !t.value.is_empty())
        .collect()
}
