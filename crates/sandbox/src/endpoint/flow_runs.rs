//! Runs of flows: their jobs, seen from the flow.

use crate::call::{Answer, Call};
use crate::clock::iso;
use crate::error::ApiError;
use crate::filter::{Fact, Field, RANGE};
use crate::model::{Job, JobWork};
use crate::store::Tx;
use crate::wire::Element;

static FIELDS: &[Field<Job>] = &[
    Field {
        name: "completedAt",
        operators: RANGE,
        fact: |job| job.ended_at.map_or(Fact::Absent, Fact::Time),
    },
    Field {
        name: "flowId",
        operators: "eq,in",
        fact: |job| Fact::Text(job.item().unwrap_or_default().to_owned()),
    },
    Field {
        name: "startedAt",
        operators: RANGE,
        fact: |job| job.started_at.map_or(Fact::Absent, Fact::Time),
    },
    Field {
        name: "userId",
        operators: "eq,in",
        fact: |job| Fact::Text(job.user.clone()),
    },
];

fn element(job: &Job) -> Element {
    Element::new("flowRun")
        .attr("id", &job.id)
        .attr("flowId", job.item().unwrap_or_default())
        .attr("status", job.state.as_str())
        .attr_if("startedAt", job.started_at.map(iso))
        .attr_if("completedAt", job.ended_at.map(iso))
        .attr("progress", if job.state.is_over() { 100_i64 } else { 0 })
        .attr("backgroundJobId", &job.id)
}

fn is_run(job: &Job) -> bool {
    matches!(job.work, JobWork::RunFlow { .. })
}

pub(crate) fn list(call: &Call) -> Result<Answer, ApiError> {
    let mut runs = call.transact(|tx| tx.all::<Job>(call.site()?))?;
    runs.retain(is_run);
    call.list(runs, FIELDS, ("flowRuns", &[]), |job| Ok(element(job)))
}

fn find(call: &Call, tx: &Tx<'_>) -> Result<Job, ApiError> {
    let id = call.param("run");
    tx.get_on::<Job>(call.site()?, &id.to_ascii_lowercase())?
        .filter(is_run)
        .ok_or_else(|| ApiError::new(404_036, format!("Flow run '{id}' could not be found.")))
}

pub(crate) fn get(call: &Call) -> Result<Answer, ApiError> {
    Ok(Answer::ok([element(&call.transact(|tx| find(call, tx))?)]))
}

pub(crate) fn cancel(call: &Call) -> Result<Answer, ApiError> {
    call.transact(|tx| {
        let mut job = find(call, tx)?;
        if job.state.is_over() {
            return Err(ApiError::new(403_091, "The flow run has already finished."));
        }
        job.state = crate::model::JobState::Cancelled;
        job.ended_at = Some(jiff::Timestamp::now());
        tx.put(&job)
    })?;
    Ok(Answer::Empty(hyper::StatusCode::OK))
}
