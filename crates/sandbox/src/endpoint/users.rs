//! Users of a site.

use super::user;
use crate::call::{Answer, Call};
use crate::clock::iso;
use crate::error::ApiError;
use crate::filter::{Fact, Field, RANGE};
use crate::model::{Account, Favorite, Group, Item, Project, SiteRole, User, new_id};
use crate::session::hash_secret;
use crate::store::Tx;
use crate::webhook::{self, Event};
use crate::wire::{Element, Node};

fn text(text: &str) -> Fact {
    Fact::Text(text.to_owned())
}

pub(super) static FIELDS: &[Field<User>] = &[
    Field {
        name: "domainName",
        operators: "eq,in",
        fact: |_| text("local"),
    },
    Field {
        name: "friendlyName",
        operators: "eq,in,like",
        fact: |user| text(&user.full_name),
    },
    Field {
        name: "isLocal",
        operators: "eq",
        fact: |_| Fact::Boolean(true),
    },
    Field {
        name: "lastLogin",
        operators: RANGE,
        fact: |user| user.last_login.map_or(Fact::Absent, Fact::Time),
    },
    Field {
        name: "luid",
        operators: "eq,in",
        fact: |user| text(&user.id),
    },
    Field {
        name: "name",
        operators: "eq,in,cieq,like",
        fact: |user| text(&user.name),
    },
    Field {
        name: "siteRole",
        operators: "eq,in",
        fact: |user| text(user.site_role.as_str()),
    },
];

/// Given only on request.
pub(super) const EXTRA: &[&str] = &["lastLogin", "email", "fullName"];

pub(super) fn element(user: &User) -> Element {
    Element::new("user")
        .attr("id", &user.id)
        .attr("name", &user.name)
        .attr("siteRole", user.site_role.as_str())
        .attr_text("authSetting", &user.auth_setting)
        .attr_if("lastLogin", user.last_login.map(iso))
        .attr_text("email", &user.email)
        .attr(
            "fullName",
            if user.full_name.is_empty() {
                &user.name
            } else {
                &user.full_name
            },
        )
        .attr("externalAuthUserId", "")
        .child(Element::new("domain").attr("name", "local"))
}

pub(crate) fn list(call: &Call) -> Result<Answer, ApiError> {
    if !call.role()?.is_admin() {
        return Err(ApiError::new(
            403_133,
            "Only administrators may query the users of a site.",
        ));
    }
    let users = call.transact(|tx| tx.all::<User>(call.site()?))?;
    call.list(users, FIELDS, ("users", EXTRA), |user| Ok(element(user)))
}

pub(crate) fn get(call: &Call) -> Result<Answer, ApiError> {
    let found = call.transact(|tx| user(call, tx, call.param("user")))?;
    if !call.role()?.is_admin() && found.id != call.user()?.id {
        return Err(ApiError::new(403_133, "You may not query this user."));
    }
    Ok(Answer::ok([element(&found)]))
}

pub(super) fn role(element: &Node) -> Result<Option<SiteRole>, ApiError> {
    element
        .attribute("siteRole")
        .map(|text| {
            text.parse()
                .map_err(|()| ApiError::new(400_013, format!("Invalid site role '{text}'.")))
        })
        .transpose()
}

pub(crate) fn create(call: &Call) -> Result<Answer, ApiError> {
    call.require_admin()?;
    let element = call.node()?.required("user")?;
    let name = element.required_attribute("name")?.trim().to_owned();
    if name.is_empty() {
        return Err(ApiError::new(400_003, "The user name is empty."));
    }
    let role = role(element)?.ok_or_else(|| ApiError::new(400_013, "The user has no siteRole."))?;
    if role.is_server_admin() && !call.role()?.is_server_admin() {
        return Err(ApiError::forbidden(
            "Only a server administrator may add server administrators.",
        ));
    }
    let user = User {
        id: new_id(),
        site: call.site()?.to_owned(),
        full_name: name.clone(),
        email: String::new(),
        auth_setting: element
            .attribute("authSetting")
            .unwrap_or("ServerDefault")
            .to_owned(),
        site_role: role,
        last_login: None,
        name,
    };
    call.transact(|tx| {
        if tx
            .by_name::<User>(&user.site, &user.name.to_lowercase())?
            .is_some()
        {
            return Err(ApiError::new(
                409_017,
                format!("User '{}' is on this site already.", user.name),
            ));
        }
        tx.put(&user)
    })?;
    Ok(Answer::created(self::element(&user)))
}

