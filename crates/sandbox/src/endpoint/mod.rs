//! One file a resource. An endpoint takes a [`Call`] and gives an [`Answer`](crate::call::Answer) or a refusal.

pub(crate) mod connections;
pub(crate) mod content;
pub(crate) mod custom_views;
pub(crate) mod default_permissions;
pub(crate) mod downloads;
pub(crate) mod extracts;
pub(crate) mod favorites;
pub(crate) mod flow_runs;
pub(crate) mod group_sets;
pub(crate) mod groups;
pub(crate) mod hyper_data;
mod item_row;
pub(crate) mod jobs;
pub(crate) mod permissions;
pub(crate) mod projects;
pub(crate) mod publish;
pub(crate) mod quality_warnings;
pub(crate) mod recycle_bin;
pub(crate) mod renderings;
pub(crate) mod revisions;
pub(crate) mod schedules;
pub(crate) mod server;
pub(crate) mod sessions;
pub(crate) mod sites;
pub(crate) mod subscriptions;
pub(crate) mod tags;
pub(crate) mod tasks;
pub(crate) mod uploads;
pub(crate) mod user_files;
pub(crate) mod users;
pub(crate) mod validations;
pub(crate) mod views;
pub(crate) mod webhooks;

use crate::call::Call;
use crate::error::ApiError;
use crate::model::{Item, Kind, Project, User, View};
use crate::rights;
use crate::store::Tx;
use crate::wire::Node;

/// The item that the path names, if the caller may see it.
fn item(call: &Call, tx: &Tx<'_>, kind: Kind) -> Result<Item, ApiError> {
    item_by_id(call, tx, kind, call.param(kind.element()))
}

fn item_by_id(call: &Call, tx: &Tx<'_>, kind: Kind, id: &str) -> Result<Item, ApiError> {
    let item = tx
        .get_on::<Item>(call.site()?, &id.to_ascii_lowercase())?
        .filter(|item| item.kind == kind)
        .ok_or_else(|| {
            ApiError::new(
                kind.not_found_code(),
                format!("{} '{id}' could not be found.", kind.title()),
            )
        })?;
    if rights::may_item(tx, call.user()?, &item, "Read")? {
        return Ok(item);
    }
    let code = if kind == Kind::Workbook {
        403_018
    } else {
        403_004
    };
    Err(ApiError::new(
        code,
        format!("You may not read the {} '{id}'.", kind.element()),
    ))
}

fn project(call: &Call, tx: &Tx<'_>, id: &str) -> Result<Project, ApiError> {
    tx.get_on::<Project>(call.site()?, &id.to_ascii_lowercase())?
        .ok_or_else(|| ApiError::new(404_005, format!("Project '{id}' could not be found.")))
}

fn user(call: &Call, tx: &Tx<'_>, id: &str) -> Result<User, ApiError> {
    tx.get_on::<User>(call.site()?, &id.to_ascii_lowercase())?
        .ok_or_else(|| ApiError::new(404_002, format!("User '{id}' could not be found.")))
}

fn view(call: &Call, tx: &Tx<'_>) -> Result<View, ApiError> {
    view_by_id(call, tx, call.param("view"))
}

fn view_by_id(call: &Call, tx: &Tx<'_>, id: &str) -> Result<View, ApiError> {
    tx.get_on::<View>(call.site()?, &id.to_ascii_lowercase())?
        .ok_or_else(|| ApiError::new(404_011, format!("View '{id}' could not be found.")))
}

/// 404009 when the body names another item than the URI.
fn check_same_id(element: &Node, id: &str) -> Result<(), ApiError> {
    match element.attribute("id") {
        Some(other) if !other.eq_ignore_ascii_case(id) => Err(ApiError::new(
            404_009,
            format!("The id '{other}' in the request body is not the id '{id}' in the URI."),
        )),
        _ => Ok(()),
    }
}
