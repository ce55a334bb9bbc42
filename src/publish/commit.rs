//! Publishing what is to be published, never twice.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::api::endpoint::publish::{Upload, WriteMode};
use crate::api::endpoint::uploads::UploadSession;
use crate::api::{self, ErrorKind, Fate, Luid};
use crate::plan::{ItemKind, Planned};

use super::calls::{CommitError, Committed, JobEnd, Marker, Sending, Shown};
use super::error::{Doing, PublishError};
use super::event::Event;
use super::journal::Record;
use super::payload::Payload;
use super::run::Run;
use super::stage::Attempt;
use super::upload::{Sent, beside, upload, watch};
use super::wanted::Wanted;

/// A publish above this is a job of the site: a gateway in front of it would give up on the answer.
const AS_JOB: u64 = 16 << 20;

/// How long the site is asked after a commit whose answer was lost.
const UNCERTAIN: Duration = Duration::from_secs(60);

/// How long it is asked when it answered that it failed: then nothing of it is under way any more.
const FAILED: Duration = Duration::from_secs(15);

/// Before the site is left alone for so long it is said what is waited for.
const TOLD_FROM: Duration = Duration::from_secs(1);

/// Where a publish goes.
pub(super) struct Destination {
    pub(super) kind: ItemKind,
    pub(super) name: String,
    /// LUID of the project.
    pub(super) project: String,
    /// What is there now and is to be published over; `None` for a new item.
    pub(super) known: Option<Marker>,
}

/// One publish, without its bytes.
pub(super) struct Publish<'p> {
    pub(super) to: Destination,
    pub(super) wanted: &'p Wanted,
}

impl Publish<'_> {
    pub(super) fn mode(&self) -> WriteMode {
        if self.to.known.is_some() {
            WriteMode::Overwrite
        } else {
            WriteMode::Create
        }
    }
}

/// An item that has been published.
pub(super) struct Published {
    pub(super) luid: String,
    /// The site's answer; `None` when it was lost, when a job did it, or when it does not say what it is to prove: the
    /// project and, of what has one, the content URL.
    pub(super) shown: Option<Box<Shown>>,
}

impl Published {
    fn answered(shown: Box<Shown>, to: &Destination) -> Self {
        let there = shown.project.as_ref() == Some(&to.project);
        let found = to.kind == ItemKind::Flow || shown.item.content_url.is_some();
        Self {
            luid: shown.item.luid.clone(),
            shown: (there && found).then_some(shown),
        }
    }
}

impl From<String> for Published {
    fn from(luid: String) -> Self {
        Self { luid, shown: None }
    }
}

/// Uploads and publishes. `first` is what the journal gets before the publish is sent.
pub(super) async fn publish(
    run: &Run<'_>,
    index: usize,
    payload: &Payload,
    publish: &Publish<'_>,
    first: &Record,
) -> Result<Published, PublishError> {
    let item = &run.plan.items[index];
    let uploaded = upload(run, item, payload).await?;
    if let (Some(_), Some(known)) = (&uploaded, &publish.to.known) {
        // An upload takes its time, and what somebody published meanwhile is not published over.
        run.calls.unmoved(item.kind, known).await?;
    }
    run.still_locked()?;
    run.record(index, first)?;
    commit(run, index, payload, publish, uploaded).await
}

/// Publishes what was uploaded. When the site may have done it without saying so, it is asked before anything is
/// sent again; and that is done once, and only where it cannot make a second revision.
async fn commit(
    run: &Run<'_>,
    index: usize,
    payload: &Payload,
    publish: &Publish<'_>,
    uploaded: Option<UploadSession>,
) -> Result<Published, PublishError> {
    let item = &run.plan.items[index];
    run.step(item, "publishing");
    let first = match send(run, index, payload, publish, uploaded.as_ref()).await? {
        Ok(published) => return Ok(published),
        Err(error) if is_certain(&error) => {
            run.record(index, &Record::Refused { item: index })?;
            return Err(error).doing("publishing");
        }
        Err(error) => error,
    };
    let first = match uncertain(run, item, publish, first).await? {
        Ok(luid) => return Ok(luid.into()),
        Err(error) => error,
    };
    if !may_send_again(publish, &first) {
        return Err(PublishError::Uncertain(Box::new(first)));
    }
    run.step(item, "publishing once more");
    let second = match send(run, index, payload, publish, uploaded.as_ref()).await? {
        Ok(published) => return Ok(published),
        Err(error) => error,
    };
    // What is in the way is what the first attempt made; an upload that is gone was taken by it.
    if second.kind() == ErrorKind::Conflict || second.is(404_015) {
        return look(run, item, &publish.to, UNCERTAIN)
            .await?
            .map(Published::from)
            .ok_or_else(|| PublishError::Uncertain(Box::new(second)));
    }
    uncertain(run, item, publish, second)
        .await?
        .map(Published::from)
        .map_err(|error| PublishError::Uncertain(Box::new(error)))
}

