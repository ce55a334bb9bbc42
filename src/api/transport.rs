//! Sends a call: attempts, redirects, time limits, and what an answer or its absence means.

use std::{
    error::Error as StdError,
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use reqwest::{
    Response, StatusCode,
    header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER},
};
use url::Url;

use super::{
    body::Body,
    endpoint::{Patience, Reply, Request},
    error::{CallName, Error, Refusal, Unreachable},
    fault::{Fault, glimpse},
    proxy::Proxy,
    redirect,
    retry::{RetryPolicy, asked_wait, next_wait},
    secret::Secret,
    source::ContentError,
};

/// The largest answer that is held in memory, in bytes. Listings of a page are far below.
const MAX_ANSWER: usize = 256 * 1024 * 1024;

/// Names under which servers and gateways tell their name of a request.
const REQUEST_ID: [&str; 3] = ["x-request-id", "x-tableau-request-id", "x-correlation-id"];

/// By these a server, or a gateway before it, says that it gets more than it can do.
const OVERLOADED: [u16; 3] = [429, 503, 504];

pub(crate) struct Transport {
    pub(crate) http: reqwest::Client,
    pub(crate) timeout: Duration,
    pub(crate) patience: Duration,
    pub(crate) retry: RetryPolicy,
    pub(crate) sent: AtomicU64,
    /// Answers of [`OVERLOADED`].
    pub(crate) overloads: AtomicU64,
}

/// An answer with a status of success.
pub(crate) struct Answer {
    pub(crate) reply: Reply,
    /// The body still to be read, when the caller wants to stream it.
    pub(crate) rest: Option<Response>,
    /// Where the answer came from, after redirects.
    pub(crate) url: Url,
}

/// Who reads the body.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Read {
    /// We do, into memory.
    Whole,
    /// The caller, as it comes.
    Streamed,
}

/// A call on its way: what every part of an attempt needs.
struct Trip<'a> {
    request: &'a Request<'a>,
    url: &'a Url,
    token: Option<&'a Secret>,
    read: Read,
}

impl Transport {
    /// Makes the call, again where its replay class allows.
    pub(crate) async fn send(
        &self,
        request: &Request<'_>,
        url: &Url,
        token: Option<&Secret>,
        read: Read,
    ) -> Result<Answer, Error> {
        let trip = Trip {
            request,
            url,
            token,
            read,
        };
        let mut waited = Duration::ZERO;
        let mut attempt = 1;
        loop {
            let error = match self.attempt(&trip).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let chance = fastrand::f64();
            let next = next_wait(&self.retry, request.replay, &error, attempt, waited, chance);
            let Some(wait) = next else { return Err(error) };
            tracing::debug!(
                method = %request.method,
                path = url.path(),
                attempt,
                delay_ms = millis(wait),
                cause = %error,
                "calling again after a transient failure"
            );
            tokio::time::sleep(wait).await;
            waited += wait;
            attempt += 1;
        }
    }

    async fn attempt(&self, trip: &Trip<'_>) -> Result<Answer, Error> {
        let mut url = trip.url.clone();
        for _ in 0..=redirect::MOST {
            let response = self.one_request(trip, &url).await?;
            let Some(next) = location(&response, &url) else {
                return self.read_answer(trip, response, url).await;
            };
            if !redirect::is_safe(&url, &next) {
                return Err(Error::Redirected {
                    call: trip.call(&url),
                    from: redirect::origin(&url),
                    to: redirect::origin(&next),
                });
            }
            url = next;
        }
        Err(Error::NotTableau {
            call: trip.call(&url),
            host: host(&url),
            status: StatusCode::FOUND.as_u16(),
            glimpse: "it redirects in a circle".into(),
        })
    }

    async fn one_request(&self, trip: &Trip<'_>, url: &Url) -> Result<Response, Error> {
        let moved = Arc::new(AtomicU64::new(0));
        let (request, to_send) = self.build(trip, url, &moved);
        self.sent.fetch_add(1, Ordering::Relaxed);
        let started = Instant::now();
        let limits = Limits {
            idle: self.timeout,
            answer: match trip.request.patience {
                Patience::Usual => self.timeout,
                Patience::Long => self.patience,
            },
            to_send,
        };
        let sent = watched(request.send(), &moved, &limits).await;
        let outcome = match sent {
            Some(Ok(response)) => Ok(response),
            Some(Err(error)) => Err(trip.unreachable(url, error)),
            None => Err(Error::Unreachable {
                call: trip.call(url),
                host: host(url),
                reason: Unreachable::Timeout,
                source: Box::new(limits.exceeded(&moved)),
            }),
        };
        if let Ok(response) = &outcome
            && OVERLOADED.contains(&response.status().as_u16())
        {
            self.overloads.fetch_add(1, Ordering::Relaxed);
        }
        log(trip, url, started, &outcome);
        outcome
    }

