//! Permissions of content, views and projects.

use super::{item_by_id, project, view_by_id};
use crate::call::{Answer, Call};
use crate::error::ApiError;
use crate::model::{
    Grantee, GranteeKind, Group, GroupSet, Item, Kind, Mode, Project, Rule, User, View,
};
use crate::store::Tx;
use crate::wire::{Element, Node};
use crate::{capability, rights};

/// What the rules are about.
pub(super) enum Subject {
    Item(Item),
    View(Box<View>, Item),
    Project(Project),
}

impl Subject {
    fn find(call: &Call, tx: &Tx<'_>) -> Result<Self, ApiError> {
        let (content, id) = (call.param("content"), call.param("id"));
        match (Kind::from_plural(content), content) {
            (Some(kind), _) => Ok(Self::Item(item_by_id(call, tx, kind, id)?)),
            (None, "views") => {
                let view = view_by_id(call, tx, id)?;
                let workbook = item_by_id(call, tx, Kind::Workbook, &view.workbook)?;
                Ok(Self::View(Box::new(view), workbook))
            }
            (None, "projects") => Ok(Self::Project(project(call, tx, id)?)),
            _ => Err(ApiError::new(
                404_003,
                format!("Unknown resource '{content}' specified in URI."),
            )),
        }
    }

    pub(super) fn element(&self) -> Element {
        let (name, id, title, owner) = match self {
            Self::Item(item) => (item.kind.element(), &item.id, &item.name, &item.owner),
            Self::View(view, workbook) => ("view", &view.id, &view.name, &workbook.owner),
            Self::Project(project) => ("project", &project.id, &project.name, &project.owner),
        };
        Element::new(name)
            .attr("id", id)
            .attr("name", title)
            .child(Element::new("owner").attr("id", owner))
    }

    fn capabilities(&self) -> &'static [&'static str] {
        match self {
            Self::Item(item) => capability::of_content(item.kind.plural()),
            Self::View(..) => capability::of_content("views"),
            Self::Project(_) => capability::of_content("projects"),
        }
    }

    /// The locked project that decides instead, and the rules in force.
    fn effective(&self, tx: &Tx<'_>) -> Result<(Option<Project>, Vec<Rule>), ApiError> {
        match self {
            Self::Item(item) => rights::effective(tx, item),
            Self::View(view, workbook) => {
                let (locked, rules) = rights::effective(tx, workbook)?;
                let inherits = workbook.show_tabs || locked.is_some();
                Ok((
                    locked,
                    if inherits {
                        rules
                    } else {
                        view.permissions.clone()
                    },
                ))
            }
            Self::Project(project) => Ok((None, project.permissions.clone())),
        }
    }

    fn check_change(&self, call: &Call, tx: &Tx<'_>) -> Result<(), ApiError> {
        let user = call.user()?;
        let (allowed, item) = match self {
            Self::Item(item) | Self::View(_, item) => (
                rights::may_item(tx, user, item, "ChangePermissions")?,
                Some(item),
            ),
            Self::Project(project) => (
                user.site_role.is_admin() || rights::leads(tx, user, &project.id)?,
                None,
            ),
        };
        if !allowed {
            return Err(ApiError::forbidden("You may not change these permissions."));
        }
        let locked = match item {
            Some(item) => rights::effective(tx, item)?.0,
            None => None,
        };
        if let Some(project) = locked {
            let detail = format!(
                "The permissions are locked to the project '{}'.",
                project.name
            );
            return Err(ApiError::new(403_039, detail));
        }
        if let Self::View(_, workbook) = self
            && workbook.show_tabs
        {
            let detail = "The workbook shows its sheets as tabs: its views have its permissions.";
            return Err(ApiError::new(403_096, detail));
        }
        Ok(())
    }

    fn rules_mut(&mut self) -> &mut Vec<Rule> {
        match self {
            Self::Item(item) => &mut item.permissions,
            Self::View(view, _) => &mut view.permissions,
            Self::Project(project) => &mut project.permissions,
        }
    }

    fn save(&self, tx: &Tx<'_>) -> Result<(), ApiError> {
        match self {
            Self::Item(item) => tx.put(item),
            Self::View(view, _) => tx.put(view.as_ref()),
            Self::Project(project) => tx.put(project),
        }
    }
}

fn grantee_element(grantee: &Grantee) -> Element {
    let name = match grantee.kind {
        GranteeKind::User => "user",
        GranteeKind::Group => "group",
        GranteeKind::GroupSet => "groupSet",
    };
    Element::new(name).attr("id", &grantee.id)
}

/// One `granteeCapabilities` a grantee, in the order of the rules.
pub(super) fn grantee_capabilities(rules: &[Rule]) -> Vec<Element> {
    let mut grantees: Vec<&Grantee> = Vec::new();
    for rule in rules {
        if !grantees.contains(&&rule.grantee) {
            grantees.push(&rule.grantee);
        }
    }
    grantees
        .into_iter()
        .map(|grantee| {
            let own = rules.iter().filter(|rule| rule.grantee == *grantee);
            let capabilities = own.map(|rule| {
                Element::new("capability")
                    .attr("name", &rule.capability)
                    .attr("mode", rule.mode.as_str())
            });
            Element::new("granteeCapabilities")
                .child(grantee_element(grantee))
                .child(Element::list("capabilities", capabilities))
        })
        .collect()
}

fn answer(tx: &Tx<'_>, subject: &Subject) -> Result<Answer, ApiError> {
    let (locked, rules) = subject.effective(tx)?;
    let parent = locked.map(|project| {
        Element::new("parent")
            .attr("type", "Project")
            .attr("id", project.id)
    });
    let permissions = Element::new("permissions")
        .child_if(parent)
        .child(subject.element())
        .repeated(grantee_capabilities(&rules));
    Ok(Answer::ok([permissions]))
}

