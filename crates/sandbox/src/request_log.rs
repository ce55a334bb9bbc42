//! What was asked of the site, in order.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::watch;

/// Older records are dropped beyond so many.
const KEPT: usize = 100_000;

/// One request that the sandbox has answered (or has cut off).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RequestRecord {
    /// When it had been answered.
    pub at: Timestamp,
    pub method: String,
    /// Path and query as they came.
    pub path: String,
    /// HTTP status; 0 where a fault cut the connection instead.
    pub status: u16,
    /// The API's six-digit code, where the answer was a refusal in its envelope.
    pub code: Option<u32>,
    #[serde(serialize_with = "millis")]
    pub duration: Duration,
}

fn millis<S: serde::Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((duration.as_secs_f64() * 1e6).round() / 1e3)
}

#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    records: Mutex<VecDeque<RequestRecord>>,
    /// How many there have been so far, dropped and cleared ones too.
    count: watch::Sender<u64>,
    file: Option<Mutex<File>>,
}

impl RequestLog {
    /// `file` gets one JSON object a line, appended.
    pub(crate) fn open(file: Option<&Path>) -> io::Result<Self> {
        let file = file
            .map(|path| File::options().create(true).append(true).open(path))
            .transpose()?;
        Ok(Self {
            records: Mutex::default(),
            count: watch::Sender::default(),
            file: file.map(Mutex::new),
        })
    }

    pub(crate) fn push(&self, record: RequestRecord) {
        if let Some(file) = &self.file {
            let mut line = serde_json::to_vec(&record).unwrap_or_default();
            line.push(b'\n');
            // A log that cannot be written must not take the site down with it.
            let _ = file
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .write_all(&line);
        }
        let mut records = self.records();
        if records.len() == KEPT {
            records.pop_front();
        }
        records.push_back(record);
        self.count.send_modify(|count| *count += 1);
    }

    fn records(&self) -> MutexGuard<'_, VecDeque<RequestRecord>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn all(&self) -> Vec<RequestRecord> {
        self.records().iter().cloned().collect()
    }

    /// The records after the first `seen` there ever were, as far as they are still kept, and how many there have
    /// been by now.
    pub(crate) fn since(&self, seen: u64) -> (Vec<RequestRecord>, u64) {
        let records = self.records();
        let count = *self.count.borrow();
        let fresh = usize::try_from(count.saturating_sub(seen)).unwrap_or(usize::MAX);
        let skipped = records.len().saturating_sub(fresh);
        (records.iter().skip(skipped).cloned().collect(), count)
    }

    /// Tells when there is more.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.count.subscribe()
    }

    pub(crate) fn clear(&self) {
        self.records().clear();
    }
}
