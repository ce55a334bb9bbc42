//! Findings as JSON: stable and versioned.

use serde_json::{Value, json};

use super::{Checked, slashed};
use crate::diagnostic::{Finding, Level};

/// The version of the document's form.
const SCHEMA_VERSION: u32 = 1;

pub fn json(checked: &Checked) -> String {
    let document = json!({
        "schema_version": SCHEMA_VERSION,
        "tabship": env!("CARGO_PKG_VERSION"),
        "files": checked.files,
        "summary": {
            "errors": checked.count(Level::Error),
            "warnings": checked.count(Level::Warning),
            "notes": checked.count(Level::Info),
            "suppressed": checked.suppressed,
            "known": checked.known,
        },
        "findings": checked.findings.iter().map(value).collect::<Vec<_>>(),
        "not_checked": checked.not_checked.iter().map(|n| json!({ "file": slashed(&n.file), "what": n.what, "why": n.why })).collect::<Vec<_>>(),
    });
    format!("{document:#}\n")
}

/// One finding as every document has it.
pub(crate) fn value(finding: &Finding) -> Value {
    let place = &finding.place;
    json!({
        "rule": finding.rule,
        "level": finding.level,
        "message": finding.message,
        "help": finding.help,
        "file": slashed(&place.file),
        "member": place.member,
        "start": place.start,
        "end": place.end,
        "subjects": finding.subjects,
        "fingerprint": finding.fingerprint(),
        "fixable": finding.fix.is_some(),
        "fix": finding.fix.as_ref().map(|f| &f.description),
    })
}
