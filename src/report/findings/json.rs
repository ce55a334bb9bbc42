//! Findings as JSON: stable and versioned.

use serde::Serialize;

use super::{Checked, slashed};
use crate::diagnostic::{Finding, Level, Position, Subject};
use crate::parallel;

/// The version of the document's form.
const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'c> {
    schema_version: u32,
    tabship: &'static str,
    files: usize,
    summary: Summary,
    /// None: they are put in as text.
    findings: [(); 0],
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

/// In pieces, to be written one after the other: a large file may have a hundred thousand findings.
pub fn json(checked: &Checked) -> Vec<String> {
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
        findings: [],
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
    let text = serde_json::to_string_pretty(&document).unwrap_or_default();
    let (head, tail) = text.split_once(EMPTY).unwrap_or((&text, ""));
    let mut pieces = vec![head.to_owned()];
    pieces.extend(list(&checked.findings));
    pieces.push(format!("{tail}\n"));
    pieces
}

/// How a list without findings is written.
const EMPTY: &str = "\"findings\": []";

/// The member `findings`, written on all cores.
fn list(findings: &[Finding]) -> Vec<String> {
    #[derive(Serialize)]
    struct List<'f> {
        findings: Vec<Shown<'f>>,
    }
    let written = |piece: &&[Finding]| {
        let findings = piece.iter().map(shown).collect();
        let mut text = serde_json::to_string_pretty(&List { findings }).unwrap_or_default();
        // `{`, the member, `}`: what is before and behind the findings is there once.
        text.truncate(text.len().saturating_sub("\n  ]\n}".len()));
        text.drain(..text.find('[').map_or(0, |at| at + 1));
        text
    };
    let pieces: Vec<&[Finding]> = findings.chunks(1024).collect();
    let mut list = parallel::map(&pieces, parallel::cores(), written);
    let Some((first, others)) = list.split_first_mut() else {
        return vec![EMPTY.to_owned()];
    };
    first.insert_str(0, "\"findings\": [");
    others.iter_mut().for_each(|piece| piece.insert(0, ','));
    list.push("\n  ]".to_owned());
    list
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Place;

    #[test]
    fn pieces_make_the_text_that_one_would() {
        for count in [0, 1, 3000] {
            let finding = |n: usize| Finding {
                rule: "a/b".to_owned(),
                level: Level::Info,
                message: format!("\"findings\": [] {n}"),
                help: None,
                place: Place::default(),
                subjects: Vec::new(),
                related: Vec::new(),
                fix: None,
            };
            let findings: Vec<Finding> = (0..count).map(finding).collect();
            let shown: Vec<Shown<'_>> = findings.iter().map(shown).collect();
            let whole = serde_json::to_string_pretty(&serde_json::json!({ "findings": shown }));
            let text = format!("{{\n  {}\n}}", list(&findings).concat());
            assert_eq!(text, whole.unwrap(), "{count}");
        }
    }
}
