//! JUnit XML: a suite for each file, a test case for each finding; a file without findings is a case that passed.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{Checked, about, coverage, repair, slashed};
use crate::diagnostic::{Finding, Level};

pub fn junit(checked: &Checked) -> String {
    let mut by_file: BTreeMap<String, Vec<&Finding>> = BTreeMap::new();
    for finding in &checked.findings {
        by_file
            .entry(slashed(&finding.place.file))
            .or_default()
            .push(finding);
    }
    let clean = checked.files.saturating_sub(by_file.len());
    let failures = checked
        .findings
        .iter()
        .filter(|f| f.level == Level::Error)
        .count();
    let tests = checked.findings.len() + clean + coverage(checked).len();
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"tabship\" tests=\"{tests}\" failures=\"{failures}\">\n"
    );
    for (file, findings) in &by_file {
        let failed = findings.iter().filter(|f| f.level == Level::Error).count();
        let _ = writeln!(
            text,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failed}\">",
            escape(file),
            findings.len()
        );
        for finding in findings {
            case(&mut text, file, finding);
        }
        text.push_str("  </testsuite>\n");
    }
    if clean > 0 {
        let _ = writeln!(
            text,
            "  <testsuite name=\"files without findings\" tests=\"{clean}\" failures=\"0\">"
        );
        for n in 1..=clean {
            let _ = writeln!(
                text,
                "    <testcase classname=\"tabship\" name=\"file {n}\" />"
            );
        }
        text.push_str("  </testsuite>\n");
    }
    let notes = coverage(checked);
    if !notes.is_empty() {
        let _ = writeln!(
            text,
            "  <testsuite name=\"not checked\" tests=\"{0}\" failures=\"0\" skipped=\"{0}\">",
            notes.len()
        );
        for note in &notes {
            let _ = writeln!(
                text,
                "    <testcase classname=\"not checked\" name=\"{0}\"><skipped message=\"{0}\" /></testcase>",
                escape(note)
            );
        }
        text.push_str("  </testsuite>\n");
    }
    text.push_str("</testsuites>\n");
    text
}

fn case(text: &mut String, file: &str, finding: &Finding) {
    let place = finding
        .place
        .start
        .map_or(String::new(), |p| format!(":{}:{}", p.line, p.column));
    let member = finding
        .place
        .member
        .as_ref()
        .map_or(String::new(), |m| format!("!{m}"));
    let name = format!("{}: {}", finding.rule, finding.message);
    let _ = write!(
        text,
        "    <testcase classname=\"{}\" name=\"{}\"",
        escape(file),
        escape(&name)
    );
    let details = format!(
        "{file}{member}{place}\n{}\n{}\n{}",
        about(finding),
        finding.help.as_deref().unwrap_or_default(),
        repair(finding).unwrap_or_default()
    );
    if finding.level == Level::Error {
        let _ = writeln!(
            text,
            ">\n      <failure type=\"{}\" message=\"{}\">{}</failure>\n    </testcase>",
            escape(&finding.rule),
            escape(&finding.message),
            escape(&details)
        );
    } else {
        let _ = writeln!(
            text,
            ">\n      <system-out>{}</system-out>\n    </testcase>",
            escape(&format!("{}: {details}", finding.level))
        );
    }
}

/// For text and attributes in double quotes; what XML 1.0 cannot hold is left out.
fn escape(text: &str) -> String {
    let allowed = |c: &char| matches!(c, '\t' | '\n' | '\r') || *c >= ' ';
    text.chars()
        .filter(allowed)
        .fold(String::new(), |mut escaped, c| {
            match c {
                '&' => escaped.push_str("&amp;"),
                '<' => escaped.push_str("&lt;"),
                '>' => escaped.push_str("&gt;"),
                '"' => escaped.push_str("&quot;"),
                c => escaped.push(c),
            }
            escaped
        })
}
