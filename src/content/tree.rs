//! The elements of a document with their bytes: what the model, the rules, the diff and the rewrites read.
//!
//! An arena of small records over the text, a few times smaller than a DOM: names are interned, attribute
//! values stay in the text (escaped) until somebody asks.

use std::borrow::Cow;

use crate::diagnostic::Span;

/// An element of one [`Tree`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(super) u32);

/// All elements of a document in document order. The first is the root.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    pub(super) nodes: Vec<Node>,
    pub(super) attributes: Vec<RawAttribute>,
    /// Interned names as written: `_.fcp.X.true...relation`, `user:op`.
    pub(super) names: Vec<Name>,
}

#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) name: u32,
    pub(super) parent: Option<NodeId>,
    /// The node after the last of its descendants.
    pub(super) next: u32,
    pub(super) tag: Span,
    /// Of the whole element, end tag included.
    pub(super) end: u32,
    /// Where the end tag begins (the end of the start tag for an empty element).
    pub(super) content_end: u32,
    pub(super) attributes: (u32, u32),
}

#[derive(Debug, Clone)]
pub(super) struct RawAttribute {
    pub(super) name: u32,
    /// Between the quotes.
    pub(super) value: Span,
}

/// A name, and what it says of features.
#[derive(Debug, Clone)]
pub struct Name {
    /// As written.
    pub full: String,
    /// After the last `...` of a mangled name; all of a plain one.
    pub local: String,
    /// Feature and side of each prefix, outermost first.
    pub features: Vec<(String, bool)>,
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
