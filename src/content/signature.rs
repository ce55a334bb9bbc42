//! One text for what an element says, to compare it with another.

use super::tree::{NodeId, Tree};

/// A canonical rendering of an element and all below: names and attributes sorted, positions and ids left out by the caller.
pub(super) fn of(tree: &Tree, node: NodeId, ignore: &[&str]) -> String {
    let mut text = String::new();
    render(tree, node, ignore, &mut text);
    text
}

fn render(tree: &Tree, node: NodeId, ignore: &[&str], text: &mut String) {
    text.push_str(tree.local(node));
    let mut attributes: Vec<(String, String)> = tree
        .read_attributes(node)
        .filter(|a| !ignore.contains(&a.name.local.as_str()))
        .map(|a| (a.name.local.clone(), a.value.into_owned()))
        .collect();
    attributes.sort();
    for (name, value) in attributes {
        text.push_str(&format!(" {name}={value:?}"));
    }
    let mut children = tree.children(node).peekable();
    if children.peek().is_none() {
        let own = tree.text(node).value;
        if !own.trim().is_empty() {
            text.push_str(&format!(" {:?}", own.trim()));
        }
        return;
    }
    text.push('(');
    for (n, child) in children.enumerate() {
        if n > 0 {
            text.push_str(", ");
        }
        render(tree, child, ignore, text);
    }
    text.push(')');
}
