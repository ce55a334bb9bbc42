//! The calls: one type each, one file a resource.

use std::fmt;

use bytes::Bytes;
use reqwest::{Method, header::HeaderMap};
use url::Url;

use super::{
    body::Body,
    error::Error,
    json::{Document, Unreadable},
    luid::Luid,
    retry::Replay,
    version::ApiVersion,
};

pub mod auth;
pub mod connections;
pub mod content;
pub mod custom_views;
pub mod datasources;
pub mod downloads;
pub mod flows;
pub mod jobs;
pub mod metadata;
pub mod permissions;
pub mod projects;
pub mod publish;
pub mod recycle_bin;
pub mod refresh;
pub mod server;
pub mod sites;
pub mod subscriptions;
pub mod tags;
pub mod uploads;
pub mod users;
pub mod validation;
pub mod views;
pub mod workbooks;

/// One call of the REST API.
///
/// Everything that is known about a call is here: how it is asked, since when servers have it,
/// whether it may be repeated, and how its answer is read.
pub trait Endpoint: Sync {
    /// What the answer is read as.
    type Answer;

    /// The HTTP method.
    const METHOD: Method;

    /// Whether it may be made twice.
    const REPLAY: Replay;

    /// The first version of the API that has the call, as this value uses it.
    fn since(&self) -> ApiVersion {
        ApiVersion::OLDEST
    }

    /// Where it is.
    fn path(&self) -> Path;

    /// The parameters after the question mark.
    fn query(&self, _query: &mut Query) {}

    /// What is sent.
    fn body(&self) -> Body {
        Body::Empty
    }

    /// How long the server may think before it answers.
    fn patience(&self) -> Patience {
        Patience::Usual
    }

    /// Whether an error status is an answer all the same, to be read like one.
    fn is_answer(&self, _status: u16) -> bool {
        false
    }

    /// Reads the answer, which has a status of success or one that [`Endpoint::is_answer`].
    fn parse(&self, reply: &Reply) -> Result<Self::Answer, Unreadable>;
}

/// How long an answer may take once all is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// As long as the connection's timeout.
    Usual,
    /// As long as the connection's patience: the server reads and checks a whole file before it answers.
    Long,
}

/// The path of a call. Every part is percent-encoded when the address is made.
#[derive(Clone, Debug)]
pub struct Path {
    root: Root,
    parts: Vec<String>,
}

#[derive(Clone, Copy, Debug)]
enum Root {
    Bare,
    Versioned,
    Site,
}

impl Path {
    /// `/{part}`: outside the versioned API.
    pub(crate) fn bare(part: &str) -> Self {
        Self {
            root: Root::Bare,
            parts: vec![part.to_owned()],
        }
    }

    /// `/api/{version}/{part}`.
    pub(crate) fn versioned(part: &str) -> Self {
        Self {
            root: Root::Versioned,
            parts: vec![part.to_owned()],
        }
    }

    /// `/api/{version}/sites/{site}/{part}`.
    pub(crate) fn site(part: &str) -> Self {
        Self {
            root: Root::Site,
            parts: vec![part.to_owned()],
        }
    }

    /// `/api/{version}/sites/{site}`.
    pub(crate) fn own_site() -> Self {
        Self {
            root: Root::Site,
            parts: Vec::new(),
        }
    }

    /// The same, with one part more.
    pub(crate) fn then(mut self, part: impl fmt::Display) -> Self {
        self.parts.push(part.to_string());
        self
    }

    /// The address under `base`. A part that is empty, `.` or `..` would change the meaning of the
    /// path, and no encoding protects it.
    pub(crate) fn url(
        &self,
        base: &Url,
        version: ApiVersion,
        site: Option<Luid>,
    ) -> Result<Url, Error> {
        if let Some(part) = self
            .parts
            .iter()
            .find(|part| matches!(&***part, "" | "." | ".."))
        {
            return Err(Error::Invalid {
                what: format!("`{part}`"),
                why: "cannot be a part of an address".into(),
            });
        }
        let mut url = base.clone();
        let cannot = |()| Error::Invalid {
            what: base.to_string(),
            why: "is no web address".into(),
        };
        {
            let mut segments = url.path_segments_mut().map_err(cannot)?;
            segments.pop_if_empty();
            if !matches!(self.root, Root::Bare) {
                segments.push("api").push(&version.to_string());
            }
            if matches!(self.root, Root::Site) {
                // Without a session there is no site; the server answers 404000.
                let site = site.map_or_else(|| "none".to_owned(), |site| site.to_string());
                segments.push("sites").push(&site);
            }
            segments.extend(&self.parts);
        }
        Ok(url)
    }
}

