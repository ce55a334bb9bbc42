//! What every request may reach.

use std::sync::OnceLock;
use std::time::Duration;

use tokio::sync::{Notify, watch};

use crate::Style;
use crate::blobs::Blobs;
use crate::error::ApiError;
use crate::faults::Faults;
use crate::pace::Pace;
use crate::request_log::RequestLog;
use crate::store::Store;
use crate::version::ApiVersion;

#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) style: Style,
    pub(crate) api_version: ApiVersion,
    pub(crate) product_version: String,
    pub(crate) latency: Duration,
    pub(crate) control: bool,
    /// How long something new stays out of filtered lists.
    pub(crate) index_lag: Duration,
    /// How long a job waits, and how long it then runs.
    pub(crate) job_queue: Duration,
    pub(crate) job_run: Duration,
    /// How long jobs that are over can still be queried.
    pub(crate) jobs_kept: Duration,
    /// A session that is idle for longer is dead.
    pub(crate) session_idle: Duration,
    /// Whether deleted items go to a recycle bin.
    pub(crate) recycle_bin: bool,
    /// The largest file part of one request.
    pub(crate) max_part_bytes: u64,
    /// The most appends of one upload.
    pub(crate) max_chunks: u32,
}

impl Options {
    /// The newest document version that the product opens: 2026.2 opens 26.2.
    pub(crate) fn document_version(&self) -> (u32, u32) {
        let mut pieces = self
            .product_version
            .split('.')
            .map(|piece| piece.parse::<u32>().unwrap_or(0));
        let year = pieces.next().unwrap_or(0) % 100;
        // 18.1 was the version of every product until 2025.
        (year.max(18), pieces.next().unwrap_or(0).max(1))
    }
}

#[derive(Debug)]
pub(crate) struct App {
    pub(crate) store: Store,
    pub(crate) blobs: Blobs,
    pub(crate) options: Options,
    pub(crate) faults: Faults,
    pub(crate) log: RequestLog,
    pub(crate) pace: Pace,
    /// Rings when a job has been added.
    pub(crate) job_added: Notify,
    /// Rings when a webhook has something to deliver.
    pub(crate) delivery_added: Notify,
    /// True once the sandbox is to end.
    pub(crate) stop: watch::Sender<bool>,
    /// `http://127.0.0.1:PORT`, known once it listens.
    pub(crate) url: OnceLock<String>,
}

impl App {
    /// Removes blobs that nothing refers to any more. Returns how many.
    pub(crate) fn collect_blobs(&self) -> Result<usize, ApiError> {
        self.store
            .transact(|tx| Ok(self.blobs.collect(&tx.referenced_blobs()?)?))
    }
}
