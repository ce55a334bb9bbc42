//! The collapsed part of the comment: one section an item, shorter where it has to be.

use std::fmt::Write;

use super::{Item, slashed, tally};
use crate::diagnostic::{Finding, Level};
use crate::diff::Changes;
use crate::report::changes::{list, sentence};
use crate::report::markdown::{escape, escape_html, shortened, tick};
use crate::report::plan::lines;
use crate::words;

/// How much is said of an item, from all to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Depth {
    Everything,
    /// Changes without their details.
    Sentences,
    /// The first of each kind.
    First,
    /// Fewer still.
    Few,
    Nothing,
}

impl Depth {
    /// Less than this is not worth a section.
    pub(super) const LAST: Self = Self::Few;

    pub(super) fn less(self) -> Self {
        match self {
            Self::Everything => Self::Sentences,
            Self::Sentences => Self::First,
            Self::First => Self::Few,
            Self::Few | Self::Nothing => Self::Nothing,
        }
    }

    /// How many of a list are said.
    fn most(self) -> usize {
        match self {
            Self::Everything | Self::Sentences => usize::MAX,
            Self::First => 12,
            Self::Few => 3,
            Self::Nothing => 0,
        }
    }
}

/// Characters of a summary line.
const SUMMARY: usize = 200;

pub(super) fn item(item: &Item, depth: Depth) -> String {
    let mut inside = String::new();
    if depth < Depth::Nothing {
        if let Some(file) = &item.file {
            let file = slashed(file);
            let _ = writeln!(inside, "`{}`\n", tick(&file));
        }
        if let Some(changes) = &item.changes {
            what_changed(&mut inside, changes, depth);
        }
        if let Some(why) = &item.not_compared {
            let _ = writeln!(inside, "Not compared: {}\n", sentence(why));
        }
        findings(&mut inside, &item.findings, item.known, depth);
        deployment(&mut inside, item, depth);
    }
    if inside.is_empty() {
        return String::new();
    }
    format!(
        "<details><summary><b>{}</b>: {}</summary>\n\n{inside}</details>\n\n",
        escape_html(&shortened(&item.name, SUMMARY)),
        escape_html(&shortened(&in_one_line(item), SUMMARY))
    )
}

/// About what is none of the items.
pub(super) fn elsewhere(found: &[Finding], depth: Depth) -> String {
    if found.is_empty() || depth == Depth::Nothing {
        return String::new();
    }
    let mut inside = String::new();
    findings(&mut inside, found, 0, depth);
    let tally = tally(found);
    format!("<details open><summary><b>Manifest</b>: {tally}</summary>\n\n{inside}</details>\n\n")
}

/// `2 calculated fields changed; 1 risk; 1 warning; update`.
pub(super) fn in_one_line(item: &Item) -> String {
    let mut words = Vec::new();
    match (&item.changes, &item.not_compared) {
        (Some(changes), _) => words.push(changes.summary.clone()),
        (None, Some(_)) => words.push("not compared".to_owned()),
        (None, None) => words.push("not changed here".to_owned()),
    }
    let findings = tally(&item.findings);
    if !findings.is_empty() {
        words.push(findings);
    }
    words.extend(item.action().map(str::to_owned));
    words.join("; ")
}

fn what_changed(text: &mut String, changes: &Changes, depth: Depth) {
    let all = &changes.changes;
    if all.is_empty() {
        return;
    }
    let shown = &all[..all.len().min(depth.most())];
    let _ = writeln!(
        text,
        "**What changed**\n\n{}",
        list(shown, depth == Depth::Everything)
    );
    if depth > Depth::Everything {
        left_out(text, all.len() - shown.len(), "changes", "their details");
    }
}

fn findings(text: &mut String, all: &[Finding], known: usize, depth: Depth) {
    if all.is_empty() && known == 0 {
        return;
    }
    text.push_str("**Findings**\n\n");
    let mut sorted: Vec<&Finding> = all.iter().collect();
    sorted.sort_by_key(|f| std::cmp::Reverse(f.level));
    if !sorted.is_empty() {
        text.push_str("| | rule | finding | what to do |\n|---|---|---|---|\n");
    }
    for finding in sorted.iter().take(depth.most()) {
        row(text, finding);
    }
    text.push('\n');
    left_out(text, all.len().saturating_sub(depth.most()), "findings", "");
    if known > 0 {
        let known = words::count(known, "finding");
        let _ = writeln!(text, "{known} more, which were there before.\n");
    }
}

fn row(text: &mut String, finding: &Finding) {
    let level = match finding.level {
        Level::Error => "**error**",
        Level::Warning => "warning",
        Level::Info => "note",
    };
    let about: Vec<String> = finding
        .subjects
        .iter()
        .map(|s| format!("{} \"{}\"", s.kind, s.name))
        .collect();
    let about = if about.is_empty() {
        String::new()
    } else {
        format!(" ({})", about.join(", "))
    };
    let line = finding
        .place
        .start
        .map_or(String::new(), |p| format!(", line {}", p.line));
    let _ = writeln!(
        text,
        "| {level} | {} | {}{}{line} | {} |",
        escape(&finding.rule),
        sentence(&finding.message),
        sentence(&about),
        sentence(finding.help.as_deref().unwrap_or_default())
    );
}

fn deployment(text: &mut String, item: &Item, depth: Depth) {
    let Some(planned) = &item.planned else { return };
    let _ = writeln!(
        text,
        "**Deployment**: {} in {}\n",
        planned.action.name(),
        escape(&planned.project.to_string())
    );
    let all = lines(planned);
    for line in all.iter().take(depth.most()) {
        let _ = writeln!(text, "- {line}");
    }
    if !all.is_empty() {
        text.push('\n');
    }
    left_out(text, all.len().saturating_sub(depth.most()), "lines", "");
}

/// `_12 more changes and their details are left out._`
fn left_out(text: &mut String, count: usize, what: &str, and: &str) {
    let words = match (count, and) {
        (0, "") => return,
        (0, and) => and.to_owned(),
        (n, "") => format!("{n} more {what}"),
        (n, and) => format!("{n} more {what}, and {and},"),
    };
    let _ = writeln!(text, "_Left out here: {}._\n", words.trim_end_matches(','));
}
