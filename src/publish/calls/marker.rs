//! Telling one publish of an item from the next.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::api::{Error, Filter, Luid};
use crate::plan::{ItemKind, Planned};

use super::super::error::{Doing, PublishError};
use super::super::journal::Snapshot;
use super::{Calls, luid};

/// An item at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    pub luid: String,
    /// `None` where the site keeps no history.
    pub revision: Option<u64>,
    pub updated_at: Option<Timestamp>,
}

impl Marker {
    /// What the plan was made for; `None` for an item that was not there.
    pub(in crate::publish) fn planned(item: &Planned) -> Option<Self> {
        let (luid, live) = (item.luid.clone()?, item.live.as_ref()?);
        Some(Self {
            luid,
            revision: live.revision,
            updated_at: live.updated_at,
        })
    }

    pub(in crate::publish) fn of(before: &Snapshot) -> Self {
        Self {
            luid: before.item.luid.clone(),
            revision: before.detail.revision,
            updated_at: before.item.updated_at,
        }
    }

    /// True when `now` is a later publish. Revisions count exactly; times only where there are none.
    fn passed_by(&self, now: &Self) -> bool {
        match (self.revision, now.revision) {
            (Some(then), Some(now)) => now > then,
            _ => self.updated_at < now.updated_at,
        }
    }
}

impl std::fmt::Display for Marker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.revision, self.updated_at) {
            (Some(revision), _) => write!(f, "revision {revision}"),
            (None, Some(at)) => write!(f, "updated {at}"),
            (None, None) => f.write_str("of unknown age"),
        }
    }
}

impl Calls {
    /// The item as it is now.
    pub(in crate::publish) async fn mark(&self, kind: ItemKind, id: &str) -> Result<Marker, Error> {
        let revision = self.revision(kind, id).await?;
        let updated_at = match revision {
            Some(_) => None,
            None => self.item(kind, id).await?.updated_at,
        };
        Ok(Marker {
            luid: id.to_owned(),
            revision,
            updated_at,
        })
    }

    /// The item of `then` as it is now, told in the same way: a plan knows no revision of what it only deletes.
    async fn mark_again(&self, kind: ItemKind, then: &Marker) -> Result<Marker, Error> {
        if then.revision.is_some() {
            return self.mark(kind, &then.luid).await;
        }
        Ok(Marker {
            luid: then.luid.clone(),
            revision: None,
            updated_at: self.item(kind, &then.luid).await?.updated_at,
        })
    }

    /// Fails when the item has been published since `then`.
    pub(in crate::publish) async fn unmoved(
        &self,
        kind: ItemKind,
        then: &Marker,
    ) -> Result<(), PublishError> {
        let now = self.mark_again(kind, then).await;
        let now = now.doing("reading its revision")?;
        if then.passed_by(&now) {
            return Err(PublishError::Moved(format!("{then} then, {now} now")));
        }
        Ok(())
    }

    /// The LUID of an item that was published since `known`; of the one that is there, when nothing was known.
    pub(in crate::publish) async fn published_since(
        &self,
        kind: ItemKind,
        project: &str,
        name: &str,
        known: Option<&Marker>,
    ) -> Result<Option<String>, Error> {
        let Some(then) = known else {
            return self.find(kind, project, name).await;
        };
        // By its LUID: listings come from an index that lags behind.
        let now = self.mark_again(kind, then).await?;
        Ok(then.passed_by(&now).then_some(now.luid))
    }

    /// Lists by name, and looks at the project itself: names repeat across projects.
    async fn find(
        &self,
        kind: ItemKind,
        project: &str,
        name: &str,
    ) -> Result<Option<String>, Error> {
        let project = luid(project)?;
        // A name with a comma or an ampersand cannot be asked for; then all are listed.
        let filter = Filter::all().eq("name", name).unwrap_or_default();
        let same = |candidate: &str, of: Option<Luid>| {
            of == Some(project) && candidate.to_lowercase() == name.to_lowercase()
        };
        let found = match kind {
            ItemKind::Workbook => {
                let all = self.site.workbooks(filter).await?;
                all.into_iter()
                    .find(|w| same(&w.name, w.project.as_ref().map(|p| p.id)))
                    .map(|w| w.id)
            }
            ItemKind::Datasource => {
                let all = self.site.datasources(filter).await?;
                all.into_iter()
                    .find(|d| same(&d.name, d.project.as_ref().map(|p| p.id)))
                    .map(|d| d.id)
            }
            ItemKind::Flow => {
                let all = self.site.flows(filter).await?;
                all.into_iter()
                    .find(|f| same(&f.name, f.project.as_ref().map(|p| p.id)))
                    .map(|f| f.id)
            }
        };
        Ok(found.map(|id| id.to_string()))
    }
}
