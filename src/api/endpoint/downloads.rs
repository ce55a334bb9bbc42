//! Content of items and of their earlier revisions.

use std::path::Path as FilePath;

use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use reqwest::Method;
use tokio::io::{AsyncWrite, AsyncWriteExt};

use super::{
    Endpoint, Path, Query, Reply,
    content::{FileType, Item},
};
use crate::api::{
    client::Streamed,
    error::Error,
    json::{Node, Unreadable},
    luid::Luid,
    paging::Page,
    retry::{Replay, next_wait},
    site::Site,
    source::Progress,
    transport::next_part,
};

/// `GET /sites/{site}/{kind}/{id}/content`, or that of an earlier revision.
#[derive(Clone, Copy, Debug)]
pub struct Download {
    /// Of what.
    pub item: Item,
    /// An earlier revision. The current one cannot be had by its number.
    pub revision: Option<u64>,
    /// Whether the data comes along. A republish of content without it loses the data.
    pub with_extract: bool,
}

impl Download {
    /// The current content with its data.
    pub fn of(item: Item) -> Self {
        Self {
            item,
            revision: None,
            with_extract: true,
        }
    }
}

/// What the headers of a download say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileHead {
    /// The file's name; its extension is the only word on its type.
    pub name: String,
    /// In bytes, where the server says it.
    pub len: Option<u64>,
}

impl FileHead {
    /// The type of the file.
    pub fn file_type(&self) -> Option<FileType> {
        FileType::of(&self.name)
    }
}

impl Endpoint for Download {
    type Answer = FileHead;
    const METHOD: Method = Method::GET;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        let path = self.item.path();
        match self.revision {
            Some(revision) => path.then("revisions").then(revision).then("content"),
            None => path.then("content"),
        }
    }

    fn query(&self, query: &mut Query) {
        if !self.with_extract {
            query.set("includeExtract", "False");
        }
    }

    fn patience(&self) -> super::Patience {
        super::Patience::Long
    }

    fn parse(&self, reply: &Reply) -> Result<FileHead, Unreadable> {
        let disposition = reply.header("content-disposition");
        let name = disposition.and_then(file_name);
        Ok(FileHead {
            // A login page has no such header.
            name: name.ok_or_else(|| Unreadable::missing("Content-Disposition"))?,
            len: reply
                .header("content-length")
                .and_then(|len| len.parse().ok()),
        })
    }
}

/// The file name of a `Content-Disposition` header: `filename="a.twbx"`, or `filename*=UTF-8''"a%20b.twb"`
/// with quotes that do not belong there. Only the last part of a path.
fn file_name(header: &str) -> Option<String> {
    let value = |key: &str| {
        let (_, rest) = header.split_once(key)?;
        let rest = rest.trim_start();
        let end = match rest.strip_prefix('"') {
            Some(quoted) => return quoted.split('"').next(),
            None => rest.find(';').unwrap_or(rest.len()),
        };
        rest.get(..end).map(str::trim)
    };
    let extended = value("filename*=UTF-8''").or_else(|| value("filename*=utf-8''"));
    let name = match extended {
        Some(encoded) => percent_decode_str(encoded).decode_utf8_lossy().into_owned(),
        None => value("filename=")?.to_owned(),
    };
    let name = name.rsplit(['/', '\\']).next()?.to_owned();
    (!matches!(&*name, "" | "." | "..")).then_some(name)
}

/// A revision of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Counts from 1.
    pub number: u64,
    /// When it was published.
    pub published_at: Option<Timestamp>,
    /// Who published it; absent when the user has left.
    pub publisher: Option<Luid>,
    /// The name of that.
    pub publisher_name: Option<String>,
    /// Whether it is what the item is now.
    pub current: bool,
    /// Whether it was removed: it is listed, and cannot be had.
    pub deleted: bool,
    /// In bytes.
    pub size: Option<u64>,
}

impl Revision {
    /// Recorded answers and the documentation spell the attributes differently.
    fn parse(node: Node<'_>) -> Result<Self, Unreadable> {
        let either = |a: &str, b: &str| node.flag(a).or_else(|| node.flag(b)).unwrap_or(false);
        let publisher = node.child("publisher").or_else(|| node.child("user"));
        Ok(Self {
            number: node
                .number("revisionNumber")
                .ok_or_else(|| Unreadable::missing("revisionNumber"))?,
            published_at: node.time("publishedAt").or_else(|| node.time("createdAt")),
            publisher: publisher.and_then(|publisher| publisher.luid("id")),
            publisher_name: publisher.and_then(|publisher| publisher.filled("name")),
            current: either("current", "isCurrent"),
            deleted: either("deleted", "isDeleted"),
            size: node.number("sizeInBytes"),
        })
    }
}

/// `GET /sites/{site}/{kind}/{id}/revisions`: workbooks and data sources, where the site keeps them
/// (else 403053).
#[derive(Clone)]
pub struct QueryRevisions {
    /// Of what.
    pub item: Item,
    /// From 1.
    pub page: u32,
}

impl Endpoint for QueryRevisions {
    type Answer = Page<Revision>;
    const METHOD: Method = Method::GET;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        self.item.path().then("revisions")
    }

    fn query(&self, query: &mut Query) {
        query.set("pageSize", 1000);
        query.set("pageNumber", self.page);
    }

    fn parse(&self, reply: &Reply) -> Result<Page<Revision>, Unreadable> {
        Page::parse(reply, ("revisions", "revision"), Revision::parse)
    }
}

