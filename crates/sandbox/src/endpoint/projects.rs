//! Projects.

use jiff::Timestamp;

use super::{check_same_id, project, user};
use crate::call::{Answer, Call};
use crate::clock::iso;
use crate::error::ApiError;
use crate::filter::{Fact, Field, RANGE};
use crate::model::{ContentPermissions, Item, Project, User, View, new_id};
use crate::store::Tx;
use crate::version::ApiVersion;
use crate::wire::{Element, Node};
use crate::{removal, rights};

struct Row {
    project: Project,
    owner: Option<User>,
    /// What responses show: a locked ancestor overrules.
    permissions: ContentPermissions,
    controlling: Option<String>,
    counts: Option<[usize; 4]>,
    /// Whether the caller may publish into it.
    writeable: bool,
}

static FIELDS: &[Field<Row>] = &[
    Field {
        name: "name",
        operators: "eq,in",
        fact: |row| Fact::Text(row.project.name.clone()),
    },
    Field {
        name: "createdAt",
        operators: RANGE,
        fact: |row| Fact::Time(row.project.created_at),
    },
    Field {
        name: "updatedAt",
        operators: RANGE,
        fact: |row| Fact::Time(row.project.updated_at),
    },
    Field {
        name: "ownerName",
        operators: "eq,in",
        fact: |row| owner_fact(row, |user| &user.name),
    },
    Field {
        name: "ownerEmail",
        operators: "eq,in",
        fact: |row| owner_fact(row, |user| &user.email),
    },
    Field {
        name: "ownerDomain",
        operators: "eq,in",
        fact: |_| Fact::Text("local".to_owned()),
    },
    Field {
        name: "topLevelProject",
        operators: "eq",
        fact: |row| Fact::Boolean(row.project.parent.is_empty()),
    },
    Field {
        name: "parentProjectId",
        operators: "eq,in",
        fact: |row| {
            if row.project.parent.is_empty() {
                Fact::Absent
            } else {
                row.project.parent.as_str().into()
            }
        },
    },
];

fn owner_fact(row: &Row, field: fn(&User) -> &String) -> Fact {
    row.owner
        .as_ref()
        .map_or(Fact::Absent, |user| Fact::Text(field(user).clone()))
}

fn row(call: &Call, tx: &Tx<'_>, project: Project, counted: bool) -> Result<Row, ApiError> {
    let locked = rights::governing(tx, &project)?;
    let counts = if counted {
        Some(counts(tx, &project)?)
    } else {
        None
    };
    Ok(Row {
        owner: tx.get::<User>(&project.owner)?,
        permissions: locked
            .as_ref()
            .map_or(project.content_permissions, |locked| {
                locked.content_permissions
            }),
        controlling: locked
            .map(|locked| locked.id)
            .filter(|id| *id != project.id),
        writeable: rights::may_project(tx, call.user()?, &project, "Write")?,
        project,
        counts,
    })
}

fn counts(tx: &Tx<'_>, project: &Project) -> Result<[usize; 4], ApiError> {
    let items = tx.children::<Item>(&project.id)?;
    let of = |kind| items.iter().filter(|item| item.kind == kind).count();
    let views = items.iter().map(|item| item.sheet_count).sum();
    Ok([
        tx.children::<Project>(&project.id)?.len(),
        of(crate::model::Kind::Workbook),
        views,
        of(crate::model::Kind::Datasource),
    ])
}

fn element(row: &Row) -> Element {
    let project = &row.project;
    let counts = row.counts.map(|[projects, workbooks, views, datasources]| {
        Element::new("contentsCounts")
            .attr("projectCount", projects)
            .attr("workbookCount", workbooks)
            .attr("viewCount", views)
            .attr("datasourceCount", datasources)
    });
    Element::new("project")
        .attr("id", &project.id)
        .attr("name", &project.name)
        .attr("description", &project.description)
        .attr("createdAt", iso(project.created_at))
        .attr("updatedAt", iso(project.updated_at))
        .attr("contentPermissions", row.permissions.as_str())
        .attr_text("parentProjectId", &project.parent)
        .attr_if("controllingPermissionsProjectId", row.controlling.as_ref())
        .attr("topLevelProject", project.parent.is_empty())
        .attr("writeable", row.writeable)
        .child(Element::new("owner").attr("id", &project.owner))
        .child_if(counts)
}

