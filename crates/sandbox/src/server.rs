//! From socket to endpoint and back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::body::{Body as HttpBody, Incoming};
use hyper::header::{self, HeaderMap};
use hyper::service::service_fn;
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::app::App;
use crate::call::{Answer, Body, Call, Caller};
use crate::error::ApiError;
use crate::faults::Outcome;
use crate::query::Query;
use crate::request_log::RequestRecord;
use crate::response::{HttpResponse, RefusalCode, fault_response, refusal, response, write};
use crate::router::{self, Access, BodyKind, Found, Route};
use crate::version::ApiVersion;
use crate::wire::Format;
use crate::{control, intake, pages, session};

/// A fault rule said to cut the connection.
#[derive(Debug, thiserror::Error)]
#[error("a fault rule cut the connection")]
pub(crate) struct Cut;

/// Accepts connections until the sandbox ends, then lets the open ones finish for a moment.
pub(crate) async fn serve(app: Arc<App>, listener: TcpListener) {
    let mut stop = app.stop.subscribe();
    let mut connections = tokio::task::JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let _ = stream.set_nodelay(true);
                    connections.spawn(connection(Arc::clone(&app), stream));
                }
                // Out of file descriptors or the like: wait for some to be freed.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            () = stopped(&mut stop) => break,
        }
    }
    let _ = tokio::time::timeout(Duration::from_secs(2), async {
        while connections.join_next().await.is_some() {}
    })
    .await;
}

