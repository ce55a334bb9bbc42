//! Extracts and thumbnails: made and removed.

use hyper::StatusCode;
use jiff::Timestamp;

use super::schedules::check_owner;
use super::{item, item_by_id};
use crate::call::{Answer, Body, Call};
use crate::error::ApiError;
use crate::jobs;
use crate::model::{JobWork, Kind};

/// Makes extracts of all its data sources, as a job.
pub(crate) fn create(call: &Call) -> Result<Answer, ApiError> {
    let kind = Kind::from_plural(call.param("content")).filter(|kind| *kind != Kind::Flow);
    let kind = kind.ok_or_else(|| ApiError::new(404_003, "Unknown resource specified in URI."))?;
    if matches!(&call.body, Body::Parts(_)) {
        return Err(ApiError::bad_request(
            "The request body must be a document.",
        ));
    }
    let (job, item) = call.transact(|tx| {
        let item = item_by_id(call, tx, kind, call.param("id"))?;
        check_owner(call, tx, &item)?;
        if item.has_extracts {
            return Err(ApiError::new(
                409_067,
                format!("The {} has extracts already.", kind.element()),
            ));
        }
        let work = JobWork::CreateExtract {
            item: item.id.clone(),
        };
        Ok((
            jobs::add(
                &call.app,
                tx,
                call.user()?,
                "CreateExtract",
                &item.name,
                work,
            )?,
            item,
        ))
    })?;
    call.app.job_added.notify_one();
    let status = if kind == Kind::Workbook {
        StatusCode::ACCEPTED
    } else {
        StatusCode::OK
    };
    Ok(Answer::with(
        status,
        [super::jobs::element(&job, Some(&item))],
    ))
}

/// Done at once. Of a workbook a client wants a job back, which has nothing left to do.
pub(crate) fn delete(call: &Call) -> Result<Answer, ApiError> {
    let kind = Kind::from_plural(call.param("content")).filter(|kind| *kind != Kind::Flow);
    let kind = kind.ok_or_else(|| ApiError::new(404_003, "Unknown resource specified in URI."))?;
    let answer = call.transact(|tx| {
        let mut item = item_by_id(call, tx, kind, call.param("id"))?;
        check_owner(call, tx, &item)?;
        if !item.has_extracts {
            return Err(ApiError::new(
                409_080,
                format!("The {} has no extracts.", kind.element()),
            ));
        }
        item.has_extracts = false;
        item.updated_at = Timestamp::now();
        tx.put(&item)?;
        if kind == Kind::Datasource {
            return Ok(Answer::no_content());
        }
        let (user, work) = (call.user()?, JobWork::Nothing);
        let job = jobs::add(&call.app, tx, user, "DeleteExtract", &item.name, work)?;
        Ok(Answer::ok([super::jobs::element(&job, Some(&item))]))
    })?;
    call.app.job_added.notify_one();
    Ok(answer)
}

/// Draws a workbook's thumbnails anew, as a job.
pub(crate) fn refresh_thumbnails(call: &Call) -> Result<Answer, ApiError> {
    let job = call.transact(|tx| {
        let item = item(call, tx, Kind::Workbook)?;
        check_owner(call, tx, &item)?;
        let work = JobWork::RefreshThumbnails {
            item: item.id.clone(),
        };
        jobs::add(
            &call.app,
            tx,
            call.user()?,
            "RefreshThumbnails",
            &item.name,
            work,
        )
    })?;
    call.app.job_added.notify_one();
    Ok(Answer::with(
        StatusCode::ACCEPTED,
        [super::jobs::element(&job, None)],
    ))
}
