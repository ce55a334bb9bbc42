//! What a publish does to a site: a new item, or a new revision of an old one and the loss of what goes with it.

mod connections;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::blobs::Content;
use crate::content_url;
use crate::error::ApiError;
use crate::model::{Connection, Item, Kind, Project, Revision, Sheet, Tag, View, new_id};
use crate::reading::{self, Reading};
use crate::store::Tx;
use crate::trash::Trash;
use crate::webhook::{self, Event};
use crate::wire::Node;

use connections::connections;

/// How many revisions a site keeps of an item.
const KEPT_REVISIONS: usize = 25;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum PublishMode {
    Create,
    Overwrite,
    Append,
    Replace,
}

/// A publish that has passed the checks of the request itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PublishRequest {
    pub(crate) kind: Kind,
    pub(crate) site: String,
    pub(crate) user: String,
    pub(crate) project: String,
    pub(crate) name: String,
    /// The `workbook`, `datasource` or `flow` element.
    pub(crate) element: Node,
    pub(crate) content: Content,
    pub(crate) file_type: String,
    /// As error texts name the file.
    pub(crate) file_name: String,
    pub(crate) mode: PublishMode,
}

impl PublishRequest {
    /// The item that it would overwrite.
    pub(crate) fn existing(&self, tx: &Tx<'_>) -> Result<Option<Item>, ApiError> {
        tx.by_name::<Item>(&self.site, &Item::key(self.kind, &self.project, &self.name))
    }

    fn refused(&self, reason: &dyn std::fmt::Display) -> ApiError {
        ApiError::new(
            400_011,
            format!(
                "There was a problem publishing the file '{}': {reason}.",
                self.file_name
            ),
        )
    }
}

/// Reads the file. Not in a transaction: it may be large.
pub(crate) fn read(app: &App, request: &PublishRequest) -> Result<Reading, ApiError> {
    let reader = std::io::BufReader::with_capacity(64 << 10, app.blobs.reader(&request.content));
    reading::read(
        request.kind,
        &request.file_type,
        reader,
        app.options.document_version(),
    )
    .map_err(|error| request.refused(&error))
}

/// Carries the publish out. The item as it is now, and whether it is new.
pub(crate) fn commit(
    app: &App,
    tx: &Tx<'_>,
    request: &PublishRequest,
    reading: &Reading,
) -> Result<(Item, bool), ApiError> {
    let existing = request.existing(tx)?;
    if let (Some(item), PublishMode::Append | PublishMode::Replace) = (&existing, request.mode) {
        let item = new_data(tx, item.clone())?;
        webhook::raise_for(app, tx, &item, "Updated")?;
        return Ok((item, false));
    }
    let hidden = hidden_views(request, reading)?;
    let connections = connections(tx, request, reading, existing.as_ref())?;
    let now = Timestamp::now();
    let created = existing.is_none();
    let mut item = match existing {
        Some(item) => item,
        None => new_item(app, tx, request, now)?,
    };
    overwrite(&mut item, request, reading, connections, now)?;
    tx.put(&item)?;
    if item.kind == Kind::Workbook {
        replace_views(app, tx, &item, &reading.sheets, &hidden, now)?;
    }
    let what = if created { "Created" } else { "Updated" };
    webhook::raise_for(app, tx, &item, what)?;
    Ok((item, created))
}

/// Append and replace change an extract's data and nothing else. The sandbox does not look into extracts, so the
/// file stays what it was; the times tell.
fn new_data(tx: &Tx<'_>, mut item: Item) -> Result<Item, ApiError> {
    let now = Timestamp::now();
    item.updated_at = now;
    item.extract_refreshed_at = Some(now);
    tx.put(&item)?;
    Ok(item)
}

/// Names of views that the request hides. A publish that hides all is refused.
fn hidden_views(request: &PublishRequest, reading: &Reading) -> Result<Vec<String>, ApiError> {
    let mut hidden = Vec::new();
    for view in request.element.items("views", "view") {
        if view.boolean("hidden")?.unwrap_or(false) {
            hidden.push(view.required_attribute("name")?.to_owned());
        }
    }
    let shown = |sheet: &Sheet| !sheet.hidden && !hidden.contains(&sheet.name);
    if request.kind == Kind::Workbook
        && !reading.sheets.is_empty()
        && !reading.sheets.iter().any(shown)
    {
        return Err(request.refused(&"all of its views are hidden"));
    }
    Ok(hidden)
}

