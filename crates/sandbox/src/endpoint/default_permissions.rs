//! The permissions that a project gives to new content.

use super::{permissions, project};
use crate::call::{Answer, Body, Call};
use crate::error::ApiError;
use crate::model::Project;
use crate::store::Tx;
use crate::wire::Element;
use crate::{capability, rights};

/// A project and the content type that the path names, in the store's spelling.
fn defaults(call: &Call, tx: &Tx<'_>) -> Result<(Project, &'static str), ApiError> {
    let text = call.param("content");
    let content = capability::default_content(text).ok_or_else(|| {
        ApiError::new(
            404_003,
            format!("Unknown resource '{text}' specified in URI."),
        )
    })?;
    Ok((project(call, tx, call.param("project"))?, content))
}

fn check_change(call: &Call, tx: &Tx<'_>, project: &Project) -> Result<(), ApiError> {
    if call.role()?.is_admin() || rights::leads(tx, call.user()?, &project.id)? {
        return Ok(());
    }
    Err(ApiError::forbidden(
        "You may not change the default permissions of this project.",
    ))
}

fn answer(project: &Project, content: &str) -> Answer {
    let rules = project
        .default_permissions
        .get(content)
        .map_or(&[][..], Vec::as_slice);
    let permissions = Element::new("permissions")
        .child(permissions::Subject::Project(project.clone()).element())
        .repeated(permissions::grantee_capabilities(rules));
    Answer::ok([permissions])
}

pub(crate) fn get(call: &Call) -> Result<Answer, ApiError> {
    call.transact(|tx| {
        let (project, content) = defaults(call, tx)?;
        Ok(answer(&project, content))
    })
}

/// A default-permissions body is about no particular item.
fn check_unqualified(call: &Call) -> Result<(), ApiError> {
    let Body::Form(node) = &call.body else {
        return Ok(());
    };
    let stray = node
        .required("permissions")?
        .children
        .iter()
        .find(|child| child.name != "granteeCapabilities");
    match stray {
        Some(stray) => Err(ApiError::new(
            400_042,
            format!(
                "Element '{}' does not belong into default permissions.",
                stray.name
            ),
        )),
        None => Ok(()),
    }
}

pub(crate) fn add(call: &Call) -> Result<Answer, ApiError> {
    check_unqualified(call)?;
    let node = call.node()?;
    call.transact(|tx| {
        let (mut project, content) = defaults(call, tx)?;
        check_change(call, tx, &project)?;
        let added = permissions::rules(call, tx, node, capability::of_content(content))?;
        if added.is_empty() {
            return Err(ApiError::bad_request(
                "The request grants and denies nothing.",
            ));
        }
        permissions::merge(
            project
                .default_permissions
                .entry(content.to_owned())
                .or_default(),
            added,
        );
        tx.put(&project)?;
        Ok(answer(&project, content))
    })
}

pub(crate) fn replace(call: &Call) -> Result<Answer, ApiError> {
    check_unqualified(call)?;
    let node = call.node()?;
    call.transact(|tx| {
        let (mut project, content) = defaults(call, tx)?;
        check_change(call, tx, &project)?;
        let mut fresh = Vec::new();
        permissions::merge(
            &mut fresh,
            permissions::rules(call, tx, node, capability::of_content(content))?,
        );
        project
            .default_permissions
            .insert(content.to_owned(), fresh);
        tx.put(&project)
    })?;
    Ok(Answer::Empty(hyper::StatusCode::OK))
}

pub(crate) fn delete(call: &Call) -> Result<Answer, ApiError> {
    call.transact(|tx| {
        let (mut project, content) = defaults(call, tx)?;
        check_change(call, tx, &project)?;
        permissions::take(
            call,
            project
                .default_permissions
                .entry(content.to_owned())
                .or_default(),
            404_013,
        )?;
        tx.put(&project)
    })?;
    Ok(Answer::no_content())
}
