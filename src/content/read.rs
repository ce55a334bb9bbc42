//! From the text of a document to its tree.

use std::collections::{HashMap, HashSet};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::diagnostic::Span;

use super::source::Source;
use super::tree::{NONE, Name, Node, RawAttribute, Tree};

/// Elements inside elements: real documents have some 40 levels.
const MAX_DEPTH: usize = 256;

/// Why a text is no document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error("the XML is broken: {what}")]
    Xml {
        what: String,
        /// Byte in the text.
        at: u32,
    },
    #[error("it holds the marks of a merge conflict: a line begins with `<<<<<<<`")]
    Conflict { at: u32 },
    #[error("it has a document type declaration, which Tableau never writes")]
    DocumentType { at: u32 },
    #[error("elements are nested more than {MAX_DEPTH} deep")]
    TooDeep { at: u32 },
    #[error("it has no root element")]
    NoRoot,
    #[error("the name `{name}` uses the prefix `{prefix}`, which is not declared")]
    UndeclaredPrefix {
        name: String,
        prefix: String,
        at: u32,
    },
}

impl Malformed {
    /// The byte where it shows, when it is one place.
    pub fn at(&self) -> Option<u32> {
        match self {
            Self::Xml { at, .. }
            | Self::Conflict { at }
            | Self::DocumentType { at }
            | Self::TooDeep { at }
            | Self::UndeclaredPrefix { at, .. } => Some(*at),
            Self::NoRoot => None,
        }
    }
}

/// A text that is no document, with the text.
#[derive(Debug)]
pub(super) struct Broken {
    pub(super) malformed: Malformed,
    pub(super) source: Source,
}

/// Reads a whole document.
pub(super) fn read(source: Source) -> Result<Tree, Box<Broken>> {
    match build(source.text()) {
        Ok(builder) => Ok(builder.finish(source)),
        Err(malformed) => Err(Box::new(Broken {
            // What a merge left behind breaks the XML somewhere; that it is there says more than where it broke.
            malformed: conflict(source.text()).unwrap_or(malformed),
            source,
        })),
    }
}

/// The first line that begins as git marks our side of a conflict.
fn conflict(text: &str) -> Option<Malformed> {
    let mark = "\n<<<<<<< ";
    let at = memchr::memmem::find(text.as_bytes(), mark.as_bytes())? as u32 + 1;
    Some(Malformed::Conflict { at })
}

fn xml(what: impl Into<String>, at: usize) -> Malformed {
    Malformed::Xml {
        what: what.into(),
        at: at as u32,
    }
}

fn build(text: &str) -> Result<Builder, Malformed> {
    if let Some(at) = control(text.as_bytes()) {
        return Err(xml("there is a control character", at));
    }
    let mut builder = Builder::default();
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    reader.config_mut().check_comments = true;
    loop {
        let start = reader.buffer_position() as u32;
        let event = reader
            .read_event()
            .map_err(|error| xml(error.to_string(), reader.error_position() as usize))?;
        let end = reader.buffer_position() as u32;
        let span = Span::new(start, end);
        match event {
            Event::Start(tag) => builder.open(text, &tag, span, true)?,
            Event::Empty(tag) => builder.open(text, &tag, span, false)?,
            Event::End(_) => builder.close(span),
            Event::DocType(_) => return Err(Malformed::DocumentType { at: start }),
            Event::GeneralRef(_) => check_value(text.get(span.range()).unwrap_or_default(), start)?,
            Event::Text(bytes) if builder.stack.is_empty() => builder.outside(&bytes, start)?,
            Event::Eof => break,
            _ => {}
        }
    }
    builder.check_end()?;
    builder.check_prefixes()?;
    Ok(builder)
}

/// The first control character. Pieces are looked through without a way out in the middle, many bytes at once.
fn control(text: &[u8]) -> Option<usize> {
    let any = |piece: &[u8]| piece.iter().fold(false, |any, b| any | is_control(*b));
    let (number, piece) = text.chunks(256).enumerate().find(|(_, piece)| any(piece))?;
    Some(256 * number + piece.iter().position(|b| is_control(*b))?)
}

