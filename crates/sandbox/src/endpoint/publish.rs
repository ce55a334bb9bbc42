//! Publishing: the checks of the request itself, then the publish at once or as a job.

use hyper::StatusCode;

use super::{project, uploads};
use crate::blobs::Content;
use crate::call::{Answer, Call};
use crate::error::ApiError;
use crate::jobs;
use crate::model::{Item, JobWork, Kind, Project, Upload};
use crate::publish::{self, PublishMode, PublishRequest};
use crate::rights;
use crate::store::Tx;
use crate::wire::Node;

pub(crate) fn workbook(call: &Call) -> Result<Answer, ApiError> {
    publish(call, Kind::Workbook)
}

pub(crate) fn datasource(call: &Call) -> Result<Answer, ApiError> {
    publish(call, Kind::Datasource)
}

pub(crate) fn flow(call: &Call) -> Result<Answer, ApiError> {
    publish(call, Kind::Flow)
}

fn publish(call: &Call, kind: Kind) -> Result<Answer, ApiError> {
    let payload = payload(call, kind)?;
    let element = element(&payload, kind)?;
    let mode = mode(call, kind)?;
    let as_job = kind != Kind::Flow && call.query.flag("asJob")?;
    call.query.flag("skipConnectionCheck")?;
    check_booleans(&element)?;
    let name = name(&element, kind)?;
    let source = source(call, kind)?;
    let request = call.transact(|tx| {
        let project = target(call, tx, &element)?;
        let (content, file_type, file_name) = match &source {
            Source::Part {
                content,
                file_type,
                file_name,
            } => (content.clone(), file_type.clone(), file_name.clone()),
            Source::Upload { id, file_type } => {
                let upload = uploads::find(call, tx, id)?;
                (
                    uploads::content(tx, &upload)?,
                    file_type.clone(),
                    format!("{name}.{file_type}"),
                )
            }
        };
        let request = PublishRequest {
            kind,
            site: call.site()?.to_owned(),
            user: call.user()?.id.clone(),
            project: project.id.clone(),
            name: name.clone(),
            element: element.clone(),
            content,
            file_type,
            file_name,
            mode,
        };
        check_existing(call, tx, &request, &project)?;
        Ok(request)
    })?;
    if as_job {
        later(call, request, &source)
    } else {
        now(call, &request, &source)
    }
}

/// Where the bytes are.
enum Source {
    Part {
        content: Content,
        file_type: String,
        file_name: String,
    },
    Upload {
        id: String,
        file_type: String,
    },
}

fn payload(call: &Call, kind: Kind) -> Result<Node, ApiError> {
    let missing = if kind == Kind::Flow { 400_090 } else { 400_000 };
    let (text, format) = call
        .parts()?
        .payload
        .as_ref()
        .ok_or_else(|| ApiError::new(missing, "The request has no request_payload part."))?;
    // The publish parser of the real server does not know this entity; &#39; is fine.
    if *format == crate::wire::Format::Xml && memchr::memmem::find(text, b"&apos;").is_some() {
        return Err(ApiError::bad_request(
            "The request_payload part uses the entity &apos;, which is not supported.",
        ));
    }
    format.parse(text)
}

/// The `workbook`, `datasource` or `flow` element. A flow's connections may also stand beside it.
fn element(payload: &Node, kind: Kind) -> Result<Node, ApiError> {
    let mut element = payload.required(kind.element())?.clone();
    if kind == Kind::Flow
        && let (Some(beside), None) = (payload.child("connections"), element.child("connections"))
    {
        element.children.push(beside.clone());
    }
    hide_passwords(&mut element);
    Ok(element)
}

/// Only that there is a password matters here; the element may wait in the store as part of a job.
fn hide_passwords(element: &mut Node) {
    for (_, value) in element
        .attributes
        .iter_mut()
        .filter(|(name, value)| name == "password" && !value.is_empty())
    {
        "*".clone_into(value);
    }
    element.children.iter_mut().for_each(hide_passwords);
}

