//! Request bodies, and the multipart form that Tableau wants.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};

use serde_json::{Map, Value, json};

use super::{
    luid::Luid,
    source::{ContentError, Progress, Source},
};

/// What a call sends.
pub enum Body {
    /// Nothing: `Content-Length: 0`.
    Empty,
    /// A JSON document.
    Json(String),
    /// A payload, a file, or both.
    Multipart(Multipart),
}

impl Body {
    /// The document of `value`.
    pub(crate) fn json(value: &Value) -> Self {
        Self::Json(value.to_string())
    }
}

/// What a change names: what is absent is not sent, and stays as it is.
#[derive(Default)]
pub(crate) struct Members(Map<String, Value>);

impl Members {
    pub(crate) fn set(mut self, name: &str, value: Option<impl Into<Value>>) -> Self {
        if let Some(value) = value {
            self.0.insert(name.to_owned(), value.into());
        }
        self
    }

    /// An element that is named by its LUID.
    pub(crate) fn refer(self, name: &str, id: Option<Luid>) -> Self {
        self.set(name, id.map(|id| json!({ "id": id })))
    }

    pub(crate) fn into_value(self) -> Value {
        Value::Object(self.0)
    }

    /// The request that has them in the element `element`.
    pub(crate) fn into_body(self, element: &str) -> Body {
        Body::json(&json!({ element: self.into_value() }))
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Bodies hold passwords.
        f.write_str(match self {
            Self::Empty => "Body::Empty",
            Self::Json(_) => "Body::Json(***)",
            Self::Multipart(_) => "Body::Multipart(***)",
        })
    }
}

/// A `multipart/mixed` body.
///
/// Tableau refuses `multipart/form-data` and a quoted boundary; the part `request_payload` is XML
/// and is there, empty, even where nothing is to be said.
#[derive(Clone, Default)]
pub struct Multipart {
    pub(crate) payload: Option<String>,
    pub(crate) file: Option<FilePart>,
}

/// The file of a [`Multipart`].
#[derive(Clone)]
pub(crate) struct FilePart {
    /// The name of the part, such as `tableau_workbook`.
    pub(crate) name: &'static str,
    /// ASCII only, for other names make some versions fail; the extension is what the server reads.
    pub(crate) filename: String,
    pub(crate) source: Source,
    pub(crate) progress: Option<Progress>,
}

/// A body as it goes out in one attempt.
pub(crate) struct Outgoing<S> {
    pub(crate) content_type: String,
    pub(crate) len: u64,
    pub(crate) stream: S,
}

impl Multipart {
    /// The bytes of one attempt. Adds to `moved` what the connection takes.
    pub(crate) fn assemble(
        &self,
        boundary: &str,
        moved: Arc<AtomicU64>,
    ) -> Outgoing<impl Stream<Item = Result<Bytes, ContentError>> + Send + use<>> {
        let mut head = String::new();
        if let Some(payload) = &self.payload {
            head.push_str(&part(boundary, "name=\"request_payload\"", "text/xml"));
            head.push_str(payload);
            head.push_str("\r\n");
        }
        let mut tail = format!("--{boundary}--\r\n");
        if let Some(FilePart { name, filename, .. }) = &self.file {
            let disposition = format!("name=\"{name}\"; filename=\"{filename}\"");
            head.push_str(&part(boundary, &disposition, "application/octet-stream"));
            tail.insert_str(0, "\r\n");
        }
        let file_len = self.file.as_ref().map_or(0, |file| file.source.len());
        let len = head.len() as u64 + file_len + tail.len() as u64;
        let edge = |text: String| stream::iter([Ok(Bytes::from(text))]);
        let stream = edge(head)
            .chain(stream::iter(self.file.clone()).flat_map(FilePart::counted))
            .chain(edge(tail))
            .inspect_ok(move |bytes| {
                moved.fetch_add(bytes.len() as u64, Ordering::Relaxed);
            });
        Outgoing {
            content_type: format!("multipart/mixed; boundary={boundary}"),
            len,
            stream,
        }
    }
}

