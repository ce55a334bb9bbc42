//! Azure Pipelines issues, by logging commands (source: Microsoft's documentation, "Logging commands", read 2026-11).

use super::{Checked, about, coverage, slashed};
use crate::diagnostic::{Finding, Level};

pub fn azure(checked: &Checked) -> String {
    let mut sorted: Vec<&Finding> = checked.findings.iter().collect();
    sorted.sort_by_key(|f| std::cmp::Reverse(f.level));
    let mut text: String = sorted.into_iter().map(issue).collect();
    // Plain lines of the log: Azure has no kind of issue that is not a warning.
    for note in coverage(checked) {
        text.push_str(&format!("not checked: {}\n", data(&note)));
    }
    text
}

fn issue(finding: &Finding) -> String {
    // Azure knows no third kind.
    let kind = if finding.level == Level::Error {
        "error"
    } else {
        "warning"
    };
    let mut properties = format!(
        "type={kind};sourcepath={};",
        property(&slashed(&finding.place.file))
    );
    if let (None, Some(start)) = (&finding.place.member, finding.place.start) {
        properties.push_str(&format!(
            "linenumber={};columnnumber={};",
            start.line, start.column
        ));
    }
    properties.push_str(&format!("code={};", property(&finding.rule)));
    let about = about(finding);
    let about = if about.is_empty() {
        about
    } else {
        format!(" (in {about})")
    };
    let help = finding
        .help
        .as_ref()
        .map_or(String::new(), |h| format!(": {h}"));
    format!(
        "##vso[task.logissue {properties}]{}\n",
        data(&format!("{}{about}{help}", finding.message))
    )
}

fn data(text: &str) -> String {
    text.replace('%', "%AZP25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(';', "%3B").replace(']', "%5D")
}
