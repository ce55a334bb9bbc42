//! GitLab's code quality report (source: GitLab's documentation, "Code Quality report format", read 2026-11). It has no place for what was
//! not checked; the job's log has it.

use serde_json::{Value, json};

use super::{Checked, about, slashed};
use crate::diagnostic::{Finding, Level};

pub fn gitlab(checked: &Checked) -> String {
    let issues: Vec<Value> = checked.findings.iter().map(issue).collect();
    format!("{:#}\n", Value::from(issues))
}

fn issue(finding: &Finding) -> Value {
    let about = about(finding);
    let description = if about.is_empty() {
        finding.message.clone()
    } else {
        format!("{} (in {about})", finding.message)
    };
    let line = finding
        .place
        .start
        .filter(|_| finding.place.member.is_none())
        .map_or(1, |p| p.line);
    json!({
        "description": description,
        "check_name": finding.rule,
        "fingerprint": finding.fingerprint(),
        "severity": match finding.level { Level::Error => "major", Level::Warning => "minor", Level::Info => "info" },
        "location": { "path": slashed(&finding.place.file), "lines": { "begin": line } },
    })
}
