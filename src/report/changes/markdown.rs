//! Changes in a pull request.

use std::fmt::Write;

use super::{seen_on, sign};
use crate::diff::{Change, Changes, Detail, Hunk, Tag};
use crate::report::plan::escape;

/// How much is said, from all to little.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Depth {
    Details,
    Sentences,
    Risks,
    Summaries,
}

/// Of each file a summary and the risks, then its changes collapsed.
pub fn markdown(files: &[(String, Changes)]) -> String {
    at_depth(files, Depth::Details)
}

/// As [`markdown`], but never more than `limit` bytes: first the details go, then the changes, then the risks, then
/// files, and what was left out is said.
pub fn markdown_within(files: &[(String, Changes)], limit: usize) -> String {
    for depth in [
        Depth::Details,
        Depth::Sentences,
        Depth::Risks,
        Depth::Summaries,
    ] {
        let text = at_depth(files, depth);
        if text.len() <= limit {
            return text;
        }
    }
    first_files(files, limit)
}

fn at_depth(files: &[(String, Changes)], depth: Depth) -> String {
    let mut text = String::new();
    for (file, changes) in files {
        one_file(&mut text, file, changes, depth);
    }
    text
}

/// As many summaries as fit, and how many did not.
fn first_files(files: &[(String, Changes)], limit: usize) -> String {
    let mut text = String::new();
    for (n, (file, changes)) in files.iter().enumerate() {
        let mut next = String::new();
        one_file(&mut next, file, changes, Depth::Summaries);
        let rest = left_out(files.len() - n);
        if text.len() + next.len() + rest.len() > limit {
            text.push_str(&rest);
            break;
        }
        text.push_str(&next);
    }
    if text.len() > limit {
        String::new()
    } else {
        text
    }
}

fn left_out(files: usize) -> String {
    let noun = if files == 1 { "file" } else { "files" };
    format!("{files} more {noun} changed.\n")
}

fn one_file(text: &mut String, file: &str, changes: &Changes, depth: Depth) {
    let _ = writeln!(text, "**{}**: {}\n", escape(file), escape(&changes.summary));
    if depth <= Depth::Risks && !changes.risks.is_empty() {
        for risk in &changes.risks {
            let _ = writeln!(text, "- **risk:** {}", escape(&risk.message));
        }
        text.push('\n');
    }
    if depth > Depth::Sentences || changes.is_empty() {
        return;
    }
    let count = changes.changes.len();
    let noun = if count == 1 { "change" } else { "changes" };
    let _ = writeln!(text, "<details><summary>{count} {noun}</summary>\n");
    for change in &changes.changes {
        one(text, change, depth);
    }
    text.push_str("\n</details>\n\n");
}

fn one(text: &mut String, change: &Change, depth: Depth) {
    let _ = writeln!(
        text,
        "- `{}` {}",
        sign(change.action),
        escape(&change.sentence())
    );
    if depth > Depth::Details {
        return;
    }
    for detail in &change.details {
        match detail {
            Detail::Note { text: note } => {
                let _ = writeln!(text, "  - {}", escape(note));
            }
            Detail::Words { hunks } => block(text, &by_lines(hunks)),
            Detail::Lines { hunks } => {
                let lines = hunks.iter().map(|h| format!("{} {}", mark(h.tag), h.text));
                block(text, &lines.collect::<Vec<_>>());
            }
        }
    }
    if let Some(sheets) = seen_on(change) {
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
    for line in lines {
        let _ = writeln!(text, "  {}", line.replace(['\r', '\n'], " ").trim_end());
    }
    let _ = writeln!(text, "  {fence}\n");
}

fn backticks(line: &str) -> usize {
    line.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}
