//! How far an item has come: kept in memory during a run, and read back from the journal after a crash. Pure.

use crate::plan::Plan;

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
    Committing(Option<Box<Snapshot>>),
    /// It is published; what the publish dropped may not be back yet.
    Committed(Option<Box<Snapshot>>, String),
    /// Nothing is left to do.
    Done(Option<Box<Snapshot>>, String),
    /// What was changed has been taken back.
    Undone,
}

impl Stage {
    /// What the item was before; `None` for one that was not there, or of which nothing was begun.
    pub fn before(&self) -> Option<&Snapshot> {
        match self {
            Self::Begun(before)
            | Self::Committing(before)
            | Self::Committed(before, _)
            | Self::Done(before, _) => before.as_deref(),
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
            (Self::Begun(before), Record::Committing { .. }) => Self::Committing(before),
            (Self::Begun(before) | Self::Committing(before), Record::Committed { luid, .. }) => {
                Self::Committed(before, luid.clone())
            }
            (Self::Committed(before, luid), Record::Done { .. }) => Self::Done(before, luid),
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
    /// The run came to an end by itself, with this verdict.
    pub ended: Option<String>,
}

impl Recorded {
    /// `None` when the first record is not the plan.
    pub fn read(records: &[Record]) -> Option<Self> {
        let Some(Record::Begun { plan, .. }) = records.first() else {
            return None;
        };
        let mut stages = vec![Stage::Fresh; plan.items.len()];
        let mut ended = None;
        for record in &records[1..] {
            if let Record::Ended { verdict, .. } = record {
                ended = Some(verdict.clone());
            }
            if let Some(stage) = item_of(record).and_then(|item| stages.get_mut(item)) {
                *stage = std::mem::take(stage).after(record);
            }
        }
        Some(Self {
            plan: plan.as_ref().clone(),
            stages,
            ended,
        })
    }
}

fn item_of(record: &Record) -> Option<usize> {
    match record {
        Record::Started { item, .. }
        | Record::Committing { item }
        | Record::Committed { item, .. }
        | Record::Proven { item }
        | Record::Done { item }
        | Record::Failed { item, .. }
        | Record::Undoing { item }
        | Record::Undone { item } => Some(*item),
        Record::Begun { .. }
        | Record::Locking { .. }
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
    fn an_item_goes_through_its_stages() {
        let started = Record::Started {
            item: 0,
            before: None,
        };
        let committing = Record::Committing { item: 0 };
        let committed = Record::Committed {
            item: 0,
            luid: "l".into(),
            revision: None,
        };
        assert_eq!(after(&[]), Stage::Fresh);
        assert_eq!(after(std::slice::from_ref(&started)), Stage::Begun(None));
        assert_eq!(
            after(&[started.clone(), committing.clone()]),
            Stage::Committing(None)
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
