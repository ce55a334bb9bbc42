//! The calls that publishing makes, in its own terms: from plans' words to the API's and back.

use crate::api::endpoint::content::{ContentKind, Item};
use crate::api::{self, Error, Luid, Site};
use crate::plan::{ItemKind, LiveItem};

use super::observe;

mod content;
mod jobs;
mod marker;
mod projects;
mod shown;
mod state;

pub(super) use content::{CommitError, Committed, Sending};
pub(super) use jobs::JobEnd;
pub(super) use marker::Marker;
pub(super) use projects::Reserved;
pub(super) use shown::Shown;

/// A site, as the publisher uses it.
#[derive(Clone)]
pub struct Calls {
    site: Site,
}

/// The identity of an item in the API's terms.
pub(super) fn item(kind: ItemKind, text: &str) -> Result<Item, Error> {
    Ok(Item {
        kind: content_kind(kind),
        id: luid(text)?,
    })
}

fn content_kind(kind: ItemKind) -> ContentKind {
    match kind {
        ItemKind::Workbook => ContentKind::Workbook,
        ItemKind::Datasource => ContentKind::Datasource,
        ItemKind::Flow => ContentKind::Flow,
    }
}

fn luid(text: &str) -> Result<Luid, Error> {
    text.parse().map_err(|why: api::NotALuid| Error::Invalid {
        what: format!("`{text}`"),
        why: why.to_string(),
    })
}

/// The identity of a live item in the API's terms.
pub fn api_item(live: &LiveItem) -> Result<Item, Error> {
    item(live.kind, &live.luid)
}

/// Names of a workbook's views.
pub async fn view_names(site: &Site, workbook: &LiveItem) -> Result<Vec<String>, Error> {
    let views = observe::views(site, luid(&workbook.luid)?).await?;
    Ok(views.into_iter().map(|v| v.name).collect())
}

/// `None` for flows and where the site keeps no history.
pub async fn current_revision(site: &Site, of: Item) -> Result<Option<u64>, Error> {
    if of.kind == ContentKind::Flow {
        return Ok(None);
    }
    match site.revisions(of).await {
        Ok(revisions) => Ok(revisions
            .iter()
            .filter(|r| !r.deleted)
            .map(|r| r.number)
            .max()),
        Err(error)
            if error.is(403_053)
                || error.is(403_054)
                || error.is(403_056)
                || error.is_not_available() =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

impl Calls {
    pub fn new(site: Site) -> Self {
        Self { site }
    }

    /// Requests that were sent so far.
    pub(super) fn requests(&self) -> u64 {
        self.site.client().requests()
    }

    /// Answers so far by which the site asked for less.
    pub(super) fn overloads(&self) -> u64 {
        self.site.client().overloads()
    }

    /// The site puts chunks in order by their sequence ID (REST API 3.27; reference: REST corrections, 1.1).
    pub(super) fn orders_chunks(&self) -> bool {
        self.site.has_sequenced_uploads()
    }

    pub(super) async fn item(&self, kind: ItemKind, id: &str) -> Result<LiveItem, Error> {
        Ok(self.shown(kind, id).await?.item)
    }

    pub(super) async fn shown(&self, kind: ItemKind, id: &str) -> Result<Shown, Error> {
        let id = luid(id)?;
        Ok(match kind {
            ItemKind::Workbook => self.site.workbook(id).await?.into(),
            ItemKind::Datasource => self.site.datasource(id).await?.into(),
            ItemKind::Flow => self.site.flow(id).await?.into(),
        })
    }

    pub(super) async fn revision(&self, kind: ItemKind, id: &str) -> Result<Option<u64>, Error> {
        current_revision(&self.site, item(kind, id)?).await
    }

    /// One that is not there is as good.
    pub(super) async fn delete(&self, kind: ItemKind, id: &str) -> Result<(), Error> {
        self.site.delete(item(kind, id)?).await
    }

    /// Takes a deleted item out of the site's recycle bin, whole and with its LUID; false where that cannot be done.
    pub(super) async fn undelete(&self, kind: ItemKind, id: &str, project: &str) -> bool {
        let (Ok(of), Ok(project)) = (item(kind, id), luid(project)) else {
            return false;
        };
        if let Err(error) = self.site.restore(of, project).await {
            tracing::debug!(%error, "the recycle bin does not give it back");
        }
        self.item(kind, id).await.is_ok()
    }

    pub(super) async fn render(&self, view: &str) -> Result<(), Error> {
        self.site.view_image(luid(view)?).await.map(drop)
    }
}
