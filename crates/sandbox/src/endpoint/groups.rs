//! Groups and who is in them.

use super::user;
use super::users::{self, role};
use crate::call::{Answer, Call};
use crate::error::ApiError;
use crate::filter::{Fact, Field, RANGE};
use crate::model::{Group, GroupSet, SiteRole, User, new_id};
use crate::store::Tx;
use crate::wire::Element;

fn text(text: &str) -> Fact {
    Fact::Text(text.to_owned())
}

struct Row {
    group: Group,
    users: usize,
}

static FIELDS: &[Field<Row>] = &[
    Field {
        name: "domainName",
        operators: "eq,in",
        fact: |_| text("local"),
    },
    Field {
        name: "domainNickname",
        operators: "eq,in",
        fact: |_| text("local"),
    },
    Field {
        name: "isLocal",
        operators: "eq",
        fact: |_| Fact::Boolean(true),
    },
    Field {
        name: "luid",
        operators: "eq,in",
        fact: |row| text(&row.group.id),
    },
    Field {
        name: "minimumSiteRole",
        operators: "eq,in",
        fact: |row| {
            row.group
                .minimum_site_role
                .map_or(Fact::Absent, |role| text(role.as_str()))
        },
    },
    Field {
        name: "name",
        operators: "eq,in,cieq,like",
        fact: |row| text(&row.group.name),
    },
    Field {
        name: "userCount",
        operators: RANGE,
        fact: |row| Fact::Integer(i64::try_from(row.users).unwrap_or(i64::MAX)),
    },
];

pub(super) fn element(group: &Group) -> Element {
    Element::new("group")
        .attr("id", &group.id)
        .attr("name", &group.name)
        .attr_if(
            "minimumSiteRole",
            group.minimum_site_role.map(SiteRole::as_str),
        )
        .child(Element::new("domain").attr("name", "local"))
}

pub(super) fn find(call: &Call, tx: &Tx<'_>) -> Result<Group, ApiError> {
    let id = call.param("group");
    tx.get_on::<Group>(call.site()?, &id.to_ascii_lowercase())?
        .ok_or_else(|| ApiError::new(404_012, format!("Group '{id}' could not be found.")))
}

pub(crate) fn list(call: &Call) -> Result<Answer, ApiError> {
    let rows = call.transact(|tx| {
        let everybody = tx.all::<User>(call.site()?)?.len();
        let groups = tx.all::<Group>(call.site()?)?;
        Ok(groups
            .into_iter()
            .map(|group| Row {
                users: if group.everybody {
                    everybody
                } else {
                    group.members.len()
                },
                group,
            })
            .collect::<Vec<_>>())
    })?;
    call.list(rows, FIELDS, ("groups", &[]), |row| Ok(element(&row.group)))
}

fn check_name(tx: &Tx<'_>, site: &str, name: &str) -> Result<(), ApiError> {
    if name.trim().is_empty() {
        return Err(ApiError::bad_request("The group name is empty."));
    }
    if tx.by_name::<Group>(site, &name.to_lowercase())?.is_some() {
        return Err(ApiError::new(
            409_009,
            format!("A group named '{name}' already exists."),
        ));
    }
    Ok(())
}

pub(crate) fn create(call: &Call) -> Result<Answer, ApiError> {
    call.require_admin()?;
    let element = call.node()?.required("group")?;
    let group = Group {
        id: new_id(),
        site: call.site()?.to_owned(),
        name: element.required_attribute("name")?.to_owned(),
        minimum_site_role: minimum_role(element)?,
        members: Vec::new(),
        everybody: false,
    };
    call.transact(|tx| {
        check_name(tx, &group.site, &group.name)?;
        tx.put(&group)
    })?;
    Ok(Answer::created(self::element(&group)))
}