/// The rules of a request, each capability known for the type, each grantee on the site.
pub(super) fn rules(
    call: &Call,
    tx: &Tx<'_>,
    node: &Node,
    known: &[&str],
) -> Result<Vec<Rule>, ApiError> {
    let mut rules = Vec::new();
    for grantee_capabilities in node
        .required("permissions")?
        .children_named("granteeCapabilities")
    {
        let grantee = grantee(call, tx, grantee_capabilities)?;
        for capability in grantee_capabilities.items("capabilities", "capability") {
            let name = capability.required_attribute("name")?;
            let mode_text = capability.required_attribute("mode")?;
            let invalid = || {
                ApiError::new(
                    400_009,
                    format!("Invalid capability '{name}' with mode '{mode_text}'."),
                )
            };
            let mode = Mode::parse(mode_text).ok_or_else(invalid)?;
            if !known.contains(&name) || (name == "ProjectLeader" && mode == Mode::Deny) {
                return Err(invalid());
            }
            rules.push(Rule {
                grantee: grantee.clone(),
                capability: name.to_owned(),
                mode,
            });
        }
    }
    Ok(rules)
}

fn grantee(call: &Call, tx: &Tx<'_>, node: &Node) -> Result<Grantee, ApiError> {
    match (
        node.child_id("user"),
        node.child_id("group"),
        node.child_id("groupSet"),
    ) {
        (Some(id), None, None) => {
            let user: User = super::user(call, tx, id)?;
            Ok(Grantee {
                kind: GranteeKind::User,
                id: user.id,
            })
        }
        (None, Some(id), None) => {
            let group = tx
                .get_on::<Group>(call.site()?, &id.to_ascii_lowercase())?
                .ok_or_else(|| {
                    ApiError::new(404_012, format!("Group '{id}' could not be found."))
                })?;
            Ok(Grantee {
                kind: GranteeKind::Group,
                id: group.id,
            })
        }
        (None, None, Some(id)) => {
            let set = tx
                .get_on::<GroupSet>(call.site()?, &id.to_ascii_lowercase())?
                .ok_or_else(|| {
                    ApiError::new(404_012, format!("Group set '{id}' could not be found."))
                })?;
            Ok(Grantee {
                kind: GranteeKind::GroupSet,
                id: set.id,
            })
        }
        _ => Err(ApiError::bad_request(
            "granteeCapabilities must have exactly one of user, group and groupSet.",
        )),
    }
}

/// Adds the rules of capabilities that the grantee has neither allowed nor denied yet: nothing is flipped.
pub(super) fn merge(rules: &mut Vec<Rule>, added: Vec<Rule>) {
    for rule in added {
        let held = rules
            .iter()
            .any(|other| other.grantee == rule.grantee && other.capability == rule.capability);
        if !held {
            rules.push(rule);
        }
    }
}

pub(crate) fn get(call: &Call) -> Result<Answer, ApiError> {
    call.transact(|tx| answer(tx, &Subject::find(call, tx)?))
}

pub(crate) fn add(call: &Call) -> Result<Answer, ApiError> {
    let node = call.node()?;
    call.transact(|tx| {
        let mut subject = Subject::find(call, tx)?;
        subject.check_change(call, tx)?;
        let added = rules(call, tx, node, subject.capabilities())?;
        if added.is_empty() {
            return Err(ApiError::bad_request(
                "The request grants and denies nothing.",
            ));
        }
        merge(subject.rules_mut(), added);
        subject.save(tx)?;
        answer(tx, &subject)
    })
}

/// Replaces all rules, in one step.
pub(crate) fn replace(call: &Call) -> Result<Answer, ApiError> {
    let node = call.node()?;
    call.transact(|tx| {
        let mut subject = Subject::find(call, tx)?;
        subject.check_change(call, tx)?;
        let mut fresh = Vec::new();
        merge(&mut fresh, rules(call, tx, node, subject.capabilities())?);
        *subject.rules_mut() = fresh;
        subject.save(tx)
    })?;
    Ok(Answer::Empty(hyper::StatusCode::OK))
}

fn grantee_kind(call: &Call) -> Result<GranteeKind, ApiError> {
    match call.param("grantees") {
        "users" => Ok(GranteeKind::User),
        "groups" => Ok(GranteeKind::Group),
        "groupSets" => Ok(GranteeKind::GroupSet),
        other => Err(ApiError::new(
            404_003,
            format!("Unknown resource '{other}' specified in URI."),
        )),
    }
}

pub(super) fn take(call: &Call, rules: &mut Vec<Rule>, missing_code: u32) -> Result<(), ApiError> {
    let kind = grantee_kind(call)?;
    let (id, capability, mode) = (
        call.param("grantee"),
        call.param("capability"),
        call.param("mode"),
    );
    let before = rules.len();
    rules.retain(|rule| {
        !(rule.grantee.kind == kind
            && rule.grantee.id.eq_ignore_ascii_case(id)
            && rule.capability == capability
            && rule.mode.as_str() == mode)
    });
    if rules.len() == before {
        let detail =
            format!("The capability '{capability}' with mode '{mode}' is not assigned to '{id}'.");
        return Err(ApiError::new(missing_code, detail));
    }
    Ok(())
}

pub(crate) fn delete(call: &Call) -> Result<Answer, ApiError> {
    call.transact(|tx| {
        let mut subject = Subject::find(call, tx)?;
        subject.check_change(call, tx)?;
        let known = subject.capabilities().contains(&call.param("capability"));
        let code = if known && matches!(subject, Subject::View(..)) {
            404_014
        } else {
            404_013
        };
        take(call, subject.rules_mut(), code)?;
        subject.save(tx)
    })?;
    Ok(Answer::no_content())
}
