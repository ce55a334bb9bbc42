//! Refreshing: now, by a task, and the tasks themselves.

use hyper::StatusCode;
use jiff::Timestamp;

use super::schedules::check_owner;
use super::{item, item_by_id};
use crate::Style;
use crate::call::{Answer, Call};
use crate::clock::iso;
use crate::error::ApiError;
use crate::model::{Frequency, Item, Job, JobWork, Kind, Schedule, Task, TaskKind, When, new_id};
use crate::store::Tx;
use crate::wire::{Element, Node};
use crate::{frequency, jobs};

pub(crate) fn refresh_workbook(call: &Call) -> Result<Answer, ApiError> {
    refresh(call, Kind::Workbook)
}

pub(crate) fn refresh_datasource(call: &Call) -> Result<Answer, ApiError> {
    refresh(call, Kind::Datasource)
}

/// 409093 while a refresh of the item waits or runs.
fn check_queue(tx: &Tx<'_>, item: &Item) -> Result<(), ApiError> {
    let open = tx
        .children::<Job>(&item.id)?
        .iter()
        .any(|job| !job.state.is_over() && matches!(job.work, JobWork::Refresh { .. }));
    if open {
        let detail = format!(
            "Job for '{}' is already queued. Not queuing a duplicate.",
            item.name
        );
        return Err(ApiError::new(409_093, detail));
    }
    Ok(())
}

fn queue(
    call: &Call,
    tx: &Tx<'_>,
    item: &Item,
    incremental: bool,
    task: &str,
) -> Result<Job, ApiError> {
    if !item.has_extracts {
        let detail = format!(
            "The {} '{}' has no extract to refresh.",
            item.kind.element(),
            item.name
        );
        return Err(ApiError::new(403_180, detail));
    }
    check_queue(tx, item)?;
    let work = JobWork::Refresh {
        item: item.id.clone(),
        incremental,
    };
    let mut job = jobs::add(
        &call.app,
        tx,
        call.user()?,
        "RefreshExtract",
        &item.name,
        work,
    )?;
    if !task.is_empty() {
        task.clone_into(&mut job.task);
        tx.put(&job)?;
    }
    Ok(job)
}

fn refresh(call: &Call, kind: Kind) -> Result<Answer, ApiError> {
    let incremental = match call.node()?.child("extractRefresh") {
        Some(element) => element.boolean("incremental")?.unwrap_or(false),
        None => false,
    };
    let (job, item) = call.transact(|tx| {
        let item = item(call, tx, kind)?;
        check_owner(call, tx, &item)?;
        Ok((queue(call, tx, &item, incremental, "")?, item))
    })?;
    call.app.job_added.notify_one();
    Ok(Answer::with(
        StatusCode::ACCEPTED,
        [super::jobs::queued(&job, &item)],
    ))
}

/// A task as both forms of listing show it.
pub(super) fn element(tx: &Tx<'_>, task: &Task) -> Result<Element, ApiError> {
    let name = if task.kind == TaskKind::RunFlow {
        "flowRun"
    } else {
        "extractRefresh"
    };
    let schedule = match &task.when {
        When::Schedule(id) => tx
            .get::<Schedule>(id)?
            .map(|schedule| super::schedules::element(&schedule)),
        When::Own(own) => Some(own_schedule(own)),
    };
    let subject = tx
        .get::<Item>(&task.item)?
        .map(|item| Element::new(item.kind.element()).attr("id", &item.id));
    Ok(Element::new(name)
        .attr("id", &task.id)
        .attr("priority", task.priority)
        .attr("consecutiveFailedCount", task.failures)
        .attr("type", task.kind.as_str())
        .child_if(schedule)
        .child_if(subject))
}

fn own_schedule(own: &Frequency) -> Element {
    Element::new("schedule")
        .attr("frequency", &own.name)
        .attr("nextRunAt", iso(frequency::next_run(own, Timestamp::now())))
        .child(frequency::details(own))
}

fn is_flow(call: &Call) -> Result<bool, ApiError> {
    match call.param("tasks") {
        "extractRefreshes" => Ok(false),
        "runFlow" | "flows" => Ok(true),
        other => Err(ApiError::new(
            404_003,
            format!("Unknown resource '{other}' specified in URI."),
        )),
    }
}

pub(crate) fn list(call: &Call) -> Result<Answer, ApiError> {
    let flows = is_flow(call)?;
    call.transact(|tx| {
        let mut tasks = Vec::new();
        for task in tx.all::<Task>(call.site()?)? {
            let Some(item) = tx.get::<Item>(&task.item)? else {
                continue;
            };
            if (task.kind == TaskKind::RunFlow) == flows && check_owner(call, tx, &item).is_ok() {
                tasks.push(Element::new("task").child(element(tx, &task)?));
            }
        }
        Ok(Answer::ok([Element::list("tasks", tasks)]))
    })
}

fn find(call: &Call, tx: &Tx<'_>) -> Result<(Task, Item), ApiError> {
    let id = call.param("task");
    let flows = is_flow(call)?;
    let missing = || ApiError::new(404_026, format!("Task '{id}' could not be found."));
    let task = tx
        .get_on::<Task>(call.site()?, &id.to_ascii_lowercase())?
        .ok_or_else(missing)?;
    if (task.kind == TaskKind::RunFlow) != flows {
        return Err(ApiError::new(
            403_047,
            format!("Task '{id}' is not a refresh task."),
        ));
    }
    let item = tx.get::<Item>(&task.item)?.ok_or_else(missing)?;
    check_owner(call, tx, &item)?;
    Ok((task, item))
}

