//! Workbooks.

use jiff::Timestamp;
use reqwest::Method;

use super::{
    Endpoint, Path, Query, Reply,
    content::{Item, OwnerRef, ProjectRef},
    views::View,
};
use crate::api::{
    body::{Body, Members},
    error::Error,
    json::{Node, Unreadable, tags},
    luid::Luid,
    paging::{Filter, Identified, Listing, Page, Paged},
    retry::Replay,
    site::Site,
};

/// A workbook. What a version of the server does not tell is absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workbook {
    /// Its LUID; an overwrite keeps it.
    pub id: Luid,
    /// Its name.
    pub name: String,
    /// Its part of web addresses, made of the first name and never changed.
    pub content_url: Option<String>,
    /// Where people find it.
    pub webpage_url: Option<String>,
    /// What people say of it.
    pub description: Option<String>,
    /// Where it is; none in a personal space.
    pub project: Option<ProjectRef>,
    /// Whose it is.
    pub owner: Option<OwnerRef>,
    /// Its labels.
    pub tags: Vec<String>,
    /// Whether its views are tabs.
    pub show_tabs: Option<bool>,
    /// Whether data is in it.
    pub has_extracts: Option<bool>,
    /// In whole megabytes.
    pub size_mb: Option<u64>,
    /// When it was first published.
    pub created_at: Option<Timestamp>,
    /// When it was last published or changed.
    pub updated_at: Option<Timestamp>,
    /// The view that opens first.
    pub default_view: Option<Luid>,
    /// Its views that are shown; a list of workbooks leaves them out.
    pub views: Vec<View>,
}

impl Workbook {
    pub(crate) fn parse(node: Node<'_>) -> Result<Self, Unreadable> {
        let views = node.list("views", "view").into_iter();
        Ok(Self {
            id: node.need_luid("id")?,
            name: node.need_text("name")?,
            content_url: node.filled("contentUrl"),
            webpage_url: node.filled("webpageUrl"),
            description: node.filled("description"),
            project: ProjectRef::parse(node),
            owner: OwnerRef::parse(node),
            tags: tags(node),
            show_tabs: node.flag("showTabs"),
            has_extracts: node.flag("hasExtracts"),
            size_mb: node.number("size"),
            created_at: node.time("createdAt"),
            updated_at: node.time("updatedAt"),
            default_view: node.luid("defaultViewId"),
            views: views.map(View::parse).collect::<Result<_, _>>()?,
        })
    }
}

impl Identified for Workbook {
    fn id(&self) -> Luid {
        self.id
    }
}

/// `GET /sites/{site}/workbooks`: with all that planning needs.
#[derive(Clone)]
pub struct QueryWorkbooks(pub Listing);

impl Endpoint for QueryWorkbooks {
    type Answer = Page<Workbook>;
    const METHOD: Method = Method::GET;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        Path::site("workbooks")
    }

    fn query(&self, query: &mut Query) {
        self.0.write(query);
        query.set("fields", "_default_,hasExtracts,owner.name");
    }

    fn parse(&self, reply: &Reply) -> Result<Page<Workbook>, Unreadable> {
        Page::parse(reply, ("workbooks", "workbook"), Workbook::parse)
    }
}

impl Paged for QueryWorkbooks {
    type Item = Workbook;

    fn at(&self, page: u32) -> Self {
        Self(self.0.at(page))
    }
}

/// `GET /sites/{site}/workbooks/{workbook}`: with its views.
pub struct GetWorkbook(pub Luid);

impl Endpoint for GetWorkbook {
    type Answer = Workbook;
    const METHOD: Method = Method::GET;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        Item::workbook(self.0).path()
    }

    fn parse(&self, reply: &Reply) -> Result<Workbook, Unreadable> {
        Workbook::parse(reply.document()?.root().need("workbook")?)
    }
}

/// What is to be set on a workbook; what is absent stays as it is.
#[derive(Clone, Debug, Default)]
pub struct WorkbookChange {
    /// The name; the content URL stays.
    pub name: Option<String>,
    /// The description (API 3.20); the empty text removes it.
    pub description: Option<String>,
    /// Whether its views are tabs.
    pub show_tabs: Option<bool>,
    /// The project; a workbook of the same name there is 409013.
    pub project: Option<Luid>,
    /// The owner: for administrators. Drops the embedded credentials, so embed them afterwards.
    pub owner: Option<Luid>,
}