/// 400008 for a boolean attribute that is none, wherever in the payload.
fn check_booleans(element: &Node) -> Result<(), ApiError> {
    for name in [
        "showTabs",
        "encryptExtracts",
        "isCertified",
        "useRemoteQueryAgent",
        "hidden",
        "embed",
        "oAuth",
    ] {
        element.boolean(name)?;
    }
    element.children.iter().try_for_each(check_booleans)
}

fn name(element: &Node, kind: Kind) -> Result<String, ApiError> {
    let code = if kind == Kind::Flow { 400_089 } else { 400_000 };
    let name = element.attribute("name").unwrap_or_default().trim();
    if name.is_empty() {
        return Err(ApiError::new(
            code,
            format!("The {} has no name.", kind.element()),
        ));
    }
    if name.chars().count() > 255 {
        return Err(ApiError::new(
            400_041,
            "A name may have 255 characters at most.",
        ));
    }
    Ok(name.to_owned())
}

fn mode(call: &Call, kind: Kind) -> Result<PublishMode, ApiError> {
    let overwrite = call.query.flag("overwrite")?;
    if kind != Kind::Datasource {
        return Ok(if overwrite {
            PublishMode::Overwrite
        } else {
            PublishMode::Create
        });
    }
    let (append, replace) = (call.query.flag("append")?, call.query.flag("replace")?);
    match (overwrite, append, replace) {
        (false, false, false) => Ok(PublishMode::Create),
        (true, false, false) => Ok(PublishMode::Overwrite),
        (false, true, false) => Ok(PublishMode::Append),
        (false, false, true) => Ok(PublishMode::Replace),
        (true, true, false) => Err(ApiError::new(
            400_055,
            "overwrite and append exclude each other.",
        )),
        _ => Err(ApiError::new(
            400_011,
            "Only one of overwrite, append and replace may be true.",
        )),
    }
}

fn type_parameter(kind: Kind) -> (&'static str, u32) {
    match kind {
        Kind::Workbook => ("workbookType", 400_035),
        Kind::Datasource => ("datasourceType", 400_010),
        Kind::Flow => ("flowType", 400_086),
    }
}

fn source(call: &Call, kind: Kind) -> Result<Source, ApiError> {
    let files = &call.parts()?.files;
    let upload = call.query.get("uploadSessionId");
    match (files.as_slice(), upload) {
        ([], None) => Err(ApiError::bad_request(
            "The request has neither a file part nor an uploadSessionId.",
        )),
        ([], Some(id)) => {
            let (parameter, code) = type_parameter(kind);
            let file_type = call.query.get(parameter).unwrap_or_default();
            if !kind.file_types().contains(&file_type) {
                let known = kind.file_types().join(", ");
                return Err(ApiError::new(
                    code,
                    format!("{parameter} must be one of {known}, not '{file_type}'."),
                ));
            }
            Ok(Source::Upload {
                id: id.to_owned(),
                file_type: file_type.to_owned(),
            })
        }
        (_, Some(_)) => Err(ApiError::bad_request(
            "Give either a file part or an uploadSessionId, not both.",
        )),
        ([file], None) => {
            if file.name != kind.part_name() {
                let wanted = kind.part_name();
                return Err(ApiError::bad_request(format!(
                    "The file part must be named {wanted}, not '{}'.",
                    file.name
                )));
            }
            let file_type = extension(&file.filename);
            if !kind.file_types().contains(&file_type.as_str()) {
                let code = match kind {
                    Kind::Workbook => 400_020,
                    Kind::Datasource => 400_010,
                    Kind::Flow => 400_086,
                };
                let known = kind.file_types().join(", .");
                return Err(ApiError::new(
                    code,
                    format!("The file name '{}' must end in .{known}.", file.filename),
                ));
            }
            let content = file.content.clone();
            Ok(Source::Part {
                content,
                file_type,
                file_name: file.filename.clone(),
            })
        }
        _ => Err(ApiError::bad_request(
            "The request has more than one file part.",
        )),
    }
}

