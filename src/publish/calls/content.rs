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
use super::{Calls, Shown, current_revision, item, luid};

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
        let saved = self.site.save(&download, path, None).await;
        // The current revision cannot be had by its number; one that is gone is answered alike.
        let is_current = match &saved {
            Err(error) if revision.is_some() && error.is(404_024) => {
                current_revision(&self.site, of).await? == revision
            }
            _ => false,
        };
        let head = if is_current {
            self.site.save(&Download::of(of), path, None).await?
        } else {
            saved?
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

#[cfg(test)]
mod tests {
    use super::super::super::commit::Destination;
    use super::super::super::wanted::Wanted;
    use super::*;
    use crate::api::Secret;
    use crate::plan::desired::Credential;

    struct Named;

    impl Secrets for Named {
        fn secret(&self, reference: &str) -> Result<Secret, MissingSecret> {
            match reference {
                "env:PG" => Ok(Secret::new("hunter2")),
                name => Err(MissingSecret {
                    name: name.to_owned(),
                    why: "is not set".to_owned(),
                }),
            }
        }
    }

    fn sent(all: Vec<Credential>) -> Result<Vec<EmbeddedCredentials>, MissingSecret> {
        let wanted = Wanted {
            credentials: all,
            ..Wanted::default()
        };
        let publish = Publish {
            to: Destination {
                kind: ItemKind::Workbook,
                name: String::new(),
                project: String::new(),
                known: None,
            },
            wanted: &wanted,
        };
        credentials(&publish, &Named)
    }

    #[test]
    fn what_is_embedded_for_a_server_goes_with_the_publish() {
        let one = Credential {
            class: None,
            server: Some("pg".to_owned()),
            username: Some("svc".to_owned()),
            secret: Some("env:PG".to_owned()),
            embed: true,
        };
        let of_any = Credential {
            server: None,
            ..one.clone()
        };
        let asked = Credential {
            embed: false,
            ..one.clone()
        };
        let all = sent(vec![one.clone(), of_any, asked]).unwrap();
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].server_address.as_deref(), Some("pg"));
        assert_eq!(all[0].user_name, "svc");
        let password = all[0].password.as_ref().unwrap();
        assert_eq!(password.expose(), "hunter2");
        let missing = Credential {
            secret: Some("env:NO".to_owned()),
            ..one
        };
        assert_eq!(sent(vec![missing]).unwrap_err().name, "env:NO");
    }
}