/// `PUT /sites/{site}/workbooks/{workbook}`.
pub struct UpdateWorkbook {
    /// Which.
    pub workbook: Luid,
    /// What.
    pub change: WorkbookChange,
}

impl Endpoint for UpdateWorkbook {
    type Answer = Workbook;
    const METHOD: Method = Method::PUT;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        Item::workbook(self.workbook).path()
    }

    fn body(&self) -> Body {
        let change = &self.change;
        Members::default()
            .set("name", change.name.as_deref())
            .set("description", change.description.as_deref())
            // A text in this place, unlike other booleans.
            .set("showTabs", change.show_tabs.map(|on| on.to_string()))
            .refer("project", change.project)
            .refer("owner", change.owner)
            .into_body("workbook")
    }

    fn parse(&self, reply: &Reply) -> Result<Workbook, Unreadable> {
        Workbook::parse(reply.document()?.root().need("workbook")?)
    }
}

impl Site {
    /// Workbooks, without their views. There is no filter by the project's LUID: filter by name and
    /// look at the project of what comes.
    pub async fn workbooks(&self, filter: Filter) -> Result<Vec<Workbook>, Error> {
        self.all(&QueryWorkbooks(Listing::of(filter))).await
    }

    /// A workbook with its views.
    pub async fn workbook(&self, workbook: Luid) -> Result<Workbook, Error> {
        self.run(&GetWorkbook(workbook)).await
    }

    /// Changes a workbook.
    pub async fn update_workbook(
        &self,
        workbook: Luid,
        change: WorkbookChange,
    ) -> Result<Workbook, Error> {
        self.run(&UpdateWorkbook { workbook, change }).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::endpoint::testing::{address, luid, reply, sent};

    #[test]
    fn a_list_has_all_that_planning_needs() {
        let call = QueryWorkbooks(Listing::default());
        assert!(address(&call).ends_with(
            "/workbooks?pageSize=1000&pageNumber=1&fields=_default_%2ChasExtracts%2Cowner.name"
        ));
        let page = call.parse(&reply(
            200,
            include_str!("../../../fixtures/wire/workbooks.json"),
        ));
        let page = page.unwrap();
        assert_eq!((page.total, page.items.len()), (3, 3));
        let sales = &page.items[0];
        assert_eq!((&*sales.name, sales.size_mb), ("Sales", Some(12)));
        assert_eq!(
            (sales.show_tabs, sales.has_extracts),
            (Some(true), Some(true))
        );
        assert_eq!(
            sales.project.as_ref().unwrap().name.as_deref(),
            Some("Default")
        );
        assert_eq!(sales.owner.as_ref().unwrap().id, luid(1));
        assert_eq!(sales.tags, ["tabship:fp=abc", "finance"]);
        assert_eq!(sales.content_url.as_deref(), Some("Sales_0"));
        let personal = &page.items[1];
        assert_eq!((personal.project.as_ref(), personal.tags.len()), (None, 0));
        let sparse = &page.items[2];
        assert_eq!(
            (sparse.show_tabs, sparse.size_mb, &sparse.description),
            (None, None, &None)
        );
    }

    #[test]
    fn a_single_one_has_views() {
        let reply = reply(200, include_str!("../../../fixtures/wire/workbook.json"));
        let workbook = GetWorkbook(luid(0x10)).parse(&reply).unwrap();
        let views: Vec<&str> = workbook.views.iter().map(|view| &*view.name).collect();
        assert_eq!(views, ["Overview", "By Region"]);
        assert_eq!(workbook.views[1].view_url_name.as_deref(), Some("ByRegion"));
    }

    #[test]
    fn sends_only_what_is_to_change() {
        let change = WorkbookChange {
            show_tabs: Some(false),
            owner: Some(luid(2)),
            ..WorkbookChange::default()
        };
        let call = UpdateWorkbook {
            workbook: luid(1),
            change,
        };
        assert_eq!(
            sent(&call),
            format!(
                r#"{{"workbook":{{"showTabs":"false","owner":{{"id":"{}"}}}}}}"#,
                luid(2)
            )
        );
    }
}
