//! Bytes to the site and back.

use std::path::Path;

use crate::api::endpoint::content::FileType;
use crate::api::endpoint::downloads::Download;
use crate::api::endpoint::publish::{
    EmbeddedCredentials, PublishDatasource, PublishFlow, PublishWorkbook, Published, Upload,
};
use crate::api::endpoint::uploads::{AppendUpload, UploadSession};
use crate::api::{self, Error, Luid, Source};
use crate::plan::ItemKind;

use super::super::commit::Publish;
use super::super::secrets::{MissingSecret, Secrets};
use super::{Calls, Shown, item, luid};

/// What the site answered to a commit.
pub(in crate::publish) enum Committed {
    /// The item, as it is now.
    Item(Box<Shown>),
    /// The job that will publish it.
    Job(Luid),
}

pub(in crate::publish) enum CommitError {
    Call(Error),
    Secret(MissingSecret),
}
/// How the bytes of one commit go.
pub(in crate::publish) struct Sending {
    pub(in crate::publish) upload: Upload,
    pub(in crate::publish) file_type: FileType,
    pub(in crate::publish) as_job: bool,
}

impl Calls {
    pub(in crate::publish) async fn begin_upload(&self) -> Result<UploadSession, Error> {
        self.site.initiate_upload().await
    }

    pub(in crate::publish) async fn append(
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
    pub(in crate::publish) async fn publish(
        &self,
        publish: &Publish<'_>,
        sending: Sending,
        secrets: &dyn Secrets,
    ) -> Result<Committed, CommitError> {
        let credentials = credentials(publish, secrets).map_err(CommitError::Secret)?;
        let project = luid(&publish.to.project).map_err(CommitError::Call)?;
        let call = match publish.to.kind {
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
            ..PublishWorkbook::new(&publish.to.name, project, sending.file_type, sending.upload)
        };
        Ok(match self.site.publish_workbook(&call).await? {
            Published::Done(workbook) => Committed::Item(Box::new(workbook.into())),
            Published::Job(job) => Committed::Job(job.id),
        })
    }

    /// Certification is no part of a publish (REST API help, "Publish Data Source"): it is set afterwards, before the
    /// stamp.
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
            ..PublishDatasource::new(&publish.to.name, project, sending.file_type, sending.upload)
        };
        Ok(match self.site.publish_datasource(&call).await? {
            Published::Done(datasource) => Committed::Item(Box::new(datasource.into())),
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
            name: publish.to.name.clone(),
            project,
            file_type: sending.file_type,
            upload: sending.upload,
            mode: publish.mode(),
            description: publish.wanted.description.clone(),
            credentials,
        };
        let flow = self.site.publish_flow(&call).await?;
        Ok(Committed::Item(Box::new(flow.into())))
    }

    /// Writes content to `path`; comes back with the name that the site gives the file.
    pub(in crate::publish) async fn download(
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
