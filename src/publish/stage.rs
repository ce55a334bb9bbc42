//! How far an item has come: kept in memory during a run, and read back from the journal after a crash. Pure.

use jiff::Timestamp;

use crate::plan::Plan;

use super::calls::Marker;
use super::journal::{Record, Snapshot};

/// How far an item has come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Stage {
    /// Nothing of it has been changed.
    #[default]
    Fresh,
    /// It may have been moved; nothing has been published.
    Begun(Option<Box<Snapshot>>),
    /// It may have been published.
    Committing(Option<Box<Snapshot>>, Attempt),
    /// It is published; what the publish dropped may not be back yet.
    Committed(Option<Box<Snapshot>>, String),
    /// Nothing is left to do.
    Done(Option<Box<Snapshot>>, String),
    /// Its earlier content may have been published over what the marker says.
    PuttingBack(Box<Snapshot>, Option<Marker>, Attempt),
    /// What was changed has been taken back.
    Undone,
}

/// A publish that was sent, and whose end may not be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub since: Timestamp,
    /// The site's job, where it has taken it as one.
    pub job: Option<String>,
}

impl Attempt {
    fn begun(at: Timestamp) -> Self {
        Self {
            since: at,
            job: None,
        }
    }

    fn queued(self, job: &str) -> Self {
        Self {
            job: Some(job.to_owned()),
            ..self
        }
    }
}

impl Stage {
    /// What the item was before; `None` for one that was not there, or of which nothing was begun.
    pub fn before(&self) -> Option<&Snapshot> {
        match self {
            Self::Begun(before)
            | Self::Committing(before, _)
            | Self::Committed(before, _)
            | Self::Done(before, _) => before.as_deref(),
            Self::PuttingBack(before, ..) => Some(before),
            Self::Fresh | Self::Undone => None,
        }
    }

    /// Something may have to be taken back.
    pub fn touched(&self) -> bool {
        !matches!(self, Self::Fresh | Self::Undone)
    }

    /// After `record`, which is about this item.
    #[must_use]
    pub fn after(self, record: &Record) -> Self {
        match (self, record) {
            (_, Record::Started { before, .. }) => Self::Begun(before.clone()),
            (Self::Begun(before) | Self::Committing(before, _), Record::Committing { at, .. }) => {
                Self::Committing(before, Attempt::begun(*at))
            }
            (Self::Committing(before, _), Record::Refused { .. }) => Self::Begun(before),
            (Self::Committing(before, attempt), Record::Queued { job, .. }) => {
                Self::Committing(before, attempt.queued(job))
            }
            (Self::PuttingBack(before, known, attempt), Record::Queued { job, .. }) => {
                Self::PuttingBack(before, known, attempt.queued(job))
            }
            (Self::Begun(before) | Self::Committing(before, _), Record::Committed { luid, .. }) => {
                Self::Committed(before, luid.clone())
            }
            (Self::Committed(before, luid), Record::Done { .. }) => Self::Done(before, luid),
            (
                Self::Committing(Some(before), _)
                | Self::Committed(Some(before), _)
                | Self::Done(Some(before), _)
                | Self::PuttingBack(before, ..),
                Record::PuttingBack { known, at, .. },
            ) => Self::PuttingBack(before, known.clone(), Attempt::begun(*at)),
            (_, Record::Undone { .. }) => Self::Undone,
            (stage, _) => stage,
        }
    }
}

/// A deployment as its journal tells it.
#[derive(Debug, Clone)]
pub struct Recorded {
    pub plan: Plan,
    /// One for each item of the plan.
    pub stages: Vec<Stage>,
    /// Its changes are being taken back: going on means to go on with that.
    pub going_back: bool,
    /// Description of the lock that it took, or was about to take.
    pub holder: Option<String>,
    /// The run came to an end by itself, with this verdict.
    pub ended: Option<String>,
}

