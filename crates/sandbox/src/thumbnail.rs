//! The pictures that a workbook's file carries of its sheets.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::app::App;
use crate::model::{Item, Kind};
use crate::{picture, reading};

/// The thumbnail of the sheet `name`, else a placeholder that says its name.
pub(crate) fn of_sheet(app: &App, item: &Item, name: &str) -> Vec<u8> {
    embedded(app, item, name).unwrap_or_else(|| picture::placeholder(name))
}

/// The PNG that the file itself carries.
pub(crate) fn embedded(app: &App, item: &Item, name: &str) -> Option<Vec<u8>> {
    let revision = item.current()?;
    let reader = std::io::BufReader::new(app.blobs.reader(&revision.content));
    let text = reading::document_text(Kind::Workbook, &revision.file_type, reader).ok()?;
    let document = roxmltree::Document::parse(&text).ok()?;
    let thumbnails = document
        .root_element()
        .children()
        .find(|node| node.has_tag_name("thumbnails"))?;
    let thumbnail = thumbnails
        .children()
        .find(|node| node.attribute("name") == Some(name))?;
    let packed: String = thumbnail
        .text()?
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    STANDARD
        .decode(packed)
        .ok()
        .filter(|picture| picture.starts_with(b"\x89PNG"))
}
