//! Changes of the rows of a published Hyper file. The sandbox checks the request and runs the job; it does not look into
//! the file, so only the times change.

use hyper::StatusCode;
use serde_json::Value;

use super::{item, uploads};
use crate::call::{Answer, Call};
use crate::error::ApiError;
use crate::housekeeping;
use crate::jobs;
use crate::model::{Item, Job, JobWork, Kind};
use crate::rights;
use crate::store::Tx;
use crate::wire::Element;

const ACTIONS: [&str; 6] = ["insert", "update", "upsert", "replace", "delete", "call"];

fn check_actions(body: &Value) -> Result<(), ApiError> {
    let actions = body["actions"]
        .as_array()
        .filter(|actions| !actions.is_empty())
        .ok_or_else(|| ApiError::bad_request("The request body has no list 'actions'."))?;
    for action in actions {
        let name = action["action"].as_str().unwrap_or_default();
        if !ACTIONS.contains(&name) {
            return Err(ApiError::bad_request(format!(
                "'{name}' is not an action: it must be one of {}.",
                ACTIONS.join(", ")
            )));
        }
    }
    Ok(())
}

fn is_hyper(item: &Item) -> bool {
    item.current()
        .is_some_and(|revision| revision.file_type == "hyper")
        || item.connections.iter().any(|c| c.class == "hyper")
        || item.has_extracts
}

/// Of a data source, or of one of its connections. The same `RequestID` again gives the same job.
pub(crate) fn update(call: &Call) -> Result<Answer, ApiError> {
    check_actions(call.json()?)?;
    let request = call
        .request_id
        .as_deref()
        .filter(|id| !id.is_empty())
        .ok_or_else(|| ApiError::bad_request("The header RequestID is missing."))?;
    let (job, item) = call.transact(|tx| {
        let item = item(call, tx, Kind::Datasource)?;
        check(call, tx, &item)?;
        let mark = format!("request {request}");
        let known = tx.children::<Job>(&item.id)?;
        if let Some(job) = known.into_iter().find(|job| job.task == mark) {
            return Ok((job, item));
        }
        if let Some(id) = call.query.get("uploadSessionId") {
            let upload = uploads::find(call, tx, id)?;
            housekeeping::drop_upload(tx, &upload)?;
        }
        let work = JobWork::UpdateData {
            item: item.id.clone(),
        };
        let user = call.user()?;
        let mut job = jobs::add(&call.app, tx, user, "UpdateUploadedFile", &item.name, work)?;
        job.task = mark;
        tx.put(&job)?;
        Ok((job, item))
    })?;
    call.app.job_added.notify_one();
    let detail = Element::new("updateUploadedFileJob")
        .child(
            Element::new("datasource")
                .attr("id", &item.id)
                .attr("name", &item.name),
        )
        .child_if(
            call.params
                .get("connection")
                .map(|id| Element::with_text("connectionLuid", id)),
        );
    Ok(Answer::with(
        StatusCode::ACCEPTED,
        [super::jobs::element(&job, Some(&item)).child(detail)],
    ))
}

fn check(call: &Call, tx: &Tx<'_>, item: &Item) -> Result<(), ApiError> {
    if !rights::may_item(tx, call.user()?, item, "Write")? {
        return Err(ApiError::forbidden(format!(
            "You may not update the datasource '{}'.",
            item.id
        )));
    }
    if let Some(id) = call.params.get("connection")
        && !item.connections.iter().any(|c| c.id == *id)
    {
        return Err(ApiError::new(
            404_020,
            format!("Connection '{id}' could not be found."),
        ));
    }
    if is_hyper(item) {
        return Ok(());
    }
    Err(ApiError::bad_request(format!(
        "The datasource '{}' is no Hyper file.",
        item.id
    )))
}
