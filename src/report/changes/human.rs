//! Changes on a terminal.

use std::fmt::Write;

use super::{seen_on, sign};
use crate::diff::{Action, Change, Changes, Detail, Hunk, Tag};
use crate::report::style::{Palette, Style};

const INDENT: &str = "      ";

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
        for change in &changes.changes {
            one(&mut text, change, palette);
        }
        text.push('\n');
    }
    text
}

fn one(text: &mut String, change: &Change, palette: Palette) {
    let style = match change.action {
        Action::Added => Style::Good,
        Action::Removed => Style::Error,
        _ => Style::Warning,
    };
    let sign = palette.paint(style, sign(change.action));
    let _ = writeln!(text, "  {sign} {}", change.sentence());
    for detail in &change.details {
        match detail {
            Detail::Words { hunks } => words(text, hunks, palette),
            Detail::Lines { hunks } => lines(text, hunks, palette),
            Detail::Note { text: note } => {
                let _ = writeln!(text, "{INDENT}{note}");
            }
        }
    }
    if let Some(sheets) = seen_on(change) {
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
    for hunk in hunks {
        let line = match hunk.tag {
            Tag::Same => format!("  {}", hunk.text),
            Tag::Gap => palette.paint(Style::Dim, "..."),
            Tag::Removed => palette.paint(Style::Error, &format!("- {}", hunk.text)),
            Tag::Added => palette.paint(Style::Good, &format!("+ {}", hunk.text)),
        };
        let _ = writeln!(text, "{INDENT}{}", line.trim_end());
    }
}
