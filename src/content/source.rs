//! The text of an inner document, and the way from a byte to a line.

use std::sync::OnceLock;

use crate::diagnostic::{Position, Span};

/// The text of one document. At most 4 GiB, which the reader checks before it makes one.
#[derive(Debug, Clone)]
pub struct Source {
    text: String,
    /// At every [`STEP`] bytes; made when somebody first asks for a position.
    marks: OnceLock<Vec<Mark>>,
}

/// Bytes from one mark to the next: what is looked through for one position, however long a line is.
const STEP: usize = 1024;

/// What comes before a byte of the text.
#[derive(Debug, Clone, Copy, Default)]
struct Mark {
    /// Line ends.
    lines: u32,
    /// Characters since the last of them.
    characters: u32,
}

impl Mark {
    fn after(self, bytes: &[u8]) -> Self {
        match memchr::memrchr(b'\n', bytes) {
            Some(end) => Self {
                lines: self.lines + memchr::memchr_iter(b'\n', bytes).count() as u32,
                characters: characters(&bytes[end + 1..]),
            },
            None => Self {
                characters: self.characters + characters(bytes),
                ..self
            },
        }
    }

    fn position(self) -> Position {
        Position {
            line: self.lines + 1,
            column: self.characters + 1,
        }
    }
}

/// Every byte of UTF-8 begins a character, but for those that go on with one.
fn characters(bytes: &[u8]) -> u32 {
    let begins = |byte: &&u8| (**byte & 0b1100_0000) != 0b1000_0000;
    bytes.iter().filter(begins).count() as u32
}

impl Source {
    /// `text` without a byte order mark; lines end at `\n`.
    pub fn new(text: String) -> Self {
        Self {
            text,
            marks: OnceLock::new(),
        }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// The bytes of `span`; empty when it lies outside of the text or cuts a character.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// Line and column of a byte; a byte past the end is the end.
    pub fn position(&self, byte: u32) -> Position {
        self.before(byte).position()
    }

    /// The same of the first and the last byte of a span.
    pub fn positions(&self, span: Span) -> (Position, Position) {
        let start = self.before(span.start);
        // Most are short, and what comes before the one comes before the other.
        let short = self
            .text
            .as_bytes()
            .get(span.range())
            .filter(|s| s.len() < STEP);
        let end = short.map_or_else(|| self.before(span.end), |bytes| start.after(bytes));
        (start.position(), end.position())
    }

    /// What comes before a byte.
    fn before(&self, byte: u32) -> Mark {
        let byte = (byte as usize).min(self.text.len());
        let marks = self.marks.get_or_init(|| marks(self.text.as_bytes()));
        let (step, rest) = (byte / STEP, byte - byte % STEP..byte);
        let mark = marks.get(step).copied().unwrap_or_default();
        mark.after(self.text.as_bytes().get(rest).unwrap_or_default())
    }

    /// The byte at a line and column; what lies past the end of its line is that end. `None` past the last line.
    pub fn byte(&self, position: Position) -> Option<u32> {
        let line = position.line.checked_sub(1)? as usize;
        let start = match line {
            0 => 0,
            _ => memchr::memchr_iter(b'\n', self.text.as_bytes()).nth(line - 1)? + 1,
        };
        let rest = self.text.get(start..)?;
        let rest = rest.split_once('\n').map_or(rest, |(line, _)| line);
        let before = position.column.saturating_sub(1) as usize;
        let within = rest
            .char_indices()
            .nth(before)
            .map_or(rest.len(), |(at, _)| at);
        Some((start + within) as u32)
    }
}

fn marks(text: &[u8]) -> Vec<Mark> {
    let next = |mark: &mut Mark, step: &[u8]| Some(std::mem::replace(mark, mark.after(step)));
    // One more than there are whole steps: the end of the text may be the end of a step.
    let steps = text.chunks(STEP).chain([&[][..]]);
    steps.scan(Mark::default(), next).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the type says it, without marks.
    fn plainly(text: &str, byte: usize) -> Position {
        let before = &text[..byte.min(text.len())];
        let line = before.rsplit('\n').next().unwrap();
        Position {
            line: before.matches('\n').count() as u32 + 1,
            column: line.chars().count() as u32 + 1,
        }
    }

    #[test]
    fn every_byte_has_its_line_and_column() {
        let one_line = "aé€".repeat(3 * STEP);
        let lines = "é\n\n".repeat(2 * STEP);
        let exact = "x".repeat(2 * STEP);
        for text in ["", "\n", "a\nb", &one_line, &lines, &exact] {
            let source = Source::new(text.to_owned());
            for byte in (0..=text.len() + 2).filter(|b| text.is_char_boundary((*b).min(text.len())))
            {
                let near = byte % STEP < 8 || byte % STEP > STEP - 8;
                if near || byte % 97 == 0 {
                    assert_eq!(source.position(byte as u32), plainly(text, byte), "{byte}");
                    for end in [byte, byte + 12, byte + STEP + 8, text.len() + 3] {
                        let span = Span::new(byte as u32, end as u32);
                        let both = (plainly(text, byte), plainly(text, end));
                        assert_eq!(source.positions(span), both, "{byte} {end}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_byte_leads_to_its_place_and_back() {
        let source = Source::new("é<a>\n\nbc".to_owned());
        for byte in [0, 2, 3, 5, 6, 7, 8, 9] {
            assert_eq!(source.byte(source.position(byte)), Some(byte), "{byte}");
        }
        let at = |line, column| source.byte(Position { line, column });
        assert_eq!((at(1, 99), at(4, 1), at(0, 1)), (Some(5), None, None));
    }
}
