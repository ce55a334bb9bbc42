//! Favorites of a user.

use jiff::Timestamp;

use super::{content, item_by_id, project, projects, user, view_by_id, views};
use crate::call::{Answer, Call};
use crate::error::ApiError;
use crate::filter::Field;
use crate::model::{Favorite, Item, Kind, Project, User, View};
use crate::rights;
use crate::store::Tx;
use crate::wire::Element;

static FIELDS: &[Field<Favorite>] = &[];

/// What can be a favorite: its element, and its name in paths.
const TYPES: [(&str, &str); 5] = [
    ("workbook", "workbooks"),
    ("view", "views"),
    ("datasource", "datasources"),
    ("flow", "flows"),
    ("project", "projects"),
];

/// The user of the path. Others than administrators have to do with their own favorites only.
fn owner(call: &Call, tx: &Tx<'_>) -> Result<User, ApiError> {
    let owner = user(call, tx, call.param("user"))?;
    if owner.id == call.user()?.id || call.role()?.is_admin() {
        Ok(owner)
    } else {
        Err(ApiError::forbidden("They are not your favorites."))
    }
}

/// LUID of the content that is named, if the caller may see it.
fn target(call: &Call, tx: &Tx<'_>, content_type: &str, id: &str) -> Result<String, ApiError> {
    match content_type {
        "view" => {
            let view = view_by_id(call, tx, id)?;
            item_by_id(call, tx, Kind::Workbook, &view.workbook)?;
            Ok(view.id)
        }
        "project" => {
            let project = project(call, tx, id)?;
            if rights::may_project(tx, call.user()?, &project, "Read")? {
                Ok(project.id)
            } else {
                Err(ApiError::forbidden(format!(
                    "You may not read the project '{id}'."
                )))
            }
        }
        "datasource" => Ok(item_by_id(call, tx, Kind::Datasource, id)?.id),
        "flow" => Ok(item_by_id(call, tx, Kind::Flow, id)?.id),
        _ => Ok(item_by_id(call, tx, Kind::Workbook, id)?.id),
    }
}

/// The content as lists show it; `None` where it is gone.
fn content(call: &Call, tx: &Tx<'_>, favorite: &Favorite) -> Result<Option<Element>, ApiError> {
    match favorite.content_type.as_str() {
        "view" => match tx.get::<View>(&favorite.content)? {
            Some(view) => views::shown(tx, view),
            None => Ok(None),
        },
        "project" => match tx.get::<Project>(&favorite.content)? {
            Some(project) => projects::shown(call, tx, project).map(Some),
            None => Ok(None),
        },
        _ => match tx.get::<Item>(&favorite.content)? {
            Some(item) => content::shown(call, tx, &item).map(Some),
            None => Ok(None),
        },
    }
}

fn element(call: &Call, tx: &Tx<'_>, favorite: &Favorite) -> Result<Element, ApiError> {
    Ok(Element::new("favorite")
        .attr("label", &favorite.label)
        .child_if(content(call, tx, favorite)?))
}

pub(crate) fn list(call: &Call) -> Result<Answer, ApiError> {
    let favorites = call.transact(|tx| {
        let owner = owner(call, tx)?;
        tx.children::<Favorite>(&owner.id)
    })?;
    call.list(favorites, FIELDS, ("favorites", &[]), |favorite| {
        call.transact(|tx| element(call, tx, favorite))
    })
}

/// Answers with all favorites of the user. What is a favorite already gets the new label.
pub(crate) fn add(call: &Call) -> Result<Answer, ApiError> {
    let node = call.node()?.required("favorite")?;
    let label = node.attribute("label").unwrap_or_default();
    if label.trim().is_empty() {
        return Err(ApiError::new(
            400_005,
            "The label of a favorite must not be empty.",
        ));
    }
    let named = TYPES
        .iter()
        .find_map(|(name, _)| Some((*name, node.child_id(name)?)));
    let (content_type, id) = named.ok_or_else(|| {
        ApiError::bad_request("The favorite names no workbook, view, datasource, flow or project.")
    })?;
    call.transact(|tx| {
        let owner = owner(call, tx)?;
        let content = target(call, tx, content_type, id)?;
        let key = Favorite::key(&owner.id, &content);
        let added_at = tx
            .get::<Favorite>(&key)?
            .map_or_else(Timestamp::now, |known| known.added_at);
        tx.put(&Favorite {
            id: key,
            site: owner.site.clone(),
            user: owner.id.clone(),
            label: label.to_owned(),
            content_type: content_type.to_owned(),
            content,
            added_at,
        })?;
        let mut all = Vec::new();
        for favorite in tx.children::<Favorite>(&owner.id)? {
            all.push(element(call, tx, &favorite)?);
        }
        Ok(Answer::ok([Element::list("favorites", all)]))
    })
}

/// The vendor's Python client also writes the type in the singular.
pub(crate) fn delete(call: &Call) -> Result<Answer, ApiError> {
    let name = call.param("content");
    if !TYPES
        .iter()
        .any(|(element, plural)| name == *element || name == *plural)
    {
        return Err(ApiError::new(404_003, "Unknown resource specified in URI."));
    }
    call.transact(|tx| {
        let owner = owner(call, tx)?;
        let id = call.param("id").to_ascii_lowercase();
        let key = Favorite::key(&owner.id, &id);
        if tx.get::<Favorite>(&key)?.is_none() {
            return Err(ApiError::new(
                404_010,
                format!("'{id}' is not among the favorites."),
            ));
        }
        tx.delete::<Favorite>(&key)
    })?;
    Ok(Answer::no_content())
}
