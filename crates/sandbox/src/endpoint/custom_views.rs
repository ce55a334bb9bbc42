//! Custom views: what users saved of a view.

use jiff::Timestamp;

use super::{content, item_by_id, uploads, user};
use crate::call::{Answer, Call};
use crate::clock::iso;
use crate::error::ApiError;
use crate::filter::{Fact, Field, RANGE};
use crate::model::{CustomView, Kind, View, new_id};
use crate::store::Tx;
use crate::thumbnail;
use crate::wire::{Element, Node};

fn text(text: &str) -> Fact {
    Fact::Text(text.to_owned())
}

static FIELDS: &[Field<CustomView>] = &[
    Field {
        name: "createdAt",
        operators: RANGE,
        fact: |custom| Fact::Time(custom.created_at),
    },
    Field {
        name: "id",
        operators: "eq,in",
        fact: |custom| text(&custom.id),
    },
    Field {
        name: "name",
        operators: "eq,in",
        fact: |custom| text(&custom.name),
    },
    Field {
        name: "ownerId",
        operators: "eq",
        fact: |custom| text(&custom.owner),
    },
    Field {
        name: "shared",
        operators: "eq",
        fact: |custom| Fact::Boolean(custom.shared),
    },
    Field {
        name: "updatedAt",
        operators: RANGE,
        fact: |custom| Fact::Time(custom.updated_at),
    },
    Field {
        name: "viewId",
        operators: "eq",
        fact: |custom| text(&custom.view),
    },
    Field {
        name: "workbookId",
        operators: "eq",
        fact: |custom| text(&custom.workbook),
    },
];

fn element(custom: &CustomView) -> Element {
    Element::new("customView")
        .attr("id", &custom.id)
        .attr("name", &custom.name)
        .attr("createdAt", iso(custom.created_at))
        .attr("updatedAt", iso(custom.updated_at))
        .attr("shared", custom.shared)
        .child(Element::new("view").attr("id", &custom.view))
        .child(Element::new("workbook").attr("id", &custom.workbook))
        .child(Element::new("owner").attr("id", &custom.owner))
}

fn mine(call: &Call, custom: &CustomView) -> Result<bool, ApiError> {
    Ok(call.role()?.is_admin() || custom.owner == call.user()?.id)
}

pub(crate) fn list(call: &Call) -> Result<Answer, ApiError> {
    let mut seen = Vec::new();
    for custom in call.transact(|tx| tx.all::<CustomView>(call.site()?))? {
        if custom.shared || mine(call, &custom)? {
            seen.push(custom);
        }
    }
    call.list(seen, FIELDS, ("customViews", &[]), |custom| {
        Ok(element(custom))
    })
}

fn find(call: &Call, tx: &Tx<'_>) -> Result<CustomView, ApiError> {
    let id = call.param("custom");
    tx.get_on::<CustomView>(call.site()?, &id.to_ascii_lowercase())?
        .ok_or_else(|| ApiError::new(404_011, format!("Custom view '{id}' could not be found.")))
}

fn own(call: &Call, tx: &Tx<'_>) -> Result<CustomView, ApiError> {
    let custom = find(call, tx)?;
    if mine(call, &custom)? {
        Ok(custom)
    } else {
        Err(ApiError::forbidden("It is not your custom view."))
    }
}

pub(crate) fn get(call: &Call) -> Result<Answer, ApiError> {
    Ok(Answer::ok([element(&call.transact(|tx| find(call, tx))?)]))
}

pub(crate) fn update(call: &Call) -> Result<Answer, ApiError> {
    let node = call.node()?.required("customView")?;
    let custom = call.transact(|tx| {
        let mut custom = own(call, tx)?;
        if let Some(name) = node.attribute("name") {
            name.clone_into(&mut custom.name);
        }
        if let Some(owner) = node.child_id("owner") {
            custom.owner = user(call, tx, owner)?.id;
        }
        custom.shared = node.boolean("shared")?.unwrap_or(custom.shared);
        custom.updated_at = Timestamp::now();
        tx.put(&custom)?;
        Ok(custom)
    })?;
    Ok(Answer::ok([element(&custom)]))
}

