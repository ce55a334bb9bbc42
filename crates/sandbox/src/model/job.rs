//! Jobs: work that is acknowledged now and done in a while.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Account, Record, User};
use crate::blobs::Content;
use crate::publish::PublishRequest;

/// What a job will do when its time comes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum JobWork {
    Publish(Box<PublishRequest>),
    Refresh {
        item: String,
        incremental: bool,
    },
    RunFlow {
        item: String,
    },
    CreateExtract {
        item: String,
    },
    UpdateData {
        item: String,
    },
    RefreshThumbnails {
        item: String,
    },
    ImportUsers {
        users: Vec<User>,
        accounts: Vec<Account>,
    },
    /// What a publish made, once it is done.
    Published {
        item: String,
    },
    Nothing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum JobState {
    Pending,
    InProgress,
    Success,
    Failed,
    Cancelled,
}

impl JobState {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::InProgress => "InProgress",
            Self::Success => "Success",
            Self::Failed => "Failed",
            Self::Cancelled => "Cancelled",
        }
    }

    pub(crate) fn is_over(self) -> bool {
        matches!(self, Self::Success | Self::Failed | Self::Cancelled)
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Job {
    pub(crate) id: String,
    pub(crate) site: String,
    pub(crate) user: String,
    /// The `type` of the single-job call (`PublishWorkbook`, `RefreshExtract`, …).
    pub(crate) kind: String,
    pub(crate) work: JobWork,
    pub(crate) state: JobState,
    pub(crate) created_at: Timestamp,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
    /// When the runner takes it up, and when it ends it.
    pub(crate) start_due: Timestamp,
    pub(crate) end_due: Timestamp,
    pub(crate) title: String,
    pub(crate) subtitle: String,
    pub(crate) notes: String,
    /// The task that started it.
    #[serde(default)]
    pub(crate) task: String,
}

impl Job {
    /// The item that it is about.
    pub(crate) fn item(&self) -> Option<&str> {
        match &self.work {
            JobWork::Refresh { item, .. }
            | JobWork::RunFlow { item }
            | JobWork::CreateExtract { item }
            | JobWork::UpdateData { item }
            | JobWork::RefreshThumbnails { item }
            | JobWork::Published { item } => Some(item),
            JobWork::Publish(_) | JobWork::ImportUsers { .. } | JobWork::Nothing => None,
        }
    }
}

impl Record for Job {
    const KIND: &'static str = "job";
    const HOLDS_FILES: bool = true;
    fn id(&self) -> &str {
        &self.id
    }
    fn site(&self) -> &str {
        &self.site
    }
    fn parent(&self) -> &str {
        self.item().unwrap_or_default()
    }
    /// `open` while the runner still has something to do with it.
    fn name_key(&self) -> String {
        if self.state.is_over() {
            String::new()
        } else {
            "open".to_owned()
        }
    }
    fn contents(&self) -> Vec<&Content> {
        match &self.work {
            JobWork::Publish(request) => vec![&request.content],
            _ => Vec::new(),
        }
    }
}
