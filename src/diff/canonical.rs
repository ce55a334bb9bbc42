//! Elements in one form, so that two of them can be compared as texts.

use crate::content::tree::{NodeId, Tree};

use super::comparison::{Renames, unix};
use super::noise;

/// An element and all below, in one form: attributes sorted, noise left out, order kept.
pub(super) fn whole(tree: &Tree, node: NodeId) -> String {
    with(tree, node, &[], None)
}

/// The same without the element's own name and caption, which are compared as such.
pub(super) fn inside(tree: &Tree, node: NodeId) -> String {
    with(tree, node, &["name", "caption", "name-style"], None)
}

/// The same in the names of the earlier document.
pub(super) fn inside_earlier(tree: &Tree, node: NodeId, renames: &Renames) -> String {
    with(
        tree,
        node,
        &["name", "caption", "name-style"],
        Some(renames),
    )
}

/// Without the element's own attributes of these names, and, with `renames`, in the names of the earlier document.
pub(super) fn with(
    tree: &Tree,
    node: NodeId,
    ignore: &[&str],
    renames: Option<&Renames>,
) -> String {
    let mut text = String::new();
    render(tree, node, ignore, renames, &mut text);
    text
}

fn render(
    tree: &Tree,
    node: NodeId,
    ignore: &[&str],
    renames: Option<&Renames>,
    text: &mut String,
) {
    let earlier =
        |value: &str| renames.map_or_else(|| value.to_owned(), |r| r.earlier(value).into_owned());
    text.push_str(tree.local(node));
    let mut attributes: Vec<(&str, String)> = tree
        .read_attributes(node)
        .filter(|a| {
            let name = a.name.local.as_str();
            !ignore.contains(&name) && !noise::is_noise_attribute(name)
        })
        .map(|a| (a.name.local.as_str(), earlier(&a.value)))
        .collect();
    attributes.sort();
    for (name, value) in attributes {
        for piece in [" ", name, "=\"", &value, "\""] {
            text.push_str(piece);
        }
    }
    let mut children = tree.children(node).peekable();
    if children.peek().is_none() {
        let own = tree.text(node).value;
        if !own.trim().is_empty() {
            text.push_str(&format!(" {:?}", unix(&earlier(own.trim()))));
        }
        return;
    }
    text.push('(');
    for child in children {
        // Only the outermost element's name and caption are said elsewhere.
        render(tree, child, &[], renames, text);
        text.push(';');
    }
    text.push(')');
}
