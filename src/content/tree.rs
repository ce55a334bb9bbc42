//! The elements of a document with their bytes: what the model, the rules, the diff and the rewrites read.
//!
//! An arena of small records over the text, a few times smaller than a DOM: names are interned, attribute
//! values stay in the text (escaped) until somebody asks.
//!
//! Tableau writes what an older reader must not see under mangled names, `_.fcp.FEATURE.true...NAME`, and what only an
//! older reader should see under `...false...`. [`Tree::children`] and [`Tree::attribute`] show the document as a
//! reader with all declared features does; [`Tree::all_children`] and [`Tree::attributes`] show everything.

use std::borrow::Cow;

use crate::diagnostic::Span;

use super::characters::{self, Characters};
use super::model::Text;
use super::source::Source;

/// An element of one [`Tree`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(super) u32);

/// All elements of a document in document order, over its text. The first is the root.
#[derive(Debug, Clone)]
pub struct Tree {
    pub(super) source: Source,
    pub(super) nodes: Vec<Node>,
    pub(super) attributes: Vec<RawAttribute>,
    pub(super) names: Vec<Name>,
    /// Features that the document declares, sorted.
    pub(super) declared: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) name: u32,
    pub(super) parent: u32,
    /// The node after the last of its descendants.
    pub(super) next: u32,
    pub(super) tag: Span,
    /// Of the whole element, end tag included; of an empty element, of its one tag.
    pub(super) end: u32,
    /// The first; the next node's begin where they end.
    pub(super) attributes: u32,
}

/// The parent of the root.
pub(super) const NONE: u32 = u32::MAX;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RawAttribute {
    pub(super) name: u32,
    /// Between the quotes.
    pub(super) value: Span,
}

/// A name, and what it says of features.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// As written: `_.fcp.X.true...relation`, `user:op`.
    pub full: String,
    /// After the last `...` of a mangled name; all of a plain one.
    pub local: String,
    /// Feature and side of each prefix, outermost first.
    pub features: Vec<(String, bool)>,
    /// A reader with all features that the document declares sees what has this name; known once the whole tree is.
    pub(super) is_read: bool,
}

impl Name {
    pub(super) fn new(full: &str) -> Self {
        let mut features = Vec::new();
        let mut local = full;
        while let Some((feature, side, rest)) = mangled(local) {
            features.push((feature.to_owned(), side));
            local = rest;
        }
        Self {
            full: full.to_owned(),
            local: local.to_owned(),
            features,
            is_read: true,
        }
    }

    /// A name is read when each of its features is on, or is not known to the document. `declared` is sorted.
    pub(super) fn judge(&mut self, declared: &[String]) {
        let read =
            |(feature, side): &(String, bool)| *side || declared.binary_search(feature).is_err();
        self.is_read = self.features.iter().all(read);
    }
}

/// `_.fcp.FEATURE.true...REST`.
fn mangled(name: &str) -> Option<(&str, bool, &str)> {
    let (head, rest) = name.strip_prefix("_.fcp.")?.split_once("...")?;
    let (feature, side) = head.rsplit_once('.')?;
    match side {
        "true" => Some((feature, true, rest)),
        "false" => Some((feature, false, rest)),
        _ => None,
    }
}

/// An attribute as read.
#[derive(Debug, Clone)]
pub struct AttributeRef<'t> {
    pub name: &'t Name,
    /// Unescaped.
    pub value: Cow<'t, str>,
    /// Between the quotes, in the document.
    pub span: Span,
}

impl Tree {
    pub fn source(&self) -> &Source {
        &self.source
    }

    pub fn root(&self) -> NodeId {
        NodeId(0)
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Never true: a document has a root.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Something in the document has this name: an answer without a walk.
    pub fn knows(&self, local: &str) -> bool {
        self.names().any(|name| name.local == local)
    }

    /// Every name that an element or an attribute of the document has, each once.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.names.iter()
    }

    /// Features that `document-format-change-manifest` declares, sorted.
    pub fn declared_features(&self) -> &[String] {
        &self.declared
    }

