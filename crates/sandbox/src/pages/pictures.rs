//! The picture of a view: its thumbnail in the file, else a drawing of what kind of sheet it is.

use hyper::StatusCode;

use super::cache;
use crate::app::App;
use crate::error::ApiError;
use crate::model::{Item, SheetKind, Site, View};
use crate::response::{HttpResponse, response};
use crate::thumbnail;

pub(super) struct Picture {
    content_type: &'static str,
    bytes: Vec<u8>,
}

pub(super) fn of_view(app: &App, site: &Site, id: &str) -> Result<Option<Picture>, ApiError> {
    let found = app.store.transact(|tx| {
        let Some(view) = tx.get_on::<View>(&site.id, id)? else {
            return Ok(None);
        };
        Ok(tx.get::<Item>(&view.workbook)?.map(|item| (view, item)))
    })?;
    let Some((view, item)) = found else {
        return Ok(None);
    };
    // Outside the transaction: the file may be large.
    Ok(Some(match thumbnail::embedded(app, &item, &view.name) {
        Some(bytes) => Picture {
            content_type: "image/png",
            bytes,
        },
        None => Picture {
            content_type: "image/svg+xml",
            bytes: drawing(view.kind).as_bytes().to_vec(),
        },
    }))
}

/// In a grey that shows on light and on dark.
fn drawing(kind: SheetKind) -> &'static str {
    match kind {
        SheetKind::Worksheet => include_str!("worksheet.svg"),
        SheetKind::Dashboard => include_str!("dashboard.svg"),
        SheetKind::Story => include_str!("story.svg"),
    }
}

pub(super) fn sent(picture: Picture) -> HttpResponse {
    let mut response = response(StatusCode::OK, picture.content_type, picture.bytes);
    // The address has the revision in it.
    cache(&mut response, "private, max-age=3600");
    response
}
