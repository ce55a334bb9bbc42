//! A tree in the making: what both ways of reading a text, the quick and the careful one, put their elements into.

use crate::diagnostic::Span;
use crate::hash::{HashMap, HashSet};

use super::read::{Malformed, xml};
use super::source::Source;
use super::table::Table;
use super::tree::{NONE, Name, Node, RawAttribute, Tree};

/// Elements inside elements: real documents have some 40 levels.
pub(super) const MAX_DEPTH: usize = 256;

/// The elements of a document, or of a piece of one: ids count from its beginning.
#[derive(Default)]
pub(super) struct Builder {
    pub(super) nodes: Table<Node>,
    pub(super) attributes: Table<RawAttribute>,
    pub(super) names: Vec<Name>,
    ids: HashMap<String, u32>,
    /// Of each name: one more than the last element that has an attribute of this name.
    seen: Vec<u32>,
    /// Of each name: the one that was read after it when it was read last. Mostly it is again.
    next: Vec<u32>,
    /// The name that was read last.
    last: usize,
    /// Elements that are open.
    pub(super) stack: Vec<u32>,
    /// The most that were open at once.
    deepest: usize,
    /// End tags of elements that began before this piece.
    outer_ends: Vec<OuterEnd>,
    /// Prefixes that some element declares.
    prefixes: HashSet<String>,
}

struct OuterEnd {
    /// Elements of the piece that begin before it.
    nodes: u32,
    tag: Span,
}

impl Builder {
    /// With room for what so many bytes of text mostly hold: large tables are not moved as they grow.
    pub(super) fn for_bytes(bytes: usize) -> Self {
        Self {
            nodes: Table::with_capacity(bytes / 64),
            attributes: Table::with_capacity(bytes / 24),
            ..Self::default()
        }
    }

    /// For what another one takes up.
    pub(super) fn in_pieces() -> Self {
        Self {
            nodes: Table::in_pieces(),
            attributes: Table::in_pieces(),
            ..Self::default()
        }
    }

    /// Adds an element with the attributes from `first_attribute` on.
    pub(super) fn open(
        &mut self,
        name: u32,
        tag: Span,
        first_attribute: usize,
        has_content: bool,
    ) -> Result<(), Malformed> {
        if self.stack.len() >= MAX_DEPTH {
            return Err(Malformed::TooDeep { at: tag.start });
        }
        let id = self.nodes.len() as u32;
        self.nodes.push(Node {
            name,
            parent: self.stack.last().copied().unwrap_or(NONE),
            next: id + 1,
            tag,
            end: tag.end,
            attributes: first_attribute as u32,
        });
        if has_content {
            self.stack.push(id);
            self.deepest = self.deepest.max(self.stack.len());
        }
        Ok(())
    }

    /// Ends the innermost element; false where none is open.
    pub(super) fn close(&mut self, tag: Span) -> bool {
        let next = self.nodes.len() as u32;
        let open = self.stack.pop();
        let Some(node) = open.and_then(|id| self.nodes.get_mut(id as usize)) else {
            return false;
        };
        node.next = next;
        node.end = tag.end;
        true
    }

    /// Ends an element that is not of this piece.
    pub(super) fn close_outer(&mut self, tag: Span) {
        let nodes = self.nodes.len() as u32;
        self.outer_ends.push(OuterEnd { nodes, tag });
    }

    /// The name of the innermost element that is open.
    pub(super) fn innermost(&self) -> Option<&str> {
        self.innermost_open().map(|(name, _)| name)
    }

    /// The same, with the byte where the element begins.
    pub(super) fn innermost_open(&self) -> Option<(&str, u32)> {
        let node = self.nodes.get(*self.stack.last()? as usize)?;
        Some((&self.names.get(node.name as usize)?.full, node.tag.start))
    }

    /// Adds what stands behind this piece in `text`. `None` where the two do not make one document: nothing can be said of
    /// either then.
    pub(super) fn append(&mut self, piece: Self, text: &str) -> Option<()> {
        if self.stack.len() + piece.deepest > MAX_DEPTH {
            return None;
        }
        let names = piece.names.iter().map(|n| self.name(&n.full, 0).ok());
        let names: Vec<u32> = names.collect::<Option<_>>()?;
        let (nodes, attributes) = (self.nodes.len() as u32, self.attributes.len() as u32);
        let mut ends = piece.outer_ends.into_iter().peekable();
        self.nodes.reserve(piece.nodes.len());
        for (number, mut node) in piece.nodes.into_pieces().flatten().enumerate() {
            while let Some(end) = ends.next_if(|end| end.nodes as usize <= number) {
                self.close_named(end.tag, text)?;
            }
            node.name = *names.get(node.name as usize)?;
            node.parent = match node.parent {
                NONE => *self.stack.last()?,
                inside => inside + nodes,
            };
            node.next += nodes;
            node.attributes += attributes;
            self.nodes.push(node);
        }
        for end in ends {
            self.close_named(end.tag, text)?;
        }
        self.attributes.reserve(piece.attributes.len());
        for RawAttribute { name, value } in piece.attributes.into_pieces().flatten() {
            let name = *names.get(name as usize)?;
            self.attributes.push(RawAttribute { name, value });
        }
        self.stack.extend(piece.stack.iter().map(|id| id + nodes));
        self.prefixes.extend(piece.prefixes);
        Some(())
    }

