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
    let mut labels = Vec::new();
    for tag in node.required("tags")?.children_named("tag") {
        for label in split(tag.required_attribute("label")?) {
            if label.is_empty() || label.chars().count() > 200 {
                return Err(ApiError::new(
                    400_051,
                    "A tag must be 1 to 200 characters, not only spaces.",
                ));
            }
            labels.push(label);
        }
    }
    Ok(labels)
}

/// The server splits a label at spaces and commas, except within double quotes, which it takes off. The vendor's
/// client (tableauserverclient 0.42, `_encode_tag_label`) quotes labels for that reason.
fn split(label: &str) -> Vec<String> {
    let mut labels = Vec::new();
    let (mut current, mut quoted) = (String::new(), false);
    for character in label.chars() {
        match character {
            '"' => quoted = !quoted,
            ' ' | ',' if !quoted => labels.push(std::mem::take(&mut current)),
            other => current.push(other),
        }
    }
    labels.push(current);
    labels.retain(|label| !label.trim().is_empty());
    if labels.is_empty() {
        vec![String::new()]
    } else {
        labels
    }
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

/// The batch calls: the same labels on, or off, many items.
fn batch(
    call: &Call,
    change: impl Fn(&Tx<'_>, &mut Item, &[String]) -> Result<(), ApiError>,
) -> Result<Answer, ApiError> {
    let node = call.node()?.required("tagBatch")?;
    let labels = labels(node)?;
    call.transact(|tx| {
        for content in node.items("contents", "content") {
            let id = content.required_attribute("id")?;
            let kind = match content
                .required_attribute("contentType")?
                .to_lowercase()
                .as_str()
            {
                "workbook" => Kind::Workbook,
                "datasource" => Kind::Datasource,
                "flow" => Kind::Flow,
                other => {
                    return Err(ApiError::new(
                        409_092,
                        format!("Content of the type '{other}' takes no tags."),
                    ));
                }
            };
            let mut item = super::item_by_id(call, tx, kind, id)?;
            change(tx, &mut item, &labels)?;
            tx.put(&item)?;
        }
        Ok(())
    })?;
    let contents = node.items("contents", "content").filter_map(|content| {
        let id = content.attribute("id")?;
        Some(
            crate::wire::Element::new("content")
                .attr("id", id)
                .attr_if("contentType", content.attribute("contentType")),
        )
    });
    let tags = labels
        .iter()
        .map(|label| crate::wire::Element::new("tag").attr("label", label));
    let echo = crate::wire::Element::new("tagBatch")
        .child(crate::wire::Element::list("tags", tags))
        .child(crate::wire::Element::list("contents", contents));
    Ok(Answer::ok([echo]))
}

pub(crate) fn batch_create(call: &Call) -> Result<Answer, ApiError> {
    let user = call.user()?.id.clone();
    batch(call, |_, item, labels| {
        merge(&mut item.tags, labels.to_vec(), &user);
        Ok(())
    })
}

fn untag(call: &Call) -> Result<Answer, ApiError> {
    let user = call.user()?;
    batch(call, |tx, item, labels| {
        let may_all = user.site_role.is_admin()
            || item.owner == user.id
            || rights::leads(tx, user, &item.project)?;
        for label in labels {
            let Some(at) = item.tags.iter().position(|tag| tag.label == *label) else {
                continue;
            };
            if !may_all && item.tags[at].added_by != user.id {
                return Err(ApiError::forbidden(format!(
                    "You may not remove the tag '{label}'."
                )));
            }
            item.tags.remove(at);
        }
        Ok(())
    })
}

/// As the vendor's client has it: PUT, with an echo.
pub(crate) fn batch_delete_echoed(call: &Call) -> Result<Answer, ApiError> {
    untag(call)
}

/// As the vendor's documents have it: DELETE, with nothing.
pub(crate) fn batch_delete(call: &Call) -> Result<Answer, ApiError> {
    untag(call)?;
    Ok(Answer::no_content())
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn labels_split_at_spaces_and_commas_outside_quotes() {
        assert_eq!(split("gold"), ["gold"]);
        assert_eq!(split("two words,three"), ["two", "words", "three"]);
        assert_eq!(split("\"two words\""), ["two words"]);
        assert_eq!(split("\"a, b\" c"), ["a, b", "c"]);
        assert_eq!(split("  "), [""]);
    }
}
