//! The calls that publishing makes, in its own terms: from plans' words to the API's and back.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use crate::api::endpoint::connections::ConnectionChange;
use crate::api::endpoint::content::FileType;
use crate::api::endpoint::content::{ContentKind, Item};
use crate::api::endpoint::datasources::DatasourceChange;
use crate::api::endpoint::downloads::Download;
use crate::api::endpoint::flows::FlowChange;
use crate::api::endpoint::jobs::{Job, JobState, Waited};
use crate::api::endpoint::projects::ProjectChange;
use crate::api::endpoint::publish::{
    EmbeddedCredentials, PublishDatasource, PublishFlow, PublishWorkbook, Published, Upload,
};
use crate::api::endpoint::tags::Tagged;
use crate::api::endpoint::uploads::{AppendUpload, UploadSession};
use crate::api::endpoint::workbooks::WorkbookChange;
use crate::api::{self, Error, Filter, Luid, Secret, Site, Source};
use crate::plan::live::{LiveConnection, LiveView};
use crate::plan::{ItemKind, LiveItem};

use super::commit::Publish;
use super::error::{Doing, PublishError};
use super::journal::Snapshot;
use super::observe;
use super::secrets::{MissingSecret, Secrets};

/// A site, as the publisher uses it.
#[derive(Clone)]
pub struct Calls {
    site: Site,
}

/// What tells one publish of an item from the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marker {
    pub(super) revision: Option<u64>,
    pub(super) updated_at: Option<Timestamp>,
}

impl Marker {
    pub(super) fn of(before: &Snapshot) -> Self {
        Self {
            revision: before.detail.revision,
            updated_at: before.item.updated_at,
        }
    }

    /// True when `now` is a later publish. Revisions count exactly; times only where there are none.
    fn passed_by(&self, now: &Self) -> bool {
        match (self.revision, now.revision) {
            (Some(then), Some(now)) => now > then,
            _ => self.updated_at < now.updated_at,
        }
    }
}

/// What the site answered to a commit.
pub(super) enum Committed {
    /// LUID of the item.
    Item(String),
    /// The job that will publish it.
    Job(Luid),
}

pub(super) enum CommitError {
    Call(Error),
    Secret(MissingSecret),
}

/// The identity of an item in the API's terms.
pub(super) fn item(kind: ItemKind, text: &str) -> Result<Item, Error> {
    Ok(Item {
        kind: content_kind(kind),
        id: luid(text)?,
    })
}

fn content_kind(kind: ItemKind) -> ContentKind {
    match kind {
        ItemKind::Workbook => ContentKind::Workbook,
        ItemKind::Datasource => ContentKind::Datasource,
        ItemKind::Flow => ContentKind::Flow,
    }
}

fn luid(text: &str) -> Result<Luid, Error> {
    text.parse().map_err(|why: api::NotALuid| Error::Invalid {
        what: format!("`{text}`"),
        why: why.to_string(),
    })
}

/// The identity of a live item in the API's terms.
pub fn api_item(live: &LiveItem) -> Result<Item, Error> {
    item(live.kind, &live.luid)
}

/// Names of a workbook's views.
pub async fn view_names(site: &Site, workbook: &LiveItem) -> Result<Vec<String>, Error> {
    let views = observe::views(site, luid(&workbook.luid)?).await?;
    Ok(views.into_iter().map(|v| v.name).collect())
}

