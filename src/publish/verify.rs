//! Proves what was published: the same item, the same address, the views there, and, where asked, a refresh or a picture.

use std::time::{Duration, Instant};

use crate::api::Luid;
use crate::plan::desired::Verify;
use crate::plan::live::LiveView;
use crate::plan::{ItemKind, Planned};

use super::calls::{JobEnd, Shown};
use super::commit;
use super::error::{Doing, PublishError};
use super::event::Event;
use super::journal::Snapshot;
use super::run::Run;
use super::wanted::Wanted;

/// Starts of refreshes are counted: 60 an hour and site on Tableau Cloud.
const BETWEEN_STARTS: Duration = Duration::from_secs(5);

pub(super) async fn prove(
    run: &Run<'_>,
    item: &Planned,
    before: Option<&Snapshot>,
    now: &Shown,
    wanted: &Wanted,
) -> Result<(), PublishError> {
    let old = before.and_then(|b| b.item.content_url.as_ref());
    if let (Some(expected), Some(got)) = (old, &now.item.content_url) {
        if expected != got {
            return Err(PublishError::ContentUrl {
                expected: expected.clone(),
                got: got.clone(),
            });
        }
    }
    if item.kind == ItemKind::Workbook {
        views(run, now, wanted).await?;
    }
    match item.settings.verify {
        Verify::Identity => Ok(()),
        Verify::Render => render(run, item, now).await,
        Verify::Refresh => refresh(run, item, now).await,
    }
}

/// What the site showed of the item may be enough. What is not proven by it is asked for.
async fn views(run: &Run<'_>, now: &Shown, wanted: &Wanted) -> Result<(), PublishError> {
    if compare(&now.views, wanted).is_ok() {
        return Ok(());
    }
    let there = run.calls.views(&now.item.luid).await;
    compare(&there.doing("reading the views")?, wanted)
}

fn compare(there: &[LiveView], wanted: &Wanted) -> Result<(), PublishError> {
    let shows = |name: &&String| there.iter().any(|v| v.name == **name);
    let missing: Vec<String> = wanted.views.iter().filter(|v| !shows(v)).cloned().collect();
    if !missing.is_empty() {
        return Err(PublishError::Views(missing));
    }
    let exposed: Vec<String> = wanted.hidden.iter().filter(shows).cloned().collect();
    if exposed.is_empty() {
        Ok(())
    } else {
        Err(PublishError::Exposed(exposed))
    }
}

/// A picture of the first view; its queries run with the credentials that were embedded.
async fn render(run: &Run<'_>, item: &Planned, now: &Shown) -> Result<(), PublishError> {
    if item.kind != ItemKind::Workbook {
        return Ok(());
    }
    run.step(item, "rendering a view");
    match run
        .calls
        .views(&now.item.luid)
        .await
        .doing("reading the views")?
        .first()
    {
        Some(view) => run.calls.render(&view.luid).await.doing("rendering a view"),
        None => Ok(()),
    }
}

/// An extract refresh, waited for. What is live has nothing to refresh, and is rendered instead.
async fn refresh(run: &Run<'_>, item: &Planned, now: &Shown) -> Result<(), PublishError> {
    run.step(item, "refreshing the extract");
    let Some(job) = start_refresh(run, item, now).await? else {
        return render(run, item, now).await;
    };
    let ended = commit::wait(run, item, job, "refreshing the extract")
        .await
        .doing("waiting for the refresh")?;
    match ended {
        JobEnd::Succeeded => Ok(()),
        JobEnd::Failed(text) => Err(PublishError::Job {
            what: "the extract refresh",
            text,
        }),
        JobEnd::Overdue => Err(PublishError::Overdue {
            what: "the extract refresh",
        }),
        JobEnd::Unknown => {
            let message =
                "the account may not see the refresh job, so the refresh is not proven".to_owned();
            run.reporter.event(&Event::Warning { item, message });
            Ok(())
        }
    }
}

/// Starts a refresh, when the one that is waiting or running already is over: that one may have read the old passwords,
/// and proves nothing.
async fn start_refresh(
    run: &Run<'_>,
    item: &Planned,
    now: &Shown,
) -> Result<Option<Luid>, PublishError> {
    let begun = Instant::now();
    loop {
        let error = match run.calls.refresh(item.kind, &now.item.luid).await {
            Err(error) if error.is(409_093) => error,
            started => return started.doing("starting the refresh"),
        };
        if begun.elapsed() + BETWEEN_STARTS > run.options.timeout {
            return Err(error).doing("starting the refresh");
        }
        run.reporter.event(&Event::Waiting {
            item,
            what: "another refresh of it".to_owned(),
            since: begun.elapsed(),
        });
        tokio::time::sleep(BETWEEN_STARTS).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_that_is_not_there_and_one_that_should_not_be_are_told() {
        let there: Vec<LiveView> = ["One", "Two"]
            .map(|name| LiveView {
                luid: String::new(),
                name: name.to_owned(),
                content_url: None,
                tags: Vec::new(),
            })
            .into();
        let compared = |views: &[&str], hidden: &[&str]| {
            let names = |all: &[&str]| all.iter().map(|n| (*n).to_owned()).collect();
            let wanted = Wanted {
                views: names(views),
                hidden: names(hidden),
                ..Wanted::default()
            };
            compare(&there, &wanted)
        };
        assert!(compared(&["One"], &["Three"]).is_ok());
        assert!(
            matches!(compared(&["One", "Three"], &[]), Err(PublishError::Views(v)) if v == ["Three"])
        );
        assert!(
            matches!(compared(&["One"], &["Two"]), Err(PublishError::Exposed(v)) if v == ["Two"])
        );
    }
}
