//! `tabship check --fix` and `--diff`.

use std::collections::HashMap;
use std::path::Path;

use crate::content::{Document, save};
use crate::diagnostic::Finding;
use crate::lint;
use crate::report::findings::{Repaired, repairs};
use crate::words::count;

use super::Session;
use super::checking::Opened;
use super::failure::{Failure, Kind};
use super::options::Format;

/// Writes the repairs; true when a file was changed.
pub(super) fn write(
    session: &Session,
    findings: &[Finding],
    contents: &[Opened],
) -> Result<bool, Failure> {
    let (mut files, mut done) = (0, 0);
    for (opened, document, findings) in by_file(findings, contents) {
        let Some(repair) = lint::repair(document.source().text(), findings) else {
            continue;
        };
        save::replace(&opened.content, &repair.text).map_err(|e| {
            Failure::usage(format!("`{}` cannot be repaired", opened.shown.display()))
                .hint("it was left as it was; is it open in another program, or read-only?")
                .because(&e)
        })?;
        files += 1;
        done += repair.done.len();
    }
    if files > 0 {
        session.streams.say(&format!(
            "repaired {} in {}",
            count(done, "finding"),
            count(files, "file")
        ));
    }
    Ok(files > 0)
}

/// Shows the repairs; fails when there are any.
pub(super) fn show(
    session: &Session,
    findings: &[Finding],
    contents: &[Opened],
) -> Result<(), Failure> {
    if session.global.format != Format::Human {
        return Err(super::no_such_format(
            "check --diff",
            session.global.format,
            "human",
        ));
    }
    let all = by_file(findings, contents);
    let repaired: Vec<Repaired<'_>> = all
        .iter()
        .filter_map(|(_, document, findings)| {
            let text = document.source().text();
            let done = lint::repair(text, findings.iter().copied())?.done;
            Some(Repaired { text, done })
        })
        .collect();
    session
        .streams
        .result(&repairs(&repaired, session.streams.palette()));
    if repaired.is_empty() {
        return Ok(());
    }
    Err(Failure::said(Kind::Findings))
}

type Group<'c> = (&'c Opened, &'c Document, Vec<&'c Finding>);

/// Findings by the file that they are about, in the order of the files.
fn by_file<'c>(findings: &'c [Finding], contents: &'c [Opened]) -> Vec<Group<'c>> {
    let mut fixable: HashMap<&Path, Vec<&Finding>> = HashMap::new();
    for finding in findings.iter().filter(|f| f.fix.is_some()) {
        fixable
            .entry(&finding.place.file)
            .or_default()
            .push(finding);
    }
    contents
        .iter()
        .filter_map(|opened| {
            let findings = fixable.remove(opened.shown.as_path())?;
            Some((opened, opened.content.document()?, findings))
        })
        .collect()
}
