//! Findings as JSON: stable and versioned.

use serde::Serialize;

use super::{Checked, slashed};
use crate::diagnostic::{Finding, Level, Position, Subject};

/// The version of the document's form.
const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'c> {
    schema_version: u32,
    tabship: &'static str,
    files: usize,
    summary: Summary,
    #[serde(serialize_with = "each")]
    findings: &'c [Finding],
    not_checked: Vec<NotChecked<'c>>,
}

#[derive(Serialize)]
struct Summary {
    errors: usize,
    warnings: usize,
    notes: usize,
    suppressed: usize,
    known: usize,
}

#[derive(Serialize)]
struct NotChecked<'c> {
    file: String,
    what: &'c str,
    why: &'c str,
}

/// One finding as every document has it.
#[derive(Serialize)]
pub(crate) struct Shown<'f> {
    rule: &'f str,
    level: Level,
    message: &'f str,
    help: Option<&'f str>,
    file: String,
    member: Option<&'f str>,
    start: Option<Position>,
    end: Option<Position>,
    subjects: &'f [Subject],
    fingerprint: String,
    fixable: bool,
    fix: Option<&'f str>,
}

pub fn json(checked: &Checked) -> String {
    let document = Document {
        schema_version: SCHEMA_VERSION,
        tabship: env!("CARGO_PKG_VERSION"),
        files: checked.files,
        summary: Summary {
            errors: checked.count(Level::Error),
            warnings: checked.count(Level::Warning),
            notes: checked.count(Level::Info),
            suppressed: checked.suppressed,
            known: checked.known,
        },
        findings: &checked.findings,
        not_checked: checked
            .not_checked
            .iter()
            .map(|n| NotChecked {
                file: slashed(&n.file),
                what: &n.what,
                why: &n.why,
            })
            .collect(),
    };
    // Nothing in it can fail: names are strings, and there are no maps with other keys.
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

/// One after the other: a large document may have a hundred thousand.
fn each<S: serde::Serializer>(findings: &[Finding], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(findings.iter().map(shown))
}

pub(crate) fn shown(finding: &Finding) -> Shown<'_> {
    let place = &finding.place;
    Shown {
        rule: &finding.rule,
        level: finding.level,
        message: &finding.message,
        help: finding.help.as_deref(),
        file: slashed(&place.file),
        member: place.member.as_deref(),
        start: place.start,
        end: place.end,
        subjects: &finding.subjects,
        fingerprint: finding.fingerprint(),
        fixable: finding.fix.is_some(),
        fix: finding.fix.as_ref().map(|f| f.description.as_str()),
    }
}
