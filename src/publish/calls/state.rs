//! The server state of an item: owner, project, tags, views, connections, certification.

use crate::api::endpoint::connections::ConnectionChange;
use crate::api::endpoint::datasources::DatasourceChange;
use crate::api::endpoint::flows::FlowChange;
use crate::api::endpoint::tags::Tagged;
use crate::api::endpoint::workbooks::WorkbookChange;
use crate::api::{Error, Luid, Secret};
use crate::plan::ItemKind;
use crate::plan::live::{LiveConnection, LiveView};

use super::super::observe;
use super::{Calls, item, luid};

#[derive(Default)]
struct Change {
    project: Option<Luid>,
    owner: Option<Luid>,
    description: Option<String>,
}

impl Calls {
    pub(in crate::publish) async fn move_to(
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

    pub(in crate::publish) async fn set_owner(
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
    pub(in crate::publish) async fn describe(
        &self,
        kind: ItemKind,
        id: &str,
        text: &str,
    ) -> Result<(), Error> {
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

    pub(in crate::publish) async fn certify(
        &self,
        id: &str,
        note: Option<&str>,
    ) -> Result<(), Error> {
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

    pub(in crate::publish) async fn user(&self, name: &str) -> Result<Option<String>, Error> {
        let users = self.site.users_named(name).await?;
        Ok(users
            .into_iter()
            .find(|u| u.name.eq_ignore_ascii_case(name))
            .map(|u| u.id.to_string()))
    }

    pub(in crate::publish) async fn add_tags(
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

    pub(in crate::publish) async fn delete_tag(
        &self,
        kind: ItemKind,
        id: &str,
        tag: &str,
    ) -> Result<(), Error> {
        self.site.delete_tag(item(kind, id)?, tag).await
    }

    pub(in crate::publish) async fn add_view_tags(
        &self,
        view: &str,
        tags: &[String],
    ) -> Result<(), Error> {
        self.site
            .add_tags(Tagged::View(luid(view)?), tags.to_vec())
            .await
            .map(drop)
    }

    pub(in crate::publish) async fn views(&self, workbook: &str) -> Result<Vec<LiveView>, Error> {
        observe::views(&self.site, luid(workbook)?).await
    }

    pub(in crate::publish) async fn connections(
        &self,
        kind: ItemKind,
        id: &str,
    ) -> Result<Vec<LiveConnection>, Error> {
        observe::connections(&self.site, item(kind, id)?).await
    }

    /// Sets credentials of these connections of an item, and of no others where the site can do that (REST API 3.27);
    /// elsewhere, one call may spread to the others of a type (reference: REST corrections, 8.1).
    pub(in crate::publish) async fn embed(
        &self,
        kind: ItemKind,
        id: &str,
        connections: &[String],
        user: Option<&str>,
        password: Option<&Secret>,
        embed: bool,
    ) -> Result<(), Error> {
        let item = item(kind, id)?;
        let connections: Vec<Luid> = connections
            .iter()
            .map(|c| luid(c))
            .collect::<Result<_, _>>()?;
        let change = ConnectionChange {
            user_name: user.map(str::to_owned),
            password: password.cloned(),
            embed_password: Some(embed),
            ..ConnectionChange::default()
        };
        if self.site.has_exact_connection_updates() && kind != ItemKind::Flow {
            let all = connections.clone();
            match self
                .site
                .update_connections(item, all, change.clone())
                .await
            {
                Err(error) if error.is_not_available() => {}
                outcome => return outcome.map(drop),
            }
        }
        for connection in connections {
            self.site
                .update_connection(item, connection, change.clone())
                .await?;
        }
        Ok(())
    }
}
