//! Findings as JSON: stable and versioned.

use std::borrow::Cow;
use std::fmt::Write;

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

/// Writes it piece by piece: a large file may have a hundred thousand findings.
pub fn json(checked: &Checked, write: &mut dyn FnMut(&str)) {
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
    write(head);
    list(&checked.findings, write);
    write(tail);
    write("\n");
}

/// How a list without findings is written.
const EMPTY: &str = "\"findings\": []";

/// Findings of one piece: some 64 kB of text, which is little to wait for, and less to hold.
const PIECE: usize = 64;

/// The member `findings`, written on all cores.
fn list(findings: &[Finding], write: &mut dyn FnMut(&str)) {
    if findings.is_empty() {
        return write(EMPTY);
    }
    let pieces: Vec<&[Finding]> = findings.chunks(PIECE).collect();
    let written = |piece: &&[Finding]| {
        let mut text = String::with_capacity(piece.len() * 1024);
        piece.iter().for_each(|finding| one(finding, &mut text));
        text
    };
    let mut before = "\"findings\": [";
    parallel::in_order(&pieces, parallel::cores(), written, |text| {
        write(before);
        before = ",";
        // Each has a comma in front of it.
        write(text.strip_prefix(',').unwrap_or(&text));
    });
    write("\n  ]");
}

/// As serde_json writes [`Shown`] in a list in a document, with a comma in front: it is most of the time that a report of
/// thousands takes, and this takes a third of it.
fn one(finding: &Finding, text: &mut String) {
    let place = &finding.place;
    let file = place.file.to_str().filter(|file| !file.contains('\\'));
    let file = file.map_or_else(|| slashed(&place.file).into(), Cow::Borrowed);
    text.push_str(",\n    {\n      \"rule\": ");
    string(text, &finding.rule);
    text.push_str(",\n      \"level\": \"");
    text.push_str(finding.level.name());
    text.push_str("\",\n      \"message\": ");
    string(text, &finding.message);
    text.push_str(",\n      \"help\": ");
    optional(text, finding.help.as_deref());
    text.push_str(",\n      \"file\": ");
    string(text, &file);
    text.push_str(",\n      \"member\": ");
    optional(text, place.member.as_deref());
    text.push_str(",\n      \"start\": ");
    position(text, place.start);
    text.push_str(",\n      \"end\": ");
    position(text, place.end);
    text.push_str(",\n      \"subjects\": ");
    subjects(text, &finding.subjects);
    text.push_str(",\n      \"fingerprint\": ");
    string(text, &finding.fingerprint());
    text.push_str(",\n      \"fixable\": ");
    text.push_str(if finding.fix.is_some() {
        "true"
    } else {
        "false"
    });
    text.push_str(",\n      \"fix\": ");
    optional(text, finding.fix.as_ref().map(|f| f.description.as_str()));
    text.push_str("\n    }");
}

fn subjects(text: &mut String, subjects: &[Subject]) {
    if subjects.is_empty() {
        return text.push_str("[]");
    }
    for (number, subject) in subjects.iter().enumerate() {
        text.push_str(if number == 0 { "[" } else { "," });
        text.push_str("\n        {\n          \"kind\": ");
        string(text, subject.kind);
        text.push_str(",\n          \"name\": ");
        string(text, &subject.name);
        text.push_str("\n        }");
    }
    text.push_str("\n      ]");
}

fn position(text: &mut String, position: Option<Position>) {
    let Some(Position { line, column }) = position else {
        return text.push_str("null");
    };
    let object =
        format_args!("{{\n        \"line\": {line},\n        \"column\": {column}\n      }}");
    // A string takes all.
    _ = text.write_fmt(object);
}

fn optional(text: &mut String, value: Option<&str>) {
    match value {
        Some(value) => string(text, value),
        None => text.push_str("null"),
    }
}

fn string(text: &mut String, value: &str) {
    let escaped = |b: u8| b < 0x20 || b == b'"' || b == b'\\';
    // All of them, without a way out in the middle: so the compiler looks at many at once.
    if value.bytes().fold(false, |any, b| any | escaped(b)) {
        text.push_str(&serde_json::to_string(value).unwrap_or_default());
    } else {
        text.push('"');
        text.push_str(value);
        text.push('"');
    }
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
    use std::sync::Arc;

    use super::*;
    use crate::diagnostic::{Fix, Place};

    #[test]
    fn pieces_make_the_text_that_one_would() {
        for count in [0, 1, 3000] {
            let findings: Vec<Finding> = (0..count).map(finding).collect();
            let shown: Vec<Shown<'_>> = findings.iter().map(shown).collect();
            let whole = serde_json::to_string_pretty(&serde_json::json!({ "findings": shown }));
            let mut text = "{\n  ".to_owned();
            list(&findings, &mut |piece| text.push_str(piece));
            assert_eq!(text + "\n}", whole.unwrap(), "{count}");
        }
    }

    /// With all that a finding can have, in turn.
    fn finding(n: usize) -> Finding {
        let position = |at: usize| {
            (n % 2 == 1).then_some(Position {
                line: n as u32,
                column: at as u32,
            })
        };
        Finding {
            rule: "a/b".into(),
            level: [Level::Info, Level::Warning, Level::Error][n % 3],
            message: format!("\"findings\": [] {n} \\ \u{1} \u{7f} é"),
            help: (n.is_multiple_of(3)).then(|| "say\tso".into()),
            place: Place {
                file: Arc::new(if n.is_multiple_of(7) {
                    "a\\b.twb".into()
                } else {
                    "a/b.twb".into()
                }),
                member: (n.is_multiple_of(5)).then(|| "m".into()),
                span: None,
                start: position(1),
                end: position(70_000),
            },
            subjects: (0..n % 4)
                .map(|s| Subject::new("sheet", format!("\u{2028}{s}")))
                .collect(),
            fix: (n.is_multiple_of(11)).then(|| {
                Box::new(Fix {
                    description: "do it".to_owned(),
                    edits: Vec::new(),
                })
            }),
        }
    }
}
