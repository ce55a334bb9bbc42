//! Webhooks: made, listed, changed and tried.

use jiff::Timestamp;

use crate::call::{Answer, Call};
use crate::clock::iso;
use crate::error::ApiError;
use crate::filter::{Fact, Field};
use crate::model::{Delivery, Webhook, new_id};
use crate::store::Tx;
use crate::webhook;
use crate::wire::{Element, Node};

/// Not documented; the vendor's own samples use it.
static FIELDS: &[Field<Webhook>] = &[Field {
    name: "name",
    operators: "eq,in",
    fact: |webhook| Fact::Text(webhook.name.clone()),
}];

/// The `event` names, each with its element under `webhook-source`.
const EVENTS: &[(&str, &str)] = &[
    ("WorkbookCreated", "webhook-source-event-workbook-created"),
    ("WorkbookUpdated", "webhook-source-event-workbook-updated"),
    ("WorkbookDeleted", "webhook-source-event-workbook-deleted"),
    (
        "WorkbookRefreshStarted",
        "webhook-source-event-workbook-refresh-started",
    ),
    (
        "WorkbookRefreshSucceeded",
        "webhook-source-event-workbook-refresh-succeeded",
    ),
    (
        "WorkbookRefreshFailed",
        "webhook-source-event-workbook-refresh-failed",
    ),
    (
        "DatasourceCreated",
        "webhook-source-event-datasource-created",
    ),
    (
        "DatasourceUpdated",
        "webhook-source-event-datasource-updated",
    ),
    (
        "DatasourceDeleted",
        "webhook-source-event-datasource-deleted",
    ),
    (
        "DatasourceRefreshStarted",
        "webhook-source-event-datasource-refresh-started",
    ),
    (
        "DatasourceRefreshSucceeded",
        "webhook-source-event-datasource-refresh-succeeded",
    ),
    (
        "DatasourceRefreshFailed",
        "webhook-source-event-datasource-refresh-failed",
    ),
    ("ViewDeleted", "webhook-source-event-view-deleted"),
    ("LabelCreated", "webhook-source-event-label-created"),
    ("LabelUpdated", "webhook-source-event-label-updated"),
    ("LabelDeleted", "webhook-source-event-label-deleted"),
    ("UserDeleted", "webhook-source-event-user-deleted"),
    ("AdminPromoted", "webhook-event-user-promoted-admin"),
    ("AdminDemoted", "webhook-event-user-demoted-admin"),
];

fn element(webhook: &Webhook) -> Element {
    let source = EVENTS
        .iter()
        .find(|(event, _)| *event == webhook.event)
        .map(|(_, source)| Element::new(source));
    Element::new("webhook")
        .attr("id", &webhook.id)
        .attr("name", &webhook.name)
        .attr("event", &webhook.event)
        .attr("isEnabled", webhook.enabled)
        .attr_text("statusChangeReason", &webhook.reason)
        .attr("createdAt", iso(webhook.created_at))
        .attr("updatedAt", iso(webhook.updated_at))
        .child(Element::new("webhook-source").child_if(source))
        .child(
            Element::new("webhook-destination").child(
                Element::new("webhook-destination-http")
                    .attr("method", "POST")
                    .attr("url", &webhook.url),
            ),
        )
        .child(Element::new("owner").attr("id", &webhook.owner))
}

/// By attribute or by element, or both where they agree.
fn event(node: &Node) -> Result<Option<String>, ApiError> {
    let source = node
        .child("webhook-source")
        .and_then(|source| source.children.first());
    let by_element = match source {
        Some(source) => Some(
            EVENTS
                .iter()
                .find(|(_, element)| *element == source.name)
                .map(|(event, _)| *event)
                .ok_or_else(|| {
                    ApiError::bad_request(format!("'{}' is not an event.", source.name))
                })?,
        ),
        None => None,
    };
    let by_attribute = match node.attribute("event") {
        Some(text) if !EVENTS.iter().any(|(event, _)| *event == text) => {
            return Err(ApiError::bad_request(format!("'{text}' is not an event.")));
        }
        other => other,
    };
    match (by_attribute, by_element) {
        (Some(one), Some(other)) if one != other => Err(ApiError::bad_request(
            "The event attribute and the webhook-source contradict each other.",
        )),
        (one, other) => Ok(one.or(other).map(str::to_owned)),
    }
}

