//! Upload sessions.

use jiff::Timestamp;

use crate::blobs::Content;
use crate::call::{Answer, Call};
use crate::error::ApiError;
use crate::model::{Chunk, Upload};
use crate::store::Tx;
use crate::version::ApiVersion;
use crate::wire::Element;

/// `sequenceID` is known from here on; before, it is one of the parameters that are ignored.
const SEQUENCE_SINCE: ApiVersion = ApiVersion::new(3, 27);

fn element(upload: &Upload) -> Element {
    // Whole megabytes; at least 1 once anything has come.
    let megabytes = if upload.chunks == 0 {
        0
    } else {
        (upload.bytes >> 20).max(1)
    };
    Element::new("fileUpload")
        .attr("uploadSessionId", &upload.id)
        .attr("fileSize", i64::try_from(megabytes).unwrap_or(i64::MAX))
}

pub(crate) fn open(call: &Call) -> Result<Answer, ApiError> {
    if !call.role()?.may_publish() {
        return Err(ApiError::new(403_015, "You may not publish on this site."));
    }
    let upload = call.transact(|tx| {
        let upload = new_upload(call, tx)?;
        tx.put(&upload)?;
        Ok(upload)
    })?;
    Ok(Answer::created(element(&upload)))
}

/// An empty session of the caller, not stored yet.
pub(super) fn new_upload(call: &Call, tx: &Tx<'_>) -> Result<Upload, ApiError> {
    Ok(Upload {
        id: format!(
            "{}:{}-1:0",
            tx.next("upload")?,
            uuid::Uuid::new_v4().simple()
        ),
        site: call.site()?.to_owned(),
        user: call.user()?.id.clone(),
        opened_at: Timestamp::now(),
        bytes: 0,
        chunks: 0,
    })
}

/// The caller's own open session of that id; 404015 for anything else.
pub(crate) fn find(call: &Call, tx: &Tx<'_>, id: &str) -> Result<Upload, ApiError> {
    let user = &call.user()?.id;
    tx.get_on::<Upload>(call.site()?, id)?
        .filter(|upload| upload.user == *user)
        .ok_or_else(|| {
            ApiError::new(
                404_015,
                format!("Upload session '{id}' could not be found."),
            )
        })
}

pub(crate) fn append(call: &Call) -> Result<Answer, ApiError> {
    let id = call.param("upload");
    let parts = call.parts()?;
    match &parts.payload {
        None => {
            return Err(ApiError::bad_request(
                "The request has no request_payload part.",
            ));
        }
        Some((payload, _)) if !payload.iter().all(u8::is_ascii_whitespace) => {
            return Err(ApiError::new(
                400_019,
                "The request_payload part of an append must be empty.",
            ));
        }
        Some(_) => {}
    }
    let [file] = parts.files.as_slice() else {
        return Err(ApiError::new(
            400_020,
            "The request must have exactly one file part, tableau_file.",
        ));
    };
    if file.name != "tableau_file" {
        return Err(ApiError::new(
            400_020,
            format!(
                "The file part must be named tableau_file, not '{}'.",
                file.name
            ),
        ));
    }
    let sequence = sequence(call)?;
    let upload = call.transact(|tx| {
        let mut upload = find(call, tx, id)?;
        if upload.chunks >= call.app.options.max_chunks {
            let most = call.app.options.max_chunks;
            return Err(ApiError::new(
                403_016,
                format!("An upload may have {most} appends at most."),
            ));
        }
        tx.put(&Chunk {
            id: format!("{id}/{}", upload.chunks),
            upload: id.to_owned(),
            sequence,
            arrival: upload.chunks,
            content: file.content.clone(),
        })?;
        upload.chunks += 1;
        upload.bytes += file.content.bytes();
        tx.put(&upload)?;
        Ok(upload)
    })?;
    Ok(Answer::ok([element(&upload)]))
}

fn sequence(call: &Call) -> Result<Option<i64>, ApiError> {
    if call.version < SEQUENCE_SINCE {
        return Ok(None);
    }
    call.query
        .get("sequenceID")
        .map(|text| {
            text.parse().map_err(|_| {
                ApiError::new(400_008, format!("Invalid value '{text}' for 'sequenceID'."))
            })
        })
        .transpose()
}

/// The file that the session holds. It stays until [`consume`].
pub(crate) fn content(tx: &Tx<'_>, upload: &Upload) -> Result<Content, ApiError> {
    Ok(Chunk::assemble(tx.children::<Chunk>(&upload.id)?))
}
