//! GitHub: comments of the issue that a pull request is.
//!
//! Source: docs.github.com, REST API, "Issue comments" and "Authenticated user". A workflow's own token may
//! not ask REST who it is; GraphQL's `viewer` tells for every kind of token.

use reqwest::Method;
use reqwest::header::AUTHORIZATION;
use serde_json::{Value, json};
use url::Url;

use super::error::Error;
use super::http::Http;
use super::{Comment, Comments};
use crate::api::Secret;

/// GitHub takes 2,500 comments an issue.
const PAGES: usize = 25;

pub(super) struct Github {
    http: Http,
    graphql: Url,
    owner: String,
    name: String,
    number: String,
}

impl Github {
    pub(super) fn new(
        api: &Url,
        repository: &str,
        number: u64,
        token: &Secret,
    ) -> Result<Self, Error> {
        let accept = "application/vnd.github+json";
        let http = Http::new(api, AUTHORIZATION, "Bearer ", token, accept)?;
        let (owner, name) = repository.split_once('/').unwrap_or((repository, ""));
        Ok(Self {
            http,
            graphql: graphql(api),
            owner: owner.to_owned(),
            name: name.to_owned(),
            number: number.to_string(),
        })
    }

    fn url(&self, rest: &[&str]) -> Url {
        let start = ["repos", &self.owner, &self.name, "issues"];
        self.http.url(&[&start, rest].concat())
    }

    /// The login of the token's owner, without the `[bot]` that only some answers have.
    async fn viewer(&self) -> Result<String, Error> {
        let query = json!({ "query": "query { viewer { login } }" });
        let answer = self.http.query(self.graphql.clone(), &query).await?;
        match answer["data"]["viewer"]["login"].as_str() {
            Some(login) => Ok(without_bot(login).to_owned()),
            None => Err(Error::Unreadable {
                host: self.graphql.origin().ascii_serialization(),
                call: format!("POST {}", self.graphql.path()),
                what: "it does not say whose the token is",
            }),
        }
    }
}

impl Comments for Github {
    async fn own(&self) -> Result<Vec<Comment>, Error> {
        let viewer = self.viewer().await?;
        let all = self
            .http
            .list(&self.url(&[&self.number, "comments"]), PAGES)
            .await?;
        Ok(all.iter().filter_map(|c| comment(c, &viewer)).collect())
    }

    async fn create(&self, body: &str) -> Result<(), Error> {
        let url = self.url(&[&self.number, "comments"]);
        let body = json!({ "body": body });
        self.http.create(url, &body).await
    }

    async fn change(&self, id: &str, body: &str) -> Result<(), Error> {
        let url = self.url(&["comments", id]);
        let body = json!({ "body": body });
        self.http.change(Method::PATCH, url, &body).await
    }
}

fn comment(value: &Value, viewer: &str) -> Option<Comment> {
    let login = value["user"]["login"].as_str()?;
    (without_bot(login) == viewer).then_some(Comment {
        id: value["id"].as_u64()?.to_string(),
        body: value["body"].as_str().unwrap_or_default().to_owned(),
    })
}

fn without_bot(login: &str) -> &str {
    login.strip_suffix("[bot]").unwrap_or(login)
}

/// `https://api.github.com/graphql`; on a server of one's own `/api/graphql` beside `/api/v3`.
fn graphql(api: &Url) -> Url {
    let mut url = api.clone();
    let path = api.path().trim_end_matches('/');
    let path = path.strip_suffix("/v3").unwrap_or(path).to_owned();
    url.set_path(&format!("{path}/graphql"));
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn graphql_is_on_the_same_host() {
        for (api, expected) in [
            ("https://api.github.com", "https://api.github.com/graphql"),
            (
                "https://git.acme.example/api/v3",
                "https://git.acme.example/api/graphql",
            ),
        ] {
            assert_eq!(graphql(&api.parse().unwrap()).as_str(), expected);
        }
    }
}
