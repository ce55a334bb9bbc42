//! `structure/conflict-marker`.

use memchr::memmem;

use crate::content::Document;
use crate::diagnostic::{Level, Span};
use crate::lint::File;
use crate::lint::owner::owner;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports what git leaves in a file after a merge conflict: lines that begin with `>>>>>>>`, `<<<<<<<` or `|||||||`.
    ///
    /// ## Why is this bad?
    /// The conflict was not resolved, or only half of it. Mostly the XML is broken by it and the file is refused
    /// (`file/malformed-xml`); this rule finds the marks that XML allows, between elements and in custom SQL.
    ///
    /// ## Use instead
    /// Take one side whole (`git checkout --ours` or `--theirs`), and make the other side's changes in Tableau.
    ConflictMarker, "structure/conflict-marker", "mark of a merge conflict in the file", Levels::always(Level::Error), check
}

/// With the space after it: a line of custom SQL is no mark.
const MARKS: [&str; 3] = ["<<<<<<< ", "||||||| ", ">>>>>>> "];

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let text = document.source().text().as_bytes();
    for mark in MARKS {
        found(document, text, mark, sink);
    }
}

/// Each line that begins with the mark.
fn found(document: &Document, text: &[u8], mark: &str, sink: &mut Sink<'_>) {
    for at in memmem::find_iter(text, &format!("\n{mark}")).map(|end| end + 1) {
        let span = Span::new(at as u32, (at + mark.len() - 1) as u32);
        sink.report(span, owner(document, span), format!("there is a mark of a merge conflict (`{}`) in the file", mark.trim_end()))
            .help("take one side whole (`git checkout --ours` or `--theirs`), and make the other side's changes in Tableau");
    }
}
