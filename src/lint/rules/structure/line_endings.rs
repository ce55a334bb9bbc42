//! `structure/line-endings`.

use crate::diagnostic::{Level, Span};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports documents whose lines of elements end partly as Windows writes them (`\r\n`), partly not.
    ///
    /// ## Why is this bad?
    /// Tableau writes one or the other. A file that mixes them was put together from two, and the next save in Tableau
    /// changes every line of one of the parts: a diff that nobody can read.
    ///
    /// ## Use instead
    /// Save it in Tableau, and keep git from changing line ends: `*.twb -text` in `.gitattributes`.
    LineEndings, "structure/line-endings", "lines end in two ways", Levels::always(Level::Info), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let text = document.source().text().as_bytes();
    // None, or as many of both and as many pairs: all are one.
    let ends = Ends::of(text);
    if ends.returns == 0 || (ends.returns == ends.feeds && ends.returns == ends.pairs) {
        return;
    }
    let byte = |at: usize, back: usize| at.checked_sub(back).and_then(|at| text.get(at));
    let (mut with, mut without) = ((0_usize, 0), (0_usize, 0));
    for at in memchr::memchr_iter(b'\n', text) {
        let windows = byte(at, 1) == Some(&b'\r');
        // Inside of texts, such as SQL, line ends are the author's own.
        let next = text.get(at + 1..).and_then(|rest| rest.iter().find(|b| !matches!(b, b' ' | b'\t')));
        if byte(at, if windows { 2 } else { 1 }) != Some(&b'>') || next.is_some_and(|b| *b != b'<') {
            continue;
        }
        let side = if windows { &mut with } else { &mut without };
        if side.0 == 0 {
            side.1 = at;
        }
        side.0 += 1;
    }
    if with.0 == 0 || without.0 == 0 {
        return;
    }
    let first = if with.0 < without.0 { with.1 } else { without.1 };
    let message = format!("{} lines end with \\r\\n and {} with \\n", with.0, without.0);
    sink.report(Span::new(first as u32, first as u32), Vec::new(), message)
        .help("save it in Tableau, and keep git from changing line ends: `*.twb -text` in .gitattributes");
}

/// How often line ends of each form stand in a text.
#[derive(Debug, Default, PartialEq)]
struct Ends {
    /// `\r`
    returns: usize,
    /// `\n`
    feeds: usize,
    /// `\r\n`
    pairs: usize,
}

impl Ends {
    /// Pieces are short enough for their counts to be bytes, so that many are counted at once.
    fn of(text: &[u8]) -> Self {
        let mut ends = Self { feeds: usize::from(text.first() == Some(&b'\n')), ..Self::default() };
        let behind = text.get(1..).unwrap_or_default();
        for (piece, behind) in text.chunks(128).zip(behind.chunks(128)) {
            let (mut returns, mut feeds, mut pairs) = (0_u8, 0_u8, 0_u8);
            for (a, b) in piece.iter().zip(behind) {
                let (a, b) = (u8::from(*a == b'\r'), u8::from(*b == b'\n'));
                returns += a;
                feeds += b;
                pairs += a & b;
            }
            ends.returns += usize::from(returns);
            ends.feeds += usize::from(feeds);
            ends.pairs += usize::from(pairs);
        }
        ends.returns += usize::from(text.last() == Some(&b'\r'));
        ends
    }
}

#[cfg(test)]
mod tests {
    use super::Ends;

    #[test]
    fn line_ends_are_counted_wherever_they_stand() {
        for (text, returns, feeds, pairs) in [("", 0, 0, 0), ("\r", 1, 0, 0), ("\n", 0, 1, 0), ("\r\n", 1, 1, 1), ("\n\r", 1, 1, 0), ("\r\r\n\n", 2, 2, 1)] {
            assert_eq!(Ends::of(text.as_bytes()), Ends { returns, feeds, pairs }, "{text:?}");
        }
        for before in 120..140 {
            let text = format!("{}{}", "x".repeat(before), "\r\n".repeat(300));
            assert_eq!(Ends::of(text.as_bytes()), Ends { returns: 300, feeds: 300, pairs: 300 }, "{before}");
        }
    }
}
