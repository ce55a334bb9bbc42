//! Changes of an item: its attributes, its project, its owner.

use jiff::Timestamp;

use super::full_element;
use crate::call::{Answer, Call};
use crate::endpoint::{check_same_id, item, project, user};
use crate::error::ApiError;
use crate::model::{Item, Kind};
use crate::rights;
use crate::store::Tx;
use crate::wire::Node;

pub(crate) fn workbook(call: &Call) -> Result<Answer, ApiError> {
    update(call, Kind::Workbook)
}

pub(crate) fn datasource(call: &Call) -> Result<Answer, ApiError> {
    update(call, Kind::Datasource)
}

pub(crate) fn flow(call: &Call) -> Result<Answer, ApiError> {
    update(call, Kind::Flow)
}

/// Codes of what an update may not do, by kind: anything, move, change the owner.
fn update_codes(kind: Kind) -> (u32, u32, u32) {
    match kind {
        Kind::Workbook => (403_052, 403_025, 403_027),
        Kind::Datasource => (403_032, 403_030, 403_032),
        Kind::Flow => (403_098, 403_098, 403_098),
    }
}

fn update(call: &Call, kind: Kind) -> Result<Answer, ApiError> {
    let empty = Node::default();
    let element = call.node()?.child(kind.element()).unwrap_or(&empty);
    call.transact(|tx| {
        let mut item = item(call, tx, kind)?;
        check_same_id(element, &item.id)?;
        if !rights::may_item(tx, call.user()?, &item, "Write")? {
            let detail = format!("You may not update the {} '{}'.", kind.element(), item.id);
            return Err(ApiError::new(update_codes(kind).0, detail));
        }
        attributes(&mut item, element)?;
        move_item(call, tx, &mut item, element)?;
        change_owner(call, tx, &mut item, element)?;
        item.updated_at = Timestamp::now();
        tx.put(&item)?;
        Ok(Answer::ok([full_element(call, tx, &item)?]))
    })
}

/// Only what is in the body changes. A rename does not change the content URL.
fn attributes(item: &mut Item, element: &Node) -> Result<(), ApiError> {
    if let Some(name) = element.attribute("name") {
        if name.trim().is_empty() || name.chars().count() > 255 {
            return Err(ApiError::new(
                400_008,
                "A name must be 1 to 255 characters, not only spaces.",
            ));
        }
        name.clone_into(&mut item.name);
    }
    if let Some(description) = element.attribute("description") {
        description.clone_into(&mut item.description);
    }
    item.encrypt_extracts = element
        .boolean("encryptExtracts")?
        .unwrap_or(item.encrypt_extracts);
    match item.kind {
        Kind::Workbook => item.show_tabs = element.boolean("showTabs")?.unwrap_or(item.show_tabs),
        Kind::Datasource => {
            item.certified = element.boolean("isCertified")?.unwrap_or(item.certified);
            if let Some(note) = element.attribute("certificationNote") {
                note.clone_into(&mut item.certification_note);
            }
            item.use_remote_query_agent = element
                .boolean("useRemoteQueryAgent")?
                .unwrap_or(item.use_remote_query_agent);
        }
        Kind::Flow => {}
    }
    Ok(())
}

fn move_item(call: &Call, tx: &Tx<'_>, item: &mut Item, element: &Node) -> Result<(), ApiError> {
    let wanted = match element.child_id("project") {
        Some(id) => project(call, tx, id)?,
        None => project(call, tx, &item.project)?,
    };
    let moved = wanted.id != item.project;
    let codes = update_codes(item.kind);
    if moved {
        let may = rights::may_item(tx, call.user()?, item, "ChangeHierarchy")?
            && rights::may_project(tx, call.user()?, &wanted, "Write")?;
        if !may {
            return Err(ApiError::new(
                codes.1,
                format!("You may not move the {} there.", item.kind.element()),
            ));
        }
    }
    let taken = tx
        .by_name::<Item>(&item.site, &Item::key(item.kind, &wanted.id, &item.name))?
        .is_some_and(|other| other.id != item.id);
    if taken {
        return Err(name_clash(item, &wanted.id, moved));
    }
    item.project = wanted.id;
    Ok(())
}

fn name_clash(item: &Item, project: &str, moved: bool) -> ApiError {
    let code = match (item.kind, moved) {
        (Kind::Workbook, true) => 409_013,
        (Kind::Workbook, false) => 409_012,
        (Kind::Datasource, _) => 409_015,
        (Kind::Flow, _) => 409_041,
    };
    let what = item.kind.element();
    ApiError::new(
        code,
        format!(
            "Cannot move the {what} '{}' to project '{project}'. A {what} with the name '{}' already exists in that project.",
            item.id, item.name
        ),
    )
}

/// A new owner: embedded credentials of the old one go.
fn change_owner(call: &Call, tx: &Tx<'_>, item: &mut Item, element: &Node) -> Result<(), ApiError> {
    let Some(id) = element.child_id("owner") else {
        return Ok(());
    };
    let new = user(call, tx, id)?;
    if new.id == item.owner {
        return Ok(());
    }
    let leads = rights::leads(tx, call.user()?, &item.project)?;
    if !call.role()?.is_admin() && !leads && call.user()?.id != item.owner {
        return Err(ApiError::new(
            update_codes(item.kind).2,
            "You may not change the owner.",
        ));
    }
    item.owner = new.id;
    for connection in &mut item.connections {
        connection.embed_password = false;
        connection.has_password = false;
    }
    Ok(())
}
