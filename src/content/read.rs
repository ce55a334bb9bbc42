//! From the text of a document to its tree.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::diagnostic::Span;

use super::builder::{Builder, MAX_DEPTH};
use super::plain;
use super::source::Source;
use super::tree::{RawAttribute, Tree};

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
    let text = source.text();
    match plain::build(text).map_or_else(|| carefully(text), Ok) {
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

pub(super) fn xml(what: impl Into<String>, at: usize) -> Malformed {
    Malformed::Xml {
        what: what.into(),
        at: at as u32,
    }
}

/// The judge of what is a document: of every text it says whether it is one, and if not, why and where.
pub(super) fn carefully(text: &str) -> Result<Builder, Malformed> {
    if let Some(at) = control(text.as_bytes()) {
        return Err(xml("there is a control character", at));
    }
    let mut builder = Builder::default();
    let mut reader = Reader::from_str(text);
    // Ours says where the other element began.
    reader.config_mut().check_end_names = false;
    reader.config_mut().check_comments = true;
    loop {
        let start = reader.buffer_position() as u32;
        let event = reader
            .read_event()
            .map_err(|error| xml(said(&error), reader.error_position() as usize))?;
        let end = reader.buffer_position() as u32;
        let span = Span::new(start, end);
        match event {
            Event::Start(tag) => open(&mut builder, text, &tag, span, true)?,
            Event::Empty(tag) => open(&mut builder, text, &tag, span, false)?,
            Event::End(tag) => close(&mut builder, text, tag.name().as_ref(), span)?,
            Event::DocType(_) => return Err(Malformed::DocumentType { at: start }),
            Event::GeneralRef(_) => check_value(text.get(span.range()).unwrap_or_default(), start)?,
            Event::Text(bytes) if builder.stack.is_empty() => outside(&builder, &bytes, start)?,
            Event::Eof => break,
            _ => {}
        }
    }
    builder.check()?;
    Ok(builder)
}

/// What is wrong, in words of people who do not read XML.
fn said(error: &quick_xml::Error) -> String {
    match error {
        // All of these are that the text ended too early.
        quick_xml::Error::Syntax(_) => {
            "what begins here has no end: the file was cut off, or a quotation mark or a `>` is missing"
                .to_owned()
        }
        other => other.to_string(),
    }
}

/// The first control character. Pieces are looked through without a way out in the middle, many bytes at once.
pub(super) fn control(text: &[u8]) -> Option<usize> {
    let any = |piece: &[u8]| piece.iter().fold(false, |any, b| any | is_control(*b));
    let (number, piece) = text.chunks(256).enumerate().find(|(_, piece)| any(piece))?;
    Some(256 * number + piece.iter().position(|b| is_control(*b))?)
}

/// XML has no way to write these (XML 1.0, 2.2).
fn is_control(byte: u8) -> bool {
    byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r')
}

/// What stands between quotes or is a reference: no `<`, and `&` only where it begins a reference that XML itself has.
pub(super) fn check_value(raw: &str, start: u32) -> Result<(), Malformed> {
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

fn open(
    builder: &mut Builder,
    text: &str,
    tag: &BytesStart<'_>,
    span: Span,
    has_content: bool,
) -> Result<(), Malformed> {
    if builder.stack.is_empty() && !builder.nodes.is_empty() {
        return Err(xml("a second root element", span.start as usize));
    }
    let name = builder.name(tag.name().as_ref(), span.start)?;
    let first = builder.attributes.len();
    read_attributes(builder, text, tag, span)?;
    builder.open(name, span, first, has_content)
}

fn close(builder: &mut Builder, text: &str, name: &str, span: Span) -> Result<(), Malformed> {
    if let Some((open, at)) = builder.innermost_open().filter(|(open, _)| *open != name) {
        let before = text.get(..at as usize).unwrap_or_default();
        let line = memchr::memchr_iter(b'\n', before.as_bytes()).count() + 1;
        let what = format!(
            "`</{name}>` comes before `</{open}>`: the `{open}` of line {line} is not closed"
        );
        return Err(xml(what, span.start as usize));
    }
    builder.close(span);
    Ok(())
}

fn read_attributes(
    builder: &mut Builder,
    text: &str,
    tag: &BytesStart<'_>,
    span: Span,
) -> Result<(), Malformed> {
    let place = span.start as usize;
    for attribute in tag.attributes().with_checks(false) {
        let attribute = attribute.map_err(|error| xml(error.to_string(), place))?;
        let key: &str = attribute.key.as_ref();
        let name = builder.attribute_name(key, span.start)?;
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
        builder.attributes.push(RawAttribute {
            name,
            value: Span::new(start as u32, end as u32),
        });
    }
    Ok(())
}

/// Text outside of the root may only be white space.
fn outside(builder: &Builder, text: &str, at: u32) -> Result<(), Malformed> {
    match text.find(|c: char| !c.is_ascii_whitespace()) {
        None => Ok(()),
        Some(offset) => {
            let when = if builder.nodes.is_empty() {
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
        let cut = tree("<a><b c='d").unwrap_err();
        assert!(cut.to_string().contains("cut off"), "{cut}");
        assert_eq!(cut.at(), Some(3));
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
