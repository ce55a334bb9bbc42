//! `structure/raw-newline`.

use crate::content::tree::NodeId;
use crate::diagnostic::{Edit, Level, Span};
use crate::lint::File;
use crate::lint::owner::owner;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports attribute values that hold a line end as it is, instead of `&#10;`.
    ///
    /// ## Why is this bad?
    /// To XML, a bare line end in an attribute is a space. A formula of many lines becomes one line when Tableau opens the
    /// file, and all that stands after the first `//` becomes a comment: the field computes something else, and nothing says
    /// so. Tableau always writes `&#10;`; a script that read the file and wrote it again did not.
    ///
    /// ## Example
    /// ```xml
    /// <calculation class='tableau' formula='// net of returns&#10;SUM([Sales])' />   good
    /// <calculation class='tableau' formula='// net of returns
    /// SUM([Sales])' />                                                               bad: all of it is a comment
    /// ```
    RawNewline, "structure/raw-newline", "line end in an attribute that Tableau will read as a space", Levels { recommended: Some(Level::Warning), strict: Some(Level::Error), optimizer: Some(Level::Warning) }, check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let (tree, source) = (&document.tree, document.source());
    // Most tags have no line end at all; only the attributes of the others are worth a look.
    let text = source.text().as_bytes();
    let broken = |node: &NodeId| text.get(tree.tag(*node).range()).is_some_and(|tag| memchr::memchr2(b'\n', b'\r', tag).is_some());
    for node in std::iter::once(tree.root()).chain(tree.all_descendants(tree.root())).filter(broken) {
        for attribute in tree.attributes(node) {
            let raw = source.slice(attribute.span);
            let Some(at) = raw.find(['\n', '\r']) else { continue };
            let start = attribute.span.start + at as u32;
            // Of other attributes nobody knows whether the line end was meant.
            let is_formula = attribute.name.local == "formula";
            let fix = is_formula.then(|| ("write the line ends as `&#10;`".to_owned(), edits(raw, attribute.span.start)));
            let what = if is_formula { "formula".to_owned() } else { format!("attribute `{}`", attribute.name.local) };
            let message = format!("the {what} holds a bare line end, which Tableau reads as a space");
            sink.report(Span::new(start, start + 1), owner(document, attribute.span), message)
                .help("write it as `&#10;`, and have the script that wrote the file escape line ends in attributes")
                .fix_if(fix);
        }
    }
}

/// Each line end, `\r\n` being one.
fn edits(raw: &str, base: u32) -> Vec<Edit> {
    let ends = raw.match_indices(['\n', '\r']).filter(|(at, end)| !(*end == "\n" && raw[..*at].ends_with('\r')));
    ends.map(|(at, _)| {
        let length = if raw[at..].starts_with("\r\n") { 2 } else { 1 };
        let start = base + at as u32;
        Edit { span: Span::new(start, start + length), text: "&#10;".to_owned() }
    })
    .collect()
}
