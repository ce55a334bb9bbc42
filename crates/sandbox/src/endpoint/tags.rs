//! Tags: anybody who may read adds; administrators, owners, project leaders and whoever added one remove it.

use super::content::tags as tags_element;
use super::{item, view};
use crate::call::{Answer, Call};
use crate::error::ApiError;
use crate::model::{Item, Kind, Tag, View};
use crate::rights;
use crate::store::Tx;
use crate::wire::Node;

fn labels(node: &Node) -> Result<Vec<String>, ApiError> {
    let tags = node.required("tags")?;
    tags.children_named("tag")
        .map(|tag| {
            let label = tag.required_attribute("label")?.trim();
            if label.is_empty() || label.chars().count() > 200 {
                return Err(ApiError::new(
                    400_051,
                    "A tag must be 1 to 200 characters, not only spaces.",
                ));
            }
            Ok(label.to_owned())
        })
        .collect()
}

/// Adds those that are not there yet; the others stay.
fn merge(tags: &mut Vec<Tag>, labels: Vec<String>, added_by: &str) {
    for label in labels {
        if !tags.iter().any(|tag| tag.label == label) {
            tags.push(Tag {
                label,
                added_by: added_by.to_owned(),
            });
        }
    }
}

fn add_item(call: &Call, kind: Kind) -> Result<Answer, ApiError> {
    let labels = labels(call.node()?)?;
    call.transact(|tx| {
        let mut item = item(call, tx, kind)?;
        merge(&mut item.tags, labels, &call.user()?.id);
        tx.put(&item)?;
        Ok(Answer::ok([tags_element(&item.tags)]))
    })
}

fn take(call: &Call, tx: &Tx<'_>, item: &Item, tags: &mut Vec<Tag>) -> Result<(), ApiError> {
    let label = call.param("tag");
    let at = tags
        .iter()
        .position(|tag| tag.label == label)
        .ok_or_else(|| ApiError::new(404_007, format!("Tag '{label}' could not be found.")))?;
    let user = call.user()?;
    let may = user.site_role.is_admin()
        || item.owner == user.id
        || tags[at].added_by == user.id
        || rights::leads(tx, user, &item.project)?;
    if !may {
        return Err(ApiError::forbidden(format!(
            "You may not remove the tag '{label}'."
        )));
    }
    tags.remove(at);
    Ok(())
}

fn delete_item(call: &Call, kind: Kind) -> Result<Answer, ApiError> {
    call.transact(|tx| {
        let mut item = item(call, tx, kind)?;
        let mut tags = std::mem::take(&mut item.tags);
        take(call, tx, &item, &mut tags)?;
        item.tags = tags;
        tx.put(&item)
    })?;
    Ok(Answer::no_content())
}

pub(crate) fn add_workbook(call: &Call) -> Result<Answer, ApiError> {
    add_item(call, Kind::Workbook)
}

pub(crate) fn add_datasource(call: &Call) -> Result<Answer, ApiError> {
    add_item(call, Kind::Datasource)
}

pub(crate) fn add_flow(call: &Call) -> Result<Answer, ApiError> {
    add_item(call, Kind::Flow)
}

pub(crate) fn delete_workbook(call: &Call) -> Result<Answer, ApiError> {
    delete_item(call, Kind::Workbook)
}

pub(crate) fn delete_datasource(call: &Call) -> Result<Answer, ApiError> {
    delete_item(call, Kind::Datasource)
}

pub(crate) fn delete_flow(call: &Call) -> Result<Answer, ApiError> {
    delete_item(call, Kind::Flow)
}

pub(crate) fn add_view(call: &Call) -> Result<Answer, ApiError> {
    let labels = labels(call.node()?)?;
    call.transact(|tx| {
        let mut view = view(call, tx)?;
        merge(&mut view.tags, labels, &call.user()?.id);
        tx.put(&view)?;
        Ok(Answer::ok([tags_element(&view.tags)]))
    })
}

pub(crate) fn delete_view(call: &Call) -> Result<Answer, ApiError> {
    call.transact(|tx| {
        let mut view: View = view(call, tx)?;
        let workbook = tx
            .get::<Item>(&view.workbook)?
            .ok_or_else(|| ApiError::new(404_006, "The workbook of this view is gone."))?;
        take(call, tx, &workbook, &mut view.tags)?;
        tx.put(&view)
    })?;
    Ok(Answer::no_content())
}