/// XML has no way to write these (XML 1.0, 2.2).
fn is_control(byte: u8) -> bool {
    byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r')
}

/// What stands between quotes or is a reference: no `<`, and `&` only where it begins a reference that XML itself has.
fn check_value(raw: &str, start: u32) -> Result<(), Malformed> {
    for at in memchr::memchr2_iter(b'&', b'<', raw.as_bytes()) {
        let rest = raw.get(at + 1..).unwrap_or_default();
        let place = start as usize + at;
        if raw.as_bytes().get(at) == Some(&b'<') {
            return Err(xml(
                "there is a `<` in a value; it is written `&lt;`",
                place,
            ));
        }
        let name = rest
            .split_once(';')
            .map(|(name, _)| name)
            .filter(|n| n.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'#'));
        match name {
            Some("amp" | "lt" | "gt" | "quot" | "apos") => {}
            Some(name) if name.strip_prefix('#').is_some_and(is_character) => {}
            Some(name) if !name.is_empty() => {
                return Err(xml(format!("`&{name};` is nothing that XML knows"), place));
            }
            _ => {
                return Err(xml(
                    "there is a `&` that begins no reference; it is written `&amp;`",
                    place,
                ));
            }
        }
    }
    Ok(())
}

/// `10` or `xA` of a character that XML can hold.
fn is_character(number: &str) -> bool {
    let code = match number.strip_prefix('x') {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => number.parse(),
    };
    let refused = |c: char| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    code.ok()
        .and_then(char::from_u32)
        .is_some_and(|c| !refused(c))
}

/// XML 1.0, 2.3, roughly: what is refused is no name for certain.
fn is_name(name: &str) -> bool {
    let begins = |c: char| c.is_alphabetic() || matches!(c, '_' | ':');
    let goes_on = |c: char| begins(c) || c.is_numeric() || matches!(c, '-' | '.' | '\u{b7}');
    name.starts_with(begins) && name.chars().all(goes_on)
}

/// The name of an attribute and its length with its value, quotes included. `None` for all that is not plain: white space around
/// the `=`, a value with a `<` or with what may be no reference.
fn plain_attribute(text: &str) -> Option<(&str, usize)> {
    let bytes = text.as_bytes();
    let ends_name = |b: &u8| {
        matches!(
            b,
            b'=' | b' ' | b'\t' | b'\n' | b'\r' | b'<' | b'>' | b'/' | b'"' | b'\''
        )
    };
    let equals = bytes.iter().position(ends_name).filter(|at| *at > 0)?;
    let quote = match bytes.get(equals..equals + 2)? {
        [b'=', quote @ (b'\'' | b'"')] => *quote,
        _ => return None,
    };
    let mut end = equals + 2;
    loop {
        end += memchr::memchr3(quote, b'&', b'<', bytes.get(end..)?)?;
        match bytes.get(end)? {
            b'<' => return None,
            b'&' => {
                let length =
                    1 + memchr::memchr(b';', bytes.get(end..end + 12).unwrap_or_default())?;
                check_value(text.get(end..end + length)?, 0).ok()?;
                end += length;
            }
            _ => return Some((text.get(..equals)?, end + 1)),
        }
    }
}

#[derive(Default)]
struct Builder {
    nodes: Vec<Node>,
    attributes: Vec<RawAttribute>,
    names: Vec<Name>,
    ids: HashMap<String, u32, foldhash::fast::RandomState>,
    /// Of each name: one more than the last element that has an attribute of this name.
    seen: Vec<u32>,
    stack: Vec<u32>,
    /// Prefixes that some element declares.
    prefixes: HashSet<String>,
}

impl Builder {
    fn open(
        &mut self,
        text: &str,
        tag: &BytesStart<'_>,
        span: Span,
        has_content: bool,
    ) -> Result<(), Malformed> {
        if self.stack.len() >= MAX_DEPTH {
            return Err(Malformed::TooDeep { at: span.start });
        }
        if self.stack.is_empty() && !self.nodes.is_empty() {
            return Err(xml("a second root element", span.start as usize));
        }
        let id = self.nodes.len() as u32;
        let name = self.intern(tag.name().as_ref(), span)?;
        let first = self.attributes.len();
        self.read_attributes(text, tag, span)?;
        let attributes = (first as u32, self.attributes.len() as u32);
        let parent = self.stack.last().copied().unwrap_or(NONE);
        self.nodes.push(Node {
            name,
            parent,
            next: id + 1,
            tag: span,
            end: span.end,
            content_end: span.end,
            attributes,
        });
        if has_content {
            self.stack.push(id);
        }
        Ok(())
    }

