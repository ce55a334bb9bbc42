//! Findings in a comment or a job summary.

use std::fmt::Write;

use super::{Checked, about, coverage, one_line, repair, slashed};
use crate::diagnostic::{Finding, Level};
use crate::report::markdown::{escape, prose};

/// Rows beyond this are only counted: a comment has a limit of its own.
const ROWS: usize = 100;

pub fn markdown(checked: &Checked) -> String {
    let mut text = format!("**{}**\n\n", escape(&checked.tally()));
    if !checked.findings.is_empty() {
        table(&mut text, checked);
    }
    let notes = coverage(checked);
    if !notes.is_empty() {
        text.push_str("\nNot checked:\n\n");
    }
    for note in notes {
        let _ = writeln!(text, "- {}", escape(&one_line(&note)));
    }
    text
}

fn table(text: &mut String, checked: &Checked) {
    let mut sorted: Vec<&Finding> = checked.findings.iter().collect();
    sorted.sort_by_key(|f| std::cmp::Reverse(f.level));
    text.push_str("| | rule | file | finding | what to do |\n|---|---|---|---|---|\n");
    for finding in sorted.iter().take(ROWS) {
        row(text, finding);
    }
    if sorted.len() > ROWS {
        let _ = writeln!(text, "\nand {} more", sorted.len() - ROWS);
    }
}

fn row(text: &mut String, finding: &Finding) {
    let level = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "note",
    };
    let place = finding
        .place
        .start
        .map_or(String::new(), |p| format!(":{}", p.line));
    let about = about(finding);
    let about = if about.is_empty() {
        about
    } else {
        format!(" ({about})")
    };
    let _ = writeln!(
        text,
        "| {level} | {} | {}{place} | {}{} | {} |",
        escape(&finding.rule),
        escape(&slashed(&finding.place.file)),
        prose(&one_line(&finding.message)),
        escape(&about),
        prose(&one_line(&todo(finding)))
    );
}

fn todo(finding: &Finding) -> String {
    let help = finding.help.as_deref().map(str::to_owned);
    let parts = help.into_iter().chain(repair(finding));
    parts.collect::<Vec<_>>().join("; ")
}
