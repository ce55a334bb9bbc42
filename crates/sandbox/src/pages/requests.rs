//! The request log as it grows: a page that can be read as it is, and a stream that its script listens to.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http_body_util::{BodyExt, StreamBody};
use hyper::Response;
use hyper::body::Frame;
use hyper::header::{self, HeaderMap, HeaderValue};
use maud::{Markup, html};
use tokio::sync::watch;

use super::address;
use super::layout::{Area, Page, empty};
use crate::app::App;
use crate::query::Query;
use crate::request_log::RequestRecord;
use crate::response::HttpResponse;
use crate::server::stopped;

/// How many the page shows.
const SHOWN: usize = 200;
/// A silent stream says so now and then, so that a connection that is gone is noticed.
const BEAT: Duration = Duration::from_secs(15);

/// Which requests are wanted.
#[derive(Debug, Clone, Default)]
struct Wanted {
    /// Only those that were refused or cut.
    refused: bool,
    /// A piece of the path.
    path: String,
}

impl Wanted {
    fn parse(query: &Query) -> Self {
        Self {
            refused: query.get("refused").is_some(),
            path: query.get("path").unwrap_or_default().to_owned(),
        }
    }

    /// Only calls of the API: looking at these pages is not what is watched.
    fn takes(&self, record: &RequestRecord) -> bool {
        record.path.starts_with("/api/")
            && record.path.contains(&self.path)
            && (!self.refused || !(200..400).contains(&record.status))
    }

    fn query(&self) -> String {
        let refused = if self.refused { "&refused=on" } else { "" };
        format!("path={}{refused}", address::encode(&self.path))
    }
}

pub(super) fn page(app: &App, query: &Query) -> Page {
    let wanted = Wanted::parse(query);
    let (records, seen) = app.log.since(0);
    let shown: Vec<_> = records
        .iter()
        .rev()
        .filter(|record| wanted.takes(record))
        .take(SHOWN)
        .collect();
    let stream = format!("/requests/stream?{}&after={seen}", wanted.query());
    let body = html! {
        h1 { "Requests" }
        p.lead { "What clients ask of the REST API, the latest first." }
        form.filter action="/requests" {
            label for="path" { "Path has" }
            input #path name="path" value=(wanted.path) placeholder="/workbooks";
            label { input type="checkbox" name="refused" checked[wanted.refused]; " Only refused" }
            button { "Show" }
            button #pause type="button" hidden aria-pressed="false" { "Pause" }
        }
        p #live.soft role="status" data-stream=(stream) { "Without scripts this page loads itself anew every five seconds." }
        div.scroll role="region" aria-label="Requests" tabindex="0" {
            table.log {
                thead { tr {
                    th scope="col" { "Time" } th scope="col" { "Status" } th scope="col" { "Code" }
                    th scope="col" { "Took" } th scope="col" { "Method" } th scope="col" { "Path" }
                } }
                tbody #requests { @for record in shown { (row(record)) } }
            }
        }
        // Shown as long as the table has no row.
        (empty("No client has asked for anything yet."))
    };
    Page::new("Requests", body).area(Area::Requests).live()
}

/// On one line: the stream sends it as one event.
fn row(record: &RequestRecord) -> Markup {
    let class = match record.status {
        200..400 => "good",
        400..500 => "open",
        _ => "bad",
    };
    html! {
        tr {
            td { time datetime=(record.at) { (record.at.strftime("%H:%M:%S%.3f").to_string()) } }
            td { span.state.(class) { @if record.status == 0 { "cut" } @else { (record.status) } } }
            td { @if let Some(code) = record.code { (code) } }
            td.took { (format!("{:.1} ms", record.duration.as_secs_f64() * 1e3)) }
            td { (record.method) }
            td { code { (record.path) } }
        }
    }
}

/// How many requests the browser has seen: what it says after a break, else what the page said.
pub(super) fn seen(headers: &HeaderMap, query: &Query) -> u64 {
    let last = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok());
    last.or(query.get("after"))
        .and_then(|text| text.parse().ok())
        .unwrap_or(u64::MAX)
}

struct Listener {
    app: Arc<App>,
    wanted: Wanted,
    seen: u64,
    count: watch::Receiver<u64>,
    stop: watch::Receiver<bool>,
}

impl Listener {
    /// The next events; `None` once the sandbox ends.
    async fn next(&mut self) -> Option<String> {
        loop {
            let (records, count) = self.app.log.since(self.seen);
            self.seen = count;
            let mut events = String::new();
            for record in records.iter().filter(|record| self.wanted.takes(record)) {
                events.push_str(&format!(
                    "id: {count}\ndata: {}\n\n",
                    row(record).into_string()
                ));
            }
            if !events.is_empty() {
                return Some(events);
            }
            tokio::select! {
                changed = self.count.changed() => changed.ok()?,
                () = tokio::time::sleep(BEAT) => return Some(": still here\n\n".to_owned()),
                () = stopped(&mut self.stop) => return None,
            }
        }
    }
}

/// Server-sent events, a row each.
pub(super) fn stream(app: &Arc<App>, seen: u64, query: &Query) -> HttpResponse {
    let listener = Listener {
        app: Arc::clone(app),
        wanted: Wanted::parse(query),
        seen,
        count: app.log.watch(),
        stop: app.stop.subscribe(),
    };
    let frames = stream::unfold(listener, |mut listener| async move {
        let events = listener.next().await?;
        Some((Ok(Frame::data(Bytes::from(events))), listener))
    });
    let mut response = Response::new(StreamBody::new(frames).boxed_unsync());
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/event-stream"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
