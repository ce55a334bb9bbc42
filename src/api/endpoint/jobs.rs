//! Background jobs.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::Method;

use super::{Endpoint, Path, Query, Reply};
use crate::api::{
    error::{Error, ErrorKind},
    json::{Node, Unreadable},
    luid::Luid,
    paging::{Filter, Identified, Listing, Page, Paged},
    retry::Replay,
    site::Site,
};

/// A job, as the call for a single job tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its LUID.
    pub id: Luid,
    /// Such as `PublishWorkbook` or `RefreshExtract`; an open set.
    pub kind: Option<String>,
    /// Percent.
    pub progress: Option<u64>,
    /// When it was put in line.
    pub created_at: Option<Timestamp>,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
    /// Means nothing before the end: a job that has just been made says 1.
    pub finish_code: Option<i64>,
    /// What the site says of it, in the site's language. A failed publish may have none.
    pub notes: Vec<String>,
}

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// In line.
    Pending,
    /// Begun.
    Running,
    /// Ended well. For a refresh through Tableau Bridge this may only mean that a Bridge client has
    /// taken it over.
    Succeeded,
    /// Ended in an error.
    Failed,
    /// Ended by somebody.
    Cancelled,
}

impl Job {
    pub(crate) fn parse(node: Node<'_>) -> Result<Self, Unreadable> {
        let mut notes = Vec::new();
        for child in [
            "extractRefreshJob",
            "runFlowJobType",
            "updateUploadedFileJob",
        ] {
            notes.extend(node.child(child).and_then(|job| job.filled("notes")));
        }
        for note in node.list("statusNotes", "statusNote") {
            notes.extend(note.filled("text").or_else(|| note.filled("value")));
        }
        Ok(Self {
            id: node.need_luid("id")?,
            kind: node.filled("type"),
            progress: node.number("progress"),
            created_at: node.time("createdAt"),
            started_at: node.time("startedAt"),
            completed_at: node.time("completedAt"),
            finish_code: node.integer("finishCode"),
            notes,
        })
    }

    /// How far it is.
    pub fn state(&self) -> JobState {
        let ended = self.completed_at.is_some() || self.progress == Some(100);
        match (ended, self.finish_code) {
            (false, _) if self.started_at.is_none() => JobState::Pending,
            (false, _) => JobState::Running,
            // 3 is "completed" of a Bridge refresh.
            (true, Some(0 | 3)) => JobState::Succeeded,
            (true, Some(2)) => JobState::Cancelled,
            (true, _) => JobState::Failed,
        }
    }
}

/// `GET /sites/{site}/jobs/{job}`. Documented as for administrators: a publisher may get 403.
pub struct GetJob(pub Luid);

impl Endpoint for GetJob {
    type Answer = Job;
    const METHOD: Method = Method::GET;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        Path::site("jobs").then(self.0)
    }

    fn parse(&self, reply: &Reply) -> Result<Job, Unreadable> {
        Job::parse(reply.document()?.root().need("job")?)
    }
}

/// A job, as the list tells it, in words of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedJob {
    /// Its LUID.
    pub id: Luid,
    /// Such as `refresh_extracts`.
    pub kind: Option<String>,
    /// `Pending`, `InProgress`, `Success`, `Failed` or `Cancelled`.
    pub status: Option<String>,
    /// Mostly the name of the item.
    pub title: Option<String>,
    /// Mostly the kind of the item.
    pub subtitle: Option<String>,
    /// When it was put in line.
    pub created_at: Option<Timestamp>,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

impl ListedJob {
    fn parse(node: Node<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            id: node.need_luid("id")?,
            kind: node.filled("jobType"),
            status: node.filled("status"),
            title: node.filled("title"),
            subtitle: node.filled("subtitle"),
            created_at: node.time("createdAt"),
            started_at: node.time("startedAt"),
            ended_at: node.time("endedAt"),
        })
    }
}

impl Identified for ListedJob {
    fn id(&self) -> Luid {
        self.id
    }
}

/// `GET /sites/{site}/jobs`: for administrators.
#[derive(Clone)]
pub struct QueryJobs(pub Listing);

