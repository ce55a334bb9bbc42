//! What hangs on content: subscriptions, webhooks and their deliveries, custom views, data quality warnings.

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

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Webhook {
    pub(crate) id: String,
    pub(crate) site: String,
    pub(crate) name: String,
    /// `WorkbookUpdated` and the like.
    pub(crate) event: String,
    pub(crate) url: String,
    pub(crate) enabled: bool,
    /// Why it is disabled, where it is.
    #[serde(default)]
    pub(crate) reason: String,
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum DeliveryState {
    Open,
    Delivered,
    Failed,
    /// Not sent, on purpose.
    Dropped,
}

/// An event on its way to a webhook.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Delivery {
    pub(crate) id: String,
    pub(crate) site: String,
    pub(crate) webhook: String,
    /// JSON.
    pub(crate) payload: String,
    pub(crate) state: DeliveryState,
    pub(crate) attempts: u32,
    /// What came of the last attempt.
    pub(crate) note: String,
    pub(crate) created_at: Timestamp,
    /// When it is tried next.
    pub(crate) due: Timestamp,
}

impl Record for Delivery {
    const KIND: &'static str = "delivery";
    fn id(&self) -> &str {
        &self.id
    }
    fn site(&self) -> &str {
        &self.site
    }
    fn parent(&self) -> &str {
        &self.webhook
    }
    /// `open` while there is something to do with it.
    fn name_key(&self) -> String {
        if self.state == DeliveryState::Open {
            "open".to_owned()
        } else {
            String::new()
        }
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
