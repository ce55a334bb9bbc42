//! Pictures and exports. The sandbox renders no data: it gives thumbnails and placeholders, and fails where the
//! real one fails for want of credentials.

use super::{content, item, view};
use crate::call::{Answer, Call};
use crate::error::ApiError;
use crate::model::{Item, Kind, View};
use crate::store::Tx;
use crate::{picture, rights, thumbnail};

fn png(bytes: Vec<u8>) -> Answer {
    Answer::Bytes {
        content_type: "image/png",
        disposition: None,
        bytes,
    }
}

pub(crate) fn workbook_preview(call: &Call) -> Result<Answer, ApiError> {
    let (item, name) = call.transact(|tx| {
        let item = item(call, tx, Kind::Workbook)?;
        let first = content::visible_views(tx, &item.id)?.into_iter().next();
        let name = first.map_or_else(|| item.name.clone(), |view| view.name);
        Ok((item, name))
    })?;
    Ok(png(thumbnail::of_sheet(&call.app, &item, &name)))
}

pub(crate) fn view_preview(call: &Call) -> Result<Answer, ApiError> {
    let (item, view) = call.transact(|tx| {
        let item = item(call, tx, Kind::Workbook)?;
        let view = view(call, tx)?;
        if view.workbook != item.id {
            return Err(ApiError::new(
                404_011,
                format!("View '{}' could not be found.", view.id),
            ));
        }
        Ok((item, view))
    })?;
    Ok(png(thumbnail::of_sheet(&call.app, &item, &view.name)))
}

/// The workbook of a view that the caller may export, with the view's visit counted.
fn visit(call: &Call, tx: &Tx<'_>, capability: &str) -> Result<(Item, View), ApiError> {
    let mut view = view(call, tx)?;
    let item = tx
        .get::<Item>(&view.workbook)?
        .ok_or_else(|| ApiError::new(404_011, format!("View '{}' could not be found.", view.id)))?;
    if !rights::may_item(tx, call.user()?, &item, "Read")?
        || !rights::may_item(tx, call.user()?, &item, capability)?
    {
        return Err(ApiError::new(403_032, "You may not export this view."));
    }
    view.hits += 1;
    tx.put(&view)?;
    Ok((item, view))
}

/// A live connection without its password cannot be queried.
fn check_credentials(item: &Item, code: u32) -> Result<(), ApiError> {
    let missing = |c: &&crate::model::Connection| c.needs_credentials() && !c.has_password;
    match item.connections.iter().find(missing) {
        Some(connection) if !item.has_extracts => Err(ApiError::new(
            code,
            format!(
                "ExportViewException: Unable to connect to the data source '{}': no credentials are embedded for the \
                 server '{}'.",
                connection.source_name, connection.server
            ),
        )),
        _ => Ok(()),
    }
}

/// `maxAge` is in minutes, at least one.
fn check_max_age(call: &Call) -> Result<(), ApiError> {
    match call.query.get("maxAge") {
        Some(text) if !text.parse::<u32>().is_ok_and(|minutes| minutes >= 1) => Err(ApiError::new(
            400_008,
            format!("Invalid value '{text}' for 'maxAge'."),
        )),
        _ => Ok(()),
    }
}

fn rendered(call: &Call, capability: &str, code: u32) -> Result<(Item, View), ApiError> {
    check_max_age(call)?;
    call.transact(|tx| {
        let (item, view) = visit(call, tx, capability)?;
        check_credentials(&item, code)?;
        Ok((item, view))
    })
}

pub(crate) fn view_image(call: &Call) -> Result<Answer, ApiError> {
    let (item, view) = rendered(call, "ExportImage", 400_074)?;
    Ok(png(thumbnail::of_sheet(&call.app, &item, &view.name)))
}

pub(crate) fn view_pdf(call: &Call) -> Result<Answer, ApiError> {
    let (_, view) = rendered(call, "ExportImage", 400_101)?;
    Ok(Answer::Bytes {
        content_type: "application/pdf",
        disposition: None,
        bytes: picture::pdf(&view.name),
    })
}

/// A heading and no rows.
pub(crate) fn view_data(call: &Call) -> Result<Answer, ApiError> {
    let (_, view) = rendered(call, "ExportData", 400_101)?;
    let bytes = format!("\"{}\"\n", view.name.replace('"', "\"\"")).into_bytes();
    Ok(Answer::Bytes {
        content_type: "text/csv;charset=UTF-8",
        disposition: None,
        bytes,
    })
}

pub(crate) fn workbook_pdf(call: &Call) -> Result<Answer, ApiError> {
    check_max_age(call)?;
    let item = call.transact(|tx| {
        let item = item(call, tx, Kind::Workbook)?;
        check_credentials(&item, 400_101)?;
        Ok(item)
    })?;
    Ok(Answer::Bytes {
        content_type: "application/pdf",
        disposition: None,
        bytes: picture::pdf(&item.name),
    })
}
