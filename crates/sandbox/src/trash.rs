//! The recycle bin: deleted items, which keep their content URLs until they are purged.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::blobs::Content;
use crate::model::{Item, Record, View};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Trash {
    pub(crate) item: Item,
    pub(crate) views: Vec<View>,
    pub(crate) deleter: String,
    pub(crate) deleted_at: Timestamp,
    /// Where it was, as `Project/Nested`.
    pub(crate) path: String,
}

impl Record for Trash {
    const KIND: &'static str = "trash";
    const HOLDS_FILES: bool = true;
    fn id(&self) -> &str {
        &self.item.id
    }
    fn site(&self) -> &str {
        &self.item.site
    }
    fn url_key(&self) -> String {
        self.item.url_key()
    }
    fn contents(&self) -> Vec<&Content> {
        self.item.contents()
    }
}
