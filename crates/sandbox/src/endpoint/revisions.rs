//! Revisions of workbooks and data sources.

use super::{downloads, item};
use crate::call::{Answer, Call};
use crate::clock::iso;
use crate::error::ApiError;
use crate::model::{Item, Kind, Revision, User};
use crate::query::Page;
use crate::rights;
use crate::store::Tx;
use crate::wire::{Element, Scalar};

pub(crate) fn list_workbook(call: &Call) -> Result<Answer, ApiError> {
    list(call, Kind::Workbook)
}

pub(crate) fn list_datasource(call: &Call) -> Result<Answer, ApiError> {
    list(call, Kind::Datasource)
}

fn permitted(call: &Call, tx: &Tx<'_>, kind: Kind) -> Result<Item, ApiError> {
    let item = item(call, tx, kind)?;
    for capability in ["Write", "ExportXml"] {
        if !rights::may_item(tx, call.user()?, &item, capability)? {
            return Err(ApiError::new(
                403_054,
                format!("You may not see revisions of the {}.", kind.element()),
            ));
        }
    }
    Ok(item)
}

fn element(tx: &Tx<'_>, item: &Item, revision: &Revision) -> Result<Element, ApiError> {
    let current = item
        .current()
        .is_some_and(|current| current.number == revision.number);
    let publisher = tx.get::<User>(&revision.publisher)?.map(|user| {
        Element::new("publisher")
            .attr("id", &user.id)
            .attr("name", &user.name)
    });
    Ok(Element::new("revision")
        .attr("revisionNumber", revision.number)
        .attr("publishedAt", iso(revision.published_at))
        .attr("deleted", revision.deleted)
        .attr("current", current)
        .attr(
            "sizeInBytes",
            Scalar::Number(i64::try_from(revision.content.bytes()).unwrap_or(i64::MAX)),
        )
        .child_if(publisher))
}

fn list(call: &Call, kind: Kind) -> Result<Answer, ApiError> {
    call.transact(|tx| {
        let item = permitted(call, tx, kind)?;
        let (pagination, page) = Page::parse(&call.query)?.cut(item.revisions.iter().collect())?;
        let revisions = page
            .into_iter()
            .map(|revision| element(tx, &item, revision))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Answer::ok([
            pagination,
            Element::list("revisions", revisions),
        ]))
    })
}

/// A past revision; 404024 for one that is not there, and for the current one, which is got without a number.
fn past(call: &Call, item: &Item) -> Result<usize, ApiError> {
    let text = call.param("revision");
    text.parse::<u32>()
        .ok()
        .and_then(|number| {
            item.revisions
                .iter()
                .position(|revision| revision.number == number)
        })
        .ok_or_else(|| ApiError::new(404_024, format!("Revision '{text}' could not be found.")))
}

pub(crate) fn download_workbook(call: &Call) -> Result<Answer, ApiError> {
    download(call, Kind::Workbook)
}

pub(crate) fn download_datasource(call: &Call) -> Result<Answer, ApiError> {
    download(call, Kind::Datasource)
}

fn download(call: &Call, kind: Kind) -> Result<Answer, ApiError> {
    let (item, at) = call.transact(|tx| {
        let item = permitted(call, tx, kind)?;
        let at = past(call, &item)?;
        Ok((item, at))
    })?;
    let revision = &item.revisions[at];
    if revision.deleted || at + 1 == item.revisions.len() {
        let text = call.param("revision");
        return Err(ApiError::new(
            404_024,
            format!("Revision '{text}' cannot be downloaded by its number."),
        ));
    }
    downloads::revision_file(call, &item, revision)
}

pub(crate) fn delete_workbook(call: &Call) -> Result<Answer, ApiError> {
    delete(call, Kind::Workbook)
}

pub(crate) fn delete_datasource(call: &Call) -> Result<Answer, ApiError> {
    delete(call, Kind::Datasource)
}

/// A removed revision stays in the list, marked so.
fn delete(call: &Call, kind: Kind) -> Result<Answer, ApiError> {
    call.transact(|tx| {
        let mut item = permitted(call, tx, kind)?;
        let at = past(call, &item)?;
        if at + 1 == item.revisions.len() {
            return Err(ApiError::new(
                403_055,
                "The current revision cannot be removed.",
            ));
        }
        item.revisions[at].deleted = true;
        tx.put(&item)
    })?;
    Ok(Answer::no_content())
}