/// A project as lists show it.
pub(super) fn shown(call: &Call, tx: &Tx<'_>, project: Project) -> Result<Element, ApiError> {
    let shown = element(&row(call, tx, project, false)?);
    Ok(crate::query::select(shown, None, EXTRA))
}

const EXTRA: &[&str] = &["topLevelProject", "writeable", "contentsCounts"];

pub(crate) fn list(call: &Call) -> Result<Answer, ApiError> {
    let counted = call
        .query
        .get("fields")
        .is_some_and(|f| f.contains("_all_") || f.contains("contentsCounts"));
    let rows = call.transact(|tx| {
        let mut rows = Vec::new();
        for project in tx.all::<Project>(call.site()?)? {
            if rights::may_project(tx, call.user()?, &project, "Read")? {
                rows.push(row(call, tx, project, counted)?);
            }
        }
        Ok(rows)
    })?;
    call.list(rows, FIELDS, ("projects", EXTRA), |row| Ok(element(row)))
}

fn name_taken(name: &str) -> ApiError {
    ApiError::new(
        409_006,
        format!("A project already exists with the name '{name}'"),
    )
}

fn check_name(name: &str) -> Result<(), ApiError> {
    if name.trim().is_empty() || name.chars().count() > 255 {
        return Err(ApiError::new(
            400_008,
            "A project's name must be 1 to 255 characters, not only spaces.",
        ));
    }
    Ok(())
}

fn content_permissions(
    call: &Call,
    element: &Node,
) -> Result<Option<ContentPermissions>, ApiError> {
    let Some(text) = element.attribute("contentPermissions") else {
        return Ok(None);
    };
    let invalid = || {
        ApiError::new(
            400_008,
            format!("Invalid value '{text}' for 'contentPermissions'."),
        )
    };
    let value = ContentPermissions::parse(text).ok_or_else(invalid)?;
    if value == ContentPermissions::LockedToProjectWithoutNested
        && call.version < ApiVersion::new(3, 8)
    {
        return Err(invalid());
    }
    Ok(Some(value))
}

pub(crate) fn create(call: &Call) -> Result<Answer, ApiError> {
    let element = call.node()?.required("project")?;
    let name = element.required_attribute("name")?;
    check_name(name)?;
    let permissions =
        content_permissions(call, element)?.unwrap_or(ContentPermissions::ManagedByOwner);
    let parent = element.attribute("parentProjectId").unwrap_or_default();
    let row = call.transact(|tx| {
        let user = call.user()?;
        let parent = if parent.is_empty() {
            None
        } else {
            Some(project(call, tx, parent)?)
        };
        let allowed = match &parent {
            Some(parent) => user.site_role.may_publish() && rights::leads(tx, user, &parent.id)?,
            None => false,
        };
        if !user.site_role.is_admin() && !allowed {
            return Err(ApiError::new(403_045, "You may not create a project here."));
        }
        let parent_id = parent
            .as_ref()
            .map_or_else(String::new, |parent| parent.id.clone());
        if tx
            .by_name::<Project>(call.site()?, &Project::key(&parent_id, name))?
            .is_some()
        {
            return Err(name_taken(name));
        }
        let model = match parent {
            Some(parent) => Some(parent),
            None => tx
                .all::<Project>(call.site()?)?
                .into_iter()
                .find(|project| project.default),
        };
        let project = new_project(call, name, element, permissions, &parent_id, model.as_ref())?;
        tx.put(&project)?;
        row(call, tx, project, false)
    })?;
    Ok(Answer::created(crate::query::select(
        self::element(&row),
        None,
        EXTRA,
    )))
}

/// A new project starts with the rules of the one around it, or of the default project.
fn new_project(
    call: &Call,
    name: &str,
    element: &Node,
    content_permissions: ContentPermissions,
    parent: &str,
    model: Option<&Project>,
) -> Result<Project, ApiError> {
    let now = Timestamp::now();
    Ok(Project {
        id: new_id(),
        site: call.site()?.to_owned(),
        name: name.to_owned(),
        description: element
            .attribute("description")
            .unwrap_or_default()
            .to_owned(),
        parent: parent.to_owned(),
        content_permissions,
        owner: call.user()?.id.clone(),
        created_at: now,
        updated_at: now,
        default: false,
        permissions: model
            .map(|project| project.permissions.clone())
            .unwrap_or_default(),
        default_permissions: model
            .map(|project| project.default_permissions.clone())
            .unwrap_or_default(),
    })
}

