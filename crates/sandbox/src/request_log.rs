//! What was asked of the site, in order.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

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
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        if records.len() == KEPT {
            records.pop_front();
        }
        records.push_back(record);
    }

    pub(crate) fn all(&self) -> Vec<RequestRecord> {
        self.records
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .cloned()
            .collect()
    }

    pub(crate) fn clear(&self) {
        self.records
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}
