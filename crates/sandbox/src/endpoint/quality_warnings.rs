//! Data quality warnings on data sources and flows.

use jiff::Timestamp;

use super::item_by_id;
use crate::call::{Answer, Call};
use crate::clock::iso;
use crate::error::ApiError;
use crate::model::{Item, Kind, QualityWarning, User, new_id};
use crate::store::Tx;
use crate::wire::{Element, Node};

const KINDS: &[&str] = &[
    "WARNING",
    "DEPRECATED",
    "STALE",
    "SENSITIVE_DATA",
    "MAINTENANCE",
];

fn subject(call: &Call, tx: &Tx<'_>) -> Result<Item, ApiError> {
    let kind = match call.param("content") {
        "datasource" => Kind::Datasource,
        "flow" => Kind::Flow,
        other => {
            return Err(ApiError::new(
                404_029,
                format!("The sandbox has no content of the type '{other}'."),
            ));
        }
    };
    item_by_id(call, tx, kind, call.param("id"))
}

fn element(tx: &Tx<'_>, warning: &QualityWarning) -> Result<Element, ApiError> {
    let owner = tx.get::<User>(&warning.owner)?;
    Ok(Element::new("dataQualityWarning")
        .attr("id", &warning.id)
        .attr_if("userDisplayName", owner.map(|user| user.full_name))
        .attr("contentId", &warning.content)
        .attr("contentType", &warning.content_type)
        .attr("message", &warning.message)
        .attr("type", &warning.kind)
        .attr("isActive", warning.active)
        .attr("isSevere", warning.severe)
        .attr("createdAt", iso(warning.created_at))
        .attr("updatedAt", iso(warning.updated_at))
        .child(Element::new("owner").attr("id", &warning.owner)))
}

fn all(tx: &Tx<'_>, item: &Item) -> Result<Element, ApiError> {
    let warnings = tx.children::<QualityWarning>(&item.id)?;
    let elements = warnings
        .iter()
        .map(|warning| element(tx, warning))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Element::list("dataQualityWarningList", elements))
}

fn apply(warning: &mut QualityWarning, node: &Node) -> Result<(), ApiError> {
    if let Some(kind) = node.attribute("type") {
        if !KINDS.contains(&kind) {
            return Err(ApiError::bad_request(format!(
                "'{kind}' is not a type of warning."
            )));
        }
        kind.clone_into(&mut warning.kind);
    }
    if let Some(message) = node.attribute("message") {
        message.clone_into(&mut warning.message);
    }
    warning.active = node.boolean("isActive")?.unwrap_or(warning.active);
    warning.severe = node.boolean("isSevere")?.unwrap_or(warning.severe);
    warning.updated_at = Timestamp::now();
    Ok(())
}

pub(crate) fn list(call: &Call) -> Result<Answer, ApiError> {
    call.transact(|tx| Ok(Answer::ok([all(tx, &subject(call, tx)?)?])))
}

pub(crate) fn add(call: &Call) -> Result<Answer, ApiError> {
    let node = call.node()?.required("dataQualityWarning")?;
    node.required_attribute("type")?;
    call.transact(|tx| {
        let item = subject(call, tx)?;
        let now = Timestamp::now();
        let mut warning = QualityWarning {
            id: new_id(),
            site: item.site.clone(),
            content_type: item.kind.element().to_uppercase(),
            content: item.id.clone(),
            kind: String::new(),
            message: String::new(),
            active: true,
            severe: false,
            owner: call.user()?.id.clone(),
            created_at: now,
            updated_at: now,
        };
        apply(&mut warning, node)?;
        tx.put(&warning)?;
        Ok(Answer::ok([all(tx, &item)?]))
    })
}

/// Changes the warnings of an item.
pub(crate) fn update(call: &Call) -> Result<Answer, ApiError> {
    let node = call.node()?.required("dataQualityWarning")?;
    call.transact(|tx| {
        let item = subject(call, tx)?;
        for mut warning in tx.children::<QualityWarning>(&item.id)? {
            apply(&mut warning, node)?;
            tx.put(&warning)?;
        }
        Ok(Answer::ok([all(tx, &item)?]))
    })
}

pub(crate) fn clear(call: &Call) -> Result<Answer, ApiError> {
    call.transact(|tx| {
        for warning in tx.children::<QualityWarning>(&subject(call, tx)?.id)? {
            tx.delete::<QualityWarning>(&warning.id)?;
        }
        Ok(())
    })?;
    Ok(Answer::no_content())
}

fn find(call: &Call, tx: &Tx<'_>) -> Result<QualityWarning, ApiError> {
    let id = call.param("warning");
    tx.get_on::<QualityWarning>(call.site()?, &id.to_ascii_lowercase())?
        .ok_or_else(|| {
            ApiError::new(
                404_029,
                format!("Data quality warning '{id}' could not be found."),
            )
        })
}

pub(crate) fn get_one(call: &Call) -> Result<Answer, ApiError> {
    call.transact(|tx| Ok(Answer::ok([element(tx, &find(call, tx)?)?])))
}

pub(crate) fn update_one(call: &Call) -> Result<Answer, ApiError> {
    let node = call.node()?.required("dataQualityWarning")?;
    call.transact(|tx| {
        let mut warning = find(call, tx)?;
        apply(&mut warning, node)?;
        tx.put(&warning)?;
        Ok(Answer::ok([element(tx, &warning)?]))
    })
}

pub(crate) fn delete_one(call: &Call) -> Result<Answer, ApiError> {
    call.transact(|tx| {
        let warning = find(call, tx)?;
        tx.delete::<QualityWarning>(&warning.id)
    })?;
    Ok(Answer::no_content())
}
