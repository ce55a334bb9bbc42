//! What webhooks wait for, and its delivery.
//!
//! An event is written down in the transaction that causes it, one [`Delivery`] a webhook, and sent afterwards: what
//! was acknowledged is delivered even if the process is killed in between. Nothing leaves this machine: a webhook
//! that points elsewhere is kept, its events are written down, and they are not sent.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::Request;
use hyper::header::{CONTENT_TYPE, HOST};
use hyper_util::rt::TokioIo;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tokio::net::TcpStream;
use url::{Host, Url};

use crate::app::App;
use crate::clock::iso_millis;
use crate::error::ApiError;
use crate::model::{Delivery, DeliveryState, Item, Kind, Project, User, View, Webhook, new_id};
use crate::server::{blocking, stopped};
use crate::store::Tx;

/// A delivery that fails so often disables its webhook. The real number is not documented.
const ATTEMPTS: u32 = 4;
/// Before the second attempt; twice as much before the third, and so on.
const PAUSE: SignedDuration = SignedDuration::from_millis(200);
/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(10);
const IDLE: Duration = Duration::from_secs(1);
/// The most of an answer that is read.
const MAX_ANSWER_BYTES: usize = 64 << 10;

/// Something that happened on a site.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Event<'a> {
    /// `WorkbookUpdated` and the like.
    pub(crate) name: &'a str,
    /// `WORKBOOK`, `DATASOURCE`, `EXTRACTS`, `VIEW`, `USER`.
    pub(crate) resource: &'a str,
    pub(crate) resource_name: &'a str,
    pub(crate) luid: &'a str,
    /// LUID of the project that it is in, where it is in one.
    pub(crate) project: &'a str,
}

impl<'a> Event<'a> {
    pub(crate) fn view_deleted(view: &'a View, workbook: &'a Item) -> Self {
        Self {
            name: "ViewDeleted",
            resource: "VIEW",
            resource_name: &view.name,
            luid: &view.id,
            project: &workbook.project,
        }
    }

    /// `name` is `UserDeleted`, `AdminPromoted` or `AdminDemoted`.
    pub(crate) fn of_user(user: &'a User, name: &'a str) -> Self {
        Self {
            name,
            resource: "USER",
            resource_name: &user.name,
            luid: &user.id,
            project: "",
        }
    }
}

/// Queues `WorkbookCreated` and the like, given `Created`. Flows have no events.
pub(crate) fn raise_for(app: &App, tx: &Tx<'_>, item: &Item, what: &str) -> Result<(), ApiError> {
    if item.kind == Kind::Flow {
        return Ok(());
    }
    let event = Event {
        name: &format!("{}{what}", item.kind.title()),
        resource: match item.kind {
            _ if what.starts_with("Refresh") => "EXTRACTS",
            Kind::Workbook => "WORKBOOK",
            _ => "DATASOURCE",
        },
        resource_name: &item.name,
        luid: &item.id,
        project: &item.project,
    };
    raise(app, tx, &item.site, &event)
}

/// Queues a delivery for every enabled webhook of the site that waits for the event.
pub(crate) fn raise(app: &App, tx: &Tx<'_>, site: &str, event: &Event<'_>) -> Result<(), ApiError> {
    for webhook in tx.all::<Webhook>(site)? {
        if webhook.enabled && webhook.event == event.name {
            let payload = payload(tx, site, event)?;
            tx.put(&Delivery::new(&webhook, payload))?;
            // The sender finds it once this transaction is through: there is one at a time.
            app.delivery_added.notify_one();
        }
    }
    Ok(())
}

/// As real sites send it.
fn payload(tx: &Tx<'_>, site: &str, event: &Event<'_>) -> Result<String, ApiError> {
    let mut payload = json!({
        "resource": event.resource,
        "event_type": event.name,
        "resource_name": event.resource_name,
        "site_luid": site,
        "resource_luid": event.luid,
        "created_at": iso_millis(Timestamp::now()),
    });
    if let Some(project) = tx.get::<Project>(event.project)? {
        payload["project_luid"] = project.id.into();
        payload["project_name"] = project.name.into();
    }
    Ok(payload.to_string())
}

/// Whether the sandbox takes the destination: https, as a real site; plain http only to this machine.
pub(crate) fn is_allowed(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| match url.scheme() {
        "https" => url.has_host(),
        "http" => is_here(&url),
        _ => false,
    })
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether events are really sent there.
fn is_sent(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| url.scheme() == "http" && is_here(&url))
}

/// Sends deliveries as they come, until the sandbox ends.
pub(crate) async fn run(app: Arc<App>) {
    let mut stop = app.stop.subscribe();
    loop {
        let worker = Arc::clone(&app);
        // A failure here is the database's: the next round meets it again, and requests report it.
        let open = blocking(move || worker.store.transact(|tx| tx.named::<Delivery>("open")));
        let now = Timestamp::now();
        let mut wait = IDLE;
        for delivery in open.await.unwrap_or_default() {
            if delivery.due > now {
                wait = wait.min(delivery.due.duration_since(now).unsigned_abs());
                continue;
            }
            let failed = attempt(&app, delivery).await.is_err();
            wait = if failed { IDLE } else { Duration::ZERO };
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = app.delivery_added.notified() => {}
            () = stopped(&mut stop) => return,
        }
    }
}

