//! SARIF 2.1.0, for code scanning: each rule once, fingerprints that survive edits elsewhere, paths from the root of the
//! repository. A place inside a package is given in the message: code scanning cannot look into a zip file.

use serde_json::{Value, json};

use super::{Checked, coverage, slashed, whole_message};
use crate::diagnostic::{Finding, Level};

pub fn sarif(checked: &Checked) -> String {
    let mut ids: Vec<&str> = checked.findings.iter().map(|f| f.rule.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let rules: Vec<Value> = ids.iter().map(|id| rule(checked, id)).collect();
    let results: Vec<Value> = checked
        .findings
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
                "informationUri": "https://github.com/tabship/tabship",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { "ROOT": { "description": { "text": "The root of the repository." } } },
            "invocations": [{ "executionSuccessful": true, "toolExecutionNotifications": coverage(checked).iter().map(|note| json!({ "level": "note", "message": { "text": format!("not checked: {note}") } })).collect::<Vec<_>>() }],
            "results": results,
        }],
    });
    format!("{document:#}\n")
}

fn rule(checked: &Checked, id: &str) -> Value {
    let known = checked.rules.iter().find(|r| r.id == id);
    let summary = known.map_or(id, |r| r.summary.as_str());
    let doc = known.map_or(summary, |r| r.doc.as_str());
    json!({
        "id": id,
        "name": id.replace('/', "-"),
        "shortDescription": { "text": summary },
        "fullDescription": { "text": summary },
        "help": { "text": summary, "markdown": doc },
        "properties": { "tags": [id.split('/').next().unwrap_or_default()] },
    })
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
