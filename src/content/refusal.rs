//! Why a file is not read, and what to do about it.

use std::path::Path;

use crate::diagnostic::{Finding, Level, Place, Position, Span};

use super::read::Malformed;
use super::source::Source;

/// A file that cannot be read as Tableau content. Each says what is wrong with it, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    #[error("it cannot be read: {0}")]
    Io(String),
    #[error("it is empty")]
    Empty,
    #[error("it is a Git LFS pointer, not the content itself")]
    LfsPointer,
    #[error("it is {what}, not Tableau content")]
    NotTableau {
        /// `a PNG image`, `an extension manifest`.
        what: String,
    },
    #[error("it is {what}, but a {extension} file is {wanted}")]
    WrongKind {
        what: String,
        extension: String,
        wanted: String,
    },
    #[error("it is not valid UTF-8: byte {at} is 0x{byte:02x}{guess}", guess = if *windows { ", as windows-1252 would have it" } else { "" })]
    Encoding {
        /// 0-based, in the file or the member of the package, byte order mark included.
        at: usize,
        byte: u8,
        /// All of it reads well as windows-1252.
        windows: bool,
        place: Position,
    },
    #[error("it has {bytes} bytes, and {limit} is the limit")]
    TooLarge {
        /// Of the document.
        bytes: u64,
        limit: u64,
    },
    #[error("it is encoded as {0}, and Tableau writes UTF-8")]
    OtherEncoding(&'static str),
    #[error(transparent)]
    Malformed(Malformed),
    #[error("the package is damaged: {0}")]
    Package(String),
    #[error("the package has no {wanted} at its root")]
    NoInnerDocument { wanted: &'static str },
    #[error("the package has more than one inner document: {}", .0.join(", "))]
    TwoInnerDocuments(Vec<String>),
    #[error("the package is not safe to open: {0}")]
    Unsafe(String),
    #[error("the flow is not readable: {0}")]
    Flow(String),
}

impl Refusal {
    /// `file/...`, the id of the finding that it becomes.
    pub fn rule(&self) -> &'static str {
        match self {
            Self::Io(_) => "file/unreadable",
            Self::Empty => "file/empty",
            Self::LfsPointer => "file/lfs-pointer",
            Self::NotTableau { .. } => "file/not-tableau",
            Self::WrongKind { .. } => "file/wrong-kind",
            Self::Encoding { .. } | Self::OtherEncoding(_) => "file/encoding",
            Self::TooLarge { .. } => "file/too-large",
            Self::Malformed(_) => "file/malformed-xml",
            Self::Package(_) => "file/damaged-package",
            Self::NoInnerDocument { .. } => "file/no-inner-document",
            Self::TwoInnerDocuments(_) => "file/two-inner-documents",
            Self::Unsafe(_) => "file/unsafe-package",
            Self::Flow(_) => "file/malformed-flow",
        }
    }

    /// What to do about it.
    pub fn help(&self) -> String {
        match self {
            Self::Io(_) => "check that it exists and that it may be read".to_owned(),
            Self::Empty => "save it again from Tableau, or take it out of the repository".to_owned(),
            Self::LfsPointer => "run `git lfs pull`; in CI, check out with LFS (`lfs: true`)".to_owned(),
            Self::NotTableau { .. } => "give tabship workbooks (.twb, .twbx), data sources (.tds, .tdsx) and flows (.tfl, .tflx)".to_owned(),
            Self::WrongKind { .. } => "rename the file to what it is, or save it again from Tableau".to_owned(),
            Self::Encoding { windows: true, .. } => "an editor or a script re-encoded the file; save it again from Tableau, or, if it was windows-1252, convert it: `iconv -f windows-1252 -t utf-8`".to_owned(),
            Self::Encoding { .. } => "an editor or a script put text of another encoding into the file; save it again from Tableau, or take an earlier version from git".to_owned(),
            Self::TooLarge { .. } => "find out what fills it: a document of a real workbook has a few megabytes; background images and pasted data are usual".to_owned(),
            Self::OtherEncoding(_) => "save it again from Tableau".to_owned(),
            Self::Malformed(Malformed::UndeclaredPrefix { prefix, .. }) => {
                format!("a script dropped `xmlns:{prefix}` from the root element; put it back, or save the file again from Tableau")
            }
            Self::Malformed(Malformed::Conflict { .. }) => {
                "take one side whole (`git checkout --ours` or `--theirs`), open it in Tableau and make the other side's changes there".to_owned()
            }
            Self::Malformed(Malformed::DocumentType { .. }) => "remove the declaration; where did the file come from?".to_owned(),
            Self::Malformed(_) => "mend it at that place, take an earlier version from git, or save it again from Tableau".to_owned(),
            Self::Package(_) => "the file is cut off or was changed in transit; save it again from Tableau".to_owned(),
            Self::NoInnerDocument { .. } => "the .twb or .tds must stand at the root of the package; save it again from Tableau".to_owned(),
            Self::TwoInnerDocuments(_) => "a package holds one document; take the others out, or save it again from Tableau".to_owned(),
            Self::Unsafe(_) => "do not open it; find out who made it".to_owned(),
            Self::Flow(_) => "save it again from Tableau Prep".to_owned(),
        }
    }

    /// As a finding about `file`. `source` is the inner document's text, where there is one.
    pub fn finding(&self, file: &Path, member: Option<&str>, source: Option<&Source>) -> Finding {
        let mut place = Place {
            file: file.to_owned().into(),
            member: member.map(Into::into),
            ..Place::default()
        };
        if let (Self::Malformed(malformed), Some(source)) = (self, source) {
            if let Some(at) = malformed.at() {
                place.span = Some(Span::new(at, at));
                place.start = Some(source.position(at));
                place.end = place.start;
            }
        }
        if let Self::Encoding { place: at, .. } = self {
            place.start = Some(*at);
            place.end = place.start;
        }
        Finding {
            rule: self.rule().into(),
            level: Level::Error,
            message: self.to_string(),
            help: Some(self.help().into()),
            place,
            subjects: Vec::new(),
            fix: None,
        }
    }
}
