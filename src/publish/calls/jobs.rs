//! Jobs of the site.

use std::time::Duration;

use crate::api::endpoint::jobs::{Job, JobState, Waited};
use crate::api::{Error, Luid};
use crate::plan::ItemKind;

use super::{Calls, item};

/// How a job ended, as far as can be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::publish) enum JobEnd {
    Succeeded,
    /// With the site's own words.
    Failed(String),
    /// The account may not see it, or the site has forgotten it: the item itself tells.
    Unknown,
    Overdue,
}

impl Calls {
    /// Waits for a job; comes back with how it ended.
    pub(in crate::publish) async fn wait(
        &self,
        job: Luid,
        limit: Duration,
    ) -> Result<JobEnd, Error> {
        Ok(
            match self.site.wait_for_job(job, limit, &|_: &Job| {}).await? {
                Waited::Ended(job) if job.state() == JobState::Succeeded => JobEnd::Succeeded,
                Waited::Ended(job) => JobEnd::Failed(if job.notes.is_empty() {
                    "the site gives no reason".to_owned()
                } else {
                    job.notes.join("; ")
                }),
                Waited::Forgotten | Waited::NotVisible => JobEnd::Unknown,
                Waited::StillGoing(_) => JobEnd::Overdue,
            },
        )
    }

    /// Starts an extract refresh; `None` when there is nothing to refresh.
    pub(in crate::publish) async fn refresh(
        &self,
        kind: ItemKind,
        id: &str,
    ) -> Result<Option<Luid>, Error> {
        match self.site.refresh(item(kind, id)?, false).await {
            Ok(job) => Ok(Some(job.id)),
            // No extract, or a live connection (reference: REST corrections, 4.6).
            Err(error) if error.is(403_180) || error.is(403_104) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
