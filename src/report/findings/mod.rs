//! How findings look, one file a format. Each escapes for its format.

mod azure;
mod excerpt;
mod github;
mod gitlab;
mod html;
mod human;
mod json;
mod junit;
mod markdown;
mod repairs;
mod sarif;

use std::path::Path;

use crate::diagnostic::{Finding, Level, NotChecked};
use crate::words;

pub use azure::azure;
pub use github::github;
pub use gitlab::gitlab;
pub use html::html;
pub use human::human;
pub use json::json;
pub(crate) use json::shown;
pub use junit::junit;
pub use markdown::markdown;
pub use repairs::{Repaired, repairs};
pub use sarif::sarif;

/// The texts that findings point into: the file, and the member when it is a package. Lent: a document may be of 50 MB.
pub type Sources<'s> = &'s (dyn Fn(&Path, Option<&str>) -> Option<&'s str> + 's);

/// What a check found, and what it looked at.
#[derive(Debug, Clone, Default)]
pub struct Checked {
    /// By file, then place.
    pub findings: Vec<Finding>,
    pub not_checked: Vec<NotChecked>,
    /// Files that were read.
    pub files: usize,
    /// Findings that a suppression took away.
    pub suppressed: usize,
    /// Findings that the baseline knows.
    pub known: usize,
    /// Summary and help page of each rule, by its id.
    pub rules: Vec<RuleNote>,
}

/// What formats say about a rule.
#[derive(Debug, Clone)]
pub struct RuleNote {
    pub id: String,
    pub summary: String,
    /// Markdown.
    pub doc: String,
}

impl Checked {
    pub fn count(&self, level: Level) -> usize {
        self.findings.iter().filter(|f| f.level == level).count()
    }

    /// `2 errors, 1 warning in 14 files`.
    pub fn tally(&self) -> String {
        let levels = [
            (Level::Error, "error"),
            (Level::Warning, "warning"),
            (Level::Info, "note"),
        ];
        let parts: Vec<String> = levels
            .into_iter()
            .map(|(level, word)| (self.count(level), word))
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| words::count(count, word))
            .collect();
        let found = if parts.is_empty() {
            "nothing to report".to_owned()
        } else {
            parts.join(", ")
        };
        let mut text = format!("{found} in {}", words::count(self.files, "file"));
        if self.suppressed > 0 {
            text.push_str(&format!("; {} suppressed", self.suppressed));
        }
        if self.known > 0 {
            text.push_str(&format!("; {} known to the baseline", self.known));
        }
        let fixable = self.findings.iter().filter(|f| f.fix.is_some()).count();
        if fixable > 0 {
            text.push_str(&format!("; {fixable} fixable with --fix"));
        }
        text
    }
}

/// `/` on every system, as reports are read elsewhere.
fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// `data source "Orders", calculated field "Margin"`.
fn about(finding: &Finding) -> String {
    finding
        .subjects
        .iter()
        .map(|s| format!("{} \"{}\"", s.kind, s.name))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The message, with what it is about, where in a package it is, and what to do: a report that cannot point into a
/// package says it in words.
fn whole_message(finding: &Finding) -> String {
    let place = &finding.place;
    let mut message = finding.message.clone();
    let about = about(finding);
    if !about.is_empty() {
        message.push_str(&format!(" (in {about})"));
    }
    if let (Some(member), Some(start)) = (&place.member, place.start) {
        message.push_str(&format!(" at {member}:{}:{}", start.line, start.column));
    }
    if let Some(help) = &finding.help {
        message.push_str(&format!("\n{help}"));
    }
    if let Some(repair) = repair(finding) {
        message.push_str(&format!("\n{repair}"));
    }
    message
}

/// What `--fix` would do about it.
fn repair(finding: &Finding) -> Option<String> {
    let fix = finding.fix.as_ref()?;
    Some(format!(
        "`tabship check --fix` can do it: {}",
        fix.description
    ))
}

/// What fits into one line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What was not checked, one line for each reason: silence must not be taken for health.
fn coverage(checked: &Checked) -> Vec<String> {
    let mut reasons: Vec<(&str, usize, String)> = Vec::new();
    for note in &checked.not_checked {
        match reasons.iter_mut().find(|(why, ..)| *why == note.why) {
            Some((_, count, _)) => *count += 1,
            None => reasons.push((
                &note.why,
                1,
                format!("{} of {}", note.what, slashed(&note.file)),
            )),
        }
    }
    reasons
        .into_iter()
        .map(|(why, count, first)| {
            let more = if count > 1 {
                format!(" and {} more", count - 1)
            } else {
                String::new()
            };
            format!("{first}{more}: {why}")
        })
        .collect()
}
