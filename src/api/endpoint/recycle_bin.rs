//! The recycle bin (API 3.29): what was deleted, and still holds its content URL.

use jiff::Timestamp;
use reqwest::Method;

use super::{
    Endpoint, Path, Query, Reply,
    content::{ContentKind, Item, OwnerRef, gone_is_done},
};
use crate::api::{
    error::Error,
    json::{Node, Unreadable},
    luid::Luid,
    paging::{Filter, Identified, Listing, Page, Paged},
    retry::Replay,
    site::Site,
    version::ApiVersion,
};

const SINCE: ApiVersion = ApiVersion::new(3, 29);

/// A deleted item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeletedItem {
    /// Its LUID, which a restore keeps.
    pub id: Luid,
    /// Its name.
    pub name: String,
    /// Where it was.
    pub original_path: Option<String>,
    /// Whose it was.
    pub owner: Option<OwnerRef>,
    /// Who deleted it.
    pub deleter: Option<Luid>,
    /// When it was first published.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
}

impl DeletedItem {
    fn parse(node: Node<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            id: node.need_luid("id")?,
            name: node.need_text("name")?,
            original_path: node.filled("originalPath"),
            owner: OwnerRef::parse(node),
            deleter: node.child("deleter").and_then(|deleter| deleter.luid("id")),
            created_at: node.time("createdAt"),
            updated_at: node.time("updatedAt"),
        })
    }
}

impl Identified for DeletedItem {
    fn id(&self) -> Luid {
        self.id
    }
}

/// `GET /sites/{site}/recyclebin/{kind}`: people see their own, administrators all. 403157 says that
/// the site has no bin.
#[derive(Clone)]
pub struct QueryRecycleBin {
    /// Of which kind.
    pub kind: ContentKind,
    /// What.
    pub listing: Listing,
}

impl Endpoint for QueryRecycleBin {
    type Answer = Page<DeletedItem>;
    const METHOD: Method = Method::GET;
    const REPLAY: Replay = Replay::Safe;

    fn since(&self) -> ApiVersion {
        SINCE
    }

    fn path(&self) -> Path {
        Path::site("recyclebin").then(self.kind.plural())
    }

    fn query(&self, query: &mut Query) {
        self.listing.write(query);
    }

    fn parse(&self, reply: &Reply) -> Result<Page<DeletedItem>, Unreadable> {
        Page::parse(reply, ("contentItems", "contentItem"), DeletedItem::parse)
    }
}

impl Paged for QueryRecycleBin {
    type Item = DeletedItem;

    fn at(&self, page: u32) -> Self {
        Self {
            kind: self.kind,
            listing: Listing {
                page,
                ..self.listing.clone()
            },
        }
    }
}

/// `POST /sites/{site}/recyclebin/{kind}/{id}/restore`.
///
/// Unsafe to repeat: after a lost answer, the second attempt finds nothing and looks like a failure.
pub struct RestoreItem {
    /// What.
    pub item: Item,
    /// Where to.
    pub project: Luid,
}

impl Endpoint for RestoreItem {
    type Answer = ();
    const METHOD: Method = Method::POST;
    const REPLAY: Replay = Replay::Unsafe;

    fn since(&self) -> ApiVersion {
        SINCE
    }

    fn path(&self) -> Path {
        in_bin(self.item).then("restore")
    }

    fn query(&self, query: &mut Query) {
        query.set("projectId", self.project);
    }

    fn parse(&self, _: &Reply) -> Result<(), Unreadable> {
        Ok(())
    }
}

/// `DELETE /sites/{site}/recyclebin/{kind}/{id}`: for ever, which frees the content URL.
pub struct PurgeItem(pub Item);

impl Endpoint for PurgeItem {
    type Answer = ();
    const METHOD: Method = Method::DELETE;
    const REPLAY: Replay = Replay::Safe;

    fn since(&self) -> ApiVersion {
        SINCE
    }

    fn path(&self) -> Path {
        in_bin(self.0)
    }

    fn parse(&self, _: &Reply) -> Result<(), Unreadable> {
        Ok(())
    }
}

fn in_bin(item: Item) -> Path {
    Path::site("recyclebin")
        .then(item.kind.plural())
        .then(item.id)
}

impl Site {
    /// Deleted items (API 3.29).
    pub async fn recycle_bin(
        &self,
        kind: ContentKind,
        filter: Filter,
    ) -> Result<Vec<DeletedItem>, Error> {
        self.all(&QueryRecycleBin {
            kind,
            listing: Listing::of(filter),
        })
        .await
    }

    /// Brings a deleted item back (API 3.29).
    pub async fn restore(&self, item: Item, project: Luid) -> Result<(), Error> {
        self.run(&RestoreItem { item, project }).await
    }

    /// Deletes a deleted item for ever (API 3.29). One that is not there is as good.
    pub async fn purge(&self, item: Item) -> Result<(), Error> {
        match self.run(&PurgeItem(item)).await {
            // In the bin, this is the code of an unknown item.
            Err(error) if error.is(404_003) => Ok(()),
            outcome => gone_is_done(outcome),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::endpoint::testing::{address, luid, reply};

    #[test]
    fn the_kind_is_in_the_path() {
        let item = Item::datasource(luid(2));
        let site = format!(
            "/api/3.29/sites/{}/recyclebin/datasources/{}",
            luid(0xaa),
            luid(2)
        );
        let restore = RestoreItem {
            item,
            project: luid(3),
        };
        assert_eq!(
            address(&restore),
            format!("{site}/restore?projectId={}", luid(3))
        );
        assert_eq!(address(&PurgeItem(item)), site);
    }

    #[test]
    fn reads_deleted_items() {
        let call = QueryRecycleBin {
            kind: ContentKind::Workbook,
            listing: Listing::default(),
        };
        let body = include_str!("../../../fixtures/wire/recycle-bin.json");
        let page = call.parse(&reply(200, body)).unwrap();
        assert_eq!(page.items[0].deleter, Some(luid(2)));
        assert_eq!(page.items[0].original_path.as_deref(), Some("Default/Old"));
    }
}
