//! How the difference of two documents looks.

use std::fmt::Write;

use crate::diff::{Changes, Detail, Tag};
use crate::report::plan::escape;
use crate::report::style::{Palette, Style};

/// The versioned document: `changes: []`.
pub fn json(files: &[(String, Changes)]) -> String {
    let documents: Vec<serde_json::Value> = files
        .iter()
        .map(|(file, changes)| {
            let mut value = serde_json::to_value(changes).unwrap_or_default();
            if let Some(map) = value.as_object_mut() {
                map.insert("file".to_owned(), file.as_str().into());
            }
            value
        })
        .collect();
    let all: Vec<&serde_json::Value> = documents
        .iter()
        .filter_map(|d| d["changes"].as_array())
        .flatten()
        .collect();
    format!(
        "{:#}\n",
        serde_json::json!({ "schema_version": crate::diff::SCHEMA_VERSION, "files": documents, "changes": all })
    )
}

/// A summary line, the risks first, then each change with its details.
pub fn human(files: &[(String, Changes)], palette: Palette) -> String {
    let mut text = String::new();
    for (file, changes) in files {
        let _ = writeln!(
            text,
            "{}: {}",
            palette.paint(Style::Name, file),
            changes.summary
        );
        for risk in &changes.risks {
            let _ = writeln!(
                text,
                "  {} {}",
                palette.paint(Style::Warning, "risk:"),
                risk.message
            );
        }
        for change in &changes.changes {
            let _ = writeln!(text, "  {}", change.sentence());
            for detail in &change.details {
                lines(&mut text, detail, palette);
            }
            if !change.reaches.is_empty() {
                let _ = writeln!(
                    text,
                    "      {} {}",
                    palette.paint(Style::Dim, "reaches"),
                    change.reaches.join(", ")
                );
            }
        }
        text.push('\n');
    }
    text
}

fn lines(text: &mut String, detail: &Detail, palette: Palette) {
    let (hunks, between) = match detail {
        Detail::Words { hunks } => (hunks, ""),
        Detail::Lines { hunks } => (hunks, "\n      "),
        Detail::Note { text: note } => {
            let _ = writeln!(text, "      {note}");
            return;
        }
    };
    text.push_str("      ");
    for hunk in hunks {
        let shown = hunk.text.trim_end_matches('\n').replace('\n', "\n      ");
        match hunk.tag {
            Tag::Same => text.push_str(&shown),
            Tag::Gap => text.push_str("..."),
            Tag::Removed if palette.is_colored() => {
                text.push_str(&palette.paint(Style::Error, &shown))
            }
            Tag::Added if palette.is_colored() => {
                text.push_str(&palette.paint(Style::Good, &shown))
            }
            Tag::Removed => text.push_str(&format!("[-{shown}-]")),
            Tag::Added => text.push_str(&format!("{{+{shown}+}}")),
        }
        text.push_str(between);
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
}

/// For a comment: risks first, the changes of each file collapsed.
pub fn markdown(files: &[(String, Changes)]) -> String {
    let mut text = String::new();
    for (file, changes) in files {
        let _ = writeln!(text, "**{}**: {}\n", escape(file), escape(&changes.summary));
        for risk in &changes.risks {
            let _ = writeln!(text, "- **risk:** {}", escape(&risk.message));
        }
        if !changes.changes.is_empty() {
            let count = changes.changes.len();
            let _ = writeln!(
                text,
                "\n<details><summary>{count} change{}</summary>\n",
                if count == 1 { "" } else { "s" }
            );
            for change in &changes.changes {
                let _ = writeln!(text, "- {}", escape(&change.sentence()));
            }
            text.push_str("\n</details>\n\n");
        }
    }
    text
}
