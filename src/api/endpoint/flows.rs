//! Prep flows.

use jiff::Timestamp;
use reqwest::Method;

use super::{
    Endpoint, Path, Query, Reply,
    content::{Item, OwnerRef, ProjectRef},
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

/// A flow. What a version of the server does not tell is absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Its LUID; an overwrite keeps it.
    pub id: Luid,
    /// Its name.
    pub name: String,
    /// Where people find it.
    pub webpage_url: Option<String>,
    /// What people say of it.
    pub description: Option<String>,
    /// `tfl` or `tflx`.
    pub file_type: Option<String>,
    /// Where it is.
    pub project: Option<ProjectRef>,
    /// Whose it is.
    pub owner: Option<OwnerRef>,
    /// Its labels.
    pub tags: Vec<String>,
    /// When it was first published.
    pub created_at: Option<Timestamp>,
    /// When it was last published or changed.
    pub updated_at: Option<Timestamp>,
}

impl Flow {
    pub(crate) fn parse(node: Node<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            id: node.need_luid("id")?,
            name: node.need_text("name")?,
            webpage_url: node.filled("webpageUrl"),
            description: node.filled("description"),
            file_type: node.filled("fileType"),
            project: ProjectRef::parse(node),
            owner: OwnerRef::parse(node),
            tags: tags(node),
            created_at: node.time("createdAt"),
            updated_at: node.time("updatedAt"),
        })
    }
}

impl Identified for Flow {
    fn id(&self) -> Luid {
        self.id
    }
}

/// `GET /sites/{site}/flows`. A site without Data Management refuses.
#[derive(Clone)]
pub struct QueryFlows(pub Listing);

impl Endpoint for QueryFlows {
    type Answer = Page<Flow>;
    const METHOD: Method = Method::GET;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        Path::site("flows")
    }

    fn query(&self, query: &mut Query) {
        self.0.write(query);
    }

    fn parse(&self, reply: &Reply) -> Result<Page<Flow>, Unreadable> {
        Page::parse(reply, ("flows", "flow"), Flow::parse)
    }
}

impl Paged for QueryFlows {
    type Item = Flow;

    fn at(&self, page: u32) -> Self {
        Self(self.0.at(page))
    }
}

/// `GET /sites/{site}/flows/{flow}`.
pub struct GetFlow(pub Luid);

impl Endpoint for GetFlow {
    type Answer = Flow;
    const METHOD: Method = Method::GET;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        Item::flow(self.0).path()
    }

    fn parse(&self, reply: &Reply) -> Result<Flow, Unreadable> {
        Flow::parse(reply.document()?.root().need("flow")?)
    }
}

/// What is to be set on a flow: nothing else can be.
#[derive(Clone, Debug, Default)]
pub struct FlowChange {
    /// The project; a flow of the same name there is 409041.
    pub project: Option<Luid>,
    /// The owner.
    pub owner: Option<Luid>,
}

/// `PUT /sites/{site}/flows/{flow}`.
pub struct UpdateFlow {
    /// Which.
    pub flow: Luid,
    /// What.
    pub change: FlowChange,
}

impl Endpoint for UpdateFlow {
    type Answer = Flow;
    const METHOD: Method = Method::PUT;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        Item::flow(self.flow).path()
    }

    fn body(&self) -> Body {
        Members::default()
            .refer("project", self.change.project)
            .refer("owner", self.change.owner)
            .into_body("flow")
    }

    fn parse(&self, reply: &Reply) -> Result<Flow, Unreadable> {
        Flow::parse(reply.document()?.root().need("flow")?)
    }
}

impl Site {
    /// Flows.
    pub async fn flows(&self, filter: Filter) -> Result<Vec<Flow>, Error> {
        self.all(&QueryFlows(Listing::of(filter))).await
    }

    /// A flow.
    pub async fn flow(&self, flow: Luid) -> Result<Flow, Error> {
        self.run(&GetFlow(flow)).await
    }

    /// Changes a flow.
    pub async fn update_flow(&self, flow: Luid, change: FlowChange) -> Result<Flow, Error> {
        self.run(&UpdateFlow { flow, change }).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::endpoint::testing::reply;

    #[test]
    fn an_empty_list_has_no_list_in_it() {
        let reply = reply(
            200,
            r#"{"pagination":{"pageNumber":"1","pageSize":"1000","totalAvailable":"0"},"flows":{}}"#,
        );
        let page = QueryFlows(Listing::default()).parse(&reply).unwrap();
        assert_eq!((page.items.len(), page.total), (0, 0));
    }
}
