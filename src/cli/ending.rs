//! What is said at the end of a deployment, and the exit code.

use crate::publish::outcome::{Deployment, Verdict};
use crate::report;
use crate::report::style::Style;

use super::Session;
use super::failure::{Failure, Kind};
use super::next_steps;
use super::options::{Format, Sites};
use super::several::{self, Of};

/// Refuses a format that deployments are not written in, before there is one.
pub(crate) fn know_format(session: &Session) -> Result<(), Failure> {
    match session.global.format {
        Format::Human | Format::Json | Format::Markdown => Ok(()),
        other => Err(super::no_such_format(
            "deploy",
            other,
            "human, json, markdown",
        )),
    }
}

/// Writes the result and picks the exit code.
pub(crate) fn finish(
    session: &Session,
    deployment: &Deployment,
    sites: &Sites,
) -> Result<(), Failure> {
    write(session, deployment);
    code(session, deployment, sites)
}

fn write(session: &Session, deployment: &Deployment) {
    let text = match session.global.format {
        Format::Json => report::deployment::json(deployment),
        Format::Markdown => report::deployment::markdown(deployment),
        _ => report::deployment::human(deployment, session.streams.palette()),
    };
    session.streams.result(&text);
}

fn code(session: &Session, deployment: &Deployment, sites: &Sites) -> Result<(), Failure> {
    let id = deployment.id.clone().unwrap_or_default();
    let same = next_steps::same(session, sites);
    match deployment.verdict {
        Verdict::Deployed | Verdict::Unchanged | Verdict::RolledBack => Ok(()),
        Verdict::Restored | Verdict::Partial => Err(Failure::said(Kind::Restored)),
        Verdict::Incomplete => Err(Failure::new(
            Kind::Incomplete,
            "a person must look at what is marked BROKEN",
        )
        .hint(format!(
            "the journal and the copies of what was live are in .tabship/deployments/{id}"
        ))
        .hint(format!(
            "`tabship rollback {id}{same}` tries again to take it back"
        ))),
        Verdict::Interrupted => Err(Failure::new(
            Kind::Interrupted,
            "the deployment was interrupted",
        )
        .hint(format!(
            "`tabship deploy --resume{same}` goes on; `tabship rollback{same}` takes it back"
        ))),
    }
}

/// Of several targets: each is written when it is done, or, as JSON, all at the end.
pub(crate) fn each(
    session: &Session,
    deployment: &Deployment,
    sites: &Sites,
) -> Result<(), Failure> {
    if session.global.format != Format::Json {
        write(session, deployment);
    }
    code(session, deployment, sites)
}

/// One line a target, or all as one document.
pub(crate) fn summary(session: &Session, all: &[Of<Deployment>]) {
    let text = match session.global.format {
        Format::Json => several::json("deployments", all),
        Format::Markdown => return,
        _ => {
            let palette = session.streams.palette();
            let mut text = format!("\n{}\n", palette.paint(Style::Heading, "Summary"));
            for of in all {
                let line = match (&of.done, &of.failure) {
                    (Some(deployment), _) => report::deployment::verdict(deployment, palette),
                    (None, Some(failure)) => format!("{}: {failure}", of.target),
                    (None, None) => continue,
                };
                text.push_str(&format!("  {line}\n"));
            }
            text
        }
    };
    session.streams.result(&text);
}