/// Returns once `stop` says so, or nobody is left to say it.
pub(crate) async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn connection(app: Arc<App>, stream: tokio::net::TcpStream) {
    let mut stop = app.stop.subscribe();
    let service = service_fn(move |request: Request<Incoming>| {
        let app = Arc::clone(&app);
        async move { handle(app, request).await }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => {}
        () = stopped(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

/// One request from fault rules to log.
pub(crate) async fn handle<B>(app: Arc<App>, request: Request<B>) -> Result<HttpResponse, Cut>
where
    B: HttpBody + Unpin,
    B::Error: std::fmt::Display,
{
    let start = Instant::now();
    let method = request.method().to_string();
    let path = request
        .uri()
        .path_and_query()
        .map_or_else(String::new, ToString::to_string);
    let result = with_faults(&app, request).await;
    let (status, code) = match &result {
        Ok(response) => (
            response.status().as_u16(),
            response
                .extensions()
                .get::<RefusalCode>()
                .map(|code| code.0),
        ),
        Err(Cut) => (0, None),
    };
    app.log.push(RequestRecord {
        at: Timestamp::now(),
        method,
        path,
        status,
        code,
        duration: start.elapsed(),
    });
    result
}

async fn with_faults<B>(app: &Arc<App>, request: Request<B>) -> Result<HttpResponse, Cut>
where
    B: HttpBody + Unpin,
    B::Error: std::fmt::Display,
{
    let (head, mut body) = request.into_parts();
    let path = head.uri.path();
    if path.starts_with("/sandbox/") {
        return Ok(control::handle(app, &head.method, path, &head.headers, &mut body).await);
    }
    let verdict = app.faults.judge(head.method.as_str(), inner_path(path));
    let wait = app.options.latency + verdict.delay;
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
    match verdict.before {
        Some(Outcome::Drop { at }) => {
            intake::read_some(app, &mut body, at).await;
            return Err(Cut);
        }
        Some(Outcome::Answer(answer)) => {
            intake::drain(app, &mut body).await;
            return Ok(fault_response(app, &answer, response_format(&head.headers)));
        }
        _ => {}
    }
    let response = respond(app, &head, &mut body).await;
    match verdict.after {
        Some(Outcome::Drop { .. }) => Err(Cut),
        Some(Outcome::Answer(answer)) => {
            Ok(fault_response(app, &answer, response_format(&head.headers)))
        }
        _ => Ok(response),
    }
}

/// What follows `/api/VERSION`; other paths whole.
fn inner_path(path: &str) -> &str {
    match path
        .strip_prefix("/api/")
        .and_then(|rest| rest.split_once('/').map(|(version, _)| version))
    {
        Some(version) => &path["/api/".len() + version.len()..],
        None => path,
    }
}

async fn respond<B>(
    app: &Arc<App>,
    head: &hyper::http::request::Parts,
    body: &mut B,
) -> HttpResponse
where
    B: HttpBody + Unpin,
    B::Error: std::fmt::Display,
{
    let path = head.uri.path();
    let Some(rest) = path.strip_prefix("/api/") else {
        intake::drain(app, body).await;
        return pages::handle(app, head).await;
    };
    let format = response_format(&head.headers);
    if rest == "metadata/graphql" {
        let result = metadata(app, head, body).await;
        if result.is_err() {
            intake::drain(app, body).await;
        }
        return result.map_or_else(
            |error| refusal(app, &error, Format::Json),
            |answer| write(app, answer, Format::Json),
        );
    }
    let (version, inner) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let version = match version {
        // Where experimental calls live; some clients still look for custom views there.
        "exp" => app.options.api_version,
        _ => match version.parse::<ApiVersion>() {
            Ok(version) => version,
            Err(()) => {
                intake::drain(app, body).await;
                return not_rest(path);
            }
        },
    };
    let result = match resolve(app, head, version, inner) {
        Ok((route, params)) => call(app, head, body, version, route, params).await,
        Err(error) => Err(error),
    };
    if result.is_err() {
        intake::drain(app, body).await;
    }
    result.map_or_else(
        |error| refusal(app, &error, format),
        |answer| write(app, answer, format),
    )
}

/// A path that never reaches the REST layer is answered by what is in front of it, in its own form.
fn not_rest(path: &str) -> HttpResponse {
    let body = serde_json::json!({
        "timestamp": Timestamp::now().as_millisecond(),
        "status": 401,
        "error": "Unauthorized",
        "message": "Please log in at /login in order to proceed.",
        "path": path,
    });
    response(
        StatusCode::UNAUTHORIZED,
        "application/json",
        body.to_string().into_bytes(),
    )
}

type Resolved = (
    &'static Route,
    std::collections::BTreeMap<&'static str, String>,
);

fn resolve(
    app: &App,
    head: &hyper::http::request::Parts,
    version: ApiVersion,
    inner: &str,
) -> Result<Resolved, ApiError> {
    let newest = app.options.api_version;
    if version > newest || version < ApiVersion::new(2, 0) {
        let detail = format!("Version '{version}' is not a valid version of the API.");
        return Err(ApiError::new(404_001, detail));
    }
    let unknown = || {
        ApiError::new(
            404_003,
            format!("Unknown resource '/{version}{inner}' specified in URI."),
        )
    };
    match router::find(head.method.as_str(), inner) {
        Found::Nothing => Err(unknown()),
        Found::WrongMethod => Err(ApiError::new(
            405_000,
            format!(
                "Request type '{}' is not supported for this resource.",
                head.method
            ),
        )),
        Found::Route(route, _) if route.since > newest => Err(unknown()),
        Found::Route(route, _) if route.since > version => Err(ApiError::bad_request(format!(
            "Resource unavailable in API version {version}: it exists from {} on.",
            route.since
        ))),
        Found::Route(route, params) => Ok((route, params)),
    }
}

async fn call<B>(
    app: &Arc<App>,
    head: &hyper::http::request::Parts,
    body: &mut B,
    version: ApiVersion,
    route: &'static Route,
    params: std::collections::BTreeMap<&'static str, String>,
) -> Result<Answer, ApiError>
where
    B: HttpBody + Unpin,
    B::Error: std::fmt::Display,
{
    let text = |name: header::HeaderName| {
        head.headers
            .get(name)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
    };
    let content_type = text(header::CONTENT_TYPE);
    let caller = match route.access {
        Access::Public => None,
        Access::SignedIn => {
            let site = params
                .get("site")
                .filter(|_| route.pattern.starts_with("/sites/{site}/"));
            Some(authenticate(app, &head.headers, site, route.scope).await?)
        }
    };
    let body = match route.body {
        BodyKind::Ignored => {
            intake::drain(app, body).await;
            Body::Empty
        }
        BodyKind::Form => intake::form(app, content_type, body).await?,
        BodyKind::Json => Body::Json(intake::json(app, body).await?),
        BodyKind::Multipart(strictness) => {
            intake::parts(app, content_type, strictness, body).await?
        }
    };
    let call = Call {
        app: Arc::clone(app),
        version,
        params,
        query: Query::parse(head.uri.query().unwrap_or_default()),
        caller,
        body,
        accepts_json: accepts_json(text(header::ACCEPT)),
        request_id: Some(text(header::HeaderName::from_static("requestid")).to_owned()),
    };
    blocking(move || (route.endpoint)(&call)).await
}

/// The Metadata API stands beside the versioned calls.
async fn metadata<B>(
    app: &Arc<App>,
    head: &hyper::http::request::Parts,
    body: &mut B,
) -> Result<Answer, ApiError>
where
    B: HttpBody + Unpin,
    B::Error: std::fmt::Display,
{
    if head.method != Method::POST {
        return Err(ApiError::new(
            405_000,
            format!("Request type '{}' is not supported here.", head.method),
        ));
    }
    let caller = authenticate(app, &head.headers, None, Some("tableau:content:read")).await?;
    let request = intake::json(app, body).await?;
    let app = Arc::clone(app);
    blocking(move || {
        Ok(Answer::Json(
            StatusCode::OK,
            crate::metadata::answer(&app, &caller, &request)?,
        ))
    })
    .await
}

/// Runs work that uses the store or the disk off the async threads. A panic in it is a 500000, not a hang.
pub(crate) async fn blocking<R: Send + 'static>(
    work: impl FnOnce() -> Result<R, ApiError> + Send + 'static,
) -> Result<R, ApiError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| {
        Err(ApiError::internal(
            "The sandbox failed on this request; please report it.",
        ))
    })
}

/// Who calls; and that it is about the site that the session is on, and within the session's scopes.
async fn authenticate(
    app: &Arc<App>,
    headers: &HeaderMap,
    site: Option<&String>,
    scope: Option<&'static str>,
) -> Result<Caller, ApiError> {
    let token = headers
        .get("x-tableau-auth")
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let site = site.cloned();
    let app = Arc::clone(app);
    blocking(move || {
        let token = token.ok_or_else(|| {
            ApiError::new(401_000, "No authentication credentials were provided.")
        })?;
        let caller = session::resume(&app, &token)?;
        if let Some(site) = site {
            session::check_site(&app, &caller, &site)?;
        }
        session::check_scope(&caller, scope)?;
        Ok(caller)
    })
    .await
}

fn accepts_json(accept: &str) -> bool {
    accept.is_empty()
        || accept.contains("*/*")
        || accept.contains("application/*")
        || accept.contains("json")
}

/// `Accept` decides, and without one the request's own form. `*/*` asks for nothing in particular and gets XML, as the
/// vendor's Python client needs it, which sends JSON with it and reads XML only.
fn response_format(headers: &HeaderMap) -> Format {
    let text = |name: header::HeaderName| {
        headers
            .get(name)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
    };
    let accept = text(header::ACCEPT);
    let json_first = |xml: usize| accept.find("json").is_some_and(|json| json < xml);
    match accept.find("xml") {
        Some(xml) if !json_first(xml) => Format::Xml,
        _ if accept.contains("json") => Format::Json,
        None if accept.is_empty() && text(header::CONTENT_TYPE).contains("json") => Format::Json,
        _ => Format::Xml,
    }
}