/// `None` for flows and where the site keeps no history.
pub async fn current_revision(site: &Site, of: Item) -> Result<Option<u64>, Error> {
    if of.kind == ContentKind::Flow {
        return Ok(None);
    }
    match site.revisions(of).await {
        Ok(revisions) => Ok(revisions
            .iter()
            .filter(|r| !r.deleted)
            .map(|r| r.number)
            .max()),
        Err(error)
            if error.is(403_053)
                || error.is(403_054)
                || error.is(403_056)
                || error.is_not_available() =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

impl Calls {
    pub fn new(site: Site) -> Self {
        Self { site }
    }

    /// Requests that were sent so far.
    pub(super) fn requests(&self) -> u64 {
        self.site.client().requests()
    }

    /// The site puts chunks in order by their sequence ID (REST API 3.27; reference: REST corrections, 1.1).
    pub(super) fn orders_chunks(&self) -> bool {
        self.site.has_sequenced_uploads()
    }

    pub(super) async fn item(&self, kind: ItemKind, id: &str) -> Result<LiveItem, Error> {
        let id = luid(id)?;
        Ok(match kind {
            ItemKind::Workbook => observe::from_workbook(&self.site.workbook(id).await?, None),
            ItemKind::Datasource => {
                observe::from_datasource(&self.site.datasource(id).await?, None)
            }
            ItemKind::Flow => observe::from_flow(&self.site.flow(id).await?, None),
        })
    }

    pub(super) async fn revision(&self, kind: ItemKind, id: &str) -> Result<Option<u64>, Error> {
        current_revision(&self.site, item(kind, id)?).await
    }

    /// Fails when the item has been published since `then` was read.
    pub(super) async fn unmoved(
        &self,
        then: &LiveItem,
        revision: Option<u64>,
    ) -> Result<(), PublishError> {
        let now = match revision {
            Some(_) => Marker {
                revision: self
                    .revision(then.kind, &then.luid)
                    .await
                    .doing("reading its revision")?,
                updated_at: None,
            },
            None => Marker {
                revision: None,
                updated_at: self
                    .item(then.kind, &then.luid)
                    .await
                    .doing("reading it")?
                    .updated_at,
            },
        };
        let then = Marker {
            revision,
            updated_at: then.updated_at,
        };
        if then.passed_by(&now) {
            let show = |m: &Marker| {
                m.revision.map_or_else(
                    || format!("updated {}", m.updated_at.unwrap_or_default()),
                    |r| format!("revision {r}"),
                )
            };
            return Err(PublishError::Moved(format!(
                "{} then, {} now",
                show(&then),
                show(&now)
            )));
        }
        Ok(())
    }

    /// The LUID of an item that was published since `known`: the one that is there, when nothing was known.
    /// Lists by name, and looks at the project itself: names repeat across projects.
    pub(super) async fn published_since(
        &self,
        kind: ItemKind,
        project: &str,
        name: &str,
        known: Option<&Marker>,
    ) -> Result<Option<String>, Error> {
        let project = luid(project)?;
        // A name with a comma or an ampersand cannot be asked for; then all are listed.
        let filter = Filter::all().eq("name", name).unwrap_or_default();
        let same = |candidate: &str, of: Option<Luid>| {
            of == Some(project) && candidate.to_lowercase() == name.to_lowercase()
        };
        let found = match kind {
            ItemKind::Workbook => {
                let all = self.site.workbooks(filter).await?;
                all.into_iter()
                    .find(|w| same(&w.name, w.project.as_ref().map(|p| p.id)))
                    .map(|w| (w.id, w.updated_at))
            }
            ItemKind::Datasource => {
                let all = self.site.datasources(filter).await?;
                all.into_iter()
                    .find(|d| same(&d.name, d.project.as_ref().map(|p| p.id)))
                    .map(|d| (d.id, d.updated_at))
            }
            ItemKind::Flow => {
                let all = self.site.flows(filter).await?;
                all.into_iter()
                    .find(|f| same(&f.name, f.project.as_ref().map(|p| p.id)))
                    .map(|f| (f.id, f.updated_at))
            }
        };
        let Some((id, updated_at)) = found else {
            return Ok(None);
        };
        let Some(known) = known else {
            return Ok(Some(id.to_string()));
        };
        let revision = current_revision(
            &self.site,
            Item {
                kind: content_kind(kind),
                id,
            },
        )
        .await?;
        Ok(known
            .passed_by(&Marker {
                revision,
                updated_at,
            })
            .then(|| id.to_string()))
    }

    /// Creates a project, or finds the one that somebody created meanwhile.
    pub(super) async fn create_project(
        &self,
        parent: Option<&str>,
        name: &str,
        description: &str,
    ) -> Result<String, Error> {
        let parent = parent.map(luid).transpose()?;
        let change = ProjectChange {
            name: Some(name.to_owned()),
            parent: parent.map(Some),
            description: (!description.is_empty()).then(|| description.to_owned()),
            ..ProjectChange::default()
        };
        match self.site.create_project(change).await {
            Ok(project) => Ok(project.id.to_string()),
            Err(error) if error.is(409_006) || error.fate() == api::Fate::Unknown => {
                let projects = self.site.projects(Filter::all()).await?;
                let same = projects
                    .into_iter()
                    .find(|p| p.parent == parent && p.name.to_lowercase() == name.to_lowercase());
                same.map(|p| p.id.to_string()).ok_or(error)
            }
            Err(error) => Err(error),
        }
    }

    /// `None` when it is there already.
    pub(super) async fn create_lock(
        &self,
        name: &str,
        description: &str,
    ) -> Result<Option<String>, Error> {
        let change = ProjectChange {
            name: Some(name.to_owned()),
            description: Some(description.to_owned()),
            ..ProjectChange::default()
        };
        match self.site.create_project(change).await {
            Ok(project) => Ok(Some(project.id.to_string())),
            Err(error) if error.is(409_006) => Ok(None),
            // The answer was lost: the lock may be ours. Its description tells.
            Err(error) if error.fate() == api::Fate::Unknown => match self.find_lock(name).await? {
                Some((id, holder, _)) if holder == description => Ok(Some(id)),
                _ => Err(error),
            },
            Err(error) => Err(error),
        }
    }

    /// LUID, description and age of the lock.
    pub(super) async fn find_lock(
        &self,
        name: &str,
    ) -> Result<Option<(String, String, Option<Timestamp>)>, Error> {
        let projects = self.site.projects(Filter::all()).await?;
        let found = projects
            .into_iter()
            .find(|p| p.parent.is_none() && p.name.to_lowercase() == name.to_lowercase());
        Ok(found.map(|p| {
            (
                p.id.to_string(),
                p.description.unwrap_or_default(),
                p.created_at,
            )
        }))
    }

    pub(super) async fn delete_project(&self, id: &str) -> Result<(), Error> {
        self.site.delete_project(luid(id)?).await
    }

    pub(super) async fn delete(&self, kind: ItemKind, id: &str) -> Result<(), Error> {
        self.site.delete(item(kind, id)?).await
    }

    pub(super) async fn delete_if_there(&self, kind: ItemKind, id: &str) -> Result<(), Error> {
        match self.delete(kind, id).await {
            Err(error) if error.kind() == api::ErrorKind::NotFound => Ok(()),
            outcome => outcome,
        }
    }

    pub(super) async fn move_to(
        &self,
        kind: ItemKind,
        id: &str,
        project: &str,
    ) -> Result<(), Error> {
        self.change(
            kind,
            id,
            Change {
                project: Some(luid(project)?),
                ..Change::default()
            },
        )
        .await
    }

    pub(super) async fn set_owner(
        &self,
        kind: ItemKind,
        id: &str,
        owner: &str,
    ) -> Result<(), Error> {
        self.change(
            kind,
            id,
            Change {
                owner: Some(luid(owner)?),
                ..Change::default()
            },
        )
        .await
    }

    /// Flows take a description only with the publish.
    pub(super) async fn describe(&self, kind: ItemKind, id: &str, text: &str) -> Result<(), Error> {
        if kind == ItemKind::Flow {
            return Ok(());
        }
        self.change(
            kind,
            id,
            Change {
                description: Some(text.to_owned()),
                ..Change::default()
            },
        )
        .await
    }

    pub(super) async fn certify(&self, id: &str, note: Option<&str>) -> Result<(), Error> {
        let change = DatasourceChange {
            is_certified: Some(true),
            certification_note: note.map(str::to_owned),
            ..DatasourceChange::default()
        };
        self.site
            .update_datasource(luid(id)?, change)
            .await
            .map(drop)
    }

    async fn change(&self, kind: ItemKind, id: &str, change: Change) -> Result<(), Error> {
        let id = luid(id)?;
        let Change {
            project,
            owner,
            description,
        } = change;
        match kind {
            ItemKind::Workbook => self
                .site
                .update_workbook(
                    id,
                    WorkbookChange {
                        project,
                        owner,
                        description,
                        ..WorkbookChange::default()
                    },
                )
                .await
                .map(drop),
            ItemKind::Datasource => self
                .site
                .update_datasource(
                    id,
                    DatasourceChange {
                        project,
                        owner,
                        description,
                        ..DatasourceChange::default()
                    },
                )
                .await
                .map(drop),
            ItemKind::Flow => self
                .site
                .update_flow(id, FlowChange { project, owner })
                .await
                .map(drop),
        }
    }

    pub(super) async fn user(&self, name: &str) -> Result<Option<String>, Error> {
        let users = self.site.users_named(name).await?;
        Ok(users
            .into_iter()
            .find(|u| u.name.eq_ignore_ascii_case(name))
            .map(|u| u.id.to_string()))
    }

    pub(super) async fn add_tags(
        &self,
        kind: ItemKind,
        id: &str,
        tags: &[String],
    ) -> Result<(), Error> {
        self.site
            .add_tags(item(kind, id)?, tags.to_vec())
            .await
            .map(drop)
    }

    pub(super) async fn delete_tag(
        &self,
        kind: ItemKind,
        id: &str,
        tag: &str,
    ) -> Result<(), Error> {
        self.site.delete_tag(item(kind, id)?, tag).await
    }

    pub(super) async fn add_view_tags(&self, view: &str, tags: &[String]) -> Result<(), Error> {
        self.site
            .add_tags(Tagged::View(luid(view)?), tags.to_vec())
            .await
            .map(drop)
    }

    pub(super) async fn views(&self, workbook: &str) -> Result<Vec<LiveView>, Error> {
        observe::views(&self.site, luid(workbook)?).await
    }

    pub(super) async fn connections(
        &self,
        kind: ItemKind,
        id: &str,
    ) -> Result<Vec<LiveConnection>, Error> {
        observe::connections(&self.site, item(kind, id)?).await
    }

    pub(super) async fn embed(
        &self,
        kind: ItemKind,
        id: &str,
        connection: &str,
        user: Option<&str>,
        password: Option<&Secret>,
        embed: bool,
    ) -> Result<(), Error> {
        let change = ConnectionChange {
            user_name: user.map(str::to_owned),
            password: password.cloned(),
            embed_password: Some(embed),
            ..ConnectionChange::default()
        };
        self.site
            .update_connection(item(kind, id)?, luid(connection)?, change)
            .await
            .map(drop)
    }

    pub(super) async fn render(&self, view: &str) -> Result<(), Error> {
        self.site.view_image(luid(view)?).await.map(drop)
    }

    pub(super) async fn begin_upload(&self) -> Result<UploadSession, Error> {
        self.site.initiate_upload().await
    }

    pub(super) async fn append(
        &self,
        upload: &UploadSession,
        block: Source,
        sequence: Option<u64>,
        progress: api::Progress,
    ) -> Result<(), Error> {
        let append = AppendUpload {
            upload: upload.clone(),
            sequence,
            block,
            progress: Some(progress),
        };
        self.site.append_upload(&append).await
    }

    /// Sends one commit, once.
    pub(super) async fn publish(
        &self,
        publish: &Publish<'_>,
        sending: Sending,
        secrets: &dyn Secrets,
    ) -> Result<Committed, CommitError> {
        let credentials = credentials(publish, secrets).map_err(CommitError::Secret)?;
        let project = luid(&publish.project).map_err(CommitError::Call)?;
        let call = match publish.kind {
            ItemKind::Workbook => {
                self.publish_workbook(publish, project, sending, credentials)
                    .await
            }
            ItemKind::Datasource => {
                self.publish_datasource(publish, project, sending, credentials)
                    .await
            }
            ItemKind::Flow => {
                self.publish_flow(publish, project, sending, credentials)
                    .await
            }
        };
        call.map_err(CommitError::Call)
    }

    async fn publish_workbook(
        &self,
        publish: &Publish<'_>,
        project: Luid,
        sending: Sending,
        credentials: Vec<EmbeddedCredentials>,
    ) -> Result<Committed, Error> {
        let wanted = publish.wanted;
        let call = PublishWorkbook {
            mode: publish.mode(),
            as_job: sending.as_job,
            skip_connection_check: wanted.skip_connection_check,
            description: wanted.description.clone(),
            show_tabs: wanted.show_tabs,
            hidden_views: wanted.hidden.clone(),
            credentials,
            ..PublishWorkbook::new(&publish.name, project, sending.file_type, sending.upload)
        };
        Ok(match self.site.publish_workbook(&call).await? {
            Published::Done(workbook) => Committed::Item(workbook.id.to_string()),
            Published::Job(job) => Committed::Job(job.id),
        })
    }

    async fn publish_datasource(
        &self,
        publish: &Publish<'_>,
        project: Luid,
        sending: Sending,
        credentials: Vec<EmbeddedCredentials>,
    ) -> Result<Committed, Error> {
        let wanted = publish.wanted;
        let call = PublishDatasource {
            mode: publish.mode(),
            as_job: sending.as_job,
            description: wanted.description.clone(),
            credentials,
            ..PublishDatasource::new(&publish.name, project, sending.file_type, sending.upload)
        };
        Ok(match self.site.publish_datasource(&call).await? {
            Published::Done(datasource) => Committed::Item(datasource.id.to_string()),
            Published::Job(job) => Committed::Job(job.id),
        })
    }

    async fn publish_flow(
        &self,
        publish: &Publish<'_>,
        project: Luid,
        sending: Sending,
        credentials: Vec<EmbeddedCredentials>,
    ) -> Result<Committed, Error> {
        let call = PublishFlow {
            name: publish.name.clone(),
            project,
            file_type: sending.file_type,
            upload: sending.upload,
            mode: publish.mode(),
            description: publish.wanted.description.clone(),
            credentials,
        };
        Ok(Committed::Item(
            self.site.publish_flow(&call).await?.id.to_string(),
        ))
    }

    /// Waits for a job; comes back with how it ended.
    pub(super) async fn wait(&self, job: Luid, limit: Duration) -> Result<JobEnd, Error> {
        Ok(
            match self.site.wait_for_job(job, limit, &|_: &Job| {}).await? {
                Waited::Ended(job) if job.state() == JobState::Succeeded => JobEnd::Succeeded,
                Waited::Ended(job) => JobEnd::Failed(if job.notes.is_empty() {
                    "the site gives no reason".to_owned()
                } else {
                    job.notes.join("; ")
                }),
                Waited::Forgotten | Waited::NotVisible => JobEnd::Unknown,
                Waited::StillGoing(_) => JobEnd::Overdue,
            },
        )
    }

    /// Starts an extract refresh; `None` when there is nothing to refresh.
    pub(super) async fn refresh(&self, kind: ItemKind, id: &str) -> Result<Option<Luid>, Error> {
        match self.site.refresh(item(kind, id)?, false).await {
            Ok(job) => Ok(Some(job.id)),
            // No extract, or a live connection (reference: REST corrections, 4.6).
            Err(error) if error.is(403_180) || error.is(403_104) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes content to `path`; comes back with the name that the site gives the file.
    pub(super) async fn download(
        &self,
        kind: ItemKind,
        id: &str,
        revision: Option<u64>,
        path: &Path,
    ) -> Result<String, Error> {
        let of = item(kind, id)?;
        let download = Download {
            revision,
            ..Download::of(of)
        };
        let head = match self.site.save(&download, path, None).await {
            // The current revision cannot be had by its number.
            Err(error) if revision.is_some() && error.is(404_024) => {
                self.site.save(&Download::of(of), path, None).await?
            }
            outcome => outcome?,
        };
        Ok(head.name)
    }
}

/// How the bytes of one commit go.
pub(super) struct Sending {
    pub(super) upload: Upload,
    pub(super) file_type: FileType,
    pub(super) as_job: bool,
}

/// How a job ended, as far as can be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum JobEnd {
    Succeeded,
    /// With the site's own words.
    Failed(String),
    /// The account may not see it, or the site has forgotten it: the item itself tells.
    Unknown,
    Overdue,
}

/// Credentials go with the publish too, so that the site's connection check is a real one.
fn credentials(
    publish: &Publish<'_>,
    secrets: &dyn Secrets,
) -> Result<Vec<EmbeddedCredentials>, MissingSecret> {
    let embedded = publish
        .wanted
        .credentials
        .iter()
        .filter(|c| c.embed && c.server.is_some());
    embedded
        .filter_map(|c| Some((c, c.username.clone()?)))
        .map(|(c, user_name)| {
            let password = c.secret.as_ref().map(|s| secrets.secret(s)).transpose()?;
            Ok(EmbeddedCredentials {
                server_address: c.server.clone(),
                server_port: None,
                user_name,
                password,
                oauth: false,
            })
        })
        .collect()
}

#[derive(Default)]
struct Change {
    project: Option<Luid>,
    owner: Option<Luid>,
    description: Option<String>,
}