fn minimum_role(element: &crate::wire::Node) -> Result<Option<SiteRole>, ApiError> {
    element
        .attribute("minimumSiteRole")
        .map(|text| {
            text.parse()
                .map_err(|()| ApiError::new(400_013, format!("Invalid site role '{text}'.")))
        })
        .transpose()
}

pub(crate) fn update(call: &Call) -> Result<Answer, ApiError> {
    call.require_admin()?;
    let element = call.node()?.required("group")?;
    let minimum = minimum_role(element)?.or(role(element)?);
    let group = call.transact(|tx| {
        let mut group = find(call, tx)?;
        if let Some(name) = element
            .attribute("name")
            .filter(|name| name.to_lowercase() != group.name.to_lowercase())
        {
            if group.everybody {
                return Err(ApiError::forbidden(
                    "The group of all users cannot be renamed.",
                ));
            }
            check_name(tx, &group.site, name)?;
        }
        if let Some(name) = element.attribute("name") {
            name.clone_into(&mut group.name);
        }
        group.minimum_site_role = minimum.or(group.minimum_site_role);
        tx.put(&group)?;
        Ok(group)
    })?;
    Ok(Answer::ok([self::element(&group)]))
}

pub(crate) fn delete(call: &Call) -> Result<Answer, ApiError> {
    call.require_admin()?;
    call.transact(|tx| {
        let group = find(call, tx)?;
        if group.everybody {
            return Err(ApiError::forbidden(
                "The group of all users cannot be deleted.",
            ));
        }
        for mut set in tx.all::<GroupSet>(&group.site)? {
            if set.groups.contains(&group.id) {
                set.groups.retain(|member| *member != group.id);
                tx.put(&set)?;
            }
        }
        tx.delete::<Group>(&group.id)
    })?;
    Ok(Answer::no_content())
}

pub(crate) fn members(call: &Call) -> Result<Answer, ApiError> {
    let users = call.transact(|tx| {
        let group = find(call, tx)?;
        let users = tx.all::<User>(call.site()?)?;
        Ok(users
            .into_iter()
            .filter(|user| group.has(&user.id))
            .collect::<Vec<_>>())
    })?;
    call.list(users, users::FIELDS, ("users", users::EXTRA), |user| {
        Ok(users::element(user))
    })
}

pub(crate) fn add_member(call: &Call) -> Result<Answer, ApiError> {
    call.require_admin()?;
    let id = call.node()?.required("user")?.required_attribute("id")?;
    let user = call.transact(|tx| {
        let mut group = find(call, tx)?;
        let user = user(call, tx, id)?;
        if group.has(&user.id) {
            return Err(ApiError::new(
                409_011,
                format!("User '{}' is in the group already.", user.name),
            ));
        }
        group.members.push(user.id.clone());
        tx.put(&group)?;
        Ok(user)
    })?;
    Ok(Answer::ok([users::element(&user)]))
}

pub(crate) fn remove_member(call: &Call) -> Result<Answer, ApiError> {
    call.require_admin()?;
    call.transact(|tx| {
        let mut group = find(call, tx)?;
        let user = user(call, tx, call.param("user"))?;
        if group.everybody || !group.has(&user.id) {
            return Err(ApiError::new(
                404_002,
                format!("User '{}' cannot be taken out of the group.", user.name),
            ));
        }
        group.members.retain(|member| *member != user.id);
        tx.put(&group)
    })?;
    Ok(Answer::no_content())
}

/// The groups of one user.
pub(crate) fn of_user(call: &Call) -> Result<Answer, ApiError> {
    let rows = call.transact(|tx| {
        let user = user(call, tx, call.param("user"))?;
        let groups = tx.all::<Group>(call.site()?)?;
        Ok(groups
            .into_iter()
            .filter(|group| group.has(&user.id))
            .map(|group| Row {
                users: group.members.len(),
                group,
            })
            .collect::<Vec<_>>())
    })?;
    call.list(rows, FIELDS, ("groups", &[]), |row| Ok(element(&row.group)))
}
