//! Schedules of the server. Cloud has none of these calls.

use jiff::Timestamp;

use super::item_by_id;
use crate::Style;
use crate::call::{Answer, Call};
use crate::clock::iso;
use crate::error::ApiError;
use crate::filter::{Fact, Field};
use crate::frequency;
use crate::model::{Item, Kind, Schedule, Task, TaskKind, When, new_id};
use crate::query::Page;
use crate::rights;
use crate::store::Tx;
use crate::wire::{Element, Node};

/// Not documented; the vendor's own samples use it.
static FIELDS: &[Field<Schedule>] = &[Field {
    name: "name",
    operators: "eq,in",
    fact: |schedule| Fact::Text(schedule.name.clone()),
}];

fn server_only(call: &Call) -> Result<(), ApiError> {
    match call.app.options.style {
        Style::Server => Ok(()),
        Style::Cloud => Err(ApiError::new(
            404_008,
            "Tableau Cloud has no server schedules.",
        )),
    }
}

fn server_admin(call: &Call) -> Result<(), ApiError> {
    server_only(call)?;
    if call.role()?.is_server_admin() {
        return Ok(());
    }
    Err(ApiError::forbidden(
        "Only server administrators may change schedules.",
    ))
}

pub(super) fn element(schedule: &Schedule) -> Element {
    Element::new("schedule")
        .attr("id", &schedule.id)
        .attr("name", &schedule.name)
        .attr(
            "state",
            if schedule.active {
                "Active"
            } else {
                "Suspended"
            },
        )
        .attr("priority", schedule.priority)
        .attr("createdAt", iso(schedule.created_at))
        .attr("updatedAt", iso(schedule.updated_at))
        .attr("type", &schedule.kind)
        .attr("frequency", &schedule.frequency.name)
        .attr(
            "nextRunAt",
            iso(frequency::next_run(&schedule.frequency, Timestamp::now())),
        )
        .attr("executionOrder", &schedule.execution_order)
}

fn full_element(schedule: &Schedule) -> Element {
    element(schedule).child(frequency::details(&schedule.frequency))
}

/// 404023 in general; the calls that add content to one answer an unknown schedule with a server error, and
/// the vendor documents it so.
fn find(call: &Call, tx: &Tx<'_>, code: u32) -> Result<Schedule, ApiError> {
    let id = call.param("schedule");
    tx.get::<Schedule>(&id.to_ascii_lowercase())?
        .ok_or_else(|| ApiError::new(code, format!("Schedule '{id}' could not be found.")))
}

pub(crate) fn list(call: &Call) -> Result<Answer, ApiError> {
    server_only(call)?;
    let schedules = call.transact(|tx| {
        let schedules = tx.everywhere::<Schedule>()?;
        Ok(schedules)
    })?;
    call.list(schedules, FIELDS, ("schedules", &[]), |schedule| {
        Ok(element(schedule))
    })
}

pub(crate) fn get(call: &Call) -> Result<Answer, ApiError> {
    server_only(call)?;
    Ok(Answer::ok([full_element(
        &call.transact(|tx| find(call, tx, 404_023))?,
    )]))
}

fn one_of(node: &Node, name: &str, known: &[&str], default: &str) -> Result<String, ApiError> {
    let text = node.attribute(name).unwrap_or(default);
    if known.contains(&text) {
        return Ok(text.to_owned());
    }
    let code = if name == "type" { 400_047 } else { 409_004 };
    Err(ApiError::new(code, format!("Invalid value '{text}' for '{name}'.")).with_status(400))
}

fn priority(node: &Node) -> Result<Option<i64>, ApiError> {
    node.attribute("priority")
        .map(|text| {
            text.parse()
                .ok()
                .filter(|value| (1..=100).contains(value))
                .ok_or_else(|| {
                    ApiError::new(
                        409_004,
                        format!("The priority must be 1 to 100, not '{text}'."),
                    )
                    .with_status(400)
                })
        })
        .transpose()
}

fn check_name(tx: &Tx<'_>, name: &str) -> Result<(), ApiError> {
    if tx.by_name::<Schedule>("", &name.to_lowercase())?.is_some() {
        return Err(ApiError::new(
            409_021,
            format!("A schedule named '{name}' already exists."),
        ));
    }
    Ok(())
}

pub(crate) fn create(call: &Call) -> Result<Answer, ApiError> {
    server_admin(call)?;
    let node = call.node()?.required("schedule")?;
    let now = Timestamp::now();
    let schedule = Schedule {
        id: new_id(),
        name: node.required_attribute("name")?.to_owned(),
        kind: one_of(
            node,
            "type",
            &["Extract", "Subscription", "Flow", "DataAcceleration"],
            "",
        )?,
        priority: priority(node)?.unwrap_or(50),
        execution_order: one_of(node, "executionOrder", &["Parallel", "Serial"], "Parallel")?,
        active: true,
        frequency: frequency::parse(node, None)?,
        created_at: now,
        updated_at: now,
    };
    frequency::check_server(&schedule.frequency)?;
    call.transact(|tx| {
        check_name(tx, &schedule.name)?;
        tx.put(&schedule)
    })?;
    Ok(Answer::created(full_element(&schedule)))
}

