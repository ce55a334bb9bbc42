//! From the text of a document to its tree.

use std::collections::HashMap;

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

/// Reads a whole document.
pub(super) fn read(source: Source) -> Result<Tree, Malformed> {
    match elements(&source) {
        Ok(builder) => builder.finish(source),
        // What a merge left behind breaks the XML somewhere; that it is there says more than where it broke.
        Err(malformed) => Err(conflict(source.text()).unwrap_or(malformed)),
    }
}

/// The first line that begins as git marks our side of a conflict.
fn conflict(text: &str) -> Option<Malformed> {
    let mark = "\n<<<<<<< ";
    let at = memchr::memmem::find(text.as_bytes(), mark.as_bytes())? as u32 + 1;
    Some(Malformed::Conflict { at })
}

fn elements(source: &Source) -> Result<Builder, Malformed> {
    let mut builder = Builder::default();
    {
        let text = source.text();
        let mut reader = Reader::from_str(text);
        reader.config_mut().check_end_names = true;
        loop {
            let start = reader.buffer_position() as u32;
            let event = reader.read_event().map_err(|error| Malformed::Xml {
                what: error.to_string(),
                at: reader.error_position() as u32,
            })?;
            let end = reader.buffer_position() as u32;
            let span = Span::new(start, end);
            match event {
                Event::Start(tag) => builder.open(text, &tag, span, true)?,
                Event::Empty(tag) => builder.open(text, &tag, span, false)?,
                Event::End(_) => builder.close(span),
                Event::DocType(_) => return Err(Malformed::DocumentType { at: start }),
                Event::Text(bytes) if builder.stack.is_empty() => builder.outside(&bytes, start)?,
                Event::Eof => break,
                _ => {}
            }
        }
        if let Some(open) = builder.stack.last() {
            let node = &builder.nodes[*open as usize];
            let what = format!(
                "the element `{}` is never closed",
                builder.names[node.name as usize].full
            );
            return Err(Malformed::Xml {
                what,
                at: node.tag.start,
            });
        }
    }
    Ok(builder)
}

#[derive(Default)]
struct Builder {
    nodes: Vec<Node>,
    attributes: Vec<RawAttribute>,
    names: Vec<Name>,
    ids: HashMap<String, u32>,
    stack: Vec<u32>,
    /// Prefixes that some element declares.
    prefixes: Vec<String>,
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
            return Err(Malformed::Xml {
                what: "a second root element".to_owned(),
                at: span.start,
            });
        }
        let id = self.nodes.len() as u32;
        let name = self.intern(tag.name().as_ref());
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
        let first = self.attributes.len();
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| Malformed::Xml {
                what: error.to_string(),
                at: span.start,
            })?;
            let key: &str = attribute.key.as_ref();
            let name = self.intern(key);
            if self.attributes[first..].iter().any(|a| a.name == name) {
                return Err(Malformed::Xml {
                    what: format!("the attribute `{key}` is there twice"),
                    at: span.start,
                });
            }
            if let Some(prefix) = key.strip_prefix("xmlns:") {
                self.prefixes.push(prefix.to_owned());
            }
            // The value borrows from the text, so its place is the distance between the two.
            let start = (attribute.value.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
            let end = start.wrapping_add(attribute.value.len());
            if text.get(start..end).is_none() {
                return Err(Malformed::Xml {
                    what: format!("the attribute `{key}` cannot be placed"),
                    at: span.start,
                });
            }
            self.attributes.push(RawAttribute {
                name,
                value: Span::new(start as u32, end as u32),
            });
        }
        Ok(())
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
                Err(Malformed::Xml {
                    what: format!("there is text {when} the document"),
                    at: at + offset as u32,
                })
            }
        }
    }

    fn intern(&mut self, name: &str) -> u32 {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        let id = self.names.len() as u32;
        self.names.push(Name::new(name));
        self.ids.insert(name.to_owned(), id);
        id
    }

    fn finish(self, source: Source) -> Result<Tree, Malformed> {
        if self.nodes.is_empty() {
            return Err(Malformed::NoRoot);
        }
        self.check_prefixes()?;
        let mut tree = Tree {
            source,
            nodes: self.nodes,
            attributes: self.attributes,
            names: self.names,
            declared: Vec::new(),
        };
        tree.declared = declared(&tree);
        Ok(tree)
    }

    /// A lost `xmlns:user` makes Tableau refuse the file, or silently drop what the prefix says.
    fn check_prefixes(&self) -> Result<(), Malformed> {
        for (id, name) in self.names.iter().enumerate() {
            let Some((prefix, _)) = name.local.split_once(':') else {
                continue;
            };
            if matches!(prefix, "xml" | "xmlns" | "") || self.prefixes.iter().any(|p| p == prefix) {
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
        read(Source::new(text.to_owned()))
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
