//! The three validation calls of API 3.29. They speak JSON only, and answer invalid content with 422.

use std::io::Read;

use hyper::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::uploads;
use crate::blobs::Content;
use crate::call::{Answer, Call};
use crate::clock::iso_millis;
use crate::error::ApiError;
use crate::model::{Chunk, Item, Kind, Upload};
use crate::validation::{self, Findings};

/// The largest document that is validated.
const MAX_BYTES: u64 = 192 << 20;

fn check_accept(call: &Call) -> Result<(), ApiError> {
    if call.accepts_json {
        return Ok(());
    }
    Err(ApiError::new(
        406_000,
        "This call answers in JSON only: accept application/json.",
    ))
}

fn document(call: &Call) -> Result<Content, ApiError> {
    let file = call
        .parts()?
        .files
        .iter()
        .find(|file| file.name == "tableau_workbook")
        .ok_or_else(|| ApiError::bad_request("The request has no tableau_workbook part."))?;
    if !file.filename.to_ascii_lowercase().ends_with(".twb") {
        return Err(ApiError::bad_request(format!(
            "The file name '{}' must end in .twb.",
            file.filename
        )));
    }
    Ok(file.content.clone())
}

fn findings(call: &Call, content: &Content) -> Result<Findings, ApiError> {
    if content.bytes() > MAX_BYTES {
        return Err(ApiError::new(
            413_000,
            "The document is too large to be validated.",
        ));
    }
    let mut bytes = Vec::new();
    call.app.blobs.reader(content).read_to_end(&mut bytes)?;
    let site = call.site()?;
    let sources: Vec<String> = call.transact(|tx| {
        Ok(tx
            .items(site, Kind::Datasource)?
            .into_iter()
            .map(|item: Item| item.content_url)
            .collect())
    })?;
    validation::validate(&bytes, call.app.options.document_version(), |url| {
        sources.iter().any(|known| known == url)
    })
    .map_err(|error| ApiError::bad_request(format!("This is not a workbook: {error}.")))
}

fn report(findings: &Findings, upload: Option<&str>) -> Answer {
    let mut body = json!({"timestamp": iso_millis(Timestamp::now())});
    let mut put = |name: &str, value: Value| {
        if let Value::Object(members) = &mut body {
            members.insert(name.to_owned(), value);
        }
    };
    if let Some(upload) = upload {
        put("uploadId", json!(upload));
    }
    if !findings.errors.is_empty() {
        put("errors", json!(findings.errors));
    }
    if !findings.warnings.is_empty() {
        put("warnings", json!(findings.warnings));
    }
    let status = if findings.errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Answer::Json(status, body)
}

pub(crate) fn validate(call: &Call) -> Result<Answer, ApiError> {
    check_accept(call)?;
    let findings = findings(call, &document(call)?)?;
    Ok(report(&findings, None))
}

/// A valid document is kept as an upload, ready to be published.
pub(crate) fn validate_and_upload(call: &Call) -> Result<Answer, ApiError> {
    check_accept(call)?;
    let content = document(call)?;
    let findings = findings(call, &content)?;
    if !findings.errors.is_empty() {
        return Ok(report(&findings, None));
    }
    let upload = call.transact(|tx| {
        let mut upload = uploads::new_upload(call, tx)?;
        upload.bytes = content.bytes();
        upload.chunks = 1;
        tx.put(&Chunk {
            id: format!("{}/0", upload.id),
            upload: upload.id.clone(),
            sequence: None,
            arrival: 0,
            content,
        })?;
        tx.put(&upload)?;
        Ok(upload)
    })?;
    Ok(report(&findings, Some(&upload.id)))
}

pub(crate) fn validate_uploaded(call: &Call) -> Result<Answer, ApiError> {
    check_accept(call)?;
    let id = call
        .query
        .get("uploadSessionId")
        .ok_or_else(|| ApiError::bad_request("The parameter uploadSessionId is missing."))?;
    let (upload, content): (Upload, Content) = call.transact(|tx| {
        let upload = uploads::find(call, tx, id)?;
        let content = uploads::content(tx, &upload)?;
        Ok((upload, content))
    })?;
    let findings = findings(call, &content)?;
    let id = findings.errors.is_empty().then_some(upload.id.as_str());
    Ok(report(&findings, id))
}
