//! GitHub annotations, by workflow commands.
//!
//! GitHub shows ten of each step, so the worst come first. Escapes: `%`, CR and LF in messages; `:` and `,` too in
//! properties (source: GitHub's toolkit, `packages/core/src/command.ts`, read 2026-11).

use super::{Checked, coverage, slashed, whole_message};
use crate::diagnostic::Finding;

pub fn github(checked: &Checked) -> String {
    let mut sorted: Vec<&Finding> = checked.findings.iter().collect();
    sorted.sort_by_key(|f| std::cmp::Reverse(f.level));
    let mut text: String = sorted.into_iter().map(annotation).collect();
    let notes = coverage(checked);
    // One for all of them: GitHub shows only ten notices of a step.
    if !notes.is_empty() {
        let all = data(&notes.join("\n"));
        text.push_str(&format!("::notice title=not checked::{all}\n"));
    }
    text
}

fn annotation(finding: &Finding) -> String {
    let command = match finding.level {
        crate::diagnostic::Level::Error => "error",
        crate::diagnostic::Level::Warning => "warning",
        crate::diagnostic::Level::Info => "notice",
    };
    let place = &finding.place;
    let mut properties = format!("file={}", property(&slashed(&place.file)));
    // GitHub cannot annotate inside a package: a line there would be a line of the zip file.
    if let (None, Some(start), Some(end)) = (&place.member, place.start, place.end) {
        properties.push_str(&format!(
            ",line={},endLine={},col={}",
            start.line, end.line, start.column
        ));
    }
    properties.push_str(&format!(",title={}", property(&finding.rule)));
    format!(
        "::{command} {properties}::{}\n",
        data(&whole_message(finding))
    )
}

fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
