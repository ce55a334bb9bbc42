//! The database connections of published items.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    Endpoint, Path, Reply,
    content::{ContentKind, Item},
};
use crate::api::{
    body::{Body, Members},
    error::Error,
    json::{Node, Unreadable},
    luid::Luid,
    paging::Page,
    retry::Replay,
    secret::Secret,
    site::Site,
    version::ApiVersion,
};

/// A connection. The password is never told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentConnection {
    /// Its LUID; a publish makes new ones.
    pub id: Luid,
    /// Its class, such as `sqlserver`; `sqlproxy` leads to a published data source.
    pub class: Option<String>,
    /// Its host.
    pub server_address: Option<String>,
    /// Its port.
    pub server_port: Option<String>,
    /// Its user.
    pub user_name: Option<String>,
    /// Whether a password is kept. After an overwrite it may still say so although it is gone.
    pub embed_password: Option<bool>,
    /// Such as `auth-user-pass` or `oauth`.
    pub authentication: Option<String>,
    /// The data source that it is of or leads to.
    pub datasource: Option<Luid>,
    /// The name of that.
    pub datasource_name: Option<String>,
}

impl ContentConnection {
    fn parse(node: Node<'_>) -> Result<Self, Unreadable> {
        let datasource = node.child("datasource");
        Ok(Self {
            id: node.need_luid("id")?,
            class: node.filled("type"),
            server_address: node.filled("serverAddress"),
            server_port: node.filled("serverPort"),
            user_name: node.filled("userName"),
            embed_password: node.flag("embedPassword"),
            authentication: node.filled("authenticationType"),
            datasource: datasource.and_then(|datasource| datasource.luid("id")),
            datasource_name: datasource.and_then(|datasource| datasource.filled("name")),
        })
    }

    fn parse_all(reply: &Reply) -> Result<Vec<Self>, Unreadable> {
        Page::parse(reply, ("connections", "connection"), Self::parse).map(|page| page.items)
    }
}

/// `GET /sites/{site}/{kind}/{id}/connections`: not cut into pages.
pub struct QueryConnections(pub Item);

impl Endpoint for QueryConnections {
    type Answer = Vec<ContentConnection>;
    const METHOD: Method = Method::GET;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        self.0.path().then("connections")
    }

    fn parse(&self, reply: &Reply) -> Result<Vec<ContentConnection>, Unreadable> {
        ContentConnection::parse_all(reply)
    }
}

/// What is to be set on a connection; what is absent stays as it is.
#[derive(Clone, Debug, Default)]
pub struct ConnectionChange {
    /// The host.
    pub server_address: Option<String>,
    /// The port.
    pub server_port: Option<String>,
    /// The user.
    pub user_name: Option<String>,
    /// The password.
    pub password: Option<Secret>,
    /// Whether the password is kept.
    pub embed_password: Option<bool>,
    /// How the user proves itself (API 3.27; for flows 3.28).
    pub authentication: Option<String>,
}

impl ConnectionChange {
    fn to_json(&self) -> Value {
        Members::default()
            .set("serverAddress", self.server_address.as_deref())
            .set("serverPort", self.server_port.as_deref())
            .set("userName", self.user_name.as_deref())
            .set("password", self.password.as_ref().map(Secret::expose))
            .set("embedPassword", self.embed_password)
            .set("authenticationType", self.authentication.as_deref())
            .into_value()
    }
}

/// `PUT /sites/{site}/{kind}/{id}/connections/{connection}`.
///
/// Despite its address, it changes more than one: of a workbook all connections of the same class,
/// of a data source all connections. Source: REST API help, "Update Workbook Connection" and "Update
/// Data Source Connection" (read 2026-11).
pub struct UpdateConnection {
    /// Of what.
    pub item: Item,
    /// Which.
    pub connection: Luid,
    /// What.
    pub change: ConnectionChange,
}

impl Endpoint for UpdateConnection {
    type Answer = ContentConnection;
    const METHOD: Method = Method::PUT;
    const REPLAY: Replay = Replay::Safe;

    fn since(&self) -> ApiVersion {
        match (&self.change.authentication, self.item.kind) {
            (None, _) => ApiVersion::OLDEST,
            (Some(_), ContentKind::Flow) => ApiVersion::new(3, 28),
            (Some(_), _) => ApiVersion::new(3, 27),
        }
    }

