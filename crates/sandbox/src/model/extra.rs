//! What hangs on content: subscriptions, webhooks, custom views, data quality warnings.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Record, schedule::When};
use crate::blobs::Content;

#[derive(Debug, Clone, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent attribute of the API's schema"
)]
pub(crate) struct Subscription {
    pub(crate) id: String,
    pub(crate) site: String,
    pub(crate) subject: String,
    pub(crate) message: String,
    pub(crate) attach_image: bool,
    pub(crate) attach_pdf: bool,
    pub(crate) page_orientation: String,
    pub(crate) page_size: String,
    pub(crate) suspended: bool,
    /// `Workbook` or `View`.
    pub(crate) content_type: String,
    pub(crate) content: String,
    pub(crate) send_if_view_empty: bool,
    pub(crate) user: String,
    pub(crate) when: When,
}

impl Record for Subscription {
    const KIND: &'static str = "subscription";
    fn id(&self) -> &str {
        &self.id
    }
    fn site(&self) -> &str {
        &self.site
    }
    fn parent(&self) -> &str {
        &self.content
    }
}

/// Kept, listed and changed, but nothing is ever delivered.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Webhook {
    pub(crate) id: String,
    pub(crate) site: String,
    pub(crate) name: String,
    /// `WorkbookUpdated` and the like.
    pub(crate) event: String,
    pub(crate) url: String,
    pub(crate) enabled: bool,
    pub(crate) owner: String,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Record for Webhook {
    const KIND: &'static str = "webhook";
    fn id(&self) -> &str {
        &self.id
    }
    fn site(&self) -> &str {
        &self.site
    }
    fn name_key(&self) -> String {
        self.name.to_lowercase()
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CustomView {
    pub(crate) id: String,
    pub(crate) site: String,
    pub(crate) name: String,
    pub(crate) view: String,
    pub(crate) workbook: String,
    pub(crate) owner: String,
    pub(crate) shared: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    /// Its JSON definition.
    pub(crate) content: Content,
}

impl Record for CustomView {
    const KIND: &'static str = "custom-view";
    const HOLDS_FILES: bool = true;
    fn id(&self) -> &str {
        &self.id
    }
    fn site(&self) -> &str {
        &self.site
    }
    fn parent(&self) -> &str {
        &self.workbook
    }
    fn contents(&self) -> Vec<&Content> {
        vec![&self.content]
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct QualityWarning {
    pub(crate) id: String,
    pub(crate) site: String,
    /// `DATASOURCE` or `FLOW`.
    pub(crate) content_type: String,
    pub(crate) content: String,
    pub(crate) kind: String,
    pub(crate) message: String,
    pub(crate) active: bool,
    pub(crate) severe: bool,
    pub(crate) owner: String,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Record for QualityWarning {
    const KIND: &'static str = "quality-warning";
    fn id(&self) -> &str {
        &self.id
    }
    fn site(&self) -> &str {
        &self.site
    }
    fn parent(&self) -> &str {
        &self.content
    }
}