/// Sets the password of the account behind a user.
pub(crate) fn set_password(tx: &Tx<'_>, name: &str, password: &str) -> Result<(), ApiError> {
    tx.put(&account(name, password))
}

pub(super) fn account(name: &str, password: &str) -> Account {
    let salt = new_id();
    let password_hash = hash_secret(&salt, password);
    Account {
        id: name.to_lowercase(),
        salt,
        password_hash,
    }
}

pub(crate) fn update(call: &Call) -> Result<Answer, ApiError> {
    let element = call.node()?.required("user")?;
    let role = role(element)?;
    let user = call.transact(|tx| {
        let mut user = user(call, tx, call.param("user"))?;
        let own = user.id == call.user()?.id;
        if !call.role()?.is_admin() && !own {
            return Err(ApiError::forbidden("Only administrators may update users."));
        }
        if let Some(role) = role {
            if own && role != user.site_role {
                return Err(ApiError::new(
                    403_009,
                    "You may not change your own site role.",
                ));
            }
            let (before, after) = (user.site_role.is_admin(), role.is_admin());
            user.site_role = role;
            if before != after {
                let name = if after {
                    "AdminPromoted"
                } else {
                    "AdminDemoted"
                };
                webhook::raise(&call.app, tx, &user.site, &Event::of_user(&user, name))?;
            }
        }
        let mut set = |field: fn(&mut User) -> &mut String, name: &str| {
            if let Some(value) = element.attribute(name) {
                value.clone_into(field(&mut user));
            }
        };
        set(|user| &mut user.full_name, "fullName");
        set(|user| &mut user.email, "email");
        set(|user| &mut user.auth_setting, "authSetting");
        if let Some(password) = element.attribute("password") {
            set_password(tx, &user.name, password)?;
        }
        tx.put(&user)?;
        Ok(user)
    })?;
    Ok(Answer::ok([self::element(&user)]))
}

/// A user that owns content stays, unlicensed, unless somebody else is to have it.
pub(crate) fn delete(call: &Call) -> Result<Answer, ApiError> {
    call.require_admin()?;
    let heir = call.query.get("mapAssetsTo");
    // The unlicensing must outlive the refusal that goes with it.
    let kept = call.transact(|tx| {
        let gone = user(call, tx, call.param("user"))?;
        if let Some(heir) = heir {
            let heir = user(call, tx, heir)?;
            map_assets(tx, &gone, &heir)?;
        }
        remove(call, tx, gone)
    })?;
    if kept {
        return Err(ApiError::new(
            409_003,
            "The user owns content and cannot be removed; it is unlicensed now.",
        ));
    }
    Ok(Answer::no_content())
}

/// Removes a user. True where it owns content, and so was made unlicensed instead.
pub(super) fn remove(call: &Call, tx: &Tx<'_>, mut gone: User) -> Result<bool, ApiError> {
    if gone.id == call.user()?.id {
        return Err(ApiError::new(403_009, "You may not remove yourself."));
    }
    if owns_anything(tx, &gone)? {
        gone.site_role = SiteRole::Unlicensed;
        tx.put(&gone)?;
        return Ok(true);
    }
    for mut group in tx.all::<Group>(&gone.site)? {
        if !group.everybody && group.has(&gone.id) {
            group.members.retain(|member| *member != gone.id);
            tx.put(&group)?;
        }
    }
    for favorite in tx.children::<Favorite>(&gone.id)? {
        tx.delete::<Favorite>(&favorite.id)?;
    }
    tx.delete::<User>(&gone.id)?;
    let event = Event::of_user(&gone, "UserDeleted");
    webhook::raise(&call.app, tx, &gone.site, &event)?;
    Ok(false)
}

fn owns_anything(tx: &Tx<'_>, user: &User) -> Result<bool, ApiError> {
    Ok(tx
        .all::<Item>(&user.site)?
        .iter()
        .any(|item| item.owner == user.id)
        || tx
            .all::<Project>(&user.site)?
            .iter()
            .any(|project| project.owner == user.id))
}

fn map_assets(tx: &Tx<'_>, from: &User, to: &User) -> Result<(), ApiError> {
    for mut item in tx.all::<Item>(&from.site)? {
        if item.owner == from.id {
            item.owner.clone_from(&to.id);
            tx.put(&item)?;
        }
    }
    for mut project in tx.all::<Project>(&from.site)? {
        if project.owner == from.id {
            project.owner.clone_from(&to.id);
            tx.put(&project)?;
        }
    }
    Ok(())
}
