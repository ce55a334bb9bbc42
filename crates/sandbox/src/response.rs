//! From answers, refusals and faults to HTTP responses.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::Frame;
use hyper::header::{self, HeaderValue};
use hyper::{Response, StatusCode};

use crate::app::App;
use crate::call::Answer;
use crate::error::ApiError;
use crate::faults::{FaultAnswer, FaultBody};
use crate::wire::Format;

pub(crate) type ResponseBody = UnsyncBoxBody<Bytes, io::Error>;
pub(crate) type HttpResponse = Response<ResponseBody>;

/// The code of a refusal, for the request log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RefusalCode(pub(crate) u32);

/// A refusal in the API's envelope.
pub(crate) fn refusal(app: &App, error: &ApiError, format: Format) -> HttpResponse {
    let body = format.write_error(error, &app.options.api_version.to_string());
    let mut response = response(error.status(), format.content_type(), body);
    response.extensions_mut().insert(RefusalCode(error.code));
    response
}

/// What a fault rule answers instead.
pub(crate) fn fault_response(app: &App, answer: &FaultAnswer, format: Format) -> HttpResponse {
    let mut response = match answer.body {
        FaultBody::Envelope => {
            let code = answer.code.unwrap_or_else(|| match answer.status {
                401 => 401_002,
                status => u32::from(status) * 1000,
            });
            refusal(
                app,
                &ApiError::new(code, "A fault rule of the sandbox.").with_status(answer.status),
                format,
            )
        }
        FaultBody::Html => {
            let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
            let page = format!(
                "<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\n"
            );
            response(status, "text/html", page.into_bytes())
        }
        FaultBody::Empty => {
            let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
            response(status, "", Vec::new())
        }
    };
    if let Some(seconds) = answer.retry_after {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

pub(crate) fn full(bytes: Vec<u8>) -> ResponseBody {
    Full::new(Bytes::from(bytes))
        .map_err(|never: Infallible| match never {})
        .boxed_unsync()
}

/// A response with a body at hand. An empty content type is left out.
pub(crate) fn response(status: StatusCode, content_type: &str, body: Vec<u8>) -> HttpResponse {
    let mut response = Response::new(full(body));
    *response.status_mut() = status;
    set_header(&mut response, header::CONTENT_TYPE, content_type);
    response
}

fn set_header(response: &mut HttpResponse, name: header::HeaderName, value: &str) {
    if let (false, Ok(value)) = (value.is_empty(), HeaderValue::from_str(value)) {
        response.headers_mut().insert(name, value);
    }
}

/// An endpoint's answer in the wire form that was asked for.
pub(crate) fn write(app: &Arc<App>, answer: Answer, format: Format) -> HttpResponse {
    match answer {
        Answer::Empty(status) => response(status, "", Vec::new()),
        Answer::Json(status, value) => response(
            status,
            Format::Json.content_type(),
            value.to_string().into_bytes(),
        ),
        Answer::Elements {
            status,
            elements,
            location,
        } => {
            let body = format.write(&elements, &app.options.api_version.to_string());
            let mut response = response(status, format.content_type(), body);
            set_header(
                &mut response,
                header::LOCATION,
                &location.unwrap_or_default(),
            );
            response
        }
        Answer::Bytes {
            content_type,
            disposition,
            bytes,
        } => {
            let mut response = response(StatusCode::OK, content_type, bytes);
            set_header(
                &mut response,
                header::CONTENT_DISPOSITION,
                &disposition.unwrap_or_default(),
            );
            response
        }
        Answer::File {
            content_type,
            disposition,
            content,
        } => {
            let length = content.bytes();
            let source = (Arc::clone(app), app.blobs.stream(&content));
            let frames = stream::unfold(source, |(app, mut receiver)| async move {
                let message = receiver.recv().await?;
                if let Ok(data) = &message {
                    app.pace.pass(data.len()).await;
                }
                Some((message.map(Frame::data), (app, receiver)))
            });
            let mut response = Response::new(StreamBody::new(frames).boxed_unsync());
            set_header(&mut response, header::CONTENT_TYPE, content_type);
            set_header(&mut response, header::CONTENT_DISPOSITION, &disposition);
            response
                .headers_mut()
                .insert(header::CONTENT_LENGTH, HeaderValue::from(length));
            response
        }
    }
}
