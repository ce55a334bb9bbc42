//! Uploading a payload and committing it, never twice.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt};

use crate::api::endpoint::publish::{Upload, WriteMode};
use crate::api::endpoint::uploads::UploadSession;
use crate::api::{self, ErrorKind, Fate, Luid};
use crate::plan::{ItemKind, Planned};

use super::calls::{CommitError, Committed, JobEnd, Marker, Sending};
use super::error::{Doing, PublishError};
use super::event::Event;
use super::payload::Payload;
use super::run::Run;
use super::wanted::Wanted;

/// Up to here a publish is one request: the REST API's limit is 64 MB (reference: REST facts, 4.1); the form around
/// the file is left some room.
const SINGLE_REQUEST: u64 = 60 << 20;

/// Size of a chunk at first, in bytes. Large enough for few requests, small enough to be sent again without regret.
const CHUNK: u64 = 32 << 20;

/// A chunk is not made smaller than this when gateways give up on larger ones.
const SMALLEST_CHUNK: u64 = 1 << 20;

/// Chunks of one file that are sent at the same time where the site can put them in order.
const CHUNKS_AT_ONCE: usize = 4;

/// A publish above this is a job of the site: a gateway in front of it would give up on the answer.
const AS_JOB: u64 = 16 << 20;

/// Upload sessions that are begun for one file before it is given up.
const SESSIONS: u32 = 4;

/// How long the site is asked after a commit whose answer was lost.
const UNCERTAIN: Duration = Duration::from_secs(60);

/// One publish, without its bytes.
pub(super) struct Publish<'p> {
    pub(super) kind: ItemKind,
    pub(super) name: String,
    pub(super) project: String,
    pub(super) overwrite: bool,
    /// What is there now, to tell afterwards whether a publish happened.
    pub(super) known: Option<Marker>,
    pub(super) wanted: &'p Wanted,
}

impl Publish<'_> {
    pub(super) fn mode(&self) -> WriteMode {
        if self.overwrite {
            WriteMode::Overwrite
        } else {
            WriteMode::Create
        }
    }
}

/// Brings the bytes to the site; `None` when they go with the commit.
pub(super) async fn upload(
    run: &Run<'_>,
    item: &Planned,
    payload: &Payload,
) -> Result<Option<UploadSession>, PublishError> {
    if payload.len() <= SINGLE_REQUEST {
        return Ok(None);
    }
    run.step(item, "uploading");
    let parallel = run.calls.orders_chunks();
    let mut chunk = CHUNK;
    let mut last = None;
    for _ in 0..SESSIONS {
        let session = run
            .calls
            .begin_upload()
            .await
            .doing("beginning the upload")?;
        match chunks(run, item, payload, &session, chunk, parallel).await {
            Ok(()) => return Ok(Some(session)),
            Err(error) if again(&error) => {
                // A gateway that gives up on a chunk gives up on its like; the session holds an unknown part.
                chunk = (chunk / 2).max(SMALLEST_CHUNK);
                last = Some(error);
            }
            Err(source) => {
                return Err(PublishError::Call {
                    doing: "uploading".to_owned(),
                    source,
                });
            }
        }
    }
    match last {
        Some(source) => Err(PublishError::Call {
            doing: format!("uploading ({SESSIONS} attempts)"),
            source,
        }),
        None => Ok(None),
    }
}

/// A chunk of unknown fate spoils its session: it may be in it twice.
fn again(error: &api::Error) -> bool {
    error.fate() == Fate::Unknown
        || matches!(error.kind(), ErrorKind::ServerFault | ErrorKind::Throttled)
        || error.is(404_015)
}

async fn chunks(
    run: &Run<'_>,
    item: &Planned,
    payload: &Payload,
    session: &UploadSession,
    size: u64,
    parallel: bool,
) -> Result<(), api::Error> {
    let total = payload.len();
    let sent: Arc<Sent> = Arc::new(Sent::default());
    let at_once = if parallel { CHUNKS_AT_ONCE } else { 1 };
    futures_util::stream::iter(api::chunks(total, size).enumerate())
        .map(|(number, range)| {
            let sent = sent.clone();
            async move {
                let progress = sent.clone().of_chunk(number);
                let sequence = parallel.then_some(number as u64 + 1);
                let watch = watch(run, item, &sent, total);
                let append = run
                    .calls
                    .append(session, payload.source(&range), sequence, progress);
                beside(append, watch).await
            }
        })
        .buffered(at_once)
        .try_collect::<Vec<()>>()
        .await
        .map(drop)
}

/// Bytes of each chunk that the connection has taken.
#[derive(Default)]
struct Sent {
    total: AtomicU64,
    chunks: Mutex<std::collections::HashMap<usize, u64>>,
}

