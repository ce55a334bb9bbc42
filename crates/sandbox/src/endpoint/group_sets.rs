//! Group sets: groups that permission rules can name together.

use super::groups;
use crate::call::{Answer, Call};
use crate::error::ApiError;
use crate::filter::{Fact, Field, RANGE};
use crate::model::{Group, GroupSet, new_id};
use crate::store::Tx;
use crate::wire::Element;

static FIELDS: &[Field<GroupSet>] = &[
    Field {
        name: "luid",
        operators: "eq,in",
        fact: |set| Fact::Text(set.id.clone()),
    },
    Field {
        name: "name",
        operators: "eq,in,cieq,like",
        fact: |set| Fact::Text(set.name.clone()),
    },
    Field {
        name: "groupCount",
        operators: RANGE,
        fact: |set| Fact::Integer(count(set)),
    },
];

fn count(set: &GroupSet) -> i64 {
    i64::try_from(set.groups.len()).unwrap_or(i64::MAX)
}

fn element(set: &GroupSet) -> Element {
    Element::new("groupSet")
        .attr("id", &set.id)
        .attr("name", &set.name)
        .attr("groupCount", count(set))
}

/// With its groups.
fn whole(tx: &Tx<'_>, set: &GroupSet) -> Result<Element, ApiError> {
    let mut members = Vec::new();
    for id in &set.groups {
        members.extend(tx.get::<Group>(id)?.as_ref().map(groups::element));
    }
    Ok(element(set).child(Element::list("groups", members)))
}

fn find(call: &Call, tx: &Tx<'_>) -> Result<GroupSet, ApiError> {
    let id = call.param("groupset");
    tx.get_on::<GroupSet>(call.site()?, &id.to_ascii_lowercase())?
        .ok_or_else(|| ApiError::new(404_012, format!("Group set '{id}' could not be found.")))
}

/// The name that the request gives, if no other set has it.
fn free_name(call: &Call, tx: &Tx<'_>, own: &str) -> Result<String, ApiError> {
    let name = call
        .node()?
        .required("groupSet")?
        .required_attribute("name")?;
    if name.trim().is_empty() {
        return Err(ApiError::bad_request("The name of the group set is empty."));
    }
    let holder = tx.by_name::<GroupSet>(call.site()?, &name.to_lowercase())?;
    if holder.is_some_and(|other| other.id != own) {
        return Err(ApiError::new(
            409_121,
            format!("A group set named '{name}' already exists."),
        ));
    }
    Ok(name.to_owned())
}

pub(crate) fn list(call: &Call) -> Result<Answer, ApiError> {
    let members = call.query.get("resultlevel") == Some("members");
    let sets = call.transact(|tx| tx.all::<GroupSet>(call.site()?))?;
    call.list(sets, FIELDS, ("groupSets", &[]), |set| {
        if members {
            call.transact(|tx| whole(tx, set))
        } else {
            Ok(element(set))
        }
    })
}

pub(crate) fn get(call: &Call) -> Result<Answer, ApiError> {
    call.transact(|tx| Ok(Answer::ok([whole(tx, &find(call, tx)?)?])))
}

pub(crate) fn create(call: &Call) -> Result<Answer, ApiError> {
    call.require_admin()?;
    call.transact(|tx| {
        let set = GroupSet {
            id: new_id(),
            site: call.site()?.to_owned(),
            name: free_name(call, tx, "")?,
            groups: Vec::new(),
        };
        tx.put(&set)?;
        Ok(Answer::created(element(&set)))
    })
}

pub(crate) fn update(call: &Call) -> Result<Answer, ApiError> {
    call.require_admin()?;
    call.transact(|tx| {
        let mut set = find(call, tx)?;
        set.name = free_name(call, tx, &set.id)?;
        tx.put(&set)?;
        Ok(Answer::ok([whole(tx, &set)?]))
    })
}

pub(crate) fn delete(call: &Call) -> Result<Answer, ApiError> {
    call.require_admin()?;
    call.transact(|tx| {
        let set = find(call, tx)?;
        tx.delete::<GroupSet>(&set.id)
    })?;
    Ok(Answer::no_content())
}

/// Adding a group that is in the set already changes nothing.
pub(crate) fn add_group(call: &Call) -> Result<Answer, ApiError> {
    call.require_admin()?;
    call.transact(|tx| {
        let mut set = find(call, tx)?;
        let group = groups::find(call, tx)?;
        if !set.groups.contains(&group.id) {
            set.groups.push(group.id);
            tx.put(&set)?;
        }
        Ok(Answer::ok([whole(tx, &set)?]))
    })
}

pub(crate) fn remove_group(call: &Call) -> Result<Answer, ApiError> {
    call.require_admin()?;
    call.transact(|tx| {
        let mut set = find(call, tx)?;
        let group = groups::find(call, tx)?;
        if !set.groups.contains(&group.id) {
            return Err(ApiError::new(
                404_012,
                format!("Group '{}' is not in the set.", group.name),
            ));
        }
        set.groups.retain(|member| *member != group.id);
        tx.put(&set)
    })?;
    Ok(Answer::no_content())
}