    fn node(&self, node: NodeId) -> &Node {
        &self.nodes[node.0 as usize]
    }

    pub fn name(&self, node: NodeId) -> &Name {
        &self.names[self.node(node).name as usize]
    }

    /// The name without feature prefixes.
    pub fn local(&self, node: NodeId) -> &str {
        &self.name(node).local
    }

    pub fn parent(&self, node: NodeId) -> Option<NodeId> {
        let parent = self.node(node).parent;
        (parent != NONE).then_some(NodeId(parent))
    }

    /// Its start tag.
    pub fn tag(&self, node: NodeId) -> Span {
        self.node(node).tag
    }

    /// All of it, end tag included.
    pub fn span(&self, node: NodeId) -> Span {
        Span::new(self.node(node).tag.start, self.node(node).end)
    }

    /// What stands between start and end tag.
    pub fn content(&self, node: NodeId) -> Span {
        let node = self.node(node);
        // An end tag has one `<`, where it begins.
        let behind = self.source.slice(Span::new(node.tag.end, node.end));
        let length = memchr::memrchr(b'<', behind.as_bytes()).unwrap_or(0);
        Span::new(node.tag.end, node.tag.end + length as u32)
    }

    /// Children on both sides of every feature, in the document's order.
    pub fn all_children(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let end = self.node(node).next;
        let mut at = node.0 + 1;
        std::iter::from_fn(move || {
            (at < end).then(|| {
                let child = NodeId(at);
                at = self.node(child).next;
                child
            })
        })
    }

    /// Children as a reader with all declared features sees them.
    pub fn children(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.all_children(node)
            .filter(|child| self.name(*child).is_read)
    }

    /// Such children with this name.
    pub fn named<'t>(&'t self, node: NodeId, local: &'t str) -> impl Iterator<Item = NodeId> + 't {
        self.children(node)
            .filter(move |child| self.local(*child) == local)
    }

    /// The first of them.
    pub fn child(&self, node: NodeId, local: &str) -> Option<NodeId> {
        self.children(node)
            .find(|child| self.local(*child) == local)
    }

    /// The element at the end of a path of names.
    pub fn path(&self, node: NodeId, locals: &[&str]) -> Option<NodeId> {
        locals
            .iter()
            .try_fold(node, |at, local| self.child(at, local))
    }

    /// Everything below, both sides of every feature, without the node itself.
    pub fn all_descendants(&self, node: NodeId) -> impl Iterator<Item = NodeId> + use<> {
        (node.0 + 1..self.node(node).next).map(NodeId)
    }

    /// Everything below as a reader with all declared features sees it, without the node itself.
    pub fn descendants(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let end = self.node(node).next;
        let mut at = node.0 + 1;
        std::iter::from_fn(move || {
            while at < end {
                let candidate = NodeId(at);
                if self.name(candidate).is_read {
                    at += 1;
                    return Some(candidate);
                }
                at = self.node(candidate).next;
            }
            None
        })
    }

    /// All attributes as written, on both sides of every feature.
    pub fn attributes(&self, node: NodeId) -> impl Iterator<Item = AttributeRef<'_>> + '_ {
        self.raws(node).iter().map(|raw| AttributeRef {
            name: &self.names[raw.name as usize],
            value: unescape(self.source.slice(raw.value)),
            span: raw.value,
        })
    }

    fn raws(&self, node: NodeId) -> &[RawAttribute] {
        let next = self.nodes.get(node.0 as usize + 1);
        let end = next.map_or(self.attributes.len(), |n| n.attributes as usize);
        &self.attributes[self.node(node).attributes as usize..end]
    }

