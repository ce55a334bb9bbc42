//! LEAF: what is said about content: level, place, finding.
//!
//! What is wrong with the user's content is a [`Finding`]: collected, all at once, never an `Err`.

use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// How bad a finding is. `Error` is kept for what will not open, or breaks a rule that the team wrote.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Info,
    Warning,
    Error,
}

impl Level {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Bytes of a text, 0-based, `end` exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// The span as a range to slice the text with.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A place in a text: line and column, both 1-based; the column counts characters (Unicode code points).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

/// Where a finding is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// Relative to the repository root (or as given on the command line), with `/`. Shared: a file may have a hundred thousand
    /// findings.
    pub file: Arc<PathBuf>,
    /// The member of the package, when the file is one: `finance.twb` of `finance.twbx`.
    pub member: Option<Arc<str>>,
    /// Bytes of the inner document; absent when the finding is about the file as a whole.
    pub span: Option<Span>,
    /// Start of `span`.
    pub start: Option<Position>,
    /// End of `span` (exclusive).
    pub end: Option<Position>,
}

/// What of the content a finding is about, in Tableau's words, from the outside in.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Subject {
    /// `workbook`, `data source`, `worksheet`, `dashboard`, `story`, `calculated field`, `field`, `parameter`, `zone` ...
    pub kind: &'static str,
    /// What the user sees as its name (the caption), never an internal name such as `Calculation_123`.
    pub name: String,
}

impl Subject {
    pub fn new(kind: &'static str, name: impl Into<String>) -> Self {
        Self {
            kind,
            name: name.into(),
        }
    }
}

/// Replaces `span` of the inner document by `text` (already escaped for XML where it is XML).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    pub span: Span,
    pub text: String,
}

/// A repair that keeps every other byte of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, imperative: "remove the password".
    pub description: String,
    pub edits: Vec<Edit>,
}

/// One thing to say about one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// `group/name`. `file/...` for what the reader of packages and documents says, `manifest/...` for the manifest.
    pub rule: Cow<'static, str>,
    pub level: Level,
    /// What is wrong with *this* element; no full stop at the end of a single sentence.
    pub message: String,
    /// What to do about it.
    pub help: Option<Cow<'static, str>>,
    pub place: Place,
    /// From the outside in: data source, then field.
    pub subjects: Vec<Subject>,
    pub fix: Option<Box<Fix>>,
}

impl Finding {
    /// Whether a line of the source must not be shown with it, because a secret may stand there: with a password in a
    /// document, and with anything wrong in a line of the manifest that speaks of signing in.
    pub fn hides(&self, line: &str) -> bool {
        let folded = line.to_lowercase();
        let words = ["auth", "secret", "password", "token"];
        self.rule == "security/embedded-password"
            || (self.rule.starts_with("manifest/") && words.iter().any(|w| folded.contains(w)))
    }

    /// A name for this finding that survives edits elsewhere in the file: hex, without line numbers.
    /// Two findings of one rule about the same subject with the same message in one file share it.
    pub fn fingerprint(&self) -> String {
        let file = self.place.file.to_string_lossy();
        let names = self
            .subjects
            .iter()
            .map(|s| s.kind.len() + s.name.len() + 2);
        let length = self.rule.len() + file.len() + self.message.len() + 3 + names.sum::<usize>();
        let mut text = String::with_capacity(length);
        for part in [&*self.rule, file.as_ref(), self.message.as_str()] {
            text.extend([part, "\0"]);
        }
        for subject in &self.subjects {
            text.extend([subject.kind, "\x01", &subject.name, "\0"]);
        }
        blake3::hash(text.as_bytes()).to_hex()[..32].to_owned()
    }
}

/// Something that was not checked, and why: part of every report, so that silence is not taken for health.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotChecked {
    pub file: PathBuf,
    pub what: String,
    pub why: String,
}
