//! What is sent for an item, as pieces of files and of memory: never held whole.

use std::ops::Range;
use std::path::PathBuf;

use bytes::Bytes;

use crate::api::Source;
use crate::api::endpoint::content::FileType;

/// A piece of a payload.
#[derive(Debug, Clone)]
pub enum Piece {
    /// A range of a file, in bytes.
    File {
        path: PathBuf,
        range: Range<u64>,
    },
    Bytes(Bytes),
}

impl Piece {
    fn len(&self) -> u64 {
        match self {
            Self::File { range, .. } => range.end.saturating_sub(range.start),
            Self::Bytes(bytes) => bytes.len() as u64,
        }
    }

    /// The part of the piece that `range` names, counted from its own start.
    fn slice(&self, range: Range<u64>) -> Self {
        match self {
            Self::File { path, range: whole } => Self::File {
                path: path.clone(),
                range: whole.start + range.start..whole.start + range.end,
            },
            Self::Bytes(bytes) => {
                Self::Bytes(bytes.slice(range.start as usize..range.end as usize))
            }
        }
    }

    fn source(&self) -> Source {
        match self {
            Self::File { path, range } => Source::file(path.clone(), range.clone()),
            Self::Bytes(bytes) => Source::bytes(bytes.clone()),
        }
    }
}

/// The bytes of one item as the site is to get them.
#[derive(Debug, Clone)]
pub struct Payload {
    /// What the site is told they are.
    pub file_type: FileType,
    /// Digest of the content and settings that these bytes carry: what the stamp will say.
    pub fingerprint: String,
    /// The commit that the content is from, when it is not the run's own.
    pub commit: Option<String>,
    pieces: Vec<Piece>,
}

impl Payload {
    pub fn new(file_type: FileType, fingerprint: String, pieces: Vec<Piece>) -> Self {
        Self {
            file_type,
            fingerprint,
            commit: None,
            pieces,
        }
    }

    /// The same content, from another commit than the run's.
    #[must_use]
    pub fn from_commit(mut self, commit: Option<String>) -> Self {
        self.commit = commit;
        self
    }

    /// In bytes.
    pub fn len(&self) -> u64 {
        self.pieces.iter().map(Piece::len).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A range of it, to be sent; read anew for each attempt.
    pub fn source(&self, range: &Range<u64>) -> Source {
        Source::parts(self.slices(range).iter().map(Piece::source).collect())
    }

    fn slices(&self, range: &Range<u64>) -> Vec<Piece> {
        let mut slices = Vec::new();
        let mut at = 0;
        for piece in &self.pieces {
            let end = at + piece.len();
            let (from, to) = (range.start.max(at), range.end.min(end));
            if from < to {
                slices.push(piece.slice(from - at..to - at));
            }
            at = end;
        }
        slices
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload() -> Payload {
        let pieces = vec![
            Piece::Bytes(Bytes::from_static(b"abc")),
            Piece::File {
                path: "f".into(),
                range: 10..14,
            },
            Piece::Bytes(Bytes::from_static(b"xyz")),
        ];
        Payload::new(FileType::Twbx, String::new(), pieces)
    }

    #[test]
    fn a_range_may_cut_pieces_and_span_them() {
        let shown = |range: Range<u64>| -> Vec<String> {
            payload()
                .slices(&range)
                .into_iter()
                .map(|p| match p {
                    Piece::Bytes(b) => String::from_utf8(b.to_vec()).unwrap(),
                    Piece::File { range, .. } => format!("{}..{}", range.start, range.end),
                })
                .collect()
        };
        assert_eq!(payload().len(), 10);
        assert_eq!(shown(0..10), ["abc", "10..14", "xyz"]);
        assert_eq!(shown(2..8), ["c", "10..14", "x"]);
        assert_eq!(shown(4..6), ["11..13"]);
        assert!(shown(10..12).is_empty());
    }
}
