//! Jobs: one, the list, cancel.

use super::Call;
use crate::call::Answer;
use crate::clock::iso;
use crate::error::ApiError;
use crate::filter::{Fact, Field, RANGE};
use crate::model::{Item, Job, JobState, JobWork};
use crate::store::Tx;
use crate::wire::Element;

fn text(text: &str) -> Fact {
    Fact::Text(text.to_owned())
}

fn time(time: Option<jiff::Timestamp>) -> Fact {
    time.map_or(Fact::Absent, Fact::Time)
}

static FIELDS: &[Field<Job>] = &[
    Field {
        name: "args",
        operators: "has",
        fact: |job| text(job.item().unwrap_or_default()),
    },
    Field {
        name: "completedAt",
        operators: RANGE,
        fact: |job| time(job.ended_at),
    },
    Field {
        name: "createdAt",
        operators: RANGE,
        fact: |job| Fact::Time(job.created_at),
    },
    Field {
        name: "jobType",
        operators: "eq,in",
        fact: |job| text(background_type(job)),
    },
    Field {
        name: "notes",
        operators: "has",
        fact: |job| text(&job.notes),
    },
    Field {
        name: "priority",
        operators: RANGE,
        fact: |_| Fact::Integer(50),
    },
    Field {
        name: "progress",
        operators: RANGE,
        fact: |job| Fact::Integer(progress(job)),
    },
    Field {
        name: "startedAt",
        operators: RANGE,
        fact: |job| time(job.started_at),
    },
    Field {
        name: "status",
        operators: "eq",
        fact: |job| text(job.state.as_str()),
    },
    Field {
        name: "subtitle",
        operators: "eq,has",
        fact: |job| text(&job.subtitle),
    },
    Field {
        name: "title",
        operators: "eq,has",
        fact: |job| text(&job.title),
    },
];

/// The list's own vocabulary of types.
fn background_type(job: &Job) -> &'static str {
    match job.kind.as_str() {
        "RefreshExtract" => "refresh_extracts",
        "RunFlow" => "run_flow",
        "PublishWorkbook" => "publish_workbook",
        "PublishDatasource" => "publish_datasource",
        "CreateExtract" => "create_extracts",
        _ => "background_job",
    }
}

fn progress(job: &Job) -> i64 {
    if job.state.is_over() { 100 } else { 0 }
}

/// As single-job calls show it. Before its end the finish code is 1, and means nothing.
pub(super) fn element(job: &Job, item: Option<&Item>) -> Element {
    let finish_code: i64 = match job.state {
        JobState::Success => 0,
        JobState::Cancelled => 2,
        _ => 1,
    };
    named(job)
        .attr("progress", progress(job))
        .attr("createdAt", iso(job.created_at))
        .attr_if("startedAt", job.started_at.map(iso))
        .attr_if("completedAt", job.ended_at.map(iso))
        .attr("finishCode", finish_code)
        .child_if(detail(job, item, Some(&job.notes)))
}

/// As the calls show it that queue a refresh or a flow, which do not speak of how it goes.
pub(super) fn queued(job: &Job, item: &Item) -> Element {
    named(job)
        .attr("createdAt", iso(job.created_at))
        .child_if(detail(job, Some(item), None))
}

fn named(job: &Job) -> Element {
    Element::new("job")
        .attr("id", &job.id)
        .attr("mode", "Asynchronous")
        .attr("type", &job.kind)
}

fn detail(job: &Job, item: Option<&Item>, notes: Option<&str>) -> Option<Element> {
    let subject = item.map(|item| {
        Element::new(item.kind.element())
            .attr("id", &item.id)
            .attr("name", &item.name)
    });
    match &job.work {
        JobWork::Refresh { .. } => Some(
            Element::new("extractRefreshJob")
                .child_if(notes.map(|notes| Element::with_text("notes", notes)))
                .child_if(subject),
        ),
        JobWork::RunFlow { .. } => Some(
            Element::new("runFlowJobType")
                .attr("flowRunId", &job.id)
                .child_if(subject),
        ),
        _ => None,
    }
}

fn find(call: &Call, tx: &Tx<'_>) -> Result<Job, ApiError> {
    let id = call.param("job");
    tx.get_on::<Job>(call.site()?, &id.to_ascii_lowercase())?
        .ok_or_else(|| ApiError::new(404_018, format!("Job '{id}' could not be found.")))
}

/// Administrators see every job, others their own.
fn check(call: &Call, job: &Job) -> Result<(), ApiError> {
    if call.role()?.is_admin() || call.user()?.id == job.user {
        return Ok(());
    }
    Err(ApiError::new(403_079, "You may not query this job."))
}

pub(crate) fn get(call: &Call) -> Result<Answer, ApiError> {
    call.transact(|tx| {
        let job = find(call, tx)?;
        check(call, &job)?;
        let item = match job.item() {
            Some(id) => tx.get::<Item>(id)?,
            None => None,
        };
        Ok(Answer::ok([element(&job, item.as_ref())]))
    })
}

pub(crate) fn list(call: &Call) -> Result<Answer, ApiError> {
    call.require_admin()?;
    let mut jobs = call.transact(|tx| tx.all::<Job>(call.site()?))?;
    jobs.reverse();
    call.list(jobs, FIELDS, ("backgroundJobs", &[]), |job| {
        Ok(Element::new("backgroundJob")
            .attr("id", &job.id)
            .attr("status", job.state.as_str())
            .attr("createdAt", iso(job.created_at))
            .attr_if("startedAt", job.started_at.map(iso))
            .attr_if("endedAt", job.ended_at.map(iso))
            .attr("priority", 50_i64)
            .attr("jobType", background_type(job))
            .attr_text("title", &job.title)
            .attr_text("subtitle", &job.subtitle))
    })
}

/// Refreshes and flow runs can be cancelled; publishes cannot.
pub(crate) fn cancel(call: &Call) -> Result<Answer, ApiError> {
    call.transact(|tx| {
        let mut job = find(call, tx)?;
        check(call, &job).map_err(|_| ApiError::new(403_032, "You may not cancel this job."))?;
        if job.state.is_over() {
            return Err(ApiError::new(
                403_091,
                format!("Job '{}' has already finished.", job.id),
            ));
        }
        if !matches!(
            job.work,
            JobWork::Refresh { .. } | JobWork::RunFlow { .. } | JobWork::RefreshThumbnails { .. }
        ) {
            return Err(ApiError::new(
                403_081,
                format!("Jobs of type {} cannot be cancelled.", job.kind),
            ));
        }
        job.state = JobState::Cancelled;
        job.ended_at = Some(jiff::Timestamp::now());
        tx.put(&job)
    })?;
    Ok(Answer::Empty(hyper::StatusCode::OK))
}
