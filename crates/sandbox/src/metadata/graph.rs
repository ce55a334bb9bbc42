//! Everything on a site that the caller may see, as nodes that lead to one another.

use std::collections::BTreeMap;

use super::file::{self, FileFacts, SourceFact, TableFact};
use crate::app::App;
use crate::call::Caller;
use crate::error::ApiError;
use crate::model::{Item, Kind, Project, Revision, Site, User, View};
use crate::{reading, rights};

/// An item with what its file tells.
pub(super) struct Published {
    pub(super) item: Item,
    pub(super) views: Vec<View>,
    pub(super) facts: FileFacts,
}

pub(super) struct Graph {
    pub(super) site: Site,
    pub(super) users: BTreeMap<String, User>,
    pub(super) projects: BTreeMap<String, Project>,
    pub(super) workbooks: Vec<Published>,
    pub(super) datasources: Vec<Published>,
    pub(super) flows: Vec<Published>,
}

impl Graph {
    pub(super) fn load(app: &App, caller: &Caller) -> Result<Self, ApiError> {
        let mut graph = app.store.transact(|tx| {
            let site = tx
                .get::<Site>(&caller.session.site)?
                .ok_or_else(|| ApiError::new(404_000, "The site of this session is gone."))?;
            let visible = |kind| -> Result<Vec<Published>, ApiError> {
                let mut found = Vec::new();
                for item in tx.items(&site.id, kind)? {
                    if rights::may_item(tx, &caller.user, &item, "Read")? {
                        let views = tx.children::<View>(&item.id)?;
                        found.push(Published {
                            item,
                            views,
                            facts: FileFacts::default(),
                        });
                    }
                }
                Ok(found)
            };
            Ok(Self {
                workbooks: visible(Kind::Workbook)?,
                datasources: visible(Kind::Datasource)?,
                flows: visible(Kind::Flow)?,
                users: tx
                    .all::<User>(&site.id)?
                    .into_iter()
                    .map(|user| (user.id.clone(), user))
                    .collect(),
                projects: tx
                    .all::<Project>(&site.id)?
                    .into_iter()
                    .map(|p| (p.id.clone(), p))
                    .collect(),
                site,
            })
        })?;
        // Files are read outside the transaction: they may be many.
        for published in graph.workbooks.iter_mut().chain(&mut graph.datasources) {
            published.facts = facts(app, &published.item);
        }
        Ok(graph)
    }

    /// The published data source that an embedded source stands for.
    pub(super) fn published(&self, source: &SourceFact) -> Option<usize> {
        let url = source.published.as_ref()?;
        self.datasources
            .iter()
            .position(|datasource| datasource.item.content_url == *url)
    }

    /// Every table that some data source reads, once.
    pub(super) fn tables(&self) -> Vec<&TableFact> {
        let sources = self
            .datasources
            .iter()
            .chain(&self.workbooks)
            .flat_map(|published| &published.facts.sources);
        let mut tables: Vec<&TableFact> = sources.flat_map(|source| &source.tables).collect();
        tables.sort();
        tables.dedup();
        tables
    }
}

/// What the item's current file tells.
pub(super) fn facts(app: &App, item: &Item) -> FileFacts {
    item.current().map_or_else(FileFacts::default, |revision| {
        facts_of(app, item.kind, revision)
    })
}

/// What the file of a revision tells.
pub(super) fn facts_of(app: &App, kind: Kind, revision: &Revision) -> FileFacts {
    if !matches!(revision.file_type.as_str(), "twb" | "twbx" | "tds" | "tdsx") {
        return FileFacts::default();
    }
    let reader = std::io::BufReader::new(app.blobs.reader(&revision.content));
    reading::document_text(kind, &revision.file_type, reader)
        .map(|text| file::facts(&text))
        .unwrap_or_default()
}