    fn read_attributes(
        &mut self,
        text: &str,
        tag: &BytesStart<'_>,
        span: Span,
    ) -> Result<(), Malformed> {
        if self.read_plain_attributes(text, tag, span)? {
            return Ok(());
        }
        let place = span.start as usize;
        let mark = self.nodes.len() as u32 + 1;
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| xml(error.to_string(), place))?;
            let key: &str = attribute.key.as_ref();
            let name = self.attribute_name(key, span, mark)?;
            // The value borrows from the text, so its place is the distance between the two.
            let start = (attribute.value.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
            let end = start.wrapping_add(attribute.value.len());
            let Some(value) = text.get(start..end) else {
                return Err(xml(
                    format!("the attribute `{key}` cannot be placed"),
                    place,
                ));
            };
            check_value(value, start as u32)?;
            if !matches!(
                text.as_bytes().get(end + 1),
                Some(b' ' | b'\n' | b'\r' | b'\t' | b'/' | b'>')
            ) {
                return Err(xml(
                    format!("there is no space behind the attribute `{key}`"),
                    end + 1,
                ));
            }
            self.attributes.push(RawAttribute {
                name,
                value: Span::new(start as u32, end as u32),
            });
        }
        Ok(())
    }

    /// Attributes as Tableau writes them, `name='value'` after one space: nearly all there are, and in a fraction of the time. False,
    /// and nothing read, where something else is written; that is then judged with care.
    fn read_plain_attributes(
        &mut self,
        text: &str,
        tag: &BytesStart<'_>,
        span: Span,
    ) -> Result<bool, Malformed> {
        let first = self.attributes.len();
        let mark = self.nodes.len() as u32 + 1;
        let mut at = span.start as usize + 1 + tag.name().as_ref().len();
        while let Some(rest) = text.get(at..).and_then(|rest| rest.strip_prefix(' ')) {
            let Some((key, length)) = plain_attribute(rest) else {
                break;
            };
            let name = self.attribute_name(key, span, mark)?;
            let begin = at + 1 + key.len() + 2;
            at += 1 + length;
            let value = Span::new(begin as u32, at as u32 - 1);
            self.attributes.push(RawAttribute { name, value });
        }
        let whole = matches!(
            text.get(at..span.end as usize),
            Some(">" | "/>" | " />" | " >")
        );
        if !whole {
            self.attributes.truncate(first);
            self.seen
                .iter_mut()
                .filter(|seen| **seen == mark)
                .for_each(|seen| *seen = 0);
        }
        Ok(whole)
    }

    /// The name of an attribute of the element that is `mark`, which must not have two of it.
    fn attribute_name(&mut self, key: &str, span: Span, mark: u32) -> Result<u32, Malformed> {
        let name = self.intern(key, span)?;
        if let Some(seen) = self.seen.get_mut(name as usize) {
            if *seen == mark {
                let place = span.start as usize;
                return Err(xml(format!("the attribute `{key}` is there twice"), place));
            }
            *seen = mark;
        }
        if let Some(prefix) = key.strip_prefix("xmlns:") {
            self.prefixes.insert(prefix.to_owned());
        }
        Ok(name)
    }

    fn close(&mut self, span: Span) {
        if let Some(id) = self.stack.pop() {
            let next = self.nodes.len() as u32;
            let node = &mut self.nodes[id as usize];
            node.next = next;
            node.content_end = span.start;
            node.end = span.end;
        }
    }

    /// Text outside of the root may only be white space.
    fn outside(&self, text: &str, at: u32) -> Result<(), Malformed> {
        match text.find(|c: char| !c.is_ascii_whitespace()) {
            None => Ok(()),
            Some(offset) => {
                let when = if self.nodes.is_empty() {
                    "before"
                } else {
                    "after"
                };
                Err(xml(
                    format!("there is text {when} the document"),
                    at as usize + offset,
                ))
            }
        }
    }

    fn intern(&mut self, name: &str, span: Span) -> Result<u32, Malformed> {
        if let Some(id) = self.ids.get(name) {
            return Ok(*id);
        }
        if !is_name(name) {
            let what = format!("`{}` is no name", name.escape_debug());
            return Err(xml(what, span.start as usize));
        }
        let id = self.names.len() as u32;
        self.names.push(Name::new(name));
        self.seen.push(0);
        self.ids.insert(name.to_owned(), id);
        Ok(id)
    }

    fn finish(self, source: Source) -> Tree {
        let mut tree = Tree {
            source,
            nodes: self.nodes,
            attributes: self.attributes,
            names: self.names,
            declared: Vec::new(),
        };
        tree.declared = declared(&tree);
        tree
    }

    fn check_end(&self) -> Result<(), Malformed> {
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
            None => Ok(()),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> Result<Tree, Malformed> {
        read(Source::new(text.to_owned())).map_err(|broken| broken.malformed)
    }

    #[test]
    fn elements_know_their_bytes() {
        let text = "<?xml version='1.0'?>\n<!-- build 1 -->\n<a x='1 &amp; 2'><b/><c>t</c></a>\n";
        let tree = tree(text).unwrap();
        let root = tree.root();
        let x = tree.attribute(root, "x").unwrap();
        assert_eq!(
            (x.value.as_str(), &text[x.span.range()]),
            ("1 & 2", "1 &amp; 2")
        );
        let names: Vec<&str> = tree.children(root).map(|n| tree.local(n)).collect();
        assert_eq!(names, ["b", "c"]);
        let c = tree.child(root, "c").unwrap();
        assert_eq!(
            (&text[tree.span(c).range()], tree.text(c).value.as_str()),
            ("<c>t</c>", "t")
        );
        assert_eq!(tree.parent(c), Some(root));
    }

    #[test]
    fn declared_features_decide_what_is_read() {
        let body = "<_.fcp.F.false...r n='old'/><_.fcp.F.true...r n='new'/>";
        let with = tree(&format!("<w><document-format-change-manifest><_.fcp.F.true...F/></document-format-change-manifest>{body}</w>")).unwrap();
        let seen: Vec<String> = with
            .named(with.root(), "r")
            .filter_map(|n| with.get(n, "n"))
            .collect();
        assert_eq!(seen, ["new"]);
        let without = tree("<w><_.fcp.F.false...r n='old'/></w>").unwrap();
        assert_eq!(without.named(without.root(), "r").count(), 1);
    }

    #[test]
    fn what_is_no_document_is_refused_with_its_place() {
        assert_eq!(tree("").unwrap_err(), Malformed::NoRoot);
        assert!(matches!(
            tree("<!DOCTYPE a><a/>"),
            Err(Malformed::DocumentType { at: 0 })
        ));
        assert!(matches!(
            tree("≈\n<?xml version='1.0'?><a/>"),
            Err(Malformed::Xml { at: 0, .. })
        ));
        assert!(matches!(tree("<a><b></a>"), Err(Malformed::Xml { .. })));
        assert!(matches!(tree("<a><b>"), Err(Malformed::Xml { at: 3, .. })));
        assert!(matches!(
            tree("<a x='1' x='2'/>"),
            Err(Malformed::Xml { .. })
        ));
        let conflict = "<a>\n<<<<<<< HEAD\n<b/>\n=======\n<c/>\n>>>>>>> theirs\n</a>";
        assert_eq!(tree(conflict).unwrap_err(), Malformed::Conflict { at: 4 });
        assert!(matches!(
            tree("<a user:op='x'/>"),
            Err(Malformed::UndeclaredPrefix { .. })
        ));
        assert!(matches!(
            tree(&"<a>".repeat(300)),
            Err(Malformed::TooDeep { .. })
        ));
        assert!(tree("<a xmlns:user='u' user:op='x'/>").is_ok());
    }
}
