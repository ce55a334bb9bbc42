//! The webhooks of a site, and what was sent.

use maud::{Markup, html};

use super::layout::{Page, Tab, count, empty, section, table, time};
use crate::app::App;
use crate::error::ApiError;
use crate::model::{Delivery, DeliveryState, Site, User, Webhook};

/// More would be a page that nobody reads.
const DELIVERIES: usize = 200;

pub(super) fn page(app: &App, site: &Site) -> Result<Page, ApiError> {
    let (webhooks, mut deliveries, users) = app.store.transact(|tx| {
        Ok((
            tx.all::<Webhook>(&site.id)?,
            tx.all::<Delivery>(&site.id)?,
            tx.all::<User>(&site.id)?,
        ))
    })?;
    deliveries.reverse();
    let body = html! {
        h1 { "Webhooks" }
        p.lead { "Only addresses on this machine are really called." }
        (section("webhooks", "Webhooks", Some(webhooks.len()), &if webhooks.is_empty() {
            empty("There is none.")
        } else {
            hooks(&webhooks, &users)
        }))
        (section("deliveries", "Deliveries", Some(deliveries.len()), &if deliveries.is_empty() {
            empty("Nothing has happened that a webhook waits for.")
        } else {
            sent(&webhooks, &deliveries)
        }))
    };
    Ok(Page::new("Webhooks", body).on(site, Tab::Webhooks))
}

fn hooks(webhooks: &[Webhook], users: &[User]) -> Markup {
    table(
        "Webhooks",
        &["Name", "Event", "Destination", "Owner", "State"],
        &html! { @for webhook in webhooks { tr {
            th scope="row" { (webhook.name) }
            td { (webhook.event) }
            td { code { (webhook.url) } }
            td { @if let Some(owner) = users.iter().find(|user| user.id == webhook.owner) { (owner.name) } @else { span.soft { "gone" } } }
            td {
                @if webhook.enabled { span.state.good { "enabled" } } @else { span.state.bad { "disabled" } }
                @if !webhook.reason.is_empty() { p.notes { (webhook.reason) } }
            }
        } } },
    )
}

fn sent(webhooks: &[Webhook], deliveries: &[Delivery]) -> Markup {
    let name = |delivery: &Delivery| {
        let webhook = webhooks
            .iter()
            .find(|webhook| webhook.id == delivery.webhook);
        webhook.map_or("a webhook that is gone", |webhook| &webhook.name)
    };
    html! {
        @if deliveries.len() > DELIVERIES { p.soft { "The latest " (DELIVERIES) ". All are at " code { "/sandbox/deliveries" } "." } }
        (table("Deliveries", &["State", "Webhook", "When", "What came of it", "Payload"], &html! {
            @for delivery in deliveries.iter().take(DELIVERIES) { tr {
                td { (state(delivery.state)) }
                th scope="row" { (name(delivery)) }
                td { (time(delivery.created_at)) }
                td { (delivery.note) @if delivery.attempts > 1 { " " span.soft { (count(delivery.attempts as usize, "attempt", "attempts")) } } }
                td { details { summary { "Show" } code { (delivery.payload) } } }
            } }
        }))
    }
}

fn state(state: DeliveryState) -> Markup {
    match state {
        DeliveryState::Open => html! { span.state.open { "waiting" } },
        DeliveryState::Delivered => html! { span.state.good { "delivered" } },
        DeliveryState::Failed => html! { span.state.bad { "failed" } },
        DeliveryState::Dropped => html! { span.state.ended { "not sent" } },
    }
}
