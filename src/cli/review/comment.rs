//! Where reviewers look: the comment of the pull request, and the summary of the job.

use std::io::Write;

use crate::api::Secret;
use crate::cli::Session;
use crate::cli::failure::{Failure, Kind};
use crate::cli::ready;
use crate::cli::workspace::Workspace;
use crate::pull_request::{self, Kept, PullRequest, Wanted};
use crate::report::review::{self, Deployment, Review, Verdict};
use crate::repository::slug;

/// Bytes of a comment. GitHub takes 65,536 characters; what is longer nobody reads.
const COMMENT: usize = 60_000;
/// Bytes of a job's summary; GitHub takes 1 MiB a step.
const SUMMARY: usize = 1_000_000;

/// The file that a job's summary is made of, on GitHub.
const SUMMARY_FILE: &str = "GITHUB_STEP_SUMMARY";

/// Writes or changes the comment. Where that is not allowed, the summary of the job says the same.
pub(super) fn keep(
    session: &Session,
    review: &Review,
    request: Option<&PullRequest>,
    workspace: Option<&Workspace>,
) -> Result<(), Failure> {
    let summary = summarize(session, review)?;
    let Some(request) = request else {
        return Err(Failure::usage(
            "`--comment` is for pipelines of pull requests, and this is none",
        )
        .hint("leave it out; the review itself works everywhere"));
    };
    let Some(place) = &request.place else {
        return Err(Failure::usage(
            "it is not known where the comments of this pull request are",
        )
        .hint("comments are kept on GitHub, GitLab and Azure DevOps; `--report markdown=FILE` writes the same text"));
    };
    let variables = place.token_variables();
    let token = variables
        .iter()
        .find_map(|name| session.environment.get(name).filter(|v| !v.is_empty()));
    let Some(token) = token else {
        let why = format!("`{}` is not set", variables.join("` or `"));
        return not_kept(
            session,
            request,
            summary,
            Failure::new(Kind::Unreachable, why),
        );
    };
    let body = review::markdown_within(review, COMMENT);
    let key = key(review, workspace);
    let wanted = Wanted {
        key: &key,
        body: &body,
        create: review.verdict() != Verdict::Untouched,
    };
    let token = Secret::new(token);
    let kept = ready::block_on(async {
        Ok(pull_request::keep(place, request.number, &token, &wanted).await)
    })?;
    match kept {
        Ok(kept) => {
            say(session, place.platform(), kept);
            Ok(())
        }
        Err(error) => {
            let failure = Failure::new(
                Kind::Unreachable,
                format!("the comment cannot be kept on {}", place.platform()),
            )
            .because(&error)
            .hint(error.help());
            if error.may_not_write() {
                not_kept(session, request, summary, failure)
            } else {
                Err(failure)
            }
        }
    }
}

/// Tells the reviews of one pull request apart: by the target, and by the folder where a repository has several.
fn key(review: &Review, workspace: Option<&Workspace>) -> String {
    let target = match &review.deployment {
        Deployment::Planned(plan) => plan.target.name.as_str(),
        Deployment::NotPlanned { target, .. } => target.as_deref().unwrap_or_default(),
        Deployment::NotAsked => "",
    };
    let folder = workspace.and_then(|w| {
        let root = std::fs::canonicalize(&w.head.as_ref()?.root).ok()?;
        let below = w.folder.strip_prefix(root).ok()?;
        Some(below.to_string_lossy().replace('\\', "/"))
    });
    match (folder.unwrap_or_default().as_str(), target) {
        ("", "") => "all".to_owned(),
        (folder, "") => slug(folder),
        ("", target) => slug(target),
        (folder, target) => format!("{}.{}", slug(folder), slug(target)),
    }
}

/// A fork's token may not write: that is how it should be. Anywhere else the job has been given too little.
fn not_kept(
    session: &Session,
    request: &PullRequest,
    summary: bool,
    failure: Failure,
) -> Result<(), Failure> {
    if !request.fork && !summary {
        return Err(failure);
    }
    let instead = if summary {
        "the job's summary says the same"
    } else {
        "the review is above"
    };
    let who = if request.fork {
        "a fork's pull request gets no comment"
    } else {
        "there is no comment"
    };
    session
        .streams
        .warn(&format!("{who}; {instead} ({failure})"));
    Ok(())
}

/// Appends the review to the job's summary; false where the platform has none.
fn summarize(session: &Session, review: &Review) -> Result<bool, Failure> {
    let Some(path) = session
        .environment
        .get(SUMMARY_FILE)
        .filter(|p| !p.is_empty())
    else {
        return Ok(false);
    };
    let failed = |e: std::io::Error| {
        Failure::usage(format!("the job's summary `{path}` cannot be written")).because(&e)
    };
    let mut file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .map_err(failed)?;
    let text = review::markdown_within(review, SUMMARY);
    file.write_all(text.as_bytes()).map_err(failed)?;
    Ok(true)
}

fn say(session: &Session, platform: &str, kept: Kept) {
    let words = match kept {
        Kept::Created => "wrote the comment",
        Kept::Changed => "changed the comment",
        Kept::Same => "the comment says that already",
        Kept::Absent => "nothing to say, so no comment",
    };
    session.streams.say(&format!("{platform}: {words}"));
}
