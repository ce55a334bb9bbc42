//! Opening a file: what is it, by its bytes, and what does it hold.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::at_once;
use super::flow::Flow;
use super::model::Model;
use super::package::{self, InnerKind, Limits, Package};
use super::read::{self, Malformed};
use super::refusal::Refusal;
use super::source::Source;
use super::tree::Tree;
use crate::diagnostic::Position;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Workbook,
    Datasource,
    Flow,
}

/// A file that was read.
#[derive(Debug)]
pub struct Content {
    /// As given.
    pub path: PathBuf,
    /// Of the file itself, in bytes.
    pub bytes: u64,
    pub kind: Kind,
    /// `None` for a bare document.
    pub package: Option<Package>,
    pub body: Body,
}

/// The inner document.
#[derive(Debug)]
pub enum Body {
    /// Of a workbook or a data source.
    Document(Box<Document>),
    Flow(Box<Flow>),
}

impl Body {
    pub fn source(&self) -> &Source {
        match self {
            Self::Document(document) => document.source(),
            Self::Flow(flow) => &flow.source,
        }
    }
}

/// A workbook's or data source's document.
#[derive(Debug)]
pub struct Document {
    pub tree: Tree,
    pub model: Model,
    /// The file began with a byte order mark, which the text of the tree does not have.
    pub byte_order_mark: bool,
}

impl Document {
    pub fn source(&self) -> &Source {
        self.tree.source()
    }

    /// Reads a document from its text.
    pub fn parse(text: String) -> Result<Self, Malformed> {
        let tree = read::read(Source::new(text)).map_err(|broken| broken.malformed)?;
        let model = Model::of(&tree);
        Ok(Self {
            tree,
            model,
            byte_order_mark: false,
        })
    }

    /// Its text, back from [`parse`](Self::parse).
    pub fn into_text(self) -> String {
        self.tree.source.into_text()
    }

    /// The number of elements of a text that can be read as a document; the text is given back.
    pub fn elements(text: String) -> Result<(usize, String), Malformed> {
        let tree = read::read(Source::new(text)).map_err(|broken| broken.malformed)?;
        Ok((tree.len(), tree.source.into_text()))
    }
}

impl Content {
    /// A text for the inner document as it is written into the file: with the byte order mark that the file has.
    pub fn written<'t>(&self, text: impl Into<Cow<'t, str>>) -> Cow<'t, str> {
        let text = text.into();
        match self.document() {
            Some(document) if document.byte_order_mark => format!("\u{feff}{text}").into(),
            _ => text,
        }
    }

    pub fn document(&self) -> Option<&Document> {
        match &self.body {
            Body::Document(document) => Some(document),
            Body::Flow(_) => None,
        }
    }

    pub fn flow(&self) -> Option<&Flow> {
        match &self.body {
            Body::Flow(flow) => Some(flow),
            Body::Document(_) => None,
        }
    }

    /// Name of the inner document, when the file is a package.
    pub fn member(&self) -> Option<&str> {
        self.package
            .as_ref()
            .and_then(Package::main)
            .map(|m| m.name.as_str())
    }

    /// The extension that tells what the file is, whatever its name says.
    pub fn extension(&self) -> &'static str {
        match (self.kind, self.package.is_some()) {
            (Kind::Workbook, false) => "twb",
            (Kind::Workbook, true) => "twbx",
            (Kind::Datasource, false) => "tds",
            (Kind::Datasource, true) => "tdsx",
            (Kind::Flow, _)
                if self
                    .path
                    .extension()
                    .is_some_and(|e| e.eq_ignore_ascii_case("tflx")) =>
            {
                "tflx"
            }
            (Kind::Flow, _) => "tfl",
        }
    }
}

/// What could not be read, with what there is of its text.
#[derive(Debug)]
pub struct Refused {
    pub refusal: Refusal,
    pub member: Option<String>,
    pub source: Option<Source>,
}

impl Refused {
    fn bare(refusal: Refusal) -> Self {
        Self {
            refusal,
            member: None,
            source: None,
        }
    }

    /// As a finding about `file`.
    pub fn finding(&self, file: &Path) -> crate::diagnostic::Finding {
        self.refusal
            .finding(file, self.member.as_deref(), self.source.as_ref())
    }
}

