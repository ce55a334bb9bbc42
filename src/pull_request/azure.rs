//! Azure DevOps: threads of a pull request; ours has one comment.
//!
//! Source: learn.microsoft.com, Azure DevOps REST API 7.1, "Pull Request Threads", "Pull Request Thread Comments" and
//! "Connection Data". A thread without a status does not count among those that a policy wants resolved.

use reqwest::Method;
use reqwest::header::AUTHORIZATION;
use serde_json::{Value, json};
use url::Url;

use super::error::Error;
use super::http::Http;
use super::{Comment, Comments};
use crate::api::Secret;

const VERSION: &str = "7.1";

pub(super) struct Azure {
    http: Http,
    project: String,
    repository: String,
    number: String,
}

impl Azure {
    pub(super) fn new(
        collection: &Url,
        project: &str,
        repository: &str,
        number: u64,
        token: &Secret,
    ) -> Result<Self, Error> {
        let http = Http::new(
            collection,
            AUTHORIZATION,
            "Bearer ",
            token,
            "application/json",
        )?;
        Ok(Self {
            http,
            project: project.to_owned(),
            repository: repository.to_owned(),
            number: number.to_string(),
        })
    }

    fn threads(&self, rest: &[&str]) -> Url {
        let start = [self.project.as_str(), "_apis", "git", "repositories"];
        let middle = [
            self.repository.as_str(),
            "pullRequests",
            &self.number,
            "threads",
        ];
        let mut url = self.http.url(&[&start[..], &middle, rest].concat());
        url.query_pairs_mut().append_pair("api-version", VERSION);
        url
    }

    /// The identity that the token is of.
    async fn user(&self) -> Result<String, Error> {
        let mut url = self.http.url(&["_apis", "connectionData"]);
        url.query_pairs_mut()
            .append_pair("api-version", "7.1-preview.1");
        let (host, path) = (url.origin().ascii_serialization(), url.path().to_owned());
        let answer = self.http.get(url).await?;
        match answer["authenticatedUser"]["id"].as_str() {
            Some(id) => Ok(id.to_owned()),
            None => Err(Error::Unreadable {
                host,
                call: format!("GET {path}"),
                what: "it does not say whose the token is",
            }),
        }
    }
}

impl Comments for Azure {
    /// All threads come at once.
    async fn own(&self) -> Result<Vec<Comment>, Error> {
        let user = self.user().await?;
        let answer = self.http.get(self.threads(&[])).await?;
        let threads = answer["value"].as_array().map_or(&[][..], Vec::as_slice);
        Ok(threads.iter().filter_map(|t| first(t, &user)).collect())
    }

    async fn create(&self, body: &str) -> Result<(), Error> {
        let comment = json!({ "parentCommentId": 0, "content": body, "commentType": "text" });
        let thread = json!({ "comments": [comment] });
        let url = self.threads(&[]);
        self.http.create(url, &thread).await
    }

    /// `id` is `thread/comment`.
    async fn change(&self, id: &str, body: &str) -> Result<(), Error> {
        let (thread, comment) = id.split_once('/').unwrap_or((id, "1"));
        let url = self.threads(&[thread, "comments", comment]);
        let body = json!({ "content": body });
        self.http.change(Method::PATCH, url, &body).await
    }
}

/// The comment that began the thread, when it is the user's and is still there.
fn first(thread: &Value, user: &str) -> Option<Comment> {
    let comment = thread["comments"].as_array()?.first()?;
    let there = thread["isDeleted"] != true && comment["isDeleted"] != true;
    let own = comment["author"]["id"]
        .as_str()
        .is_some_and(|id| id.eq_ignore_ascii_case(user));
    (there && own).then_some(Comment {
        id: format!(
            "{}/{}",
            thread["id"].as_u64()?,
            comment["id"].as_u64().unwrap_or(1)
        ),
        body: comment["content"].as_str().unwrap_or_default().to_owned(),
    })
}
