//! A package without its extracts.

use std::io::{Cursor, Read, Write};

use crate::app::App;
use crate::blobs::Content;
use crate::error::ApiError;
use crate::model::{Item, Revision};

/// The file without its extracts: extract members left out, and a package that holds nothing else but its
/// document given as the bare document. Small files as they are.
pub(crate) fn without(
    app: &App,
    item: &Item,
    revision: &Revision,
) -> Result<(Content, String), ApiError> {
    if !revision.file_type.ends_with('x') {
        return Ok((revision.content.clone(), revision.file_type.clone()));
    }
    let damaged = |error: &dyn std::fmt::Display| {
        ApiError::internal(format!("The stored package is damaged: {error}"))
    };
    let reader = std::io::BufReader::new(app.blobs.reader(&revision.content));
    let mut package = zip::ZipArchive::new(reader).map_err(|error| damaged(&error))?;
    let mut kept = Vec::new();
    for index in 0..package.len() {
        let entry = package
            .by_index_raw(index)
            .map_err(|error| damaged(&error))?;
        if !is_extract(&entry.name().map_err(|error| damaged(&error))?) && !entry.is_dir() {
            kept.push(index);
        }
    }
    if let [only] = kept.as_slice() {
        let mut bytes = Vec::new();
        package
            .by_index(*only)
            .map_err(|error| damaged(&error))?
            .read_to_end(&mut bytes)?;
        let (blob, _pin) = app.blobs.store(&bytes)?;
        // A workbook comes back bare; a data source stays a package.
        if item.kind == crate::model::Kind::Workbook {
            return Ok((
                Content(vec![blob]),
                revision.file_type.trim_end_matches('x').to_owned(),
            ));
        }
    }
    repack(app, &mut package, &kept).map(|content| (content, revision.file_type.clone()))
}

fn is_extract(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, tail)| {
        tail.eq_ignore_ascii_case("hyper") || tail.eq_ignore_ascii_case("tde")
    })
}

fn repack<R: Read + std::io::Seek>(
    app: &App,
    package: &mut zip::ZipArchive<R>,
    kept: &[usize],
) -> Result<Content, ApiError> {
    let failed = |error: zip::result::ZipError| {
        ApiError::internal(format!("The package cannot be rewritten: {error}"))
    };
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in kept {
        let entry = package.by_index(*index).map_err(failed)?;
        let options = zip::write::SimpleFileOptions::default();
        let name = entry.name().map_err(failed)?.into_owned();
        writer.start_file(name, options).map_err(failed)?;
        std::io::copy(&mut entry.take(u64::MAX), &mut writer)?;
    }
    let mut bytes = writer.finish().map_err(failed)?.into_inner();
    bytes.flush()?;
    let (blob, _pin) = app.blobs.store(&bytes)?;
    Ok(Content(vec![blob]))
}
