//! Favorites: what a user wants at hand.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Record;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Favorite {
    /// `USER/CONTENT`.
    pub(crate) id: String,
    pub(crate) site: String,
    pub(crate) user: String,
    pub(crate) label: String,
    /// As the API's element names it: `workbook`, `view`, `datasource`, `flow`, `project`.
    pub(crate) content_type: String,
    pub(crate) content: String,
    pub(crate) added_at: Timestamp,
}

impl Favorite {
    pub(crate) fn key(user: &str, content: &str) -> String {
        format!("{user}/{content}")
    }
}

impl Record for Favorite {
    const KIND: &'static str = "favorite";
    fn id(&self) -> &str {
        &self.id
    }
    fn site(&self) -> &str {
        &self.site
    }
    fn parent(&self) -> &str {
        &self.user
    }
    /// The content, so that its favorites are found when it goes.
    fn name_key(&self) -> String {
        self.content.clone()
    }
}