pub(crate) fn update(call: &Call) -> Result<Answer, ApiError> {
    server_admin(call)?;
    let node = call.node()?.required("schedule")?;
    let schedule = call.transact(|tx| {
        let mut schedule = find(call, tx, 404_023)?;
        if let Some(name) = node.attribute("name") {
            if name.to_lowercase() != schedule.name.to_lowercase() {
                check_name(tx, name)?;
            }
            name.clone_into(&mut schedule.name);
        }
        if node.attribute("state").is_some() {
            schedule.active = one_of(node, "state", &["Active", "Suspended"], "")? == "Active";
        }
        schedule.priority = priority(node)?.unwrap_or(schedule.priority);
        schedule.execution_order = one_of(
            node,
            "executionOrder",
            &["Parallel", "Serial"],
            &schedule.execution_order,
        )?;
        schedule.frequency = frequency::parse(node, Some(&schedule.frequency))?;
        frequency::check_server(&schedule.frequency)?;
        schedule.updated_at = Timestamp::now();
        tx.put(&schedule)?;
        Ok(schedule)
    })?;
    Ok(Answer::ok([full_element(&schedule)]))
}

/// Its tasks go with it.
pub(crate) fn delete(call: &Call) -> Result<Answer, ApiError> {
    server_admin(call)?;
    call.transact(|tx| {
        let schedule = find(call, tx, 404_023)?;
        for task in tx.named::<Task>(&schedule.id)? {
            tx.delete::<Task>(&task.id)?;
        }
        tx.delete::<Schedule>(&schedule.id)
    })?;
    Ok(Answer::no_content())
}

pub(crate) fn add_workbook(call: &Call) -> Result<Answer, ApiError> {
    add(call, Kind::Workbook)
}

pub(crate) fn add_datasource(call: &Call) -> Result<Answer, ApiError> {
    add(call, Kind::Datasource)
}

pub(crate) fn add_flow(call: &Call) -> Result<Answer, ApiError> {
    add(call, Kind::Flow)
}

fn task_kind(refresh: &Node, kind: Kind) -> Result<TaskKind, ApiError> {
    match (kind, refresh.attribute("type")) {
        (Kind::Flow, _) => Ok(TaskKind::RunFlow),
        (_, None | Some("FullRefresh")) => Ok(TaskKind::FullRefresh),
        (_, Some("IncrementalRefresh")) => Ok(TaskKind::IncrementalRefresh),
        (_, Some(other)) => Err(ApiError::bad_request(format!(
            "'{other}' is not a type of refresh."
        ))),
    }
}

fn add(call: &Call, kind: Kind) -> Result<Answer, ApiError> {
    server_only(call)?;
    let inner = if kind == Kind::Flow {
        "flowRun"
    } else {
        "extractRefresh"
    };
    let refresh = call.node()?.required("task")?.required(inner)?;
    let subject = refresh.required(kind.element())?.required_attribute("id")?;
    call.transact(|tx| {
        let schedule = find(call, tx, 500_000)?;
        let item = item_by_id(call, tx, kind, subject)?;
        check_owner(call, tx, &item)?;
        let wanted = if kind == Kind::Flow {
            "Flow"
        } else {
            "Extract"
        };
        if schedule.kind != wanted {
            let detail = format!(
                "The schedule is for {}, not for {wanted} tasks.",
                schedule.kind
            );
            return Err(ApiError::new(400_047, detail));
        }
        let task = Task {
            id: new_id(),
            site: item.site.clone(),
            item: item.id.clone(),
            kind: task_kind(refresh, kind)?,
            when: When::Schedule(schedule.id.clone()),
            priority: schedule.priority,
            failures: 0,
        };
        tx.put(&task)?;
        let warning = (!item.has_extracts && kind != Kind::Flow).then(|| {
            let message = format!(
                "The {} '{}' has no extract to refresh.",
                kind.element(),
                item.name
            );
            Element::list(
                "warnings",
                [Element::new("warning").attr("message", message)],
            )
        });
        let task = Element::new("task").child(super::tasks::element(tx, &task)?);
        Ok(Answer::ok([Some(task), warning].into_iter().flatten()))
    })
}

/// The owner, a project leader or an administrator: nobody else may set when an item is refreshed.
pub(super) fn check_owner(call: &Call, tx: &Tx<'_>, item: &Item) -> Result<(), ApiError> {
    let user = call.user()?;
    if user.site_role.is_admin() || item.owner == user.id || rights::leads(tx, user, &item.project)?
    {
        return Ok(());
    }
    let code = if item.kind == Kind::Datasource {
        403_032
    } else {
        403_004
    };
    Err(ApiError::new(
        code,
        format!(
            "You may not refresh the {} '{}'.",
            item.kind.element(),
            item.id
        ),
    ))
}

/// The extract tasks of a schedule, on this site.
pub(crate) fn extracts(call: &Call) -> Result<Answer, ApiError> {
    server_only(call)?;
    call.transact(|tx| {
        let schedule = find(call, tx, 404_023)?;
        let mut tasks = tx.named::<Task>(&schedule.id)?;
        let site = call.site()?;
        tasks.retain(|task| task.site == site && task.kind != TaskKind::RunFlow);
        let (pagination, page) = Page::parse(&call.query)?.cut(tasks)?;
        let mut extracts = Vec::new();
        for task in &page {
            let Some(item) = tx.get::<Item>(&task.item)? else {
                continue;
            };
            extracts.push(
                Element::new("extract")
                    .attr("id", &task.id)
                    .attr("priority", task.priority)
                    .attr("type", task.kind.as_str())
                    .child(Element::new(item.kind.element()).attr("id", &item.id)),
            );
        }
        Ok(Answer::ok([
            pagination,
            Element::list("extracts", extracts),
        ]))
    })
}