    fn path(&self) -> Path {
        self.item.path().then("connections").then(self.connection)
    }

    fn body(&self) -> Body {
        Body::json(&json!({ "connection": self.change.to_json() }))
    }

    fn parse(&self, reply: &Reply) -> Result<ContentConnection, Unreadable> {
        ContentConnection::parse(reply.document()?.root().need("connection")?)
    }
}

/// The first version that changes the connections that are named, and no others.
const EXACT_UPDATES: ApiVersion = ApiVersion::new(3, 27);

/// `PUT /sites/{site}/{kind}/{id}/connections` (API 3.27): exactly these connections, all alike.
///
/// Workbooks and data sources; the call for flows has another form.
pub struct UpdateConnections {
    /// Of what.
    pub item: Item,
    /// Which.
    pub connections: Vec<Luid>,
    /// What.
    pub change: ConnectionChange,
}

impl Endpoint for UpdateConnections {
    type Answer = Vec<ContentConnection>;
    const METHOD: Method = Method::PUT;
    const REPLAY: Replay = Replay::Safe;

    fn since(&self) -> ApiVersion {
        EXACT_UPDATES
    }

    fn path(&self) -> Path {
        self.item.path().then("connections")
    }

    fn body(&self) -> Body {
        Body::json(&json!({
            "connectionLuids": self.connections,
            "connection": self.change.to_json(),
        }))
    }

    fn parse(&self, reply: &Reply) -> Result<Vec<ContentConnection>, Unreadable> {
        let document = reply.document()?;
        // The documentation shows one connection without a list around it.
        match document.root().child("connection") {
            Some(_) => {
                let repeated = document.root().repeated("connection").into_iter();
                repeated.map(ContentConnection::parse).collect()
            }
            None => ContentConnection::parse_all(reply),
        }
    }
}

impl Site {
    /// The connections of an item.
    pub async fn connections(&self, item: Item) -> Result<Vec<ContentConnection>, Error> {
        self.run(&QueryConnections(item)).await
    }

    /// Changes a connection, and its siblings: see [`UpdateConnection`].
    pub async fn update_connection(
        &self,
        item: Item,
        connection: Luid,
        change: ConnectionChange,
    ) -> Result<ContentConnection, Error> {
        self.run(&UpdateConnection {
            item,
            connection,
            change,
        })
        .await
    }

    /// Whether [`Site::update_connections`] is there.
    pub fn has_exact_connection_updates(&self) -> bool {
        self.api_version() >= EXACT_UPDATES
    }

    /// Changes exactly these connections of a workbook or a data source (API 3.27).
    pub async fn update_connections(
        &self,
        item: Item,
        connections: Vec<Luid>,
        change: ConnectionChange,
    ) -> Result<Vec<ContentConnection>, Error> {
        self.run(&UpdateConnections {
            item,
            connections,
            change,
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::endpoint::testing::{luid, reply, sent};

    #[test]
    fn reads_connections() {
        let reply = reply(200, include_str!("../../../fixtures/wire/connections.json"));
        let all = QueryConnections(Item::workbook(luid(0x10)))
            .parse(&reply)
            .unwrap();
        assert_eq!(all[0].class.as_deref(), Some("sqlserver"));
        assert_eq!(
            (all[0].embed_password, all[0].server_port.as_deref()),
            (Some(true), Some("1433"))
        );
        assert_eq!(all[1].class.as_deref(), Some("sqlproxy"));
        assert_eq!(all[1].datasource, Some(luid(0x20)));
    }

    #[test]
    fn the_batch_names_its_connections() {
        let change = ConnectionChange {
            user_name: Some("svc".into()),
            password: Some(Secret::new("hunter2")),
            embed_password: Some(true),
            ..ConnectionChange::default()
        };
        assert!(!format!("{change:?}").contains("hunter2"));
        let call = UpdateConnections {
            item: Item::datasource(luid(1)),
            connections: vec![luid(2), luid(3)],
            change,
        };
        assert_eq!(
            sent(&call),
            format!(
                r#"{{"connectionLuids":["{}","{}"],"connection":{{"userName":"svc","password":"hunter2","embedPassword":true}}}}"#,
                luid(2),
                luid(3)
            )
        );
        let one = format!(r#"{{"connection":{{"id":"{}"}}}}"#, luid(2));
        assert_eq!(call.parse(&reply(200, one.leak())).unwrap().len(), 1);
    }
}