    /// The request, and how many bytes its body has.
    fn build(
        &self,
        trip: &Trip<'_>,
        url: &Url,
        moved: &Arc<AtomicU64>,
    ) -> (reqwest::RequestBuilder, u64) {
        let mut request = self
            .http
            .request(trip.request.method.clone(), url.clone())
            .header(ACCEPT, accept(trip.read));
        if let Some(token) = trip.token
            && let Ok(mut value) = HeaderValue::from_str(token.expose())
        {
            value.set_sensitive(true);
            request = request.header("X-Tableau-Auth", value);
        }
        match (trip.request.body)() {
            Body::Empty if trip.request.method == reqwest::Method::GET => (request, 0),
            Body::Empty => (request.header(CONTENT_LENGTH, 0), 0),
            Body::Json(text) => (
                request.header(CONTENT_TYPE, "application/json").body(text),
                0,
            ),
            Body::Multipart(multipart) => {
                let boundary = format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..));
                let out = multipart.assemble(&boundary, moved.clone());
                let request = request
                    .header(CONTENT_TYPE, out.content_type)
                    // Given by hand, for a stream would be sent in HTTP chunks otherwise.
                    .header(CONTENT_LENGTH, out.len)
                    .body(reqwest::Body::wrap_stream(out.stream));
                (request, out.len)
            }
        }
    }

    async fn read_answer(
        &self,
        trip: &Trip<'_>,
        response: Response,
        url: Url,
    ) -> Result<Answer, Error> {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let success = response.status().is_success() || (trip.request.is_answer)(status);
        if success && trip.read == Read::Streamed {
            let reply = Reply {
                status,
                headers,
                body: Bytes::new(),
            };
            return Ok(Answer {
                reply,
                rest: Some(response),
                url,
            });
        }
        let body = match self.collect(trip, response, &url).await {
            Ok(body) => body,
            Err(error) if success => return Err(error),
            // The status says enough; do not lose it to a body that breaks off.
            Err(_) => Bytes::new(),
        };
        if success {
            return Ok(Answer {
                reply: Reply {
                    status,
                    headers,
                    body,
                },
                rest: None,
                url,
            });
        }
        Err(trip.refused(status, &headers, &body, &url))
    }

    async fn collect(
        &self,
        trip: &Trip<'_>,
        mut response: Response,
        url: &Url,
    ) -> Result<Bytes, Error> {
        let mut body = BytesMut::new();
        while let Some(part) =
            next_part(&mut response, self.timeout, &trip.call(url), &host(url)).await?
        {
            if body.len() + part.len() > MAX_ANSWER {
                return Err(Error::NotTableau {
                    call: trip.call(url),
                    host: host(url),
                    status: response.status().as_u16(),
                    glimpse: format!("an answer of more than {MAX_ANSWER} bytes"),
                });
            }
            body.extend_from_slice(&part);
        }
        Ok(body.freeze())
    }
}

/// The next part of a body, waiting at most `idle` for it.
pub(crate) async fn next_part(
    response: &mut Response,
    idle: Duration,
    call: &CallName,
    host: &str,
) -> Result<Option<Bytes>, Error> {
    let (reason, source) = match tokio::time::timeout(idle, response.chunk()).await {
        Ok(Ok(part)) => return Ok(part),
        Ok(Err(error)) => (Unreachable::Lost, error.without_url().into()),
        Err(elapsed) => (Unreachable::Timeout, elapsed.into()),
    };
    Err(Error::Unreachable {
        call: call.clone(),
        host: host.to_owned(),
        reason,
        source,
    })
}

impl Trip<'_> {
    fn call(&self, url: &Url) -> CallName {
        CallName {
            method: self.request.method.clone(),
            path: url.path().to_owned(),
        }
    }

    fn refused(&self, status: u16, headers: &HeaderMap, body: &Bytes, url: &Url) -> Error {
        let call = self.call(url);
        if status == StatusCode::PROXY_AUTHENTICATION_REQUIRED.as_u16() {
            return Error::Unreachable {
                call,
                host: host(url),
                reason: Unreachable::Proxy,
                source: "the proxy asks for credentials (HTTP 407)".into(),
            };
        }
        let Fault {
            code,
            summary,
            mut detail,
        } = Fault::parse(body);
        if code.is_none() && summary.is_empty() {
            detail = glimpse(body);
        }
        let asked = headers
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok());
        Error::Refused(Box::new(Refusal {
            call,
            status,
            code,
            retry_after: asked_wait(asked, status, &detail, jiff::Timestamp::now()),
            summary,
            detail,
            request_id: request_id(headers),
            signed_in: self.token.is_some(),
        }))
    }

    fn unreachable(&self, url: &Url, error: reqwest::Error) -> Error {
        let call = self.call(url);
        if let Some(content) = find::<ContentError>(&error) {
            let source = io::Error::new(content.0.kind(), content.0.to_string());
            return Error::Content { call, source };
        }
        let mut reason = reason(&error);
        // The address may carry a filter with somebody's name; the call is named without it.
        let error = error.without_url();
        // Where there is a proxy, no other address is looked up and nothing else is connected to from here.
        let source: Box<dyn StdError + Send + Sync> = match Proxy::of(url) {
            Some(proxy) if reason.is_on_the_way() => {
                reason = Unreachable::Proxy;
                Box::new(proxy.failed(error))
            }
            _ => Box::new(error),
        };
        Error::Unreachable {
            call,
            host: host(url),
            reason,
            source,
        }
    }
}

