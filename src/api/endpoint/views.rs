//! Views: the published sheets of workbooks.

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::Method;

use super::{
    Endpoint, Path, Patience, Query, Reply,
    content::{Item, OwnerRef, ProjectRef},
};
use crate::api::{
    error::Error,
    json::{Node, Unreadable, tags},
    luid::Luid,
    paging::{Filter, Identified, Listing, Page, Paged},
    retry::Replay,
    site::Site,
};

/// A view. What a version of the server or a call does not tell is absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Its LUID; an overwrite keeps it while the sheet keeps its name.
    pub id: Luid,
    /// The name of the sheet.
    pub name: String,
    /// Such as `Sales/sheets/Overview`.
    pub content_url: Option<String>,
    /// The last part of its web address; a renamed view keeps it.
    pub view_url_name: Option<String>,
    /// `worksheet`, `dashboard` or `story`.
    pub sheet_type: Option<String>,
    /// The workbook that it is of.
    pub workbook: Option<Luid>,
    /// Where it is.
    pub project: Option<ProjectRef>,
    /// Whose it is.
    pub owner: Option<OwnerRef>,
    /// Its labels.
    pub tags: Vec<String>,
    /// Whether it is hidden, where the call gives it.
    pub hidden: Option<bool>,
    /// When it was first published.
    pub created_at: Option<Timestamp>,
    /// When it was last published or changed.
    pub updated_at: Option<Timestamp>,
}

impl View {
    pub(crate) fn parse(node: Node<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            id: node.need_luid("id")?,
            name: node.text("name").unwrap_or_default(),
            content_url: node.filled("contentUrl"),
            view_url_name: node.filled("viewUrlName"),
            sheet_type: node.filled("sheetType"),
            workbook: node
                .child("workbook")
                .and_then(|workbook| workbook.luid("id")),
            project: ProjectRef::parse(node),
            owner: OwnerRef::parse(node),
            tags: tags(node),
            hidden: node.flag("hidden"),
            created_at: node.time("createdAt"),
            updated_at: node.time("updatedAt"),
        })
    }
}

impl Identified for View {
    fn id(&self) -> Luid {
        self.id
    }
}

/// `GET /sites/{site}/views`: those of all workbooks, with their tags.
#[derive(Clone)]
pub struct QueryViews(pub Listing);

impl Endpoint for QueryViews {
    type Answer = Page<View>;
    const METHOD: Method = Method::GET;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        Path::site("views")
    }

    fn query(&self, query: &mut Query) {
        self.0.write(query);
    }

    fn parse(&self, reply: &Reply) -> Result<Page<View>, Unreadable> {
        Page::parse(reply, ("views", "view"), View::parse)
    }
}

impl Paged for QueryViews {
    type Item = View;

    fn at(&self, page: u32) -> Self {
        Self(self.0.at(page))
    }
}

/// `GET /sites/{site}/workbooks/{workbook}/views`: not cut into pages.
pub struct QueryWorkbookViews(pub Luid);

impl Endpoint for QueryWorkbookViews {
    type Answer = Vec<View>;
    const METHOD: Method = Method::GET;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        Item::workbook(self.0).path().then("views")
    }

    fn parse(&self, reply: &Reply) -> Result<Vec<View>, Unreadable> {
        Page::parse(reply, ("views", "view"), View::parse).map(|page| page.items)
    }
}

/// `GET /sites/{site}/views/{view}/image`: a PNG, drawn now.
///
/// A site may answer with a copy that is up to an hour old, which proves nothing after a publish;
/// `maxAge=1` (minutes, the least) forbids it. A view that has lost its credentials is 400074.
pub struct ViewImage {
    /// Which.
    pub view: Luid,
    /// Twice as many pixels.
    pub high_resolution: bool,
}

impl Endpoint for ViewImage {
    type Answer = Bytes;
    const METHOD: Method = Method::GET;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        Path::site("views").then(self.view).then("image")
    }

    fn query(&self, query: &mut Query) {
        query.set("maxAge", 1);
        query.set_if("resolution", self.high_resolution.then_some("high"));
    }

    fn patience(&self) -> Patience {
        Patience::Long
    }

    fn parse(&self, reply: &Reply) -> Result<Bytes, Unreadable> {
        image(reply)
    }
}

/// A login page with a status of success is no image.
fn image(reply: &Reply) -> Result<Bytes, Unreadable> {
    if reply.body.starts_with(b"\x89PNG\r\n\x1a\n") {
        Ok(reply.body.clone())
    } else {
        Err(Unreadable::missing("PNG image"))
    }
}

impl Site {
    /// Views of all workbooks; one list gives the tags of all views.
    pub async fn views(&self, filter: Filter) -> Result<Vec<View>, Error> {
        self.all(&QueryViews(Listing::of(filter))).await
    }

    /// The views of a workbook that are shown.
    pub async fn workbook_views(&self, workbook: Luid) -> Result<Vec<View>, Error> {
        self.run(&QueryWorkbookViews(workbook)).await
    }

    /// The view as it is drawn now: a PNG.
    pub async fn view_image(&self, view: Luid) -> Result<Bytes, Error> {
        self.run(&ViewImage {
            view,
            high_resolution: false,
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::endpoint::testing::{address, luid, reply};

    #[test]
    fn a_view_is_drawn_anew() {
        let call = ViewImage {
            view: luid(3),
            high_resolution: false,
        };
        assert!(address(&call).ends_with("/image?maxAge=1"));
        assert!(call.parse(&reply(200, "<html>sign in</html>")).is_err());
        let mut png = reply(200, "");
        png.body = Bytes::from_static(b"\x89PNG\r\n\x1a\nxyz");
        assert_eq!(call.parse(&png).unwrap().len(), 11);
    }

    #[test]
    fn reads_views_with_tags() {
        let reply = reply(200, include_str!("../../../fixtures/wire/views.json"));
        let page = QueryViews(Listing::default()).parse(&reply).unwrap();
        assert_eq!(page.items[0].workbook, Some(luid(0x10)));
        assert_eq!(page.items[0].tags, ["kpi"]);
        assert_eq!(page.items[1].tags.len(), 0);
    }
}
