//! Downloads: what was published, byte for byte; without its extract where that is asked for.

use std::fmt::Write;

use super::item;
use crate::call::{Answer, Call};
use crate::error::ApiError;
use crate::extract;
use crate::model::{Item, Kind, Revision};
use crate::rights;

pub(crate) fn workbook(call: &Call) -> Result<Answer, ApiError> {
    download(call, Kind::Workbook)
}

pub(crate) fn datasource(call: &Call) -> Result<Answer, ApiError> {
    download(call, Kind::Datasource)
}

pub(crate) fn flow(call: &Call) -> Result<Answer, ApiError> {
    download(call, Kind::Flow)
}

fn download(call: &Call, kind: Kind) -> Result<Answer, ApiError> {
    let item = call.transact(|tx| {
        let item = item(call, tx, kind)?;
        if rights::may_item(tx, call.user()?, &item, "ExportXml")? {
            return Ok(item);
        }
        let code = if kind == Kind::Datasource {
            403_028
        } else {
            403_019
        };
        Err(ApiError::new(
            code,
            format!("You may not download the {}.", kind.element()),
        ))
    })?;
    let revision = item
        .current()
        .ok_or_else(|| ApiError::internal("The item has no file."))?;
    revision_file(call, &item, revision)
}

/// The file of a revision, as `includeExtract` wants it.
pub(super) fn revision_file(
    call: &Call,
    item: &Item,
    revision: &Revision,
) -> Result<Answer, ApiError> {
    let with_extract = match call.query.get("includeExtract") {
        None => true,
        Some(text) => crate::wire::parse_boolean("includeExtract", text)?,
    };
    let (content, file_type) = if with_extract {
        (revision.content.clone(), revision.file_type.clone())
    } else {
        extract::without(&call.app, item, revision)?
    };
    let content_type = match file_type.as_str() {
        "twb" | "tds" => "application/xml",
        _ => "application/octet-stream",
    };
    Ok(Answer::File {
        content_type,
        disposition: disposition(item.kind, &format!("{}.{file_type}", item.name)),
        content,
    })
}

/// `name="tableau_workbook"; filename="x.twbx"`; names that a quoted string cannot hold in the extended form.
fn disposition(kind: Kind, filename: &str) -> String {
    let part = kind.part_name();
    let plain = |c: char| (c.is_ascii_graphic() || c == ' ') && !matches!(c, '"' | '\\' | '/');
    if filename.chars().all(plain) {
        return format!("name=\"{part}\"; filename=\"{filename}\"");
    }
    let mut encoded = String::new();
    for byte in filename.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    format!("name=\"{part}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_file() {
        assert_eq!(
            disposition(Kind::Workbook, "My sales.twbx"),
            "name=\"tableau_workbook\"; filename=\"My sales.twbx\""
        );
        assert_eq!(
            disposition(Kind::Datasource, "Años \"1\".tdsx"),
            "name=\"tableau_datasource\"; filename*=UTF-8''A%C3%B1os%20%221%22.tdsx"
        );
    }
}