impl Site {
    /// The revisions of a workbook or a data source, the oldest first.
    pub async fn revisions(&self, item: Item) -> Result<Vec<Revision>, Error> {
        let mut all = Vec::new();
        for page in 1.. {
            let Page { items, size, total } = self.run(&QueryRevisions { item, page }).await?;
            let ended = items.is_empty() || u64::from(page).saturating_mul(size) >= total;
            all.extend(items);
            if ended {
                break;
            }
        }
        all.sort_by_key(|revision: &Revision| revision.number);
        all.dedup_by_key(|revision| revision.number);
        Ok(all)
    }

    /// Writes content to `sink` as it comes. When the connection breaks in the middle, what was
    /// written is there and the error says so: use [`Site::save`] where a file is wanted.
    pub async fn download(
        &self,
        download: &Download,
        sink: &mut (impl AsyncWrite + Unpin),
        progress: Option<&Progress>,
    ) -> Result<FileHead, Error> {
        let (head, streamed) = self.open(download).await?;
        self.pour(streamed, sink, progress).await?;
        Ok(head)
    }

    /// Writes content to the file `path`, begun anew when the connection breaks in the middle. When it
    /// fails, no part of the file is left.
    pub async fn save(
        &self,
        download: &Download,
        path: &FilePath,
        progress: Option<&Progress>,
    ) -> Result<FileHead, Error> {
        let saved = self.save_whole(download, path, progress).await;
        if saved.is_err() {
            // The error says more than a file that cannot be removed.
            let _ = tokio::fs::remove_file(path).await;
        }
        saved
    }

    async fn save_whole(
        &self,
        download: &Download,
        path: &FilePath,
        progress: Option<&Progress>,
    ) -> Result<FileHead, Error> {
        let unwritten = |source| Error::File {
            doing: "write",
            path: path.to_owned(),
            source,
        };
        let policy = self.client().retry_policy();
        let mut waited = std::time::Duration::ZERO;
        let mut attempt = 1;
        loop {
            // What fails before the body comes has been repeated already.
            let (head, streamed) = self.open(download).await?;
            let mut file = tokio::fs::File::create(path).await.map_err(unwritten)?;
            let error = match self.pour(streamed, &mut file, progress).await {
                Ok(()) => return Ok(head),
                Err(Error::Sink { source, .. }) => return Err(unwritten(source)),
                Err(error) => error,
            };
            let chance = fastrand::f64();
            let next = next_wait(policy, Replay::Safe, &error, attempt, waited, chance);
            let Some(wait) = next else {
                return Err(error);
            };
            tokio::time::sleep(wait).await;
            waited += wait;
            attempt += 1;
        }
    }

    /// Writes the body of an answer to `sink` as it comes.
    async fn pour(
        &self,
        streamed: Streamed,
        sink: &mut (impl AsyncWrite + Unpin),
        progress: Option<&Progress>,
    ) -> Result<(), Error> {
        let Streamed {
            call,
            host,
            mut response,
        } = streamed;
        let timeout = self.client().timeout();
        let unwritten = |source| Error::Sink {
            call: call.clone(),
            source,
        };
        let mut received = 0;
        while let Some(part) = next_part(&mut response, timeout, &call, &host).await? {
            sink.write_all(&part).await.map_err(unwritten)?;
            received += part.len() as u64;
            if let Some(progress) = progress {
                progress(received);
            }
        }
        sink.flush().await.map_err(unwritten)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::endpoint::testing::{address, luid, reply};

    #[test]
    fn names_are_read_from_every_form_that_was_seen() {
        for (header, name) in [
            (
                "name=\"tableau_workbook\"; filename=\"RESTAPISample.twbx\"",
                Some("RESTAPISample.twbx"),
            ),
            (
                "name=\"tableau_workbook\"; filename*=UTF-8''\"Sample%20workbook.twb\"",
                Some("Sample workbook.twb"),
            ),
            (
                "attachment; filename*=UTF-8''A%C3%B1os.twb",
                Some("Años.twb"),
            ),
            ("attachment; filename=a.tds; size=3", Some("a.tds")),
            ("attachment; filename=\"../../etc/passwd\"", Some("passwd")),
            ("attachment; filename=\"..\"", None),
            ("attachment; filename*=UTF-8''%", Some("%")),
            ("attachment", None),
        ] {
            assert_eq!(file_name(header).as_deref(), name, "{header}");
        }
    }

    #[test]
    fn a_revision_and_a_missing_extract_are_asked_for() {
        let mut call = Download::of(Item::workbook(luid(1)));
        assert!(address(&call).ends_with("/content"));
        call.revision = Some(3);
        call.with_extract = false;
        assert!(address(&call).ends_with("/revisions/3/content?includeExtract=False"));
        assert!(
            call.parse(&reply(200, "")).is_err(),
            "a login page has no file name"
        );
    }

    #[test]
    fn both_spellings_of_a_revision_are_read() {
        let reply = reply(200, include_str!("../../../fixtures/wire/revisions.json"));
        let page = QueryRevisions {
            item: Item::workbook(luid(1)),
            page: 1,
        }
        .parse(&reply)
        .unwrap();
        let seen: Vec<_> = page
            .items
            .iter()
            .map(|r| (r.number, r.current, r.deleted))
            .collect();
        assert_eq!(
            seen,
            [(1, false, true), (2, false, false), (3, true, false)]
        );
        assert_eq!(page.items[1].publisher, Some(luid(1)));
        assert_eq!(page.items[2].publisher, Some(luid(2)));
        assert!(page.items.iter().all(|r| r.published_at.is_some()));
    }
}
