//! Upload sessions: files in blocks.

use std::fmt;

use reqwest::Method;

use super::{Endpoint, Path, Query, Reply};
use crate::api::{
    body::{Body, FilePart, Multipart},
    error::Error,
    json::Unreadable,
    retry::Replay,
    site::Site,
    source::{Progress, Source},
    version::ApiVersion,
};

/// An open upload, such as `7720:170fe6b1c1c7422dadff20f944d58a52-1:0`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UploadSession(String);

impl UploadSession {
    /// Takes digits, letters, `:` and `-`, which is all that was ever seen, so that it is always safe
    /// as a part of a path.
    pub fn new(id: impl Into<String>) -> Option<Self> {
        let id = id.into();
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b':' | b'-' | b'_');
        (!id.is_empty() && id.bytes().all(plain)).then_some(Self(id))
    }

    pub(crate) fn parse(reply: &Reply, outer: &str, name: &str) -> Result<Self, Unreadable> {
        let document = reply.document()?;
        let id = document.root().need(outer)?.need_text(name)?;
        Self::new(id).ok_or_else(|| Unreadable::missing(name))
    }
}

impl fmt::Display for UploadSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `POST /sites/{site}/fileUploads`. Safe to repeat: a session that nobody uses is dropped by the
/// site.
pub struct InitiateUpload;

impl Endpoint for InitiateUpload {
    type Answer = UploadSession;
    const METHOD: Method = Method::POST;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        Path::site("fileUploads")
    }

    fn parse(&self, reply: &Reply) -> Result<UploadSession, Unreadable> {
        UploadSession::parse(reply, "fileUpload", "uploadSessionId")
    }
}

/// The first version whose blocks carry a number and may arrive in any order.
pub const SEQUENCED_UPLOADS: ApiVersion = ApiVersion::new(3, 27);

/// `PUT /sites/{site}/fileUploads/{upload}`: adds one block.
///
/// Unsafe to repeat, with a number too. Without one, a repeated block is in the file twice. With one
/// (API 3.27) blocks are joined in the order of their numbers, but what the site does with two
/// blocks of the same number is documented nowhere; it may keep both. So an append whose fate is
/// unknown ([`crate::api::Fate::Unknown`]) ends the upload, and the caller begins another session:
/// that costs bytes, a file that is silently wrong would cost trust.
///
/// A session that dies and is opened anew in the middle of an upload may take the upload with it: then
/// the next append is refused with 404015, and the caller begins another one too.
///
/// Source: REST API help, "Append to File Upload" and "Publishing Resources" (read 2026-11).
pub struct AppendUpload {
    /// To which upload.
    pub upload: UploadSession,
    /// The number of the block, from 1; only where the API has it, and then for every block. Left
    /// out, blocks must be sent strictly one after another.
    pub sequence: Option<u64>,
    /// At most [`crate::api::MAX_CHUNK`] bytes.
    pub block: Source,
    /// Told of the bytes of this block.
    pub progress: Option<Progress>,
}

impl Endpoint for AppendUpload {
    type Answer = ();
    const METHOD: Method = Method::PUT;
    const REPLAY: Replay = Replay::Unsafe;

    fn since(&self) -> ApiVersion {
        // An older site would ignore the number and join blocks in the order of their arrival.
        self.sequence
            .map_or(ApiVersion::OLDEST, |_| SEQUENCED_UPLOADS)
    }

    fn path(&self) -> Path {
        Path::site("fileUploads").then(&self.upload)
    }

    fn query(&self, query: &mut Query) {
        query.set_if("sequenceID", self.sequence);
    }

    fn body(&self) -> Body {
        Body::Multipart(Multipart {
            payload: Some(String::new()),
            file: Some(FilePart {
                name: "tableau_file",
                filename: "file".into(),
                source: self.block.clone(),
                progress: self.progress.clone(),
            }),
        })
    }

    /// The answer's `fileSize` counts whole megabytes and proves nothing.
    fn parse(&self, reply: &Reply) -> Result<(), Unreadable> {
        UploadSession::parse(reply, "fileUpload", "uploadSessionId").map(|_| ())
    }
}

impl Site {
    /// Opens an upload.
    pub async fn initiate_upload(&self) -> Result<UploadSession, Error> {
        self.run(&InitiateUpload).await
    }

    /// Whether blocks may be numbered, and so sent side by side.
    pub fn has_sequenced_uploads(&self) -> bool {
        self.api_version() >= SEQUENCED_UPLOADS
    }

    /// Adds a block to an upload; see [`AppendUpload`] for what a failure means.
    pub async fn append_upload(&self, append: &AppendUpload) -> Result<(), Error> {
        self.run(append).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::endpoint::testing::{address, reply};

    #[test]
    fn opens_an_upload() {
        let body = r#"{"fileUpload":{"uploadSessionId":"7720:170fe6b1c1c7422dadff20f944d58a52-1:0","fileSize":"0"}}"#;
        let upload = InitiateUpload.parse(&reply(201, body)).unwrap();
        assert_eq!(
            upload.to_string(),
            "7720:170fe6b1c1c7422dadff20f944d58a52-1:0"
        );
        let append = AppendUpload {
            upload,
            sequence: Some(2),
            block: Source::bytes("x"),
            progress: None,
        };
        assert!(
            address(&append)
                .ends_with("/fileUploads/7720:170fe6b1c1c7422dadff20f944d58a52-1:0?sequenceID=2")
        );
        assert_eq!(append.since(), ApiVersion::new(3, 27));
    }

    #[test]
    fn a_session_is_never_a_path() {
        for id in ["", "..", "a/b", "a?b", "a b"] {
            assert_eq!(UploadSession::new(id), None, "{id}");
        }
    }
}