pub(crate) fn delete(call: &Call) -> Result<Answer, ApiError> {
    call.transact(|tx| {
        let custom = own(call, tx)?;
        tx.delete::<CustomView>(&custom.id)
    })?;
    Ok(Answer::no_content())
}

pub(crate) fn download(call: &Call) -> Result<Answer, ApiError> {
    let custom = call.transact(|tx| find(call, tx))?;
    Ok(Answer::File {
        content_type: "application/json",
        disposition: format!(
            "name=\"tableau_customview\"; filename=\"{}.json\"",
            custom.id
        ),
        content: custom.content,
    })
}

pub(crate) fn image(call: &Call) -> Result<Answer, ApiError> {
    let (custom, item, view) = call.transact(|tx| {
        let custom = find(call, tx)?;
        let item = item_by_id(call, tx, Kind::Workbook, &custom.workbook)?;
        let view = tx.get::<View>(&custom.view)?;
        Ok((custom, item, view))
    })?;
    let name = view.map_or(custom.name, |view| view.name);
    let bytes = thumbnail::of_sheet(&call.app, &item, &name);
    Ok(Answer::Bytes {
        content_type: "image/png",
        disposition: None,
        bytes,
    })
}

/// The view that a definition is of: the one that it names, else the workbook's first.
fn view_of(tx: &Tx<'_>, node: &Node, workbook: &str) -> Result<View, ApiError> {
    let views = content::visible_views(tx, workbook)?;
    let wanted = node.child_id("view");
    views
        .into_iter()
        .find(|view| wanted.is_none_or(|id| id == view.id))
        .ok_or_else(|| ApiError::new(404_011, "The workbook has no such view."))
}

/// Takes a definition that was downloaded, by file part or by upload.
pub(crate) fn create(call: &Call) -> Result<Answer, ApiError> {
    let parts = call.parts()?;
    let (payload, format) = parts
        .payload
        .as_ref()
        .ok_or_else(|| ApiError::bad_request("The request has no request_payload part."))?;
    let root = format.parse(payload)?;
    let node = root.required("customView")?;
    let workbook = node.required("workbook")?.required_attribute("id")?;
    let name = node.required_attribute("name")?;
    let custom = call.transact(|tx| {
        let content = match (parts.files.first(), call.query.get("uploadSessionId")) {
            (Some(file), None) => file.content.clone(),
            (None, Some(id)) => {
                let upload = uploads::find(call, tx, id)?;
                let content = uploads::content(tx, &upload)?;
                crate::housekeeping::drop_upload(tx, &upload)?;
                content
            }
            _ => {
                return Err(ApiError::bad_request(
                    "Give either a tableau_customview part or an uploadSessionId.",
                ));
            }
        };
        let item = item_by_id(call, tx, Kind::Workbook, workbook)?;
        let view = view_of(tx, node, &item.id)?;
        let owner = match node.child_id("owner") {
            Some(id) => user(call, tx, id)?.id,
            None => call.user()?.id.clone(),
        };
        let taken = |other: &CustomView| {
            other.view == view.id && other.name == name && other.owner == owner
        };
        if tx.children::<CustomView>(&item.id)?.iter().any(taken) {
            return Err(ApiError::new(
                403_166,
                format!("A custom view named '{name}' already exists."),
            ));
        }
        let now = Timestamp::now();
        let custom = CustomView {
            id: new_id(),
            site: item.site.clone(),
            name: name.to_owned(),
            view: view.id,
            workbook: item.id,
            owner,
            shared: node.boolean("shared")?.unwrap_or(false),
            created_at: now,
            updated_at: now,
            content,
        };
        tx.put(&custom)?;
        Ok(custom)
    })?;
    Ok(Answer::created(element(&custom)))
}
