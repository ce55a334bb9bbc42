//! Subscriptions: kept and listed; nothing is sent.

use super::{item_by_id, user, view_by_id};
use crate::Style;
use crate::call::{Answer, Call};
use crate::error::ApiError;
use crate::filter::Field;
use crate::frequency;
use crate::model::{Kind, Schedule, Subscription, User, When, new_id};
use crate::store::Tx;
use crate::wire::{Element, Node};

static FIELDS: &[Field<Subscription>] = &[];

fn failed(detail: impl Into<String>) -> ApiError {
    ApiError::new(400_063, detail)
}

fn element(tx: &Tx<'_>, subscription: &Subscription) -> Result<Element, ApiError> {
    let schedule = match &subscription.when {
        When::Schedule(id) => {
            let name = tx.get::<Schedule>(id)?.map(|schedule| schedule.name);
            Element::new("schedule")
                .attr("id", id)
                .attr_if("name", name)
        }
        When::Own(own) => Element::new("schedule")
            .attr("frequency", &own.name)
            .child(frequency::details(own)),
    };
    let user = tx.get::<User>(&subscription.user)?;
    Ok(Element::new("subscription")
        .attr("id", &subscription.id)
        .attr("subject", &subscription.subject)
        .attr_text("message", &subscription.message)
        .attr("attachImage", subscription.attach_image)
        .attr("attachPdf", subscription.attach_pdf)
        .attr_text("pageOrientation", &subscription.page_orientation)
        .attr_text("pageSizeOption", &subscription.page_size)
        .attr("suspended", subscription.suspended)
        .child(
            Element::new("content")
                .attr("id", &subscription.content)
                .attr("type", &subscription.content_type)
                .attr("sendIfViewEmpty", subscription.send_if_view_empty),
        )
        .child(schedule)
        .child(
            Element::new("user")
                .attr("id", &subscription.user)
                .attr_if("name", user.map(|user| user.name)),
        ))
}

fn mine(call: &Call, subscription: &Subscription) -> Result<bool, ApiError> {
    Ok(call.role()?.is_admin() || subscription.user == call.user()?.id)
}

pub(crate) fn list(call: &Call) -> Result<Answer, ApiError> {
    let mut seen = Vec::new();
    for subscription in call.transact(|tx| tx.all::<Subscription>(call.site()?))? {
        if mine(call, &subscription)? {
            seen.push(subscription);
        }
    }
    call.list(seen, FIELDS, ("subscriptions", &[]), |subscription| {
        call.transact(|tx| element(tx, subscription))
    })
}

fn find(call: &Call, tx: &Tx<'_>) -> Result<Subscription, ApiError> {
    let id = call.param("subscription");
    let subscription = tx
        .get_on::<Subscription>(call.site()?, &id.to_ascii_lowercase())?
        .ok_or_else(|| {
            ApiError::new(404_025, format!("Subscription '{id}' could not be found."))
        })?;
    if mine(call, &subscription)? {
        Ok(subscription)
    } else {
        Err(ApiError::forbidden("It is not your subscription."))
    }
}

pub(crate) fn get(call: &Call) -> Result<Answer, ApiError> {
    call.transact(|tx| Ok(Answer::ok([element(tx, &find(call, tx)?)?])))
}

fn content(call: &Call, tx: &Tx<'_>, node: &Node) -> Result<(String, String), ApiError> {
    let id = node.required_attribute("id")?;
    // The client of the vendor writes the type in lower case, the documents in title case.
    match node.attribute("type") {
        Some(text) if text.eq_ignore_ascii_case("workbook") => Ok((
            "Workbook".to_owned(),
            item_by_id(call, tx, Kind::Workbook, id)?.id,
        )),
        Some(text) if text.eq_ignore_ascii_case("view") => {
            Ok(("View".to_owned(), view_by_id(call, tx, id)?.id))
        }
        other => Err(failed(format!(
            "'{}' is not a type of content.",
            other.unwrap_or_default()
        ))),
    }
}

