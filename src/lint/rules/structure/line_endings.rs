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
    if memchr::memchr(b'\r', text).is_none() {
        return;
    }
    // As many of both, and no other `\r`: all are one.
    let count = |end: u8| memchr::memchr_iter(end, text).count();
    if count(b'\r') == count(b'\n') && memchr::memchr_iter(b'\r', text).all(|at| text.get(at + 1) == Some(&b'\n')) {
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
