//! Upload sessions: files that arrive in pieces before a publish commits them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Record;
use crate::blobs::{Blob, Content};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Upload {
    pub(crate) id: String,
    pub(crate) site: String,
    pub(crate) user: String,
    pub(crate) opened_at: Timestamp,
    pub(crate) bytes: u64,
    pub(crate) chunks: u32,
}

impl Record for Upload {
    const KIND: &'static str = "upload";
    fn id(&self) -> &str {
        &self.id
    }
    fn site(&self) -> &str {
        &self.site
    }
}

/// One append. A record of its own, so that an append costs the same whatever came before it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Chunk {
    pub(crate) id: String,
    pub(crate) upload: String,
    /// The client's `sequenceID`, where it gave one.
    pub(crate) sequence: Option<i64>,
    /// 0-based order of arrival.
    pub(crate) arrival: u32,
    pub(crate) content: Content,
}

impl Chunk {
    /// The file that the chunks make: by `sequenceID` where the client gave them, else as they arrived.
    pub(crate) fn assemble(mut chunks: Vec<Self>) -> Content {
        chunks.sort_by_key(|chunk| (chunk.sequence, chunk.arrival));
        let blobs: Vec<Blob> = chunks
            .into_iter()
            .flat_map(|chunk| chunk.content.0)
            .collect();
        Content(blobs)
    }
}

impl Record for Chunk {
    const KIND: &'static str = "chunk";
    const HOLDS_FILES: bool = true;
    fn id(&self) -> &str {
        &self.id
    }
    fn parent(&self) -> &str {
        &self.upload
    }
    fn contents(&self) -> Vec<&Content> {
        vec![&self.content]
    }
}
