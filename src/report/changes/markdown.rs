//! Changes in a pull request.

use std::fmt::Write;

use super::{seen_on, sign};
use crate::diff::{Alike, Change, Changes, Detail, Hunk, Tag, alike};
use crate::report::markdown::{escape, prose, shortened, verbatim};
use crate::words;

/// A sentence longer than this, in characters, is cut: a value may be a whole text.
const SENTENCE: usize = 400;
/// Lines of a code block, and characters of each.
const LINES: usize = 60;
const LINE: usize = 300;

/// Of each file a summary and the risks, then its changes collapsed.
pub fn markdown(files: &[(String, Changes)]) -> String {
    let mut text = String::new();
    for (file, changes) in files {
        one_file(&mut text, file, changes);
    }
    text
}

fn one_file(text: &mut String, file: &str, changes: &Changes) {
    let _ = writeln!(text, "**{}**: {}\n", escape(file), escape(&changes.summary));
    for risk in &changes.risks {
        let _ = writeln!(text, "- **risk:** {}", sentence(&risk.message));
    }
    if !changes.risks.is_empty() {
        text.push('\n');
    }
    if changes.is_empty() {
        return;
    }
    let count = words::count(changes.changes.len(), "change");
    let _ = writeln!(text, "<details><summary>{count}</summary>\n");
    text.push_str(&list(&changes.changes, true));
    text.push_str("\n</details>\n\n");
}

/// A sentence for each change; with its details where they are wanted.
pub(crate) fn list(changes: &[Change], details: bool) -> String {
    let mut text = String::new();
    for group in alike(changes) {
        let Some(change) = group.first() else {
            continue;
        };
        let risk = if change.risk.is_some() {
            "**risk** "
        } else {
            ""
        };
        let said = sentence(&group.sentence());
        let _ = writeln!(text, "- `{}` {risk}{said}", sign(change.action));
        if details {
            more(&mut text, &group, change);
        }
    }
    text
}

/// As text of a comment, and not without end.
pub(crate) fn sentence(text: &str) -> String {
    prose(&shortened(text, SENTENCE))
}

fn more(text: &mut String, group: &Alike<'_>, change: &Change) {
    for detail in &change.details {
        match detail {
            Detail::Note { text: note } => {
                let _ = writeln!(text, "  - {}", sentence(note));
            }
            Detail::Words { hunks } => block(text, &by_lines(hunks)),
            Detail::Lines { hunks } => {
                let lines = hunks.iter().map(|h| format!("{} {}", mark(h.tag), h.text));
                block(text, &lines.collect::<Vec<_>>());
            }
        }
    }
    if let Some(sheets) = seen_on(group) {
        let _ = writeln!(text, "  - seen on {}", escape(&sheets));
    }
}

fn mark(tag: Tag) -> &'static str {
    match tag {
        Tag::Same => " ",
        Tag::Removed => "-",
        Tag::Added => "+",
        Tag::Gap => "...",
    }
}

/// A word diff as the line before and the line after.
fn by_lines(hunks: &[Hunk]) -> Vec<String> {
    let side = |without: Tag| -> String {
        let kept = hunks.iter().filter(|h| h.tag != without);
        kept.map(|h| h.text.as_str())
            .collect::<String>()
            .trim_end()
            .to_owned()
    };
    vec![
        format!("- {}", side(Tag::Added)),
        format!("+ {}", side(Tag::Removed)),
    ]
}

/// A fence longer than any run of backticks inside of it.
fn block(text: &mut String, lines: &[String]) {
    let longest = lines.iter().map(|l| backticks(l)).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let _ = writeln!(text, "\n  {fence}diff");
    for line in lines.iter().take(LINES) {
        let line = verbatim(&shortened(line, LINE));
        let _ = writeln!(text, "  {}", line.trim_end());
    }
    if lines.len() > LINES {
        let _ = writeln!(text, "  ... and {} more lines", lines.len() - LINES);
    }
    let _ = writeln!(text, "  {fence}\n");
}

fn backticks(line: &str) -> usize {
    line.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}