/// Sends it once. What the site answered wrongly, or did not answer, is inside.
async fn send(
    run: &Run<'_>,
    index: usize,
    payload: &Payload,
    publish: &Publish<'_>,
    uploaded: Option<&UploadSession>,
) -> Result<Result<Published, api::Error>, PublishError> {
    let item = &run.plan.items[index];
    let sent: Arc<Sent> = Arc::new(Sent::default());
    let total = payload.len();
    let upload = match uploaded {
        Some(session) => Upload::Session(session.clone()),
        None => Upload::Whole {
            file: payload.source(&(0..total)),
            progress: Some(sent.clone().of_chunk(0)),
        },
    };
    let large = uploaded.is_some() || total > AS_JOB;
    let call = run.calls.publish(
        publish,
        Sending {
            upload,
            file_type: payload.file_type,
            as_job: large && publish.to.kind != ItemKind::Flow,
        },
        run.secrets,
    );
    match beside(call, watch(run, item, &sent, total)).await {
        Ok(Committed::Item(shown)) => Ok(Ok(Published::answered(shown, &publish.to))),
        Ok(Committed::Job(job)) => {
            let id = job.to_string();
            run.record(
                index,
                &Record::Queued {
                    item: index,
                    job: id,
                },
            )?;
            let luid = finish_job(run, item, &publish.to, job).await?;
            Ok(Ok(luid.into()))
        }
        Err(CommitError::Call(error)) => Ok(Err(error)),
        Err(CommitError::Secret(missing)) => Err(missing.into()),
    }
}

/// A second item of one name is refused by the site. A second revision is not: there the site must have said itself that
/// it failed, and a gateway that gave up waiting (504) says nothing of the kind.
fn may_send_again(publish: &Publish<'_>, error: &api::Error) -> bool {
    publish.to.known.is_none() || answered_failed(error)
}

fn answered_failed(error: &api::Error) -> bool {
    error
        .refusal()
        .is_some_and(|refusal| matches!(refusal.status, 500 | 502 | 503))
}

/// A publisher who is no administrator may not read jobs (reference: REST corrections, 4.1): then the item is looked at.
async fn finish_job(
    run: &Run<'_>,
    item: &Planned,
    to: &Destination,
    job: Luid,
) -> Result<String, PublishError> {
    const WHAT: &str = "the publish";
    let patience = match wait(run, item, job, "publishing").await {
        Ok(JobEnd::Failed(text)) => return Err(PublishError::Job { what: WHAT, text }),
        Ok(JobEnd::Overdue) => return Err(PublishError::Overdue { what: WHAT }),
        Ok(JobEnd::Unknown) => run.options.timeout,
        Ok(JobEnd::Succeeded) | Err(_) => UNCERTAIN,
    };
    look(run, item, to, patience)
        .await?
        .ok_or(PublishError::Overdue { what: WHAT })
}

/// What became of a publish that was sent by a process that is gone, or that failed: the LUID when it was done. Waits
/// for the job, where there is one, since publish jobs cannot be cancelled (reference: REST corrections, 4.5); and else
/// for as long as the answer may still be under way.
pub(super) async fn settle(
    run: &Run<'_>,
    item: &Planned,
    to: &Destination,
    attempt: &Attempt,
) -> Result<Option<String>, PublishError> {
    run.step(item, "asking the site whether it published");
    if let Some(job) = attempt.job.as_ref().and_then(|job| job.parse().ok()) {
        return match finish_job(run, item, to, job).await {
            Ok(luid) => Ok(Some(luid)),
            Err(PublishError::Job { .. }) => Ok(None),
            Err(error) => Err(error),
        };
    }
    let since = Timestamp::now().duration_since(attempt.since);
    let since = Duration::try_from(since).unwrap_or_default();
    look(run, item, to, UNCERTAIN.saturating_sub(since)).await
}

/// Waits for a job of the site, and says so.
pub(super) async fn wait(
    run: &Run<'_>,
    item: &Planned,
    job: Luid,
    what: &str,
) -> Result<JobEnd, api::Error> {
    let begun = Instant::now();
    let heartbeat = async {
        loop {
            tokio::time::sleep(Duration::from_secs(1)).await;
            run.reporter.event(&Event::Waiting {
                item,
                what: what.to_owned(),
                since: begun.elapsed(),
            });
        }
    };
    beside(run.calls.wait(job, run.options.timeout), heartbeat).await
}

/// Nothing has come of the publish. 403131 does not say that: the item is being published at the moment, and after a lost
/// answer that is us.
fn is_certain(error: &api::Error) -> bool {
    error.fate() != Fate::Unknown && !error.is(403_131)
}

/// After a publish that failed: when the site may have done it, the site is asked. The error is inside when nothing of
/// the publish is there.
async fn uncertain(
    run: &Run<'_>,
    item: &Planned,
    publish: &Publish<'_>,
    error: api::Error,
) -> Result<Result<String, api::Error>, PublishError> {
    if is_certain(&error) {
        return Err(error).doing("publishing");
    }
    run.step(item, "asking the site whether it published");
    let patience = if answered_failed(&error) {
        FAILED
    } else {
        UNCERTAIN
    };
    let found = look(run, item, &publish.to, patience).await?;
    Ok(found.ok_or(error))
}

/// Looks for the publish until it shows or the time is over.
async fn look(
    run: &Run<'_>,
    item: &Planned,
    to: &Destination,
    patience: Duration,
) -> Result<Option<String>, PublishError> {
    let patience = patience.min(run.options.timeout);
    let begun = Instant::now();
    let mut pause = Duration::from_millis(250);
    let mut told = false;
    loop {
        let found = run
            .calls
            .published_since(to.kind, &to.project, &to.name, to.known.as_ref())
            .await;
        if let Some(luid) = found.doing("asking whether it is published")? {
            return Ok(Some(luid));
        }
        if begun.elapsed() + pause > patience {
            return Ok(None);
        }
        if !told && pause >= TOLD_FROM {
            told = true;
            let now = Timestamp::now();
            let left = patience.saturating_sub(begun.elapsed());
            let until = now.checked_add(left).unwrap_or(now);
            run.reporter.event(&Event::Unsettled { item, until });
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(10));
    }
}
