//! Published data sources.

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

/// A published data source. What a version of the server does not tell is absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Datasource {
    /// Its LUID; an overwrite keeps it.
    pub id: Luid,
    /// Its name.
    pub name: String,
    /// What workbooks refer to it by; never changed.
    pub content_url: Option<String>,
    /// Where people find it.
    pub webpage_url: Option<String>,
    /// What people say of it.
    pub description: Option<String>,
    /// The class of its connection, such as `sqlserver` or `hyper`.
    pub connection_class: Option<String>,
    /// Where it is.
    pub project: Option<ProjectRef>,
    /// Whose it is.
    pub owner: Option<OwnerRef>,
    /// Its labels.
    pub tags: Vec<String>,
    /// Whether somebody vouches for it.
    pub is_certified: Option<bool>,
    /// What they say. Some versions tell it of a single data source only.
    pub certification_note: Option<String>,
    /// Whether data is in it.
    pub has_extracts: Option<bool>,
    /// Whether Tableau Bridge connects it.
    pub use_bridge: Option<bool>,
    /// In whole megabytes.
    pub size_mb: Option<u64>,
    /// When it was first published.
    pub created_at: Option<Timestamp>,
    /// When it was last published or changed.
    pub updated_at: Option<Timestamp>,
}

impl Datasource {
    pub(crate) fn parse(node: Node<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            id: node.need_luid("id")?,
            name: node.need_text("name")?,
            content_url: node.filled("contentUrl"),
            webpage_url: node.filled("webpageUrl"),
            description: node.filled("description"),
            connection_class: node.filled("type"),
            project: ProjectRef::parse(node),
            owner: OwnerRef::parse(node),
            tags: tags(node),
            is_certified: node.flag("isCertified"),
            certification_note: node.filled("certificationNote"),
            has_extracts: node.flag("hasExtracts"),
            use_bridge: node.flag("useRemoteQueryAgent"),
            size_mb: node.number("size"),
            created_at: node.time("createdAt"),
            updated_at: node.time("updatedAt"),
        })
    }
}

impl Identified for Datasource {
    fn id(&self) -> Luid {
        self.id
    }
}

/// `GET /sites/{site}/datasources`: with all that planning needs.
#[derive(Clone)]
pub struct QueryDatasources(pub Listing);

impl Endpoint for QueryDatasources {
    type Answer = Page<Datasource>;
    const METHOD: Method = Method::GET;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        Path::site("datasources")
    }

    fn query(&self, query: &mut Query) {
        self.0.write(query);
        query.set("fields", "_default_,hasExtracts");
    }

    fn parse(&self, reply: &Reply) -> Result<Page<Datasource>, Unreadable> {
        Page::parse(reply, ("datasources", "datasource"), Datasource::parse)
    }
}

impl Paged for QueryDatasources {
    type Item = Datasource;

    fn at(&self, page: u32) -> Self {
        Self(self.0.at(page))
    }
}

/// `GET /sites/{site}/datasources/{datasource}`.
pub struct GetDatasource(pub Luid);

impl Endpoint for GetDatasource {
    type Answer = Datasource;
    const METHOD: Method = Method::GET;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        Item::datasource(self.0).path()
    }

    fn parse(&self, reply: &Reply) -> Result<Datasource, Unreadable> {
        Datasource::parse(reply.document()?.root().need("datasource")?)
    }
}

/// What is to be set on a data source; what is absent stays as it is.
#[derive(Clone, Debug, Default)]
pub struct DatasourceChange {
    /// The name; the content URL stays.
    pub name: Option<String>,
    /// The description. The documentation does not list it: look whether it took.
    pub description: Option<String>,
    /// Whether somebody vouches for it.
    pub is_certified: Option<bool>,
    /// What they say.
    pub certification_note: Option<String>,
    /// The project; a data source of the same name there is 409015.
    pub project: Option<Luid>,
    /// The owner: for administrators. Drops the embedded credentials, so embed them afterwards.
    pub owner: Option<Luid>,
    /// Whether Tableau Bridge connects it.
    pub use_bridge: Option<bool>,
}

/// `PUT /sites/{site}/datasources/{datasource}`.
pub struct UpdateDatasource {
    /// Which.
    pub datasource: Luid,
    /// What.
    pub change: DatasourceChange,
}

impl Endpoint for UpdateDatasource {
    type Answer = Datasource;
    const METHOD: Method = Method::PUT;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        Item::datasource(self.datasource).path()
    }

    fn body(&self) -> Body {
        let change = &self.change;
        Members::default()
            .set("name", change.name.as_deref())
            .set("description", change.description.as_deref())
            .set("isCertified", change.is_certified)
            .set("certificationNote", change.certification_note.as_deref())
            .set("useRemoteQueryAgent", change.use_bridge)
            .refer("project", change.project)
            .refer("owner", change.owner)
            .into_body("datasource")
    }

    fn parse(&self, reply: &Reply) -> Result<Datasource, Unreadable> {
        Datasource::parse(reply.document()?.root().need("datasource")?)
    }
}

impl Site {
    /// Published data sources. There is no filter by the project's LUID: filter by name and look at
    /// the project of what comes.
    pub async fn datasources(&self, filter: Filter) -> Result<Vec<Datasource>, Error> {
        self.all(&QueryDatasources(Listing::of(filter))).await
    }

    /// A published data source.
    pub async fn datasource(&self, datasource: Luid) -> Result<Datasource, Error> {
        self.run(&GetDatasource(datasource)).await
    }

    /// Changes a published data source.
    pub async fn update_datasource(
        &self,
        datasource: Luid,
        change: DatasourceChange,
    ) -> Result<Datasource, Error> {
        self.run(&UpdateDatasource { datasource, change }).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::endpoint::testing::{luid, reply, sent};

    #[test]
    fn reads_data_sources() {
        let reply = reply(200, include_str!("../../../fixtures/wire/datasources.json"));
        let page = QueryDatasources(Listing::default()).parse(&reply).unwrap();
        let orders = &page.items[0];
        assert_eq!((&*orders.name, orders.is_certified), ("Orders", Some(true)));
        assert_eq!(
            orders.certification_note.as_deref(),
            Some("Checked by finance")
        );
        assert_eq!(orders.connection_class.as_deref(), Some("sqlserver"));
        assert_eq!(page.items[1].is_certified, Some(false));
    }

    #[test]
    fn sends_only_what_is_to_change() {
        let change = DatasourceChange {
            is_certified: Some(true),
            ..DatasourceChange::default()
        };
        let call = UpdateDatasource {
            datasource: luid(1),
            change,
        };
        assert_eq!(sent(&call), r#"{"datasource":{"isCertified":true}}"#);
    }
}
