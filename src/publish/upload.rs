//! Brings a file to the site in chunks, before it is published.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt};

use crate::api::endpoint::uploads::UploadSession;
use crate::api::{self, ErrorKind, Fate, Unreachable};
use crate::plan::Planned;

use super::error::{Doing, PublishError};
use super::event::Event;
use super::payload::Payload;
use super::run::Run;

/// Up to here a publish is one request: the REST API's limit is 64 MB (reference: REST facts, 4.1); the form around
/// the file is left some room.
const SINGLE_REQUEST: u64 = 60 << 20;

/// Size of a chunk at first, in bytes. Large enough for few requests, small enough to be sent again without regret.
const CHUNK: u64 = 32 << 20;

/// A chunk is not made smaller than this when gateways give up on larger ones.
const SMALLEST_CHUNK: u64 = 1 << 20;

/// Chunks of one file that are sent at the same time where the site can put them in order.
const CHUNKS_AT_ONCE: usize = 4;

/// Chunks of all files together: Tableau Cloud takes 20 requests at a time (reference: REST corrections, 7.3).
pub(super) const CHUNKS_OF_ALL: usize = 12;

/// Upload sessions that are begun for one file before it is given up.
const SESSIONS: u32 = 4;

/// Brings the bytes to the site; `None` when they go with the commit.
pub(super) async fn upload(
    run: &Run<'_>,
    item: &Planned,
    payload: &Payload,
) -> Result<Option<UploadSession>, PublishError> {
    if payload.len() <= run.options.chunk.unwrap_or(SINGLE_REQUEST) {
        return Ok(None);
    }
    run.step(item, "uploading");
    let parallel = run.calls.orders_chunks();
    let mut chunk = run.options.chunk.unwrap_or(CHUNK);
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
                if too_large(&error) {
                    chunk = (chunk / 2).max(SMALLEST_CHUNK).min(chunk);
                }
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
        || too_large(error)
}

/// A gateway that gives up on a chunk, or does not take it, does the same to its like.
fn too_large(error: &api::Error) -> bool {
    match error.refusal() {
        Some(refusal) => matches!(refusal.status, 408 | 413 | 502 | 504),
        None => matches!(
            error.kind(),
            ErrorKind::Unreachable(Unreachable::Timeout | Unreachable::Lost)
        ),
    }
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
                // Closed never: it lives as long as the run.
                let _turn = run.standing.uploads.acquire().await;
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
pub(super) struct Sent {
    total: AtomicU64,
    chunks: Mutex<std::collections::HashMap<usize, u64>>,
}

impl Sent {
    /// A repeated chunk starts from 0 again, and the total goes back with it.
    pub(super) fn of_chunk(self: Arc<Self>, number: usize) -> api::Progress {
        Arc::new(move |now| {
            let mut chunks = self.chunks.lock().unwrap_or_else(PoisonError::into_inner);
            let before = chunks.insert(number, now).unwrap_or(0);
            self.total.fetch_add(now, Ordering::Relaxed);
            self.total.fetch_sub(before, Ordering::Relaxed);
        })
    }
}

/// Tells the reporter a few times a second, for as long as it is polled.
pub(super) async fn watch(run: &Run<'_>, item: &Planned, sent: &Sent, total: u64) {
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
pub(super) async fn beside<T>(
    work: impl Future<Output = T>,
    company: impl Future<Output = ()>,
) -> T {
    tokio::pin!(work, company);
    tokio::select! {
        done = &mut work => done,
        () = &mut company => work.await,
    }
}
