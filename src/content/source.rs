//! The text of an inner document, and the way from a byte to a line.

use crate::diagnostic::{Position, Span};

/// The text of one document. At most 4 GiB, which the reader checks before it makes one.
#[derive(Debug, Clone)]
pub struct Source {
    text: String,
    /// Byte at which each line begins; the first is 0.
    lines: Vec<u32>,
}

impl Source {
    /// `text` without a byte order mark; lines end at `\n`.
    pub fn new(text: String) -> Self {
        let mut lines = vec![0];
        lines.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at as u32 + 1));
        Self { text, lines }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// The bytes of `span`; empty when it lies outside of the text or cuts a character.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// Line and column of a byte; a byte past the end is the end.
    pub fn position(&self, byte: u32) -> Position {
        let byte = byte.min(self.text.len() as u32);
        let line = self.lines.partition_point(|start| *start <= byte).max(1);
        let start = self.lines.get(line - 1).copied().unwrap_or_default();
        let column = self
            .text
            .get(start as usize..byte as usize)
            .map_or(0, |before| before.chars().count());
        Position {
            line: line as u32,
            column: column as u32 + 1,
        }
    }
}
