//! What the publisher tells while it works. It does not know that a terminal exists.

use std::time::Duration;

use jiff::Timestamp;

use crate::plan::Planned;

/// Something happened to the run, or to one of its items.
#[derive(Debug, Clone)]
pub enum Event<'e> {
    ProjectCreated {
        path: String,
    },
    /// The lock was not taken, and why: the run goes on without.
    NotLocked {
        why: String,
    },
    /// The lock could not be given back, and why.
    StillLocked {
        why: String,
    },
    Started {
        item: &'e Planned,
    },
    /// Bytes of the item's file that the site has taken so far.
    Uploaded {
        item: &'e Planned,
        sent: u64,
        total: u64,
    },
    /// A step is being done: "publishing", "setting back 3 tags".
    Step {
        item: &'e Planned,
        what: String,
    },
    /// A job of the site is being waited for.
    Waiting {
        item: &'e Planned,
        what: String,
        since: Duration,
    },
    /// The site does not say yet whether it has published it, and is asked again and again.
    Unsettled {
        item: &'e Planned,
        /// When it is given up, at the latest.
        until: Timestamp,
    },
    /// Something is not as it should be, but does not stop the run.
    Warning {
        item: &'e Planned,
        message: String,
    },
    Finished {
        item: &'e Planned,
        done: &'e super::outcome::Done,
    },
    /// A change is being taken back.
    Undoing {
        item: &'e Planned,
    },
}

/// Takes events; called from several tasks.
pub trait Reporter: Send + Sync {
    fn event(&self, event: &Event<'_>);
}

/// Takes none of them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Reporter for Silent {
    fn event(&self, _event: &Event<'_>) {}
}