impl Sent {
    /// A repeated chunk starts from 0 again, and the total goes back with it.
    fn of_chunk(self: Arc<Self>, number: usize) -> api::Progress {
        Arc::new(move |now| {
            let mut chunks = self.chunks.lock().unwrap_or_else(PoisonError::into_inner);
            let before = chunks.insert(number, now).unwrap_or(0);
            self.total.fetch_add(now, Ordering::Relaxed);
            self.total.fetch_sub(before, Ordering::Relaxed);
        })
    }
}

/// Tells the reporter a few times a second, for as long as it is polled.
async fn watch(run: &Run<'_>, item: &Planned, sent: &Sent, total: u64) {
    loop {
        tokio::time::sleep(Duration::from_millis(200)).await;
        run.reporter.event(&Event::Uploaded {
            item,
            sent: sent.total.load(Ordering::Relaxed),
            total,
        });
    }
}

/// Runs `work` to its end, and `company` for as long as that takes.
async fn beside<T>(work: impl Future<Output = T>, company: impl Future<Output = ()>) -> T {
    tokio::pin!(work, company);
    tokio::select! {
        done = &mut work => done,
        () = &mut company => work.await,
    }
}

/// Publishes what was uploaded; comes back with the item's LUID.
pub(super) async fn commit(
    run: &Run<'_>,
    item: &Planned,
    payload: &Payload,
    publish: &Publish<'_>,
    uploaded: Option<UploadSession>,
) -> Result<String, PublishError> {
    run.step(item, "publishing");
    let sent: Arc<Sent> = Arc::new(Sent::default());
    let total = payload.len();
    let upload = match uploaded {
        Some(session) => Upload::Session(session),
        None => Upload::Whole {
            file: payload.source(&(0..total)),
            progress: Some(sent.clone().of_chunk(0)),
        },
    };
    let as_job = total > AS_JOB && publish.kind != ItemKind::Flow;
    let call = run.calls.publish(
        publish,
        Sending {
            upload,
            file_type: payload.file_type,
            as_job,
        },
        run.secrets,
    );
    match beside(call, watch(run, item, &sent, total)).await {
        Ok(Committed::Item(luid)) => Ok(luid),
        Ok(Committed::Job(job)) => finish_job(run, item, publish, job).await,
        Err(CommitError::Call(error)) => uncertain(run, item, publish, error).await,
        Err(CommitError::Secret(missing)) => Err(missing.into()),
    }
}

/// A publisher who is no administrator may not read jobs (reference: REST corrections, 4.1): then the item is looked at.
async fn finish_job(
    run: &Run<'_>,
    item: &Planned,
    publish: &Publish<'_>,
    job: Luid,
) -> Result<String, PublishError> {
    const WHAT: &str = "the publish";
    let patience = match wait(run, item, job, "publishing").await {
        Ok(JobEnd::Failed(text)) => return Err(PublishError::Job { what: WHAT, text }),
        Ok(JobEnd::Overdue) => return Err(PublishError::Overdue { what: WHAT }),
        Ok(JobEnd::Unknown) => run.options.timeout,
        Ok(JobEnd::Succeeded) | Err(_) => UNCERTAIN,
    };
    look(run, publish, patience)
        .await?
        .ok_or(PublishError::Overdue { what: WHAT })
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

/// After a commit that failed: when the site may have done it, the site is asked, and nothing is sent again before.
async fn uncertain(
    run: &Run<'_>,
    item: &Planned,
    publish: &Publish<'_>,
    error: api::Error,
) -> Result<String, PublishError> {
    // 403131: the item is being published at the moment; after a lost answer that is us.
    let unsure = error.fate() == Fate::Unknown || error.is(403_131);
    if !unsure {
        return Err(PublishError::Call {
            doing: "publishing".to_owned(),
            source: error,
        });
    }
    run.step(item, "asking the site whether it published");
    match look(run, publish, UNCERTAIN).await? {
        Some(luid) => Ok(luid),
        None => Err(PublishError::Uncertain(Box::new(error))),
    }
}

/// Looks for the publish until it shows or the time is over.
async fn look(
    run: &Run<'_>,
    publish: &Publish<'_>,
    patience: Duration,
) -> Result<Option<String>, PublishError> {
    let begun = Instant::now();
    let mut pause = Duration::from_millis(250);
    loop {
        let found = run
            .calls
            .published_since(
                publish.kind,
                &publish.project,
                &publish.name,
                publish.known.as_ref(),
            )
            .await;
        if let Some(luid) = found.doing("asking whether it is published")? {
            return Ok(Some(luid));
        }
        if begun.elapsed() + pause > patience {
            return Ok(None);
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(10));
    }
}
