//! Who may do what: administrators, owners and project leaders implicitly, others by the rules.

use crate::error::ApiError;
use crate::model::{
    ContentPermissions, GranteeKind, Group, GroupSet, Item, Mode, Project, Rule, User,
};
use crate::store::Tx;

/// What a user's own and his groups' rules say of a capability: the user's come first, and a deny beats an allow.
pub(crate) fn by_rules(
    tx: &Tx<'_>,
    user: &User,
    rules: &[Rule],
    capability: &str,
) -> Result<bool, ApiError> {
    let about = |rule: &&Rule| rule.capability == capability;
    let own: Vec<Mode> = rules
        .iter()
        .filter(about)
        .filter(|rule| rule.grantee.kind == GranteeKind::User && rule.grantee.id == user.id)
        .map(|rule| rule.mode)
        .collect();
    if !own.is_empty() {
        return Ok(!own.contains(&Mode::Deny));
    }
    let mut allowed = false;
    for rule in rules
        .iter()
        .filter(about)
        .filter(|rule| rule.grantee.kind != GranteeKind::User)
    {
        let member = match rule.grantee.kind {
            GranteeKind::GroupSet => in_set(tx, &rule.grantee.id, user)?,
            _ => in_group(tx, &rule.grantee.id, user)?,
        };
        match (member, rule.mode) {
            (true, Mode::Deny) => return Ok(false),
            (true, Mode::Allow) => allowed = true,
            (false, _) => {}
        }
    }
    Ok(allowed)
}

fn in_group(tx: &Tx<'_>, group: &str, user: &User) -> Result<bool, ApiError> {
    Ok(tx
        .get::<Group>(group)?
        .is_some_and(|group| group.has(&user.id)))
}

fn in_set(tx: &Tx<'_>, set: &str, user: &User) -> Result<bool, ApiError> {
    for group in tx.get::<GroupSet>(set)?.iter().flat_map(|set| &set.groups) {
        if in_group(tx, group, user)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The project whose rules govern what is in `project`, when it or an ancestor is locked.
pub(crate) fn governing(tx: &Tx<'_>, project: &Project) -> Result<Option<Project>, ApiError> {
    let mut own = true;
    let mut current = Some(project.clone());
    let mut locked = None;
    while let Some(place) = current {
        match place.content_permissions {
            ContentPermissions::LockedToProject => locked = Some(place.clone()),
            ContentPermissions::LockedToProjectWithoutNested if own => locked = Some(place.clone()),
            _ => {}
        }
        own = false;
        current = if place.parent.is_empty() {
            None
        } else {
            tx.get::<Project>(&place.parent)?
        };
    }
    Ok(locked)
}

/// Leads the project or one above it: owner, or has the ProjectLeader capability.
pub(crate) fn leads(tx: &Tx<'_>, user: &User, project: &str) -> Result<bool, ApiError> {
    let mut current = tx.get::<Project>(project)?;
    while let Some(place) = current {
        if place.owner == user.id || by_rules(tx, user, &place.permissions, "ProjectLeader")? {
            return Ok(true);
        }
        current = if place.parent.is_empty() {
            None
        } else {
            tx.get::<Project>(&place.parent)?
        };
    }
    Ok(false)
}

/// The rules in force for an item: its own, or its locked project's defaults.
pub(crate) fn effective(
    tx: &Tx<'_>,
    item: &Item,
) -> Result<(Option<Project>, Vec<Rule>), ApiError> {
    if let Some(project) = tx.get::<Project>(&item.project)?
        && let Some(locked) = governing(tx, &project)?
    {
        let rules = locked
            .default_permissions
            .get(item.kind.plural())
            .cloned()
            .unwrap_or_default();
        return Ok((Some(locked), rules));
    }
    Ok((None, item.permissions.clone()))
}

pub(crate) fn may_item(
    tx: &Tx<'_>,
    user: &User,
    item: &Item,
    capability: &str,
) -> Result<bool, ApiError> {
    if user.site_role.is_admin() || item.owner == user.id || leads(tx, user, &item.project)? {
        return Ok(true);
    }
    by_rules(tx, user, &effective(tx, item)?.1, capability)
}

pub(crate) fn may_project(
    tx: &Tx<'_>,
    user: &User,
    project: &Project,
    capability: &str,
) -> Result<bool, ApiError> {
    if user.site_role.is_admin() || leads(tx, user, &project.id)? {
        return Ok(true);
    }
    by_rules(tx, user, &project.permissions, capability)
}