impl FilePart {
    fn counted(self) -> impl Stream<Item = Result<Bytes, ContentError>> + Send + 'static {
        let progress = self.progress;
        let mut sent = 0;
        self.source.read().inspect_ok(move |bytes| {
            sent += bytes.len() as u64;
            if let Some(progress) = &progress {
                progress(sent);
            }
        })
    }
}

fn part(boundary: &str, disposition: &str, content_type: &str) -> String {
    format!(
        "--{boundary}\r\nContent-Disposition: {disposition}\r\nContent-Type: {content_type}\r\n\r\n"
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    async fn bytes(multipart: &Multipart) -> (String, u64, u64) {
        let moved = Arc::new(AtomicU64::new(0));
        let out = multipart.assemble("b0", moved.clone());
        assert_eq!(out.content_type, "multipart/mixed; boundary=b0");
        let parts: Vec<Bytes> = out.stream.try_collect().await.unwrap();
        let text = String::from_utf8(parts.concat()).unwrap();
        (text, out.len, moved.load(Ordering::Relaxed))
    }

    fn file(source: Source, progress: Option<Progress>) -> FilePart {
        FilePart {
            name: "tableau_workbook",
            filename: "workbook.twb".into(),
            source,
            progress,
        }
    }

    #[tokio::test]
    async fn a_publish_is_payload_then_file() {
        let multipart = Multipart {
            payload: Some("<tsRequest/>".into()),
            file: Some(file(Source::bytes("DATA"), None)),
        };
        let (text, len, moved) = bytes(&multipart).await;
        assert_eq!(
            text,
            "--b0\r\nContent-Disposition: name=\"request_payload\"\r\nContent-Type: text/xml\r\n\r\n\
             <tsRequest/>\r\n--b0\r\nContent-Disposition: name=\"tableau_workbook\"; \
             filename=\"workbook.twb\"\r\nContent-Type: application/octet-stream\r\n\r\n\
             DATA\r\n--b0--\r\n"
        );
        assert_eq!((len, moved), (text.len() as u64, text.len() as u64));
    }

    /// With one blank line only, the server answers 500 to an append.
    #[tokio::test]
    async fn an_empty_payload_is_followed_by_two_blank_lines() {
        let multipart = Multipart {
            payload: Some(String::new()),
            file: Some(file(Source::bytes("x"), None)),
        };
        let (text, ..) = bytes(&multipart).await;
        assert!(text.contains("text/xml\r\n\r\n\r\n--b0\r\n"), "{text}");
    }

    #[tokio::test]
    async fn a_commit_has_no_file_and_a_validation_no_payload() {
        let commit = Multipart {
            payload: Some("<a/>".into()),
            file: None,
        };
        let (text, len, _) = bytes(&commit).await;
        assert!(text.ends_with("\r\n\r\n<a/>\r\n--b0--\r\n"), "{text}");
        assert_eq!(len, text.len() as u64);
        let validation = Multipart {
            payload: None,
            file: Some(file(Source::bytes("x"), None)),
        };
        let (text, len, _) = bytes(&validation).await;
        assert!(
            text.starts_with("--b0\r\nContent-Disposition: name=\"tableau_workbook\""),
            "{text}"
        );
        assert_eq!(len, text.len() as u64);
    }

    #[tokio::test]
    async fn progress_counts_the_file_only() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let sink = seen.clone();
        let progress: Progress = Arc::new(move |sent| sink.lock().unwrap().push(sent));
        let source = Source::stream(4, || {
            stream::iter([Ok(Bytes::from("DA")), Ok(Bytes::from("TA"))])
        });
        let multipart = Multipart {
            payload: None,
            file: Some(file(source, Some(progress))),
        };
        bytes(&multipart).await;
        let mut seen = seen.lock().unwrap().clone();
        seen.dedup();
        assert_eq!(seen, [2, 4]);
    }
}