fn reason(error: &reqwest::Error) -> Unreachable {
    if error.is_dns() {
        Unreachable::Dns
    } else if find::<rustls::Error>(error).is_some() {
        Unreachable::Tls
    } else if error.is_connect() {
        if is_tunnel(error) {
            Unreachable::Proxy
        } else if error.is_timeout() {
            Unreachable::ConnectTimeout
        } else {
            Unreachable::Refused
        }
    } else if error.is_timeout() {
        Unreachable::Timeout
    } else {
        Unreachable::Lost
    }
}

/// The HTTP library keeps the type of this error to itself; its text is its own, not the system's.
fn is_tunnel(error: &reqwest::Error) -> bool {
    let mut next = error.source();
    while let Some(cause) = next {
        if cause.to_string().starts_with("tunnel error") {
            return true;
        }
        next = cause.source();
    }
    false
}

/// The first cause of type `T`, looking into I/O errors too: they hide what they wrap.
fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(cause) = next {
        if let Some(found) = cause.downcast_ref() {
            return Some(found);
        }
        let inner = cause
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        next = match inner {
            Some(inner) => Some(inner),
            None => cause.source(),
        };
    }
    None
}

/// How long the connection may stand still.
struct Limits {
    /// While the body goes out.
    idle: Duration,
    /// Once it is out.
    answer: Duration,
    /// The length of the body.
    to_send: u64,
}

impl Limits {
    fn now(&self, moved: u64) -> Duration {
        if moved < self.to_send {
            self.idle
        } else {
            self.answer
        }
    }

    fn exceeded(&self, moved: &AtomicU64) -> io::Error {
        let moved = moved.load(Ordering::Relaxed);
        let text = if moved < self.to_send {
            let (to_send, idle) = (self.to_send, self.idle.as_secs());
            format!("{moved} of {to_send} bytes were sent, then nothing moved for {idle} s")
        } else {
            format!("no answer for {} s", self.answer.as_secs())
        };
        io::Error::new(io::ErrorKind::TimedOut, text)
    }
}

/// Waits for `future` as long as `moved` grows; `None` when it has stood still for too long. A total
/// limit would cut off large files on slow lines.
async fn watched<T>(
    future: impl Future<Output = T>,
    moved: &AtomicU64,
    limits: &Limits,
) -> Option<T> {
    tokio::pin!(future);
    let mut seen = 0;
    let mut since = Instant::now();
    loop {
        let now = moved.load(Ordering::Relaxed);
        if now != seen {
            (seen, since) = (now, Instant::now());
        }
        let left = limits
            .now(now)
            .checked_sub(since.elapsed())
            .filter(|left| !left.is_zero())?;
        let tick = left.min(Duration::from_secs(1));
        if let Ok(output) = tokio::time::timeout(tick, &mut future).await {
            return Some(output);
        }
    }
}

fn accept(read: Read) -> &'static str {
    match read {
        Read::Whole => "application/json",
        // A refusal of a download is still wanted as JSON.
        Read::Streamed => "application/json, */*;q=0.9",
    }
}

/// Where a redirect leads.
fn location(response: &Response, from: &Url) -> Option<Url> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let target = response.headers().get(LOCATION)?.to_str().ok()?;
    from.join(target).ok()
}

fn request_id(headers: &HeaderMap) -> Option<String> {
    let value = REQUEST_ID.iter().find_map(|name| headers.get(*name))?;
    Some(value.to_str().ok()?.to_owned())
}

/// Host and port, for people.
pub(crate) fn host(url: &Url) -> String {
    match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => url.to_string(),
    }
}

fn log(trip: &Trip<'_>, url: &Url, started: Instant, outcome: &Result<Response, Error>) {
    let (method, path) = (&trip.request.method, url.path());
    let duration_ms = millis(started.elapsed());
    match outcome {
        Ok(response) => {
            let status = response.status().as_u16();
            let id = request_id(response.headers());
            let request_id = id.as_deref().unwrap_or_default();
            tracing::debug!(%method, path, status, duration_ms, request_id, "call answered");
        }
        Err(error) => tracing::debug!(%method, path, duration_ms, %error, "call not answered"),
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