fn when(call: &Call, tx: &Tx<'_>, node: &Node) -> Result<Option<When>, ApiError> {
    let Some(schedule) = node.child("schedule") else {
        return Ok(None);
    };
    if call.app.options.style == Style::Cloud {
        let own = frequency::parse(schedule, None)?;
        frequency::check_cloud(&own)?;
        return Ok(Some(When::Own(own)));
    }
    let Some(id) = schedule.attribute("id") else {
        return Ok(None);
    };
    let schedule = tx
        .get::<Schedule>(&id.to_ascii_lowercase())?
        .ok_or_else(|| ApiError::new(404_023, format!("Schedule '{id}' could not be found.")))?;
    if schedule.kind != "Subscription" {
        return Err(failed("The schedule is not for subscriptions."));
    }
    Ok(Some(When::Schedule(schedule.id)))
}

pub(crate) fn create(call: &Call) -> Result<Answer, ApiError> {
    let root = call.node()?;
    let node = root.required("subscription")?;
    call.transact(|tx| {
        let (content_type, content) = content(call, tx, node.required("content")?)?;
        let when = when(call, tx, node)?
            .or(when(call, tx, root)?)
            .ok_or_else(|| failed("The schedule is missing."))?;
        let user = match node.child_id("user") {
            Some(id) => user(call, tx, id)?,
            None => call.user()?.clone(),
        };
        let mut subscription = Subscription {
            id: new_id(),
            site: user.site.clone(),
            subject: node.required_attribute("subject")?.to_owned(),
            message: String::new(),
            attach_image: true,
            attach_pdf: false,
            page_orientation: String::new(),
            page_size: String::new(),
            suspended: false,
            content_type,
            content,
            send_if_view_empty: true,
            user: user.id,
            when,
        };
        apply(&mut subscription, node)?;
        tx.put(&subscription)?;
        Ok(Answer::created(element(tx, &subscription)?))
    })
}

fn apply(subscription: &mut Subscription, node: &Node) -> Result<(), ApiError> {
    let mut set = |field: fn(&mut Subscription) -> &mut String, name: &str| {
        if let Some(value) = node.attribute(name) {
            value.clone_into(field(subscription));
        }
    };
    set(|s| &mut s.subject, "subject");
    set(|s| &mut s.message, "message");
    set(|s| &mut s.page_orientation, "pageOrientation");
    set(|s| &mut s.page_size, "pageSizeOption");
    subscription.attach_image = node
        .boolean("attachImage")?
        .unwrap_or(subscription.attach_image);
    subscription.attach_pdf = node
        .boolean("attachPdf")?
        .unwrap_or(subscription.attach_pdf);
    subscription.suspended = node.boolean("suspended")?.unwrap_or(subscription.suspended);
    if let Some(content) = node.child("content") {
        subscription.send_if_view_empty = content
            .boolean("sendIfViewEmpty")?
            .unwrap_or(subscription.send_if_view_empty);
    }
    if !subscription.attach_image && !subscription.attach_pdf {
        return Err(failed("A subscription must attach an image or a PDF."));
    }
    Ok(())
}

pub(crate) fn update(call: &Call) -> Result<Answer, ApiError> {
    let node = call.node()?.required("subscription")?;
    call.transact(|tx| {
        let mut subscription = find(call, tx)?;
        apply(&mut subscription, node)?;
        subscription.when = when(call, tx, node)?.unwrap_or(subscription.when);
        tx.put(&subscription)?;
        Ok(Answer::ok([element(tx, &subscription)?]))
    })
}

pub(crate) fn delete(call: &Call) -> Result<Answer, ApiError> {
    call.transact(|tx| {
        let subscription = find(call, tx)?;
        tx.delete::<Subscription>(&subscription.id)
    })?;
    Ok(Answer::no_content())
}