/// Parameters of a call.
#[derive(Clone, Debug, Default)]
pub struct Query(Vec<(&'static str, String)>);

impl Query {
    pub(crate) fn set(&mut self, name: &'static str, value: impl fmt::Display) {
        self.0.push((name, value.to_string()));
    }

    /// Sets the parameter where there is a value.
    pub(crate) fn set_if(&mut self, name: &'static str, value: Option<impl fmt::Display>) {
        if let Some(value) = value {
            self.set(name, value);
        }
    }

    /// Sets the parameter to `true`, or not at all.
    pub(crate) fn flag(&mut self, name: &'static str, on: bool) {
        if on {
            self.set(name, true);
        }
    }

    /// Every reserved character is encoded, as the server demands once one is.
    pub(crate) fn write(&self, url: &mut Url) {
        if !self.0.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.0);
        }
    }
}

/// An answer, as it came.
#[derive(Clone, Debug)]
pub struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// Empty while a download is still to be read.
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn document(&self) -> Result<Document, Unreadable> {
        Document::parse(&self.body)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// A call without its types: what the transport needs to know.
pub(crate) struct Request<'a> {
    pub(crate) method: Method,
    pub(crate) path: Path,
    pub(crate) query: Query,
    /// Made anew for each attempt: a JWT may be used once, and a stream read once.
    pub(crate) body: Box<dyn Fn() -> Body + Send + Sync + 'a>,
    pub(crate) replay: Replay,
    pub(crate) since: ApiVersion,
    pub(crate) patience: Patience,
    pub(crate) is_answer: Box<dyn Fn(u16) -> bool + Send + Sync + 'a>,
}

impl<'a> Request<'a> {
    pub(crate) fn of<E: Endpoint>(endpoint: &'a E) -> Self {
        let mut query = Query::default();
        endpoint.query(&mut query);
        Self {
            method: E::METHOD,
            path: endpoint.path(),
            query,
            body: Box::new(|| endpoint.body()),
            replay: E::REPLAY,
            since: endpoint.since(),
            patience: endpoint.patience(),
            is_answer: Box::new(|status| endpoint.is_answer(status)),
        }
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! Reads recorded answers without a server.

    use super::*;

    pub(crate) fn reply(status: u16, body: &'static str) -> Reply {
        Reply {
            status,
            headers: HeaderMap::new(),
            body: Bytes::from_static(body.as_bytes()),
        }
    }

    pub(crate) fn luid(last: u8) -> Luid {
        format!("00000000-0000-4000-8000-0000000000{last:02x}")
            .parse()
            .unwrap()
    }

    /// The address of a call on site `…aa`, from the path on.
    pub(crate) fn address<E: Endpoint>(endpoint: &E) -> String {
        let base = Url::parse("https://t.example.com").unwrap();
        let request = Request::of(endpoint);
        let mut url = request
            .path
            .url(&base, ApiVersion::NEWEST, Some(luid(0xaa)))
            .unwrap();
        request.query.write(&mut url);
        url[url::Position::BeforePath..].to_owned()
    }

    /// The XML payload or the JSON document that a call sends.
    pub(crate) fn sent<E: Endpoint>(endpoint: &E) -> String {
        match endpoint.body() {
            Body::Empty => String::new(),
            Body::Json(text) => text,
            Body::Multipart(multipart) => multipart.payload.unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_encoded_and_a_base_path_is_kept() {
        let base = Url::parse("https://t.example.com/tableau/").unwrap();
        let url = Path::site("workbooks")
            .then("a/b c?#%")
            .url(&base, ApiVersion::new(3, 9), None);
        assert_eq!(
            url.unwrap().as_str(),
            "https://t.example.com/tableau/api/3.9/sites/none/workbooks/a%2Fb%20c%3F%23%25"
        );
    }

    #[test]
    fn parts_that_change_a_path_are_refused() {
        let base = Url::parse("https://t.example.com").unwrap();
        for part in ["", ".", ".."] {
            assert!(
                Path::site("x")
                    .then(part)
                    .url(&base, ApiVersion::NEWEST, None)
                    .is_err()
            );
        }
    }

    #[test]
    fn every_reserved_character_of_a_query_is_encoded() {
        let mut url = Url::parse("https://t.example.com/").unwrap();
        let mut query = Query::default();
        query.set("filter", "name:eq:Café & co");
        query.flag("off", false);
        query.write(&mut url);
        assert_eq!(url.query(), Some("filter=name%3Aeq%3ACaf%C3%A9+%26+co"));
    }
}
