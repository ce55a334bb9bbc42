//! Custom views: what people made of published views, and what a publish may break.

use jiff::Timestamp;
use reqwest::Method;

use super::{Endpoint, Path, Query, Reply, content::OwnerRef};
use crate::api::{
    error::Error,
    json::{Node, Unreadable},
    luid::Luid,
    paging::{Filter, Identified, Listing, Page, Paged},
    retry::Replay,
    site::Site,
    version::ApiVersion,
};

/// A custom view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomView {
    /// Its LUID.
    pub id: Luid,
    /// Its name.
    pub name: String,
    /// Of which view.
    pub view: Option<Luid>,
    /// Of which workbook.
    pub workbook: Option<Luid>,
    /// Whose it is.
    pub owner: Option<OwnerRef>,
    /// Whether others see it.
    pub shared: Option<bool>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
}

impl CustomView {
    fn parse(node: Node<'_>) -> Result<Self, Unreadable> {
        let of = |name| node.child(name).and_then(|parent| parent.luid("id"));
        Ok(Self {
            id: node.need_luid("id")?,
            name: node.text("name").unwrap_or_default(),
            view: of("view"),
            workbook: of("workbook"),
            owner: OwnerRef::parse(node),
            shared: node.flag("shared"),
            created_at: node.time("createdAt"),
            updated_at: node.time("updatedAt"),
        })
    }
}

impl Identified for CustomView {
    fn id(&self) -> Luid {
        self.id
    }
}

/// `GET /sites/{site}/customviews` (API 3.18); filter by `workbookId`, `viewId` or `ownerId`.
#[derive(Clone)]
pub struct QueryCustomViews(pub Listing);

impl Endpoint for QueryCustomViews {
    type Answer = Page<CustomView>;
    const METHOD: Method = Method::GET;
    const REPLAY: Replay = Replay::Safe;

    fn since(&self) -> ApiVersion {
        ApiVersion::new(3, 18)
    }

    fn path(&self) -> Path {
        Path::site("customviews")
    }

    fn query(&self, query: &mut Query) {
        self.0.write(query);
    }

    fn parse(&self, reply: &Reply) -> Result<Page<CustomView>, Unreadable> {
        Page::parse(reply, ("customViews", "customView"), CustomView::parse)
    }
}

impl Paged for QueryCustomViews {
    type Item = CustomView;

    fn at(&self, page: u32) -> Self {
        Self(self.0.at(page))
    }
}

impl Site {
    /// Custom views (API 3.18).
    pub async fn custom_views(&self, filter: Filter) -> Result<Vec<CustomView>, Error> {
        self.all(&QueryCustomViews(Listing::of(filter))).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::endpoint::testing::{luid, reply};

    #[test]
    fn reads_custom_views() {
        let reply = reply(
            200,
            include_str!("../../../fixtures/wire/custom-views.json"),
        );
        let page = QueryCustomViews(Listing::default()).parse(&reply).unwrap();
        assert_eq!(page.items[0].view, Some(luid(0x50)));
        assert_eq!(
            (&*page.items[0].name, page.items[0].shared),
            ("My region", Some(true))
        );
    }
}
