//! SARIF 2.1.0, for code scanning: each rule once, fingerprints that survive edits elsewhere, paths from the root of the
//! repository. A place inside a package is given in the message: code scanning cannot look into a zip file.

use serde_json::{Value, json};

use super::{Checked, coverage, slashed, whole_message};
use crate::diagnostic::{Finding, Level};

const HOME: &str = env!("CARGO_PKG_REPOSITORY");

/// Code scanning refuses a run with more (docs.github.com, "SARIF support for code scanning").
const MOST_RESULTS: usize = 25_000;

pub fn sarif(checked: &Checked) -> String {
    let (findings, left_out) = worst(&checked.findings);
    let mut notes: Vec<String> = coverage(checked)
        .into_iter()
        .map(|note| format!("not checked: {note}"))
        .collect();
    if left_out > 0 {
        notes.push(format!(
            "{left_out} of the mildest findings are left out: code scanning takes {MOST_RESULTS}"
        ));
    }
    let notes: Vec<Value> = notes
        .iter()
        .map(|note| json!({ "level": "note", "message": { "text": note } }))
        .collect();
    let mut ids: Vec<&str> = findings.iter().map(|f| &*f.rule).collect();
    ids.sort_unstable();
    ids.dedup();
    let rules: Vec<Value> = ids.iter().map(|id| rule(checked, id)).collect();
    let results: Vec<Value> = findings
        .iter()
        .map(|f| {
            result(
                f,
                ids.iter().position(|id| *id == f.rule).unwrap_or_default(),
            )
        })
        .collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "tabship",
                "informationUri": HOME,
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { "ROOT": { "description": { "text": "The root of the repository." } } },
            "invocations": [{ "executionSuccessful": true, "toolExecutionNotifications": notes }],
            "results": results,
        }],
    });
    format!("{document:#}\n")
}

/// As many as code scanning takes, in their order; and how many are left out.
fn worst(findings: &[Finding]) -> (Vec<&Finding>, usize) {
    let mut by_level: Vec<(usize, &Finding)> = findings.iter().enumerate().collect();
    by_level.sort_by_key(|(_, f)| std::cmp::Reverse(f.level));
    let left_out = by_level.len().saturating_sub(MOST_RESULTS);
    by_level.truncate(MOST_RESULTS);
    by_level.sort_by_key(|(n, _)| *n);
    (by_level.into_iter().map(|(_, f)| f).collect(), left_out)
}

fn rule(checked: &Checked, id: &str) -> Value {
    let known = checked.rules.iter().find(|r| r.id == id);
    let summary = known.map_or(id, |r| r.summary.as_str());
    let doc = known.map_or(summary, |r| r.doc.as_str());
    let mut rule = json!({
        "id": id,
        "name": id.replace('/', "-"),
        "shortDescription": { "text": summary },
        "fullDescription": { "text": summary },
        "help": { "text": summary, "markdown": doc },
        "properties": { "tags": [id.split('/').next().unwrap_or_default()] },
    });
    // A rule of the repository's own has no page.
    if known.is_some() && !id.starts_with("custom/") {
        let version = env!("CARGO_PKG_VERSION");
        rule["helpUri"] = json!(format!("{HOME}/blob/v{version}/docs/rules/{id}.md"));
    }
    rule
}

fn result(finding: &Finding, rule_index: usize) -> Value {
    let place = &finding.place;
    let mut physical =
        json!({ "artifactLocation": { "uri": uri(&slashed(&place.file)), "uriBaseId": "ROOT" } });
    if let (None, Some(start), Some(end)) = (&place.member, place.start, place.end) {
        physical["region"] = json!({
            "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column.max(start.column + u32::from(end.line == start.line && end.column == start.column)),
        });
    }
    json!({
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": match finding.level { Level::Error => "error", Level::Warning => "warning", Level::Info => "note" },
        "message": { "text": whole_message(finding) },
        "locations": [{ "physicalLocation": physical }],
        "partialFingerprints": { "tabship/v1": finding.fingerprint() },
        "properties": { "fixable": finding.fix.is_some() },
    })
}

/// A relative reference: everything but letters, digits and what separates is encoded.
fn uri(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(byte as char)
            }
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Place;

    #[test]
    fn of_more_than_code_scanning_takes_the_worst_are_kept() {
        let finding = |level| Finding {
            rule: "a/b".into(),
            level,
            message: "m".into(),
            help: None,
            place: Place::default(),
            subjects: vec![],
            fix: None,
        };
        let mut checked = Checked {
            findings: vec![finding(Level::Info); MOST_RESULTS + 3],
            ..Checked::default()
        };
        checked.findings.push(finding(Level::Error));
        let log: Value = serde_json::from_str(&sarif(&checked)).unwrap();
        let run = &log["runs"][0];
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), MOST_RESULTS);
        assert_eq!(results[MOST_RESULTS - 1]["level"], "error");
        let notes = run["invocations"][0].to_string();
        assert!(notes.contains("4 of the mildest"), "{notes}");
    }
}