pub(crate) fn get(call: &Call) -> Result<Answer, ApiError> {
    call.transact(|tx| {
        let (task, _) = find(call, tx)?;
        Ok(Answer::ok(
            [Element::new("task").child(element(tx, &task)?)],
        ))
    })
}

pub(crate) fn run_now(call: &Call) -> Result<Answer, ApiError> {
    let (job, item) = call.transact(|tx| {
        let (task, item) = find(call, tx)?;
        let job = if task.kind == TaskKind::RunFlow {
            queue_flow(call, tx, &item)?
        } else {
            queue(
                call,
                tx,
                &item,
                task.kind == TaskKind::IncrementalRefresh,
                &task.id,
            )?
        };
        Ok((job, item))
    })?;
    call.app.job_added.notify_one();
    Ok(Answer::ok([super::jobs::queued(&job, &item)]))
}

pub(crate) fn delete(call: &Call) -> Result<Answer, ApiError> {
    call.transact(|tx| {
        let (task, _) = find(call, tx)?;
        tx.delete::<Task>(&task.id)
    })?;
    Ok(Answer::no_content())
}

fn cloud_only(call: &Call) -> Result<(), ApiError> {
    match call.app.options.style {
        Style::Cloud => Ok(()),
        Style::Server => Err(ApiError::new(
            404_008,
            "Tableau Server has no tasks with schedules of their own.",
        )),
    }
}

fn own_frequency(node: &Node, old: Option<&Frequency>) -> Result<Frequency, ApiError> {
    let own = frequency::parse(node.required("schedule")?, old)?;
    frequency::check_cloud(&own)?;
    Ok(own)
}

fn subject(call: &Call, tx: &Tx<'_>, refresh: &Node) -> Result<Item, ApiError> {
    for kind in [Kind::Workbook, Kind::Datasource] {
        if let Some(id) = refresh.child_id(kind.element()) {
            return item_by_id(call, tx, kind, id);
        }
    }
    Err(ApiError::bad_request(
        "The extractRefresh names neither a workbook nor a datasource.",
    ))
}

fn refresh_kind(refresh: &Node) -> Result<Option<TaskKind>, ApiError> {
    match refresh.attribute("type") {
        None => Ok(None),
        Some("FullRefresh") => Ok(Some(TaskKind::FullRefresh)),
        Some("IncrementalRefresh") => Ok(Some(TaskKind::IncrementalRefresh)),
        Some(other) => Err(ApiError::bad_request(format!(
            "'{other}' is not a type of refresh."
        ))),
    }
}

/// Creates a task with a schedule of its own.
pub(crate) fn create(call: &Call) -> Result<Answer, ApiError> {
    cloud_only(call)?;
    let node = call.node()?;
    let refresh = node.required("extractRefresh")?;
    let own = own_frequency(node, None)?;
    let kind = refresh_kind(refresh)?.unwrap_or(TaskKind::FullRefresh);
    let elements = call.transact(|tx| {
        let item = subject(call, tx, refresh)?;
        check_owner(call, tx, &item)?;
        let task = Task {
            id: new_id(),
            site: item.site.clone(),
            item: item.id.clone(),
            kind,
            when: When::Own(own.clone()),
            priority: 50,
            failures: 0,
        };
        tx.put(&task)?;
        Ok([element(tx, &task)?, own_schedule(&own)])
    })?;
    Ok(Answer::with(StatusCode::CREATED, elements))
}

pub(crate) fn update(call: &Call) -> Result<Answer, ApiError> {
    cloud_only(call)?;
    let empty = Node::default();
    let node = call.node()?;
    let refresh = node.child("extractRefresh").unwrap_or(&empty);
    let kind = refresh_kind(refresh)?;
    let elements = call.transact(|tx| {
        let (mut task, _) = find(call, tx)?;
        let old = match &task.when {
            When::Own(own) => Some(own.clone()),
            When::Schedule(_) => None,
        };
        let own = own_frequency(node, old.as_ref())?;
        task.when = When::Own(own.clone());
        task.kind = kind.unwrap_or(task.kind);
        tx.put(&task)?;
        Ok([element(tx, &task)?, own_schedule(&own)])
    })?;
    Ok(Answer::ok(elements))
}

fn queue_flow(call: &Call, tx: &Tx<'_>, item: &Item) -> Result<Job, ApiError> {
    let work = JobWork::RunFlow {
        item: item.id.clone(),
    };
    jobs::add(&call.app, tx, call.user()?, "RunFlow", &item.name, work)
}

pub(crate) fn run_flow(call: &Call) -> Result<Answer, ApiError> {
    let (job, item) = call.transact(|tx| {
        let item = item(call, tx, Kind::Flow)?;
        if !crate::rights::may_item(tx, call.user()?, &item, "Execute")? {
            return Err(ApiError::forbidden("You may not run this flow."));
        }
        Ok((queue_flow(call, tx, &item)?, item))
    })?;
    call.app.job_added.notify_one();
    Ok(Answer::ok([super::jobs::queued(&job, &item)]))
}
