//! When extracts are refreshed: schedules of the server, and tasks with or without one.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Record;

/// How often, and when. Times are `HH:MM:SS`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Frequency {
    /// `Hourly`, `Daily`, `Weekly` or `Monthly`.
    pub(crate) name: String,
    pub(crate) start: String,
    pub(crate) end: Option<String>,
    /// Attribute and value of each `interval` (`hours`, `minutes`, `weekDay`, `monthDay`).
    pub(crate) intervals: Vec<(String, String)>,
}

/// A schedule of the whole server; Cloud has none.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Schedule {
    pub(crate) id: String,
    pub(crate) name: String,
    /// `Extract`, `Subscription` or `Flow`.
    pub(crate) kind: String,
    pub(crate) priority: i64,
    /// `Parallel` or `Serial`.
    pub(crate) execution_order: String,
    pub(crate) active: bool,
    pub(crate) frequency: Frequency,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Record for Schedule {
    const KIND: &'static str = "schedule";
    fn id(&self) -> &str {
        &self.id
    }
    fn name_key(&self) -> String {
        self.name.to_lowercase()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum When {
    /// LUID of a [`Schedule`].
    Schedule(String),
    /// The Cloud form: the task has its own.
    Own(Frequency),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum TaskKind {
    FullRefresh,
    IncrementalRefresh,
    RunFlow,
}

impl TaskKind {
    /// The `type` attribute.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::FullRefresh => "FullRefresh",
            Self::IncrementalRefresh => "IncrementalRefresh",
            Self::RunFlow => "RunFlow",
        }
    }
}

/// An item that is refreshed (a flow that is run) on a schedule.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Task {
    pub(crate) id: String,
    pub(crate) site: String,
    pub(crate) item: String,
    pub(crate) kind: TaskKind,
    pub(crate) when: When,
    pub(crate) priority: i64,
    /// Failures in a row up to now.
    pub(crate) failures: i64,
}

impl Record for Task {
    const KIND: &'static str = "task";
    fn id(&self) -> &str {
        &self.id
    }
    fn site(&self) -> &str {
        &self.site
    }
    fn parent(&self) -> &str {
        &self.item
    }
    fn name_key(&self) -> String {
        match &self.when {
            When::Schedule(id) => id.clone(),
            When::Own(_) => String::new(),
        }
    }
}