fn extension(filename: &str) -> String {
    filename
        .rsplit_once('.')
        .map_or_else(String::new, |(_, tail)| tail.to_ascii_lowercase())
}

/// The project that the element names, or the default one; 403007 where the caller may not publish.
fn target(call: &Call, tx: &Tx<'_>, element: &Node) -> Result<Project, ApiError> {
    let project = match element.child_id("project") {
        Some(id) => project(call, tx, id)?,
        None => tx
            .all::<Project>(call.site()?)?
            .into_iter()
            .find(|project| project.default)
            .ok_or_else(|| ApiError::new(404_005, "The site has no default project."))?,
    };
    let user = call.user()?;
    if !user.site_role.may_publish() || !rights::may_project(tx, user, &project, "Write")? {
        return Err(ApiError::new(
            403_007,
            format!("You may not publish to the project '{}'.", project.name),
        ));
    }
    Ok(project)
}

fn check_existing(
    call: &Call,
    tx: &Tx<'_>,
    request: &PublishRequest,
    project: &Project,
) -> Result<(), ApiError> {
    let (kind, name) = (request.kind, &request.name);
    match (request.existing(tx)?, request.mode) {
        (Some(_), PublishMode::Create) => {
            let code = match kind {
                Kind::Workbook => 403_130,
                Kind::Datasource => 403_007,
                Kind::Flow => 409_041,
            };
            let what = kind.element();
            let detail = format!(
                "A {what} named '{name}' already exists in the project '{}', and overwrite is not set.",
                project.name
            );
            Err(ApiError::new(code, detail))
        }
        (Some(item), _) if !rights::may_item(tx, call.user()?, &item, "Write")? => {
            Err(ApiError::new(
                403_007,
                format!("You may not overwrite the {} '{name}'.", kind.element()),
            ))
        }
        (None, PublishMode::Append | PublishMode::Replace) => Err(ApiError::new(
            404_004,
            format!("Datasource '{name}' could not be found."),
        )),
        _ => Ok(()),
    }
}

fn consume(call: &Call, tx: &Tx<'_>, source: &Source) -> Result<(), ApiError> {
    if let Source::Upload { id, .. } = source {
        let upload: Upload = uploads::find(call, tx, id)?;
        crate::housekeeping::drop_upload(tx, &upload)?;
    }
    Ok(())
}

fn now(call: &Call, request: &PublishRequest, source: &Source) -> Result<Answer, ApiError> {
    let reading = publish::read(&call.app, request)?;
    let (item, elements) = call.transact(|tx| {
        let (item, _) = publish::commit(&call.app, tx, request, &reading)?;
        consume(call, tx, source)?;
        let elements = published(call, tx, &item)?;
        Ok((item, elements))
    })?;
    let location = format!(
        "{}/api/{}/sites/{}/{}/{}",
        call.app.url.get().map_or("", String::as_str),
        call.version,
        item.site,
        item.kind.plural(),
        item.id
    );
    Ok(Answer::Elements {
        status: StatusCode::CREATED,
        elements,
        location: Some(location),
    })
}

fn published(call: &Call, tx: &Tx<'_>, item: &Item) -> Result<Vec<crate::wire::Element>, ApiError> {
    let element = super::content::full_element(call, tx, item)?;
    if item.kind == Kind::Flow {
        return Ok(vec![super::content::output_steps(item), element]);
    }
    Ok(vec![element])
}

fn later(call: &Call, request: PublishRequest, source: &Source) -> Result<Answer, ApiError> {
    let kind = match request.kind {
        Kind::Workbook => "PublishWorkbook",
        _ => "PublishDatasource",
    };
    let title = request.name.clone();
    let job = call.transact(|tx| {
        consume(call, tx, source)?;
        jobs::add(
            &call.app,
            tx,
            call.user()?,
            kind,
            &title,
            JobWork::Publish(Box::new(request)),
        )
    })?;
    call.app.job_added.notify_one();
    Ok(Answer::with(
        StatusCode::ACCEPTED,
        [super::jobs::element(&job, None)],
    ))
}
