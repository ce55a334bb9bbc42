//! Changes on a terminal.

use std::fmt::Write;

use super::{seen_on, sign};
use crate::diff::{Action, Alike, Changes, Detail, Hunk, Tag, alike};
use crate::report::style::{Palette, Style};

const INDENT: &str = "      ";
/// Lines of a formula that came or went.
const WHOLE: usize = 10;

/// Of each file a summary, the risks, then each change with its details: the first lines say what matters.
pub fn human(files: &[(String, Changes)], palette: Palette) -> String {
    let mut text = String::new();
    for (file, changes) in files {
        let name = palette.paint(Style::Name, file);
        let _ = writeln!(text, "{name}: {}", changes.summary);
        for risk in &changes.risks {
            let label = palette.paint(Style::Warning, "risk:");
            let _ = writeln!(text, "  {label} {}", risk.message);
        }
        if !changes.risks.is_empty() {
            text.push('\n');
        }
        for group in alike(&changes.changes) {
            one(&mut text, &group, palette);
        }
        text.push('\n');
    }
    text
}

fn one(text: &mut String, group: &Alike<'_>, palette: Palette) {
    let Some(change) = group.first() else { return };
    let style = match change.action {
        Action::Added => Style::Good,
        Action::Removed => Style::Error,
        _ => Style::Warning,
    };
    let sign = palette.paint(style, sign(change.action));
    let _ = writeln!(text, "  {sign} {}", group.sentence());
    for detail in &change.details {
        match detail {
            Detail::Words { hunks } => words(text, hunks, palette),
            Detail::Lines { hunks } => lines(text, hunks, palette),
            Detail::Note { text: note } => {
                let _ = writeln!(text, "{INDENT}{note}");
            }
        }
    }
    if let Some(sheets) = seen_on(group) {
        let label = palette.paint(Style::Dim, "seen on");
        let _ = writeln!(text, "{INDENT}{label} {sheets}");
    }
}

/// Without colours what went stands in `[-...-]` and what came in `{+...+}`, as git's own word diff has it.
fn words(text: &mut String, hunks: &[Hunk], palette: Palette) {
    text.push_str(INDENT);
    for hunk in hunks {
        let shown = hunk.text.trim_end_matches(['\r', '\n']);
        match hunk.tag {
            Tag::Same => text.push_str(shown),
            Tag::Gap => text.push_str("..."),
            Tag::Removed if palette.is_colored() => {
                text.push_str(&palette.paint(Style::Error, shown))
            }
            Tag::Added if palette.is_colored() => text.push_str(&palette.paint(Style::Good, shown)),
            Tag::Removed => {
                let _ = write!(text, "[-{shown}-]");
            }
            Tag::Added => {
                let _ = write!(text, "{{+{shown}+}}");
            }
        }
    }
    text.push('\n');
}

fn lines(text: &mut String, hunks: &[Hunk], palette: Palette) {
    // What came or went as a whole is known by its first lines.
    let whole = hunks.iter().all(|h| matches!(h.tag, Tag::Added))
        || hunks.iter().all(|h| matches!(h.tag, Tag::Removed));
    let most = if whole { WHOLE } else { usize::MAX };
    for hunk in hunks.iter().take(most) {
        let line = match hunk.tag {
            Tag::Same => format!("  {}", hunk.text),
            Tag::Gap => palette.paint(Style::Dim, "..."),
            Tag::Removed => palette.paint(Style::Error, &format!("- {}", hunk.text)),
            Tag::Added => palette.paint(Style::Good, &format!("+ {}", hunk.text)),
        };
        let _ = writeln!(text, "{INDENT}{}", line.trim_end());
    }
    if hunks.len() > most {
        let more = format!("... and {} more lines", hunks.len() - most);
        let _ = writeln!(text, "{INDENT}{}", palette.paint(Style::Dim, &more));
    }
}