impl Endpoint for QueryJobs {
    type Answer = Page<ListedJob>;
    const METHOD: Method = Method::GET;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        Path::site("jobs")
    }

    fn query(&self, query: &mut Query) {
        self.0.write(query);
    }

    fn parse(&self, reply: &Reply) -> Result<Page<ListedJob>, Unreadable> {
        Page::parse(reply, ("backgroundJobs", "backgroundJob"), ListedJob::parse)
    }
}

impl Paged for QueryJobs {
    type Item = ListedJob;

    fn at(&self, page: u32) -> Self {
        Self(self.0.at(page))
    }
}

/// The end of a wait for a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Waited {
    /// It ended, well or not: see [`Job::state`].
    Ended(Job),
    /// The site knows it no more: it ended and was cleaned up. Look at the item itself.
    Forgotten,
    /// The account may not see jobs. Look at the item itself.
    NotVisible,
    /// It goes on, and the time is up.
    StillGoing(Job),
}

/// The first pause between two looks at a job, and the longest. Tableau Cloud counts the looks: a job of a minute is looked
/// at some fifteen times.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// How much longer each pause is than the one before.
const GROWTH: f64 = 1.5;
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

impl Site {
    /// A job.
    pub async fn job(&self, job: Luid) -> Result<Job, Error> {
        self.run(&GetJob(job)).await
    }

    /// Jobs, for administrators.
    pub async fn jobs(&self, filter: Filter) -> Result<Vec<ListedJob>, Error> {
        self.all(&QueryJobs(Listing::of(filter))).await
    }

    /// Waits for the end of a job, at most `limit`; `seen` is told of each look at it.
    ///
    /// The pauses grow from a tenth of a second by half of themselves to half a minute, so that the end is seen late by half
    /// of the job's time at most.
    pub async fn wait_for_job(
        &self,
        job: Luid,
        limit: Duration,
        mut seen: impl FnMut(&Job),
    ) -> Result<Waited, Error> {
        let began = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            let job = match self.job(job).await {
                Ok(job) => job,
                Err(error) if error.is(404_018) || error.is(400_031) => {
                    return Ok(Waited::Forgotten);
                }
                Err(error) if error.kind() == ErrorKind::Forbidden => {
                    return Ok(Waited::NotVisible);
                }
                Err(error) => return Err(error),
            };
            seen(&job);
            if !matches!(job.state(), JobState::Pending | JobState::Running) {
                return Ok(Waited::Ended(job));
            }
            let left = limit.saturating_sub(began.elapsed());
            if left.is_zero() {
                return Ok(Waited::StillGoing(job));
            }
            tokio::time::sleep(pause.min(left)).await;
            pause = pause.mul_f64(GROWTH).min(LONGEST_PAUSE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::endpoint::testing::{luid, reply};

    fn job(body: &'static str) -> Job {
        GetJob(luid(1)).parse(&reply(200, body)).unwrap()
    }

    #[test]
    fn a_new_job_has_not_failed_although_its_code_says_so() {
        let job = job(include_str!("../../../fixtures/wire/job-new.json"));
        assert_eq!((job.finish_code, job.state()), (Some(1), JobState::Pending));
        assert_eq!(job.kind.as_deref(), Some("PublishWorkbook"));
    }

    #[test]
    fn the_end_of_a_job_is_told_by_its_code() {
        let failed = job(include_str!("../../../fixtures/wire/job-failed.json"));
        assert_eq!(failed.state(), JobState::Failed);
        assert_eq!(failed.notes, ["Login failed for user 'svc'."]);
        for (code, state) in [
            (0, JobState::Succeeded),
            (1, JobState::Failed),
            (2, JobState::Cancelled),
            (3, JobState::Succeeded),
        ] {
            let ended = Job {
                finish_code: Some(code),
                ..failed.clone()
            };
            assert_eq!(ended.state(), state);
            let running = Job {
                completed_at: None,
                progress: Some(50),
                ..ended
            };
            assert_eq!(running.state(), JobState::Running);
        }
    }

    #[test]
    fn reads_the_list_of_jobs() {
        let reply = reply(200, include_str!("../../../fixtures/wire/jobs.json"));
        let page = QueryJobs(Listing::default()).parse(&reply).unwrap();
        assert_eq!(page.items[0].status.as_deref(), Some("InProgress"));
    }
}