    /// All attributes with their values as the text has them, still escaped: for what looks at every one of them.
    pub fn raw_attributes(&self, node: NodeId) -> impl Iterator<Item = (&Name, Span, &str)> + '_ {
        self.raws(node).iter().map(|raw| {
            let name = &self.names[raw.name as usize];
            (name, raw.value, self.source.slice(raw.value))
        })
    }

    pub(super) fn attribute_names(&self, node: NodeId) -> impl Iterator<Item = &Name> + '_ {
        let raws = self.raws(node).iter();
        raws.map(|raw| &self.names[raw.name as usize])
    }

    /// Attributes as a reader with all declared features sees them.
    pub fn read_attributes(&self, node: NodeId) -> impl Iterator<Item = AttributeRef<'_>> + '_ {
        self.attributes(node)
            .filter(|attribute| attribute.name.is_read)
    }

    /// An attribute by its name without feature prefixes.
    pub fn attribute(&self, node: NodeId, local: &str) -> Option<Text> {
        let raw = self.raw(node, local)?;
        Some(Text {
            value: unescape(self.source.slice(raw.value)).into_owned(),
            span: raw.value,
        })
    }

    fn raw(&self, node: NodeId, local: &str) -> Option<&RawAttribute> {
        self.raws(node).iter().find(|raw| {
            let name = &self.names[raw.name as usize];
            name.local == local && name.is_read
        })
    }

    /// The attribute's value, from the text itself where it is written there as it is.
    pub fn value(&self, node: NodeId, local: &str) -> Option<Cow<'_, str>> {
        let raw = self.raw(node, local)?;
        Some(unescape(self.source.slice(raw.value)))
    }

    pub fn has(&self, node: NodeId, local: &str) -> bool {
        self.raw(node, local).is_some()
    }

    /// The attribute's value.
    pub fn get(&self, node: NodeId, local: &str) -> Option<String> {
        self.value(node, local).map(Cow::into_owned)
    }

    /// The attribute has this value.
    pub fn is(&self, node: NodeId, local: &str, value: &str) -> bool {
        self.value(node, local).is_some_and(|own| own == value)
    }

    /// The condition of a join, from nested `expression` elements: `[a] = [b]`.
    pub(crate) fn expression(&self, node: NodeId) -> String {
        let operator = self.get(node, "op").unwrap_or_default();
        let operands: Vec<String> = self
            .named(node, "expression")
            .map(|inner| self.expression(inner))
            .collect();
        match operands.as_slice() {
            [] => operator,
            [one] => format!("{operator}({one})"),
            many => many.join(&format!(" {operator} ")),
        }
    }

    /// All text inside, at any depth, CDATA included; the span is the content's.
    pub fn text(&self, node: NodeId) -> Text {
        let span = self.content(node);
        Text {
            value: characters::plain(self.source.slice(span)),
            span,
        }
    }

    /// The same text, with the place of each of its bytes in the document.
    pub fn characters(&self, node: NodeId) -> Characters {
        let span = self.content(node);
        Characters::of(self.source.slice(span), span.start)
    }

    /// The value of an attribute, with the place of each of its bytes in the document.
    pub fn value_characters(&self, attribute: &AttributeRef<'_>) -> Characters {
        Characters::of(self.source.slice(attribute.span), attribute.span.start)
    }
}

/// Unescapes `&amp;` and its like; what is no reference stays as it is.
pub(crate) fn unescape(raw: &str) -> Cow<'_, str> {
    // Nearly all values are short and have none: looked through without a way out in the middle, many bytes at once.
    let begins = |b: u8| b == b'&';
    if !raw.bytes().fold(false, |any, b| any | begins(b)) {
        return Cow::Borrowed(raw);
    }
    quick_xml::escape::unescape(raw).unwrap_or(Cow::Borrowed(raw))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mangled_names_nest() {
        let name =
            Name::new("_.fcp.AnimationOnByDefault.false..._.fcp.Mark_Animation.true...style-rule");
        assert_eq!(name.local, "style-rule");
        assert_eq!(
            name.features,
            [
                ("AnimationOnByDefault".to_owned(), false),
                ("Mark_Animation".to_owned(), true)
            ]
        );
        assert_eq!(Name::new("user:op").local, "user:op");
        assert_eq!(Name::new("_.fcp.X.maybe...a").local, "_.fcp.X.maybe...a");
    }
}
