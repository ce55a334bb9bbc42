//! The recycle bin of API 3.29.

use super::project;
use crate::call::{Answer, Call};
use crate::clock::iso;
use crate::error::ApiError;
use crate::filter::{Fact, Field, RANGE};
use crate::model::{Item, Kind, Project};
use crate::rights;
use crate::store::Tx;
use crate::trash::Trash;
use crate::wire::Element;

fn text(text: &str) -> Fact {
    Fact::Text(text.to_owned())
}

static FIELDS: &[Field<Trash>] = &[
    Field {
        name: "createdAt",
        operators: RANGE,
        fact: |trash| Fact::Time(trash.item.created_at),
    },
    Field {
        name: "updatedAt",
        operators: RANGE,
        fact: |trash| Fact::Time(trash.deleted_at),
    },
    Field {
        name: "deleterId",
        operators: "eq,in",
        fact: |trash| text(&trash.deleter),
    },
    Field {
        name: "id",
        operators: "eq,in",
        fact: |trash| text(&trash.item.id),
    },
    Field {
        name: "name",
        operators: "eq,in",
        fact: |trash| text(&trash.item.name),
    },
    Field {
        name: "ownerId",
        operators: "eq,in",
        fact: |trash| text(&trash.item.owner),
    },
    Field {
        name: "path",
        operators: "eq,in",
        fact: |trash| text(&trash.path),
    },
];

/// The type in the path. Projects go for good here, so their list is always empty.
fn kind(call: &Call) -> Result<Option<Kind>, ApiError> {
    if !call.app.options.recycle_bin {
        return Err(ApiError::new(
            403_157,
            "The recycle bin is not enabled on this site.",
        ));
    }
    match call.param("content") {
        "projects" => Ok(None),
        other => Kind::from_plural(other)
            .map(Some)
            .ok_or_else(|| ApiError::new(409_004, format!("'{other}' is not a content type."))),
    }
}

fn may(call: &Call, trash: &Trash) -> Result<bool, ApiError> {
    Ok(call.role()?.is_admin() || trash.item.owner == call.user()?.id)
}

fn element(trash: &Trash) -> Element {
    Element::new("contentItem")
        .attr("id", &trash.item.id)
        .attr("name", &trash.item.name)
        .attr("contentType", trash.item.kind.element())
        .attr("createdAt", iso(trash.item.created_at))
        .attr("updatedAt", iso(trash.deleted_at))
        .attr("originalPath", &trash.path)
        .attr("isReadOnly", false)
        .child(Element::new("owner").attr("id", &trash.item.owner))
        .child(Element::new("deleter").attr("id", &trash.deleter))
}

pub(crate) fn list(call: &Call) -> Result<Answer, ApiError> {
    let kind = kind(call)?;
    let mut found = Vec::new();
    for trash in call.transact(|tx| tx.all::<Trash>(call.site()?))? {
        if Some(trash.item.kind) == kind && may(call, &trash)? {
            found.push(trash);
        }
    }
    call.list(found, FIELDS, ("contentItems", &[]), |trash| {
        Ok(element(trash))
    })
}

fn find(call: &Call, tx: &Tx<'_>) -> Result<Trash, ApiError> {
    let kind = kind(call)?;
    let id = call.param("id");
    if id.parse::<uuid::Uuid>().is_err() {
        return Err(ApiError::new(409_004, format!("'{id}' is not a LUID.")));
    }
    let trash = tx
        .get_on::<Trash>(call.site()?, &id.to_ascii_lowercase())?
        .filter(|trash| Some(trash.item.kind) == kind)
        .ok_or_else(|| ApiError::new(404_003, format!("'{id}' is not in the recycle bin.")))?;
    if may(call, &trash)? {
        Ok(trash)
    } else {
        Err(ApiError::forbidden(
            "Only its owner and administrators may do this.",
        ))
    }
}

pub(crate) fn get(call: &Call) -> Result<Answer, ApiError> {
    Ok(Answer::ok([element(&call.transact(|tx| find(call, tx))?)]))
}

pub(crate) fn restore(call: &Call) -> Result<Answer, ApiError> {
    let target = call
        .query
        .get("projectId")
        .ok_or_else(|| ApiError::bad_request("The parameter projectId is missing."))?;
    call.transact(|tx| {
        let trash = find(call, tx)?;
        let target: Project = project(call, tx, target)?;
        if !rights::may_project(tx, call.user()?, &target, "Write")? {
            return Err(ApiError::forbidden(format!(
                "You may not publish to the project '{}'.",
                target.name
            )));
        }
        let item = Item {
            project: target.id,
            ..trash.item
        };
        if tx
            .by_name::<Item>(&item.site, &Item::key(item.kind, &item.project, &item.name))?
            .is_some()
        {
            let detail = format!(
                "A {} named '{}' exists in that project.",
                item.kind.element(),
                item.name
            );
            return Err(ApiError::new(409_004, detail));
        }
        tx.put(&item)?;
        for view in &trash.views {
            tx.put(view)?;
        }
        tx.delete::<Trash>(&item.id)
    })?;
    Ok(Answer::no_content())
}

pub(crate) fn purge(call: &Call) -> Result<Answer, ApiError> {
    call.transact(|tx| {
        let trash = find(call, tx)?;
        tx.delete::<Trash>(&trash.item.id)
    })?;
    Ok(Answer::no_content())
}

/// Purges all that the caller may purge.
pub(crate) fn purge_all(call: &Call) -> Result<Answer, ApiError> {
    if !call.app.options.recycle_bin {
        return Err(ApiError::new(
            403_157,
            "The recycle bin is not enabled on this site.",
        ));
    }
    call.transact(|tx| {
        for trash in tx.all::<Trash>(call.site()?)? {
            if may(call, &trash)? {
                tx.delete::<Trash>(&trash.item.id)?;
            }
        }
        Ok(())
    })?;
    Ok(Answer::no_content())
}
