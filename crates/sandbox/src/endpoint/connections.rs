//! Connections of items. The password is never told.

use jiff::Timestamp;

use super::item;
use crate::call::{Answer, Call};
use crate::error::ApiError;
use crate::model::{Connection, Item, Kind};
use crate::rights;
use crate::store::Tx;
use crate::wire::{Element, Node};

fn element(connection: &Connection) -> Element {
    Element::new("connection")
        .attr("id", &connection.id)
        .attr("type", &connection.class)
        .attr("serverAddress", &connection.server)
        .attr_text("serverPort", &connection.port)
        .attr("userName", &connection.user_name)
        .attr_text("authenticationType", &connection.authentication)
        .attr("embedPassword", connection.embed_password)
        .attr("queryTaggingEnabled", connection.query_tagging)
}

fn listed(item: &Item, connection: &Connection) -> Element {
    let source = match item.kind {
        Kind::Workbook => Element::new("datasource")
            .attr("id", &connection.source_id)
            .attr("name", &connection.source_name),
        _ => Element::new(item.kind.element())
            .attr("id", &item.id)
            .attr("name", &item.name),
    };
    element(connection).child(source)
}

pub(crate) fn list_workbook(call: &Call) -> Result<Answer, ApiError> {
    list(call, Kind::Workbook)
}

pub(crate) fn list_datasource(call: &Call) -> Result<Answer, ApiError> {
    list(call, Kind::Datasource)
}

pub(crate) fn list_flow(call: &Call) -> Result<Answer, ApiError> {
    list(call, Kind::Flow)
}

/// Not paged.
fn list(call: &Call, kind: Kind) -> Result<Answer, ApiError> {
    call.transact(|tx| {
        let item = item(call, tx, kind)?;
        let connections = item
            .connections
            .iter()
            .map(|connection| listed(&item, connection));
        Ok(Answer::ok([Element::list("connections", connections)]))
    })
}

pub(crate) fn update_workbook(call: &Call) -> Result<Answer, ApiError> {
    update(call, Kind::Workbook)
}

pub(crate) fn update_datasource(call: &Call) -> Result<Answer, ApiError> {
    update(call, Kind::Datasource)
}

pub(crate) fn update_flow(call: &Call) -> Result<Answer, ApiError> {
    update(call, Kind::Flow)
}

fn writable(call: &Call, tx: &Tx<'_>, kind: Kind) -> Result<Item, ApiError> {
    let item = item(call, tx, kind)?;
    if rights::may_item(tx, call.user()?, &item, "Write")? {
        return Ok(item);
    }
    let code = match kind {
        Kind::Workbook => 403_023,
        Kind::Datasource => 403_029,
        Kind::Flow => 403_103,
    };
    Err(ApiError::new(
        code,
        format!("You may not update connections of the {}.", kind.element()),
    ))
}

fn find(item: &Item, id: &str) -> Result<usize, ApiError> {
    item.connections
        .iter()
        .position(|connection| connection.id.eq_ignore_ascii_case(id))
        .ok_or_else(|| ApiError::new(404_020, format!("Connection '{id}' could not be found.")))
}

/// Updating one connection changes its siblings too: a workbook's of the same type, a data source's all.
fn update(call: &Call, kind: Kind) -> Result<Answer, ApiError> {
    let change = call.node()?.required("connection")?;
    call.transact(|tx| {
        let mut item = writable(call, tx, kind)?;
        let at = find(&item, call.param("connection"))?;
        let class = item.connections[at].class.clone();
        let targets: Vec<usize> = (0..item.connections.len())
            .filter(|index| match kind {
                Kind::Workbook => item.connections[*index].class == class,
                Kind::Datasource => true,
                Kind::Flow => *index == at,
            })
            .collect();
        apply(&mut item, &targets, change)?;
        tx.put(&item)?;
        Ok(Answer::ok([element(&item.connections[at])]))
    })
}

fn apply(item: &mut Item, targets: &[usize], change: &Node) -> Result<(), ApiError> {
    for index in targets {
        let connection = &mut item.connections[*index];
        if connection.class == "sqlproxy" {
            let detail = format!(
                "Connection '{}' with dbclass: sqlproxy is not editable",
                connection.id
            );
            return Err(ApiError::new(400_039, detail));
        }
        let mut set = |field: fn(&mut Connection) -> &mut String, name: &str, lower: bool| {
            if let Some(value) = change.attribute(name) {
                *field(connection) = if lower {
                    value.to_lowercase()
                } else {
                    value.to_owned()
                };
            }
        };
        set(|c| &mut c.server, "serverAddress", true);
        set(|c| &mut c.port, "serverPort", false);
        set(|c| &mut c.user_name, "userName", false);
        set(|c| &mut c.authentication, "authenticationType", false);
        let embed = change.boolean("embedPassword")?;
        let password = change
            .attribute("password")
            .is_some_and(|password| !password.is_empty());
        connection.embed_password = embed.unwrap_or(connection.embed_password);
        if embed == Some(false) {
            connection.has_password = false;
        } else if password && connection.embed_password {
            connection.has_password = true;
        }
        connection.query_tagging = change
            .boolean("queryTaggingEnabled")?
            .unwrap_or(connection.query_tagging);
    }
    item.updated_at = Timestamp::now();
    Ok(())
}

pub(crate) fn update_several_workbook(call: &Call) -> Result<Answer, ApiError> {
    update_several(call, Kind::Workbook)
}

pub(crate) fn update_several_datasource(call: &Call) -> Result<Answer, ApiError> {
    update_several(call, Kind::Datasource)
}

/// The LUIDs, in the spelling of the vendor's schema or of the vendor's client, wrapped or flat.
fn luids(node: &Node) -> Vec<&str> {
    let mut found = Vec::new();
    for list in node
        .children
        .iter()
        .filter(|child| child.name.eq_ignore_ascii_case("connectionLuids"))
    {
        if !list.text.is_empty() {
            found.push(list.text.as_str());
        }
        found.extend(list.children.iter().map(|luid| luid.text.as_str()));
    }
    found
}

fn update_several(call: &Call, kind: Kind) -> Result<Answer, ApiError> {
    let node = call.node()?;
    let change = node.required("connection")?;
    let luids = luids(node);
    if luids.is_empty() {
        return Err(ApiError::bad_request(
            "The request names no connection in connectionLuids.",
        ));
    }
    call.transact(|tx| {
        let mut item = writable(call, tx, kind)?;
        let targets = luids
            .iter()
            .map(|id| find(&item, id))
            .collect::<Result<Vec<_>, _>>()?;
        apply(&mut item, &targets, change)?;
        tx.put(&item)?;
        Ok(Answer::ok([Element::list(
            "connections",
            targets.iter().map(|at| element(&item.connections[*at])),
        )]))
    })
}