pub(crate) fn update(call: &Call) -> Result<Answer, ApiError> {
    let id = call.param("project");
    let empty = Node::default();
    let element = match &call.body {
        crate::call::Body::Empty => &empty,
        _ => call.node()?.child("project").unwrap_or(&empty),
    };
    check_same_id(element, id)?;
    let row = call.transact(|tx| {
        let mut project = project(call, tx, id)?;
        let user = call.user()?;
        let changes = !element.attributes.is_empty() || !element.children.is_empty();
        if changes && !user.site_role.is_admin() && !rights::leads(tx, user, &project.id)? {
            return Err(ApiError::forbidden("You may not update this project."));
        }
        apply(call, tx, &mut project, element)?;
        if changes {
            project.updated_at = Timestamp::now();
            tx.put(&project)?;
            lock_content(tx, &project)?;
        }
        row(call, tx, project, false)
    })?;
    Ok(Answer::ok([crate::query::select(
        self::element(&row),
        None,
        EXTRA,
    )]))
}

fn apply(call: &Call, tx: &Tx<'_>, project: &mut Project, element: &Node) -> Result<(), ApiError> {
    let before = (project.parent.clone(), project.name.to_lowercase());
    if let Some(name) = element.attribute("name") {
        if project.default && name != project.name {
            return Err(ApiError::new(
                403_005,
                "The default project cannot be renamed.",
            ));
        }
        check_name(name)?;
        name.clone_into(&mut project.name);
    }
    if let Some(description) = element.attribute("description") {
        description.clone_into(&mut project.description);
    }
    if let Some(permissions) = content_permissions(call, element)? {
        project.content_permissions = permissions;
    }
    if let Some(parent) = element.attribute("parentProjectId") {
        move_to(call, tx, project, parent)?;
    }
    if let Some(owner) = element.child_id("owner") {
        if !call.role()?.is_admin() && project.owner != owner {
            return Err(ApiError::forbidden(
                "Only administrators may change a project's owner.",
            ));
        }
        project.owner = user(call, tx, owner)?.id;
    }
    let clash = before != (project.parent.clone(), project.name.to_lowercase())
        && tx
            .by_name::<Project>(&project.site, &Project::key(&project.parent, &project.name))?
            .is_some();
    if clash {
        Err(name_taken(&project.name))
    } else {
        Ok(())
    }
}

/// Content of a locked project takes over its default rules, and keeps them when the lock is opened again.
fn lock_content(tx: &Tx<'_>, project: &Project) -> Result<(), ApiError> {
    let Some(locked) = rights::governing(tx, project)? else {
        return Ok(());
    };
    for mut item in tx.children::<Item>(&project.id)? {
        item.permissions = locked
            .default_permissions
            .get(item.kind.plural())
            .cloned()
            .unwrap_or_default();
        tx.put(&item)?;
        for mut view in tx.children::<View>(&item.id)? {
            view.permissions.clone_from(&item.permissions);
            tx.put(&view)?;
        }
    }
    for inner in tx.children::<Project>(&project.id)? {
        lock_content(tx, &inner)?;
    }
    Ok(())
}

fn move_to(call: &Call, tx: &Tx<'_>, moved: &mut Project, parent: &str) -> Result<(), ApiError> {
    if parent.is_empty() {
        moved.parent.clear();
        return Ok(());
    }
    if moved.default {
        return Err(ApiError::new(
            403_073,
            "The default project cannot be moved.",
        ));
    }
    let target = project(call, tx, parent)?;
    let mut above = Some(target.clone());
    while let Some(place) = above {
        if place.id == moved.id {
            return Err(ApiError::new(
                403_074,
                "A project cannot be moved into itself or one of its descendants.",
            ));
        }
        above = if place.parent.is_empty() {
            None
        } else {
            tx.get::<Project>(&place.parent)?
        };
    }
    moved.parent = target.id;
    Ok(())
}

/// Deletes the project and everything inside.
pub(crate) fn delete(call: &Call) -> Result<Answer, ApiError> {
    call.transact(|tx| {
        let project = project(call, tx, call.param("project"))?;
        if project.default {
            return Err(ApiError::new(
                403_003,
                "The default project cannot be deleted.",
            ));
        }
        let user = call.user()?;
        if !user.site_role.is_admin() && !rights::leads(tx, user, &project.id)? {
            return Err(ApiError::forbidden("You may not delete this project."));
        }
        removal::project(&call.app, tx, &project, user)
    })?;
    Ok(Answer::no_content())
}
