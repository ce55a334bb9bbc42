//! The connections of what is published, with the credentials that come along.

use super::PublishRequest;
use crate::error::ApiError;
use crate::model::{Connection, Item, Kind, new_id};
use crate::reading::{Reading, Source};
use crate::store::Tx;
use crate::wire::Node;

/// Credentials that a publish brings along for the connections of one server and port.
struct Credentials {
    /// `None` is for every connection.
    address: Option<(String, Option<String>)>,
    name: String,
    embed: bool,
    has_password: bool,
    oauth: bool,
}

fn credentials(element: &Node) -> Result<Vec<Credentials>, ApiError> {
    let list: Vec<&Node> = element.items("connections", "connection").collect();
    let single = element.child("connectionCredentials");
    if single.is_some() && element.child("connections").is_some() {
        return Err(ApiError::bad_request(
            "Give either connectionCredentials or connections, not both.",
        ));
    }
    let parse = |node: &Node, address| -> Result<Credentials, ApiError> {
        let oauth = node.boolean("oAuth")?.unwrap_or(false);
        Ok(Credentials {
            address,
            name: node.attribute("name").unwrap_or_default().to_owned(),
            embed: node.boolean("embed")?.unwrap_or(false),
            has_password: oauth
                || node
                    .attribute("password")
                    .is_some_and(|password| !password.is_empty()),
            oauth,
        })
    };
    let mut found = Vec::new();
    if let Some(node) = single {
        found.push(parse(node, None)?);
    }
    for connection in list {
        let Some(node) = connection.child("connectionCredentials") else {
            continue;
        };
        let address = (
            connection
                .attribute("serverAddress")
                .unwrap_or_default()
                .to_lowercase(),
            connection
                .attribute("serverPort")
                .filter(|port| !port.is_empty())
                .map(str::to_owned),
        );
        found.push(parse(node, Some(address))?);
    }
    Ok(found)
}

pub(super) fn connections(
    tx: &Tx<'_>,
    request: &PublishRequest,
    reading: &Reading,
    existing: Option<&Item>,
) -> Result<Vec<Connection>, ApiError> {
    let credentials = credentials(&request.element)?;
    let mut connections = Vec::new();
    for source in &reading.sources {
        let source_id = source_id(tx, request, source)?;
        for raw in &source.connections {
            let mut connection = Connection {
                id: new_id(),
                class: raw.class.clone(),
                server: raw.server.clone(),
                port: raw.port.clone(),
                database: raw.database.clone(),
                user_name: raw.user_name.clone(),
                authentication: raw.authentication.clone(),
                source_name: source.caption.clone(),
                source_id: source_id.clone(),
                ..Connection::default()
            };
            embed(&mut connection, &credentials, existing);
            connections.push(connection);
        }
    }
    Ok(connections)
}

/// The published data source that a source stands for, by content URL on this very site; else a new LUID.
fn source_id(tx: &Tx<'_>, request: &PublishRequest, source: &Source) -> Result<String, ApiError> {
    let Some(content_url) = &source.published else {
        return Ok(new_id());
    };
    match tx.by_url::<Item>(&request.site, &Item::url(Kind::Datasource, content_url))? {
        Some(published) => Ok(published.id),
        None => Err(ApiError::new(
            400_011,
            format!(
                "Datasource '{content_url}' not found for {} '{}'.",
                request.kind.element(),
                request.name
            ),
        )),
    }
}

fn embed(connection: &mut Connection, credentials: &[Credentials], existing: Option<&Item>) {
    let matching = credentials.iter().find(|c| match &c.address {
        None => true,
        Some((server, port)) => {
            !server.is_empty()
                && *server == connection.server
                && port.as_ref().is_none_or(|port| *port == connection.port)
        }
    });
    if let Some(given) = matching.filter(|_| connection.needs_credentials()) {
        if connection.user_name.is_empty() {
            connection.user_name.clone_from(&given.name);
        }
        connection.embed_password = given.embed;
        connection.has_password = given.embed && given.has_password;
        connection.oauth = given.oauth;
        return;
    }
    // The password of the overwritten item is gone, though the flag goes on reading true.
    let before = existing
        .into_iter()
        .flat_map(|item| &item.connections)
        .find(|old| {
            old.class == connection.class
                && old.server == connection.server
                && old.port == connection.port
        });
    connection.embed_password = before.is_some_and(|old| old.embed_password);
}