    fn close_named(&mut self, tag: Span, text: &str) -> Option<()> {
        let name = text.get(tag.range())?.strip_prefix("</")?;
        (name.strip_suffix('>') == self.innermost()).then_some(())?;
        self.close(tag).then_some(())
    }

    /// The name of an attribute of the element that is read, which must not have two of it and begins at `at`.
    pub(super) fn attribute_name(&mut self, key: &str, at: u32) -> Result<u32, Malformed> {
        let name = self.name(key, at)?;
        if !self.once(name) {
            let what = format!("the attribute `{key}` is there twice");
            return Err(xml(what, at as usize));
        }
        if let Some(prefix) = key.strip_prefix("xmlns:") {
            self.prefixes.insert(prefix.to_owned());
        }
        Ok(name)
    }

    /// Notes that the element which is read has an attribute of this name; false where it has one already.
    pub(super) fn once(&mut self, name: u32) -> bool {
        let mark = self.nodes.len() as u32 + 1;
        let seen = self.seen.get_mut(name as usize);
        seen.is_some_and(|seen| std::mem::replace(seen, mark) != mark)
    }

    /// The name that mostly follows the last one, with its number, where `rest` begins with it and `ends` what is behind it. It is
    /// read again, and at once: no other look at its bytes is needed.
    pub(super) fn next_name(&mut self, rest: &[u8], ends: &[bool; 256]) -> Option<(u32, usize)> {
        let guess = *self.next.get(self.last)?;
        let name = self.names.get(guess as usize)?.full.as_bytes();
        let behind = rest.strip_prefix(name)?.first()?;
        let length = name.len();
        ends[usize::from(*behind)].then(|| {
            self.last = guess as usize;
            (guess, length)
        })
    }

    /// The number of a name of an element that begins at `at`, or of its attribute.
    pub(super) fn name(&mut self, name: &str, at: u32) -> Result<u32, Malformed> {
        let guess = self.next.get(self.last).copied().unwrap_or_default();
        let known = match self.names.get(guess as usize) {
            Some(guessed) if guessed.full == name => Some(guess),
            _ => self.ids.get(name).copied(),
        };
        if let Some(id) = known {
            self.follow(id);
            return Ok(id);
        }
        if !is_name(name) {
            let what = format!("`{}` is no name", name.escape_debug());
            return Err(xml(what, at as usize));
        }
        let id = self.names.len() as u32;
        self.names.push(Name::new(name));
        self.seen.push(0);
        self.next.push(0);
        self.ids.insert(name.to_owned(), id);
        self.follow(id);
        Ok(id)
    }

    fn follow(&mut self, id: u32) {
        if let Some(next) = self.next.get_mut(self.last) {
            *next = id;
        }
        self.last = id as usize;
    }

    /// What only the whole document shows: an element that is open, no element at all, a prefix that is nowhere declared.
    pub(super) fn check(&self) -> Result<(), Malformed> {
        let open = self
            .stack
            .last()
            .and_then(|id| self.nodes.get(*id as usize));
        match open {
            Some(node) => {
                let name = &self.names[node.name as usize].full;
                let what = format!("the element `{name}` is never closed");
                Err(xml(what, node.tag.start as usize))
            }
            None if self.nodes.is_empty() => Err(Malformed::NoRoot),
            None => self.check_prefixes(),
        }
    }

    /// A lost `xmlns:user` makes Tableau refuse the file, or silently drop what the prefix says.
    fn check_prefixes(&self) -> Result<(), Malformed> {
        for (id, name) in self.names.iter().enumerate() {
            let Some((prefix, _)) = name.local.split_once(':') else {
                continue;
            };
            if matches!(prefix, "xml" | "xmlns" | "") || self.prefixes.contains(prefix) {
                continue;
            }
            let by_node = self
                .nodes
                .iter()
                .find(|n| n.name == id as u32)
                .map(|n| n.tag.start);
            let by_attribute = || {
                self.attributes
                    .iter()
                    .find(|a| a.name == id as u32)
                    .map(|a| a.value.start)
            };
            let at = by_node.or_else(by_attribute).unwrap_or_default();
            return Err(Malformed::UndeclaredPrefix {
                name: name.full.clone(),
                prefix: prefix.to_owned(),
                at,
            });
        }
        Ok(())
    }

    pub(super) fn finish(self, source: Source) -> Tree {
        let mut tree = Tree {
            source,
            nodes: self.nodes.into_whole(),
            attributes: self.attributes.into_whole(),
            names: self.names,
            declared: Vec::new(),
        };
        tree.declared = declared(&tree);
        for name in &mut tree.names {
            name.judge(&tree.declared);
        }
        tree
    }
}

/// XML 1.0, 2.3, roughly: what is refused is no name for certain.
fn is_name(name: &str) -> bool {
    let begins = |c: char| c.is_alphabetic() || matches!(c, '_' | ':');
    let goes_on = |c: char| begins(c) || c.is_numeric() || matches!(c, '-' | '.' | '\u{b7}');
    name.starts_with(begins) && name.chars().all(goes_on)
}

fn declared(tree: &Tree) -> Vec<String> {
    let manifest = tree
        .all_children(tree.root())
        .find(|n| tree.local(*n) == "document-format-change-manifest");
    let mut declared: Vec<String> = manifest
        .map(|m| {
            tree.all_children(m)
                .map(|n| tree.local(n).to_owned())
                .collect()
        })
        .unwrap_or_default();
    declared.sort();
    declared.dedup();
    declared
}