/// One attempt, and what comes of it.
async fn attempt(app: &Arc<App>, delivery: Delivery) -> Result<(), ApiError> {
    let worker = Arc::clone(app);
    let id = delivery.webhook.clone();
    let webhook = blocking(move || worker.store.transact(|tx| tx.get::<Webhook>(&id))).await?;
    let outcome = match webhook.filter(|webhook| webhook.enabled) {
        None => Outcome::Dropped("the webhook was disabled or deleted".to_owned()),
        Some(webhook) if !is_sent(&webhook.url) => {
            Outcome::Dropped("not sent: the sandbox sends nothing off this machine".to_owned())
        }
        Some(webhook) => match post(&webhook.url, delivery.payload.clone()).await {
            Ok((status @ 200..300, _)) => Outcome::Delivered(status),
            Ok((status, _)) => Outcome::Failed(format!("the receiver answered {status}")),
            Err(reason) => Outcome::Failed(reason),
        },
    };
    let worker = Arc::clone(app);
    blocking(move || worker.store.transact(|tx| note(tx, delivery, outcome))).await
}

enum Outcome {
    Delivered(u16),
    Failed(String),
    Dropped(String),
}

fn note(tx: &Tx<'_>, mut delivery: Delivery, outcome: Outcome) -> Result<(), ApiError> {
    match outcome {
        Outcome::Delivered(status) => {
            delivery.attempts += 1;
            delivery.state = DeliveryState::Delivered;
            delivery.note = format!("the receiver answered {status}");
        }
        Outcome::Dropped(reason) => {
            delivery.state = DeliveryState::Dropped;
            delivery.note = reason;
        }
        Outcome::Failed(reason) => {
            delivery.attempts += 1;
            delivery.note = reason;
            let pause = PAUSE * i32::try_from(delivery.attempts).unwrap_or(1);
            delivery.due = Timestamp::now().checked_add(pause).unwrap_or(delivery.due);
            if delivery.attempts >= ATTEMPTS {
                delivery.state = DeliveryState::Failed;
                disable(tx, &delivery)?;
            }
        }
    }
    tx.put(&delivery)
}

fn disable(tx: &Tx<'_>, delivery: &Delivery) -> Result<(), ApiError> {
    let Some(mut webhook) = tx.get::<Webhook>(&delivery.webhook)? else {
        return Ok(());
    };
    webhook.enabled = false;
    webhook.updated_at = Timestamp::now();
    webhook.reason = format!(
        "Disabled after {ATTEMPTS} failed attempts to deliver: {}",
        delivery.note
    );
    tx.put(&webhook)
}

/// What the test call sends, and what came back. Call it off the async threads.
pub(crate) fn test(payload: String, url: &str) -> Result<(u16, String), String> {
    if !is_sent(url) {
        return Err("the sandbox sends nothing off this machine".to_owned());
    }
    tokio::runtime::Handle::current().block_on(post(url, payload))
}

/// The payload of the test call.
pub(crate) fn test_payload(tx: &Tx<'_>, webhook: &Webhook) -> Result<String, ApiError> {
    let event = Event {
        name: &webhook.event,
        resource: "WEBHOOK",
        resource_name: &webhook.name,
        luid: &webhook.id,
        project: "",
    };
    payload(tx, &webhook.site, &event)
}

/// Status and body of the answer, or why there is none.
async fn post(url: &str, payload: String) -> Result<(u16, String), String> {
    match tokio::time::timeout(PATIENCE, exchange(url, payload)).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
    }
}

async fn exchange(
    url: &str,
    payload: String,
) -> Result<(u16, String), Box<dyn std::error::Error + Send + Sync>> {
    let url = Url::parse(url)?;
    let host = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().unwrap_or(80);
    let stream = TcpStream::connect((host.trim_matches(['[', ']']), port)).await?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let request = Request::post(path)
        .header(HOST, format!("{host}:{port}"))
        .header(CONTENT_TYPE, "application/json")
        .body(Full::new(Bytes::from(payload)))?;
    let (head, body) = sender.send_request(request).await?.into_parts();
    let body = Limited::new(body, MAX_ANSWER_BYTES)
        .collect()
        .await?
        .to_bytes();
    Ok((
        head.status.as_u16(),
        String::from_utf8_lossy(&body).into_owned(),
    ))
}

impl Delivery {
    fn new(webhook: &Webhook, payload: String) -> Self {
        let now = Timestamp::now();
        Self {
            id: new_id(),
            site: webhook.site.clone(),
            webhook: webhook.id.clone(),
            payload,
            state: DeliveryState::Open,
            attempts: 0,
            note: String::new(),
            created_at: now,
            due: now,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_goes_only_to_this_machine() {
        for url in [
            "https://example.com/x",
            "http://127.0.0.1:1/x",
            "http://LOCALHOST/",
            "http://[::1]:80/",
        ] {
            assert!(is_allowed(url), "{url}");
        }
        for url in [
            "http://example.com/",
            "http://localhost.example.com/",
            "ftp://127.0.0.1/",
            "nonsense",
            "https://",
        ] {
            assert!(!is_allowed(url), "{url}");
        }
        assert!(!is_sent("https://example.com/x"));
    }
}