fn new_item(
    app: &App,
    tx: &Tx<'_>,
    request: &PublishRequest,
    now: Timestamp,
) -> Result<Item, ApiError> {
    let (site, kind) = (request.site.as_str(), request.kind);
    let content_url = content_url::unique(&request.name, app.options.style, now, |candidate| {
        let key = Item::url(kind, candidate);
        // What is in the recycle bin keeps its content URL.
        Ok::<_, ApiError>(
            tx.by_url::<Item>(site, &key)?.is_some() || tx.by_url::<Trash>(site, &key)?.is_some(),
        )
    })?;
    let permissions = match tx.get::<Project>(&request.project)? {
        Some(project) => project
            .default_permissions
            .get(kind.plural())
            .cloned()
            .unwrap_or_default(),
        None => Vec::new(),
    };
    Ok(Item {
        id: new_id(),
        site: request.site.clone(),
        kind,
        number: tx.next(kind.element())?,
        name: request.name.clone(),
        description: String::new(),
        content_url,
        project: request.project.clone(),
        owner: request.user.clone(),
        tags: Vec::new(),
        created_at: now,
        updated_at: now,
        permissions,
        connections: Vec::new(),
        revisions: Vec::new(),
        has_extracts: false,
        encrypt_extracts: false,
        show_tabs: false,
        sheet_count: 0,
        class: String::new(),
        certified: false,
        certification_note: String::new(),
        use_remote_query_agent: false,
        extract_refreshed_at: None,
        output_steps: Vec::new(),
    })
}

/// LUID, content URL, project, permissions, schedules and certification stay; owner, tags, credentials,
/// description and tabs are the request's.
fn overwrite(
    item: &mut Item,
    request: &PublishRequest,
    reading: &Reading,
    connections: Vec<Connection>,
    now: Timestamp,
) -> Result<(), ApiError> {
    let element = &request.element;
    item.owner.clone_from(&request.user);
    item.tags = Vec::<Tag>::new();
    item.connections = connections;
    element
        .attribute("description")
        .unwrap_or_default()
        .clone_into(&mut item.description);
    item.show_tabs = element.boolean("showTabs")?.unwrap_or(false);
    item.encrypt_extracts = element
        .boolean("encryptExtracts")?
        .unwrap_or(item.encrypt_extracts);
    item.certified = element.boolean("isCertified")?.unwrap_or(item.certified);
    if let Some(note) = element.attribute("certificationNote") {
        note.clone_into(&mut item.certification_note);
    }
    item.use_remote_query_agent = element.boolean("useRemoteQueryAgent")?.unwrap_or(false);
    item.has_extracts = reading.has_extracts();
    item.sheet_count = reading.sheets.len();
    item.class = reading.class();
    item.output_steps.clone_from(&reading.outputs);
    item.updated_at = now;
    item.extract_refreshed_at = item.has_extracts.then_some(now);
    let number = item.current().map_or(1, |revision| revision.number + 1);
    item.revisions.push(Revision {
        number,
        published_at: now,
        publisher: request.user.clone(),
        content: request.content.clone(),
        file_type: request.file_type.clone(),
        deleted: false,
    });
    if item.revisions.len() > KEPT_REVISIONS {
        item.revisions.remove(0);
    }
    Ok(())
}

/// A view keeps its LUID as long as its sheet keeps its name; its tags go, its hidden choice is the request's.
fn replace_views(
    app: &App,
    tx: &Tx<'_>,
    item: &Item,
    sheets: &[Sheet],
    hidden: &[String],
    now: Timestamp,
) -> Result<(), ApiError> {
    let mut old = tx.children::<View>(&item.id)?;
    let mut taken: Vec<String> = old.iter().map(|view| view.url_name.clone()).collect();
    for (index, sheet) in sheets.iter().filter(|sheet| !sheet.hidden).enumerate() {
        let hidden = hidden.contains(&sheet.name);
        let view = match old.iter().position(|view| view.name == sheet.name) {
            Some(at) => {
                let view = old.swap_remove(at);
                View {
                    kind: sheet.kind,
                    index,
                    hidden,
                    tags: Vec::new(),
                    updated_at: now,
                    ..view
                }
            }
            None => {
                let url_name =
                    content_url::unique(&sheet.name, crate::Style::Server, now, |candidate| {
                        Ok::<_, ApiError>(taken.iter().any(|other| other == candidate))
                    })?;
                taken.push(url_name.clone());
                new_view(item, sheet, index, hidden, url_name, now)
            }
        };
        tx.put(&view)?;
    }
    for gone in old {
        tx.delete::<View>(&gone.id)?;
        crate::removal::drop_subscriptions(tx, &gone.id)?;
        crate::removal::drop_favorites(tx, &gone.id)?;
        webhook::raise(app, tx, &gone.site, &Event::view_deleted(&gone, item))?;
    }
    Ok(())
}

fn new_view(
    item: &Item,
    sheet: &Sheet,
    index: usize,
    hidden: bool,
    url_name: String,
    now: Timestamp,
) -> View {
    View {
        id: new_id(),
        site: item.site.clone(),
        workbook: item.id.clone(),
        name: sheet.name.clone(),
        content_url: format!("{}/sheets/{url_name}", item.content_url),
        url_name,
        kind: sheet.kind,
        index,
        hidden,
        tags: Vec::new(),
        permissions: item.permissions.clone(),
        created_at: now,
        updated_at: now,
        hits: 0,
    }
}
