//! Proves what was published: the same item, the same address, the views there, and, where asked, a refresh or a picture.

use crate::plan::desired::Verify;
use crate::plan::{ItemKind, LiveItem, Planned};

use super::calls::JobEnd;
use super::commit;
use super::error::{Doing, PublishError};
use super::event::Event;
use super::journal::Snapshot;
use super::run::Run;
use super::wanted::Wanted;

pub(super) async fn prove(
    run: &Run<'_>,
    item: &Planned,
    before: Option<&Snapshot>,
    now: &LiveItem,
    wanted: &Wanted,
) -> Result<(), PublishError> {
    let old = before.and_then(|b| b.item.content_url.as_ref());
    if let (Some(expected), Some(got)) = (old, &now.content_url) {
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

async fn views(run: &Run<'_>, now: &LiveItem, wanted: &Wanted) -> Result<(), PublishError> {
    let there: Vec<String> = run
        .calls
        .views(&now.luid)
        .await
        .doing("reading the views")?
        .into_iter()
        .map(|v| v.name)
        .collect();
    let missing: Vec<String> = wanted
        .views
        .iter()
        .filter(|v| !there.contains(v))
        .cloned()
        .collect();
    if !missing.is_empty() {
        return Err(PublishError::Views(missing));
    }
    let exposed: Vec<String> = wanted
        .hidden
        .iter()
        .filter(|v| there.contains(v))
        .cloned()
        .collect();
    if exposed.is_empty() {
        Ok(())
    } else {
        Err(PublishError::Exposed(exposed))
    }
}

/// A picture of the first view; its queries run with the credentials that were embedded.
async fn render(run: &Run<'_>, item: &Planned, now: &LiveItem) -> Result<(), PublishError> {
    if item.kind != ItemKind::Workbook {
        return Ok(());
    }
    run.step(item, "rendering a view");
    match run
        .calls
        .views(&now.luid)
        .await
        .doing("reading the views")?
        .first()
    {
        Some(view) => run.calls.render(&view.luid).await.doing("rendering a view"),
        None => Ok(()),
    }
}

/// An extract refresh, waited for. What is live has nothing to refresh, and is rendered instead.
async fn refresh(run: &Run<'_>, item: &Planned, now: &LiveItem) -> Result<(), PublishError> {
    run.step(item, "refreshing the extract");
    let Some(job) = run
        .calls
        .refresh(item.kind, &now.luid)
        .await
        .doing("starting the refresh")?
    else {
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
