//! GitLab: notes of a merge request.
//!
//! Source: docs.gitlab.com, "Notes API" and "Users API". A job's own token cannot write notes, so that a
//! project access token is wanted.

use reqwest::Method;
use reqwest::header::HeaderName;
use serde_json::{Value, json};
use url::Url;

use super::error::Error;
use super::http::Http;
use super::{Comment, Comments};
use crate::api::Secret;

/// More notes than a merge request can bear.
const PAGES: usize = 100;

pub(super) struct Gitlab {
    http: Http,
    project: String,
    number: String,
}

impl Gitlab {
    pub(super) fn new(
        api: &Url,
        project: &str,
        number: u64,
        token: &Secret,
    ) -> Result<Self, Error> {
        let header = HeaderName::from_static("private-token");
        Ok(Self {
            http: Http::new(api, header, "", token, "application/json")?,
            project: project.to_owned(),
            number: number.to_string(),
        })
    }

    fn notes(&self, rest: &[&str]) -> Url {
        let start = ["projects", &self.project, "merge_requests", &self.number];
        self.http.url(&[&start[..], &["notes"], rest].concat())
    }

    async fn user(&self) -> Result<u64, Error> {
        let url = self.http.url(&["user"]);
        let (host, path) = (url.origin().ascii_serialization(), url.path().to_owned());
        let answer = self.http.get(url).await?;
        answer["id"].as_u64().ok_or(Error::Unreadable {
            host,
            call: format!("GET {path}"),
            what: "it does not say whose the token is",
        })
    }
}

impl Comments for Gitlab {
    async fn own(&self) -> Result<Vec<Comment>, Error> {
        let user = self.user().await?;
        let mut url = self.notes(&[]);
        url.query_pairs_mut()
            .append_pair("sort", "asc")
            .append_pair("order_by", "created_at");
        let all = self.http.list(&url, PAGES).await?;
        Ok(all.iter().filter_map(|n| note(n, user)).collect())
    }

    async fn create(&self, body: &str) -> Result<(), Error> {
        let body = json!({ "body": body });
        let url = self.notes(&[]);
        self.http.create(url, &body).await
    }

    async fn change(&self, id: &str, body: &str) -> Result<(), Error> {
        let body = json!({ "body": body });
        let url = self.notes(&[id]);
        self.http.change(Method::PUT, url, &body).await
    }
}

fn note(value: &Value, user: u64) -> Option<Comment> {
    let own = value["author"]["id"].as_u64() == Some(user) && value["system"] != true;
    own.then_some(Comment {
        id: value["id"].as_u64()?.to_string(),
        body: value["body"].as_str().unwrap_or_default().to_owned(),
    })
}
