//! Requests to a platform's API: a token in a header, to one host.

use std::time::Duration;

use reqwest::header::{
    ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER,
};
use reqwest::{Method, Response};
use serde_json::Value;
use url::Url;

use super::error::Error;
use crate::api::Secret;

/// The most that GitHub and GitLab give at once.
const PER_PAGE: usize = 100;
/// For one request, its answer included.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How often a request that may be repeated is sent.
const ATTEMPTS: u32 = 3;
/// The longest that a platform may ask us to wait.
const LONGEST_WAIT: u64 = 20;
/// The largest answer, in bytes: a page of a hundred long comments.
const MAX_ANSWER: usize = 64 * 1024 * 1024;

/// The API of one platform.
pub(super) struct Http {
    client: reqwest::Client,
    base: Url,
    token: (HeaderName, HeaderValue),
    accept: HeaderValue,
}

impl Http {
    /// `scheme` comes before the token: `Bearer `.
    pub(super) fn new(
        base: &Url,
        header: HeaderName,
        scheme: &str,
        token: &Secret,
        accept: &'static str,
    ) -> Result<Self, Error> {
        let loopback = matches!(base.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
        if base.scheme() != "https" && !loopback {
            return Err(Error::NotSafe {
                address: origin(base),
            });
        }
        let mut value = HeaderValue::from_str(&format!("{scheme}{}", token.expose()))
            .map_err(|_| Error::Token)?;
        value.set_sensitive(true);
        // The HTTP library takes the process's provider; another one that is there does as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .user_agent(concat!("tabship/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .timeout(TIMEOUT)
            .build();
        Ok(Self {
            client: client.map_err(|source| Error::Unreachable {
                host: origin(base),
                source,
            })?,
            base: base.clone(),
            token: (header, value),
            accept: HeaderValue::from_static(accept),
        })
    }

    /// The address below the API's own of these path segments, each escaped.
    pub(super) fn url(&self, segments: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }

    /// Asks, again where the platform is busy.
    pub(super) async fn get(&self, url: Url) -> Result<Value, Error> {
        self.call(Method::GET, url, None, ATTEMPTS).await
    }

    /// All of a listing, page after page; no more than `pages` of [`PER_PAGE`] items.
    pub(super) async fn list(&self, url: &Url, pages: usize) -> Result<Vec<Value>, Error> {
        let mut all = Vec::new();
        for page in 1..=pages {
            let mut of_page = url.clone();
            of_page
                .query_pairs_mut()
                .append_pair("per_page", &PER_PAGE.to_string())
                .append_pair("page", &page.to_string());
            let Value::Array(items) = self.get(of_page).await? else {
                break;
            };
            let last = items.len() < PER_PAGE;
            all.extend(items);
            if last {
                break;
            }
        }
        Ok(all)
    }

    /// As [`get`](Self::get), with a question in the body.
    pub(super) async fn query(&self, url: Url, question: &Value) -> Result<Value, Error> {
        self.call(Method::POST, url, Some(question), ATTEMPTS).await
    }

    /// Makes something new, and so once only: a second time would be a second one.
    pub(super) async fn create(&self, url: Url, body: &Value) -> Result<(), Error> {
        let done = self.call(Method::POST, url, Some(body), 1).await;
        done.map(drop)
    }

    /// Makes something that is there say `body`; twice is the same as once.
    pub(super) async fn change(&self, method: Method, url: Url, body: &Value) -> Result<(), Error> {
        let done = self.call(method, url, Some(body), ATTEMPTS).await;
        done.map(drop)
    }

    async fn call(
        &self,
        method: Method,
        url: Url,
        body: Option<&Value>,
        attempts: u32,
    ) -> Result<Value, Error> {
        let call = format!("{method} {}", url.path());
        let host = origin(&url);
        let mut attempt = 1;
        loop {
            let outcome = self.once(&method, &url, body).await;
            let wait = match &outcome {
                Ok(response) => busy(response),
                Err(_) => Some(1),
            };
            if let Some(seconds) = wait.filter(|_| attempt < attempts) {
                tracing::debug!(%call, attempt, seconds, "calling again after a transient failure");
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                attempt += 1;
                continue;
            }
            let response = outcome.map_err(|source| Error::Unreachable {
                host: host.clone(),
                source: source.without_url(),
            })?;
            tracing::debug!(%call, status = response.status().as_u16(), "call answered");
            return read(response, host, call).await;
        }
    }

    async fn once(
        &self,
        method: &Method,
        url: &Url,
        body: Option<&Value>,
    ) -> Result<Response, reqwest::Error> {
        let (name, value) = &self.token;
        let mut request = self
            .client
            .request(method.clone(), url.clone())
            .header(ACCEPT, &self.accept)
            .header(name, value);
        if let Some(body) = body {
            request = request
                .header(CONTENT_TYPE, "application/json")
                .body(body.to_string());
        }
        request.send().await
    }
}

/// Seconds to wait when the platform is busy or out of order for a while.
fn busy(response: &Response) -> Option<u64> {
    let status = response.status();
    if status.as_u16() != 429 && !status.is_server_error() {
        return None;
    }
    let asked = header(response.headers(), &RETRY_AFTER).and_then(|v| v.parse().ok());
    Some(asked.unwrap_or(1).min(LONGEST_WAIT))
}

async fn read(mut response: Response, host: String, call: String) -> Result<Value, Error> {
    let status = response.status();
    if status.is_redirection() {
        let to = header(response.headers(), &LOCATION);
        let to = to.and_then(|to| response.url().join(to).ok());
        let to = to.map_or_else(|| "another address".to_owned(), |url| origin(&url));
        return Err(Error::Redirected { host, call, to });
    }
    let unreadable = |what| Error::Unreadable {
        host: host.clone(),
        call: call.clone(),
        what,
    };
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|e| Error::Unreachable {
        host: host.clone(),
        source: e.without_url(),
    })? {
        if body.len() + part.len() > MAX_ANSWER {
            return Err(unreadable("it is too long"));
        }
        body.extend_from_slice(&part);
    }
    if !status.is_success() {
        return Err(Error::Refused {
            status: status.as_u16(),
            message: message(&body),
            host,
            call,
        });
    }
    serde_json::from_slice(&body).map_err(|_| unreadable("it is no JSON"))
}

/// What the platform says about it, on one short line.
fn message(body: &[u8]) -> String {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    let said = ["message", "error_description", "error"]
        .iter()
        .find_map(|key| match &value[*key] {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        });
    let said = said.unwrap_or_else(|| "it says no more".to_owned());
    let plain = said.chars().map(|c| if c.is_control() { ' ' } else { c });
    plain.take(200).collect()
}

fn header<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}