impl Recorded {
    /// `None` when the first record is not the plan.
    pub fn read(records: &[Record]) -> Option<Self> {
        let Some(Record::Begun { plan, .. }) = records.first() else {
            return None;
        };
        let mut read = Self {
            plan: plan.as_ref().clone(),
            stages: vec![Stage::Fresh; plan.items.len()],
            going_back: false,
            holder: None,
            ended: None,
        };
        for record in &records[1..] {
            match record {
                Record::Ended { verdict, .. } => read.ended = Some(verdict.clone()),
                Record::Locking { holder } => read.holder = Some(holder.clone()),
                Record::TakingBack => {
                    read.going_back = true;
                    read.ended = None;
                }
                _ => {}
            }
            if let Some(stage) = item_of(record).and_then(|item| read.stages.get_mut(item)) {
                *stage = std::mem::take(stage).after(record);
            }
        }
        Some(read)
    }
}

fn item_of(record: &Record) -> Option<usize> {
    match record {
        Record::Started { item, .. }
        | Record::Committing { item, .. }
        | Record::Queued { item, .. }
        | Record::Refused { item }
        | Record::PuttingBack { item, .. }
        | Record::Committed { item, .. }
        | Record::Proven { item }
        | Record::Done { item }
        | Record::Failed { item, .. }
        | Record::Undoing { item }
        | Record::Undone { item } => Some(*item),
        Record::Begun { .. }
        | Record::Locking { .. }
        | Record::TakingBack
        | Record::CreatingProject { .. }
        | Record::CreatedProject { .. }
        | Record::Ended { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(records: &[Record]) -> Stage {
        records.iter().fold(Stage::Fresh, Stage::after)
    }

    #[test]
    fn a_deployment_that_is_taken_back_later_is_not_over_until_that_is() {
        let locking = Record::Locking { holder: "h".into() };
        let ended = Record::Ended {
            at: Timestamp::UNIX_EPOCH,
            verdict: "deployed".into(),
        };
        let begun = Record::Begun {
            at: Timestamp::UNIX_EPOCH,
            tabship: String::new(),
            plan: Box::new(crate::publish::journal::tests::plan()),
        };
        let read = |more: &[Record]| {
            let mut records = vec![
                begun.clone(),
                locking.clone(),
                ended.clone(),
                locking.clone(),
            ];
            records.extend_from_slice(more);
            let read = Recorded::read(&records).unwrap();
            (read.going_back, read.ended.is_some())
        };
        assert_eq!(read(&[]), (false, true), "refused, say, by another lock");
        assert_eq!(read(&[Record::TakingBack]), (true, false));
        assert_eq!(read(&[Record::TakingBack, ended.clone()]), (true, true));
    }

    #[test]
    fn an_item_goes_through_its_stages() {
        let started = Record::Started {
            item: 0,
            before: None,
        };
        let at = Timestamp::UNIX_EPOCH;
        let committing = Record::Committing { item: 0, at };
        let committed = Record::Committed {
            item: 0,
            luid: "l".into(),
            revision: None,
        };
        assert_eq!(after(&[]), Stage::Fresh);
        assert_eq!(after(std::slice::from_ref(&started)), Stage::Begun(None));
        assert_eq!(
            after(&[started.clone(), committing.clone()]),
            Stage::Committing(None, Attempt::begun(at))
        );
        assert_eq!(
            after(&[started.clone(), committing.clone(), committed.clone()]),
            Stage::Committed(None, "l".into())
        );
        let done = [
            started.clone(),
            committing,
            committed,
            Record::Proven { item: 0 },
            Record::Done { item: 0 },
        ];
        assert_eq!(after(&done), Stage::Done(None, "l".into()));
        assert!(after(&done).touched());
        let refused = [
            started.clone(),
            Record::Committing { item: 0, at },
            Record::Refused { item: 0 },
        ];
        assert_eq!(after(&refused), Stage::Begun(None));
        assert!(
            !after(&[
                started,
                Record::Failed {
                    item: 0,
                    error: String::new()
                },
                Record::Undone { item: 0 }
            ])
            .touched()
        );
    }
}