/// Opens a file.
pub fn open(path: &Path, limits: &Limits) -> Result<Content, Box<Refused>> {
    let io = |e: std::io::Error| Box::new(Refused::bare(Refusal::Io(e.to_string())));
    let file = File::open(path).map_err(io)?;
    let bytes = file.metadata().map_err(io)?.len();
    let whole = |file: File| match at_once::read(&file, bytes) {
        Some(text) => Ok(text),
        None => to_the_end(file, bytes, limits),
    };
    read_from(path, file, bytes, limits, whole)
}

/// At most a byte more than the limit: the file may have grown, or not say how large it is.
fn to_the_end(reader: impl Read, bytes: u64, limits: &Limits) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    text.reserve_exact(bytes as usize + 1);
    let limit = limits.inner_bytes.saturating_add(1);
    reader.take(limit).read_to_end(&mut text)?;
    Ok(text)
}

/// Reads a file from memory: standard input, or a revision of git. `path` is what it is called.
pub fn from_bytes(path: &Path, bytes: &[u8], limits: &Limits) -> Result<Content, Box<Refused>> {
    let length = bytes.len() as u64;
    let whole = |bytes| to_the_end(bytes, length, limits);
    read_from(path, Cursor::new(bytes), length, limits, whole)
}

fn read_from<R: Read + Seek>(
    path: &Path,
    mut reader: R,
    bytes: u64,
    limits: &Limits,
    whole: impl FnOnce(R) -> io::Result<Vec<u8>>,
) -> Result<Content, Box<Refused>> {
    let io = |e: std::io::Error| Box::new(Refused::bare(Refusal::Io(e.to_string())));
    let mut head = Vec::new();
    reader
        .by_ref()
        .take(512)
        .read_to_end(&mut head)
        .map_err(io)?;
    reader.seek(SeekFrom::Start(0)).map_err(io)?;
    match sniff(&head) {
        Sniffed::Zip => packaged(path, reader, bytes, limits),
        Sniffed::Xml => {
            let too_large = Refusal::TooLarge {
                bytes,
                limit: limits.inner_bytes,
            };
            if bytes > limits.inner_bytes {
                return Err(Box::new(Refused::bare(too_large)));
            }
            let text = whole(reader).map_err(io)?;
            if text.len() as u64 > limits.inner_bytes {
                return Err(Box::new(Refused::bare(too_large)));
            }
            bare(path, text, bytes)
        }
        Sniffed::Refused(refusal) => Err(Box::new(Refused::bare(refusal_for(path, refusal)))),
    }
}

enum Sniffed {
    Zip,
    Xml,
    Refused(Refusal),
}

fn sniff(head: &[u8]) -> Sniffed {
    let what = |what: &str| {
        Sniffed::Refused(Refusal::NotTableau {
            what: what.to_owned(),
        })
    };
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Sniffed::Zip;
    }
    if head.starts_with(b"version https://git-lfs") {
        return Sniffed::Refused(Refusal::LfsPointer);
    }
    if head.starts_with(b"\xff\xfe")
        || head.starts_with(b"\xfe\xff")
        || head.starts_with(b"<\0")
        || head.starts_with(b"\0<")
    {
        return Sniffed::Refused(Refusal::OtherEncoding("UTF-16"));
    }
    let text = head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(head);
    match text.iter().find(|b| !b.is_ascii_whitespace()) {
        None => Sniffed::Refused(Refusal::Empty),
        Some(b'<') => Sniffed::Xml,
        Some(b'{' | b'[') => what("JSON text"),
        Some(0x89) => what("an image"),
        // AppleDouble: `._x.twb` beside `x.twb`.
        Some(0) if head.starts_with(&[0, 5, 0x16, 7]) => {
            what("what macOS notes about another file")
        }
        // Text that has something before its first tag is a document with junk before it.
        Some(_)
            if memchr::memmem::find(text, b"<?xml").is_some()
                || memchr::memmem::find(text, b"<workbook").is_some() =>
        {
            Sniffed::Xml
        }
        Some(_) if head.starts_with(b"HyPe") || memchr::memmem::find(head, b"hyper").is_some() => {
            what("a Hyper extract")
        }
        Some(_) => what("something else"),
    }
}

/// A flow that is bare JSON is nearly right, and its message says so.
fn refusal_for(path: &Path, refusal: Refusal) -> Refusal {
    let extension = path
        .extension()
        .map(|e| e.to_string_lossy().to_lowercase())
        .unwrap_or_default();
    match (&refusal, extension.as_str()) {
        (Refusal::NotTableau { what }, "tfl" | "tflx") if what.starts_with("JSON") => {
            Refusal::WrongKind {
                what: "bare JSON".to_owned(),
                extension,
                wanted: "a zip package that Tableau Prep writes".to_owned(),
            }
        }
        _ => refusal,
    }
}