fn url(node: &Node) -> Result<Option<String>, ApiError> {
    let destination = node
        .child("webhook-destination")
        .and_then(|d| d.child("webhook-destination-http"));
    let Some(url) = destination.and_then(|destination| destination.attribute("url")) else {
        return Ok(None);
    };
    if webhook::is_allowed(url) {
        return Ok(Some(url.to_owned()));
    }
    Err(ApiError::bad_request(
        "A webhook's destination must be an https URL; the sandbox takes http to this machine too.",
    ))
}

fn find(call: &Call, tx: &Tx<'_>) -> Result<Webhook, ApiError> {
    call.require_admin()?;
    let id = call.param("webhook");
    tx.get_on::<Webhook>(call.site()?, &id.to_ascii_lowercase())?
        .ok_or_else(|| ApiError::new(404_034, format!("Webhook '{id}' could not be found.")))
}

pub(crate) fn list(call: &Call) -> Result<Answer, ApiError> {
    call.require_admin()?;
    let webhooks = call.transact(|tx| tx.all::<Webhook>(call.site()?))?;
    call.list(webhooks, FIELDS, ("webhooks", &[]), |webhook| {
        Ok(element(webhook))
    })
}

pub(crate) fn get(call: &Call) -> Result<Answer, ApiError> {
    Ok(Answer::ok([element(&call.transact(|tx| find(call, tx))?)]))
}

pub(crate) fn create(call: &Call) -> Result<Answer, ApiError> {
    call.require_admin()?;
    let node = call.node()?.required("webhook")?;
    let now = Timestamp::now();
    let webhook = Webhook {
        id: new_id(),
        site: call.site()?.to_owned(),
        name: node.required_attribute("name")?.to_owned(),
        event: event(node)?.ok_or_else(|| ApiError::bad_request("The webhook has no event."))?,
        url: url(node)?.ok_or_else(|| ApiError::bad_request("The webhook has no destination."))?,
        enabled: node.boolean("isEnabled")?.unwrap_or(true),
        reason: String::new(),
        owner: call.user()?.id.clone(),
        created_at: now,
        updated_at: now,
    };
    call.transact(|tx| tx.put(&webhook))?;
    Ok(Answer::created(element(&webhook)))
}

pub(crate) fn update(call: &Call) -> Result<Answer, ApiError> {
    let node = call.node()?.required("webhook")?;
    let (event, url, enabled) = (event(node)?, url(node)?, node.boolean("isEnabled")?);
    let reason = node.attribute("statusChangeReason");
    if reason.is_some() && enabled != Some(false) {
        return Err(ApiError::bad_request(
            "A statusChangeReason goes with isEnabled=\"false\" only.",
        ));
    }
    let reason = reason.unwrap_or("Webhook disabled by user").to_owned();
    let webhook = call.transact(|tx| {
        let mut webhook = find(call, tx)?;
        if let Some(name) = node.attribute("name") {
            name.clone_into(&mut webhook.name);
        }
        webhook.event = event.unwrap_or(webhook.event);
        webhook.url = url.unwrap_or(webhook.url);
        if let Some(enabled) = enabled {
            webhook.enabled = enabled;
            webhook.reason = if enabled {
                String::new()
            } else {
                reason.clone()
            };
        }
        webhook.updated_at = Timestamp::now();
        tx.put(&webhook)?;
        Ok(webhook)
    })?;
    Ok(Answer::ok([element(&webhook)]))
}

pub(crate) fn delete(call: &Call) -> Result<Answer, ApiError> {
    call.transact(|tx| {
        let webhook = find(call, tx)?;
        for delivery in tx.children::<Delivery>(&webhook.id)? {
            tx.delete::<Delivery>(&delivery.id)?;
        }
        tx.delete::<Webhook>(&webhook.id)
    })?;
    Ok(Answer::no_content())
}

/// Sends an event that did not happen, and tells what the receiver said.
pub(crate) fn test(call: &Call) -> Result<Answer, ApiError> {
    let (webhook, payload) = call.transact(|tx| {
        let webhook = find(call, tx)?;
        let payload = webhook::test_payload(tx, &webhook)?;
        Ok((webhook, payload))
    })?;
    let (status, body) = webhook::test(payload, &webhook.url).map_err(|reason| {
        ApiError::bad_request(format!("'{}' could not be reached: {reason}", webhook.url))
    })?;
    Ok(Answer::ok([Element::new("webhookTestResult")
        .attr("id", &webhook.id)
        .attr("status", i64::from(status))
        .child(Element::with_text("body", &body))]))
}
