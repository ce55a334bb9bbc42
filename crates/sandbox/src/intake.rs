//! Reading request bodies: documents whole and bounded, files streamed to blobs.

use bytes::{Buf, Bytes};
use http_body_util::BodyExt;
use hyper::body::Body as HttpBody;

use crate::app::App;
use crate::blobs::Sink;
use crate::call::{Body, FilePart, Parts};
use crate::error::ApiError;
use crate::multipart::{self, Event, MultipartError, Parser, PartHeaders, Strictness};
use crate::wire::Format;

/// Request documents are small; a larger one is 413000.
const MAX_DOCUMENT_BYTES: usize = 4 << 20;

fn lost<E: std::fmt::Display>(error: E) -> ApiError {
    ApiError::bad_request(format!("The request body could not be read: {error}"))
}

/// The next bytes of the body, at the pace that the options allow.
async fn next_data<B>(app: &App, body: &mut B) -> Result<Option<Bytes>, ApiError>
where
    B: HttpBody + Unpin,
    B::Error: std::fmt::Display,
{
    while let Some(frame) = body.frame().await {
        if let Ok(mut data) = frame.map_err(lost)?.into_data() {
            let bytes = data.copy_to_bytes(data.remaining());
            app.pace.pass(bytes.len()).await;
            return Ok(Some(bytes));
        }
    }
    Ok(None)
}

/// Reads what is left, so that the client gets to see the answer. Returns how much that was.
pub(crate) async fn drain<B>(app: &App, body: &mut B) -> u64
where
    B: HttpBody + Unpin,
    B::Error: std::fmt::Display,
{
    let mut bytes = 0;
    while let Ok(Some(data)) = next_data(app, body).await {
        bytes += data.len() as u64;
    }
    bytes
}

/// Reads `limit` bytes and no more, as a connection that is about to be cut.
pub(crate) async fn read_some<B>(app: &App, body: &mut B, limit: u64)
where
    B: HttpBody + Unpin,
    B::Error: std::fmt::Display,
{
    let mut bytes = 0;
    while bytes < limit {
        match next_data(app, body).await {
            Ok(Some(data)) => bytes += data.len() as u64,
            _ => return,
        }
    }
}

/// A small body in one piece; 413000 for a large one.
pub(crate) async fn whole<B>(app: &App, body: &mut B) -> Result<Vec<u8>, ApiError>
where
    B: HttpBody + Unpin,
    B::Error: std::fmt::Display,
{
    let mut bytes = Vec::new();
    while let Some(data) = next_data(app, body).await? {
        if bytes.len() + data.len() > MAX_DOCUMENT_BYTES {
            drain(app, body).await;
            return Err(ApiError::new(413_000, "The request body is too large."));
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

/// A request document.
pub(crate) async fn form<B>(app: &App, content_type: &str, body: &mut B) -> Result<Body, ApiError>
where
    B: HttpBody + Unpin,
    B::Error: std::fmt::Display,
{
    let bytes = whole(app, body).await?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Body::Empty);
    }
    let format = if content_type.contains("json") {
        Format::Json
    } else {
        Format::Xml
    };
    Ok(Body::Form(format.parse(&bytes)?))
}

/// A JSON value, for the calls that know nothing else.
pub(crate) async fn json<B>(app: &App, body: &mut B) -> Result<serde_json::Value, ApiError>
where
    B: HttpBody + Unpin,
    B::Error: std::fmt::Display,
{
    let bytes = whole(app, body).await?;
    serde_json::from_slice(&bytes)
        .map_err(|error| ApiError::bad_request(format!("The request body is not JSON: {error}")))
}

fn refuse(error: &MultipartError) -> ApiError {
    match error {
        // The vendor's server answers this one with a server error.
        MultipartError::MissingEmptyLine => ApiError::internal(capitalised(error)),
        _ => ApiError::bad_request(capitalised(error)),
    }
}

fn capitalised(error: &MultipartError) -> String {
    let text = error.to_string();
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    }) + "."
}

/// The parts of a multipart request; files go to blobs as they come.
pub(crate) async fn parts<B>(
    app: &App,
    content_type: &str,
    strictness: Strictness,
    body: &mut B,
) -> Result<Body, ApiError>
where
    B: HttpBody + Unpin,
    B::Error: std::fmt::Display,
{
    let result = match multipart::boundary(content_type, strictness) {
        Ok(boundary) => read_parts(app, &boundary, body).await,
        Err(error) => Err(refuse(&error)),
    };
    if result.is_err() {
        drain(app, body).await;
    }
    result.map(Body::Parts)
}

/// The part that is being read.
enum Open {
    None,
    Payload(PartHeaders, Vec<u8>),
    File(PartHeaders, Sink),
}

async fn read_parts<B>(app: &App, boundary: &str, body: &mut B) -> Result<Parts, ApiError>
where
    B: HttpBody + Unpin,
    B::Error: std::fmt::Display,
{
    let mut parser = Parser::new(boundary);
    let mut parts = Parts::default();
    let mut open = Open::None;
    while let Some(data) = next_data(app, body).await? {
        parser.feed(data);
        loop {
            match parser.next().map_err(|error| refuse(&error))? {
                Event::NeedMore | Event::End => break,
                Event::Part(headers) => open = start(app, headers),
                Event::Data(data) => take(app, &mut open, data).await?,
                Event::PartEnd => {
                    close(&mut parts, std::mem::replace(&mut open, Open::None)).await?;
                }
            }
        }
    }
    parser.finish().map_err(|error| refuse(&error))?;
    Ok(parts)
}

fn start(app: &App, headers: PartHeaders) -> Open {
    if headers.name == "request_payload" {
        Open::Payload(headers, Vec::new())
    } else {
        Open::File(headers, app.blobs.sink())
    }
}

async fn take(app: &App, open: &mut Open, data: Bytes) -> Result<(), ApiError> {
    match open {
        Open::None => {}
        Open::Payload(_, bytes) => {
            if bytes.len() + data.len() > MAX_DOCUMENT_BYTES {
                return Err(ApiError::new(
                    413_000,
                    "The request_payload part is too large.",
                ));
            }
            bytes.extend_from_slice(&data);
        }
        Open::File(headers, sink) => {
            let limit = app.options.max_part_bytes;
            if sink.written() + data.len() as u64 > limit {
                let detail = format!(
                    "The part '{}' is larger than the maximum of {limit} bytes.",
                    headers.name
                );
                let chunk = headers.name == "tableau_file";
                return Err(ApiError::new(if chunk { 400_016 } else { 413_000 }, detail));
            }
            sink.write(&data).await;
        }
    }
    Ok(())
}

async fn close(parts: &mut Parts, open: Open) -> Result<(), ApiError> {
    match open {
        Open::None => {}
        Open::Payload(headers, bytes) => {
            if parts.payload.is_some() {
                return Err(ApiError::bad_request(
                    "There is more than one request_payload part.",
                ));
            }
            let json = headers
                .content_type
                .is_some_and(|kind| kind.contains("json"));
            parts.payload = Some((bytes, if json { Format::Json } else { Format::Xml }));
        }
        Open::File(headers, sink) => {
            let (content, pins) = sink.finish().await?;
            parts.files.push(FilePart::new(
                headers.name,
                headers.filename.unwrap_or_default(),
                content,
                pins,
            ));
        }
    }
    Ok(())
}