fn packaged<R: Read + Seek>(
    path: &Path,
    reader: R,
    bytes: u64,
    limits: &Limits,
) -> Result<Content, Box<Refused>> {
    let (package, inner) = package::read(reader, limits).map_err(|r| Box::new(Refused::bare(r)))?;
    let member = package.main().map(|m| m.name.clone());
    let refused = |mut refused: Box<Refused>| {
        refused.member.clone_from(&member);
        refused
    };
    let (kind, body) = match inner.kind {
        InnerKind::Flow => {
            let text = decode(inner.bytes).map_err(|r| refused(Box::new(Refused::bare(r))))?;
            let flow = Flow::parse(text)
                .map_err(|why| refused(Box::new(Refused::bare(Refusal::Flow(why)))))?;
            (Kind::Flow, Body::Flow(Box::new(flow)))
        }
        InnerKind::Workbook | InnerKind::Datasource => {
            let (kind, document) = document(inner.bytes).map_err(refused)?;
            (kind, Body::Document(Box::new(document)))
        }
    };
    Ok(Content {
        path: path.to_owned(),
        bytes,
        kind,
        package: Some(package),
        body,
    })
}

fn bare(path: &Path, text: Vec<u8>, bytes: u64) -> Result<Content, Box<Refused>> {
    let (kind, document) = document(text)?;
    Ok(Content {
        path: path.to_owned(),
        bytes,
        kind,
        package: None,
        body: Body::Document(Box::new(document)),
    })
}

fn document(bytes: Vec<u8>) -> Result<(Kind, Document), Box<Refused>> {
    let byte_order_mark = bytes.starts_with(BYTE_ORDER_MARK);
    let text = decode(bytes).map_err(|r| Box::new(Refused::bare(r)))?;
    let tree = read::read(Source::new(text)).map_err(|broken| match broken.malformed {
        Malformed::NoRoot => Box::new(Refused::bare(Refusal::Empty)),
        malformed => Box::new(Refused {
            refusal: Refusal::Malformed(malformed),
            member: None,
            source: Some(broken.source),
        }),
    })?;
    let kind = match tree.local(tree.root()) {
        "workbook" => Kind::Workbook,
        "datasource" => Kind::Datasource,
        "manifest" => {
            return Err(Box::new(Refused::bare(Refusal::NotTableau {
                what: "an extension manifest".to_owned(),
            })));
        }
        other => {
            let what = format!("an XML document with the root `{other}`");
            return Err(Box::new(Refused::bare(Refusal::NotTableau { what })));
        }
    };
    let model = Model::of(&tree);
    let document = Document {
        tree,
        model,
        byte_order_mark,
    };
    Ok((kind, document))
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// UTF-8 without a byte order mark.
fn decode(mut bytes: Vec<u8>) -> Result<String, Refusal> {
    let mark = if bytes.starts_with(BYTE_ORDER_MARK) {
        bytes.drain(..3);
        3
    } else {
        0
    };
    if bytes.len() > u32::MAX as usize {
        return Err(Refusal::TooLarge {
            bytes: bytes.len() as u64,
            limit: u64::from(u32::MAX),
        });
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let bytes = error.into_bytes();
        let before = String::from_utf8_lossy(&bytes[..at]);
        let line_start = before.rfind('\n').map_or(0, |n| n + 1);
        Refusal::Encoding {
            at: at + mark,
            byte: bytes.get(at).copied().unwrap_or_default(),
            windows: is_windows_1252(&bytes),
            place: Position {
                line: memchr::memchr_iter(b'\n', &bytes[..at]).count() as u32 + 1,
                column: before[line_start..].chars().count() as u32 + 1,
            },
        }
    })
}

/// Every character beyond ASCII is one byte that windows-1252 has (it leaves five without a character). Where some are
/// UTF-8 already, the file is a mixture, and to convert all of it would spoil those.
fn is_windows_1252(bytes: &[u8]) -> bool {
    bytes.utf8_chunks().all(|chunk| {
        let known = |b: &u8| !matches!(b, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d);
        chunk.valid().is_ascii() && chunk.invalid().iter().all(known)
    })
}
