//! Items with what lists show and filter beside them: the project's name, the owner.

use std::collections::HashMap;

use crate::call::Call;
use crate::error::ApiError;
use crate::filter::{Fact, Field, RANGE};
use crate::model::{Item, Kind, Project, User};
use crate::rights;
use crate::store::Tx;

pub(super) struct Row {
    pub(super) item: Item,
    pub(super) project_name: String,
    pub(super) owner: Option<User>,
    /// Workbooks on a published data source.
    pub(super) connected_workbooks: usize,
}

/// Looks projects and users up once for many rows.
#[derive(Default)]
pub(super) struct Rows {
    projects: HashMap<String, String>,
    users: HashMap<String, Option<User>>,
}

impl Rows {
    pub(super) fn row(&mut self, tx: &Tx<'_>, item: Item) -> Result<Row, ApiError> {
        if !self.projects.contains_key(&item.project) {
            let name = tx
                .get::<Project>(&item.project)?
                .map(|project| project.name)
                .unwrap_or_default();
            self.projects.insert(item.project.clone(), name);
        }
        if !self.users.contains_key(&item.owner) {
            self.users
                .insert(item.owner.clone(), tx.get::<User>(&item.owner)?);
        }
        Ok(Row {
            project_name: self
                .projects
                .get(&item.project)
                .cloned()
                .unwrap_or_default(),
            owner: self.users.get(&item.owner).cloned().flatten(),
            item,
            connected_workbooks: 0,
        })
    }
}

/// All items of a kind that the caller may see.
pub(super) fn visible(call: &Call, tx: &Tx<'_>, kind: Kind) -> Result<Vec<Row>, ApiError> {
    let mut rows = Rows::default();
    let mut visible = Vec::new();
    for item in tx.items(call.site()?, kind)? {
        if rights::may_item(tx, call.user()?, &item, "Read")? {
            visible.push(rows.row(tx, item)?);
        }
    }
    if kind == Kind::Datasource {
        count_workbooks(call, tx, &mut visible)?;
    }
    Ok(visible)
}

fn count_workbooks(call: &Call, tx: &Tx<'_>, rows: &mut [Row]) -> Result<(), ApiError> {
    let workbooks = tx.items(call.site()?, Kind::Workbook)?;
    for row in rows {
        let uses = |workbook: &&Item| {
            workbook
                .connections
                .iter()
                .any(|c| c.source_id == row.item.id)
        };
        row.connected_workbooks = workbooks.iter().filter(uses).count();
    }
    Ok(())
}

fn text(text: &str) -> Fact {
    Fact::Text(text.to_owned())
}

fn owner(row: &Row, field: fn(&User) -> &String) -> Fact {
    row.owner
        .as_ref()
        .map_or(Fact::Absent, |user| text(field(user)))
}

fn of_connections(row: &Row, field: fn(&crate::model::Connection) -> &String) -> Fact {
    Fact::Texts(
        row.item
            .connections
            .iter()
            .map(|connection| field(connection).clone())
            .collect(),
    )
}

macro_rules! shared_fields {
    ($($more:expr),* $(,)?) => {
        &[
            Field { name: "name", operators: "eq,in", fact: |row: &Row| text(&row.item.name) },
            Field { name: "createdAt", operators: RANGE, fact: |row| Fact::Time(row.item.created_at) },
            Field { name: "updatedAt", operators: RANGE, fact: |row| Fact::Time(row.item.updated_at) },
            Field { name: "ownerName", operators: "eq,in", fact: |row| owner(row, |user| &user.name) },
            Field { name: "projectName", operators: "eq,in", fact: |row| text(&row.project_name) },
            $($more),*
        ]
    };
}

pub(super) static WORKBOOK_FIELDS: &[Field<Row>] = shared_fields![
    Field {
        name: "contentUrl",
        operators: "eq,in",
        fact: |row| text(&row.item.content_url)
    },
    Field {
        name: "displayTabs",
        operators: "eq",
        fact: |row| Fact::Boolean(row.item.show_tabs)
    },
    Field {
        name: "favoritesTotal",
        operators: RANGE,
        fact: |_| Fact::Integer(0)
    },
    Field {
        name: "hasAlerts",
        operators: "eq",
        fact: |_| Fact::Boolean(false)
    },
    Field {
        name: "hasExtracts",
        operators: "eq",
        fact: |row| Fact::Boolean(row.item.has_extracts)
    },
    Field {
        name: "ownerDomain",
        operators: "eq,in",
        fact: |_| text("local")
    },
    Field {
        name: "ownerEmail",
        operators: "eq,in",
        fact: |row| owner(row, |user| &user.email)
    },
    Field {
        name: "sheetCount",
        operators: RANGE,
        fact: |row| Fact::Integer(i64::try_from(row.item.sheet_count).unwrap_or(i64::MAX)),
    },
    Field {
        name: "size",
        operators: RANGE,
        fact: |row| Fact::Integer(row.item.megabytes())
    },
    Field {
        name: "subscriptionsTotal",
        operators: RANGE,
        fact: |_| Fact::Integer(0)
    },
    Field {
        name: "tags",
        operators: "eq,in",
        fact: tags
    },
];

fn tags(row: &Row) -> Fact {
    Fact::Texts(row.item.tags.iter().map(|tag| tag.label.clone()).collect())
}

pub(super) static DATASOURCE_FIELDS: &[Field<Row>] = shared_fields![
    Field {
        name: "authenticationType",
        operators: "eq,in",
        fact: |row| of_connections(row, |c| &c.authentication)
    },
    Field {
        name: "connectedWorkbookType",
        operators: RANGE,
        fact: |row| Fact::Integer(i64::try_from(row.connected_workbooks).unwrap_or(i64::MAX)),
    },
    Field {
        name: "connectionTo",
        operators: "eq,in",
        fact: |row| of_connections(row, |c| &c.server)
    },
    Field {
        name: "connectionType",
        operators: "eq,in",
        fact: |row| of_connections(row, |c| &c.class)
    },
    Field {
        name: "contentUrl",
        operators: "eq,in",
        fact: |row| text(&row.item.content_url)
    },
    Field {
        name: "databaseName",
        operators: "eq,in",
        fact: |row| of_connections(row, |c| &c.database)
    },
    Field {
        name: "databaseUserName",
        operators: "eq,in",
        fact: |row| of_connections(row, |c| &c.user_name)
    },
    Field {
        name: "description",
        operators: "eq,in",
        fact: |row| text(&row.item.description)
    },
    Field {
        name: "favoritesTotal",
        operators: RANGE,
        fact: |_| Fact::Integer(0)
    },
    Field {
        name: "hasAlert",
        operators: "eq",
        fact: |_| Fact::Boolean(false)
    },
    Field {
        name: "hasEmbeddedPassword",
        operators: "eq",
        fact: |row| Fact::Boolean(row.item.connections.iter().any(|c| c.embed_password)),
    },
    Field {
        name: "hasExtracts",
        operators: "eq",
        fact: |row| Fact::Boolean(row.item.has_extracts)
    },
    Field {
        name: "isCertified",
        operators: "eq",
        fact: |row| Fact::Boolean(row.item.certified)
    },
    Field {
        name: "isConnectable",
        operators: "eq",
        fact: |_| Fact::Boolean(true)
    },
    Field {
        name: "isHierarchical",
        operators: "eq",
        fact: |_| Fact::Boolean(false)
    },
    Field {
        name: "isPublished",
        operators: "eq",
        fact: |_| Fact::Boolean(true)
    },
    Field {
        name: "ownerDomain",
        operators: "eq,in",
        fact: |_| text("local")
    },
    Field {
        name: "ownerEmail",
        operators: "eq",
        fact: |row| owner(row, |user| &user.email)
    },
    Field {
        name: "serverName",
        operators: "eq,in",
        fact: |row| of_connections(row, |c| &c.server)
    },
    Field {
        name: "serverPort",
        operators: "eq",
        fact: |row| of_connections(row, |c| &c.port)
    },
    Field {
        name: "size",
        operators: RANGE,
        fact: |row| Fact::Integer(row.item.megabytes())
    },
    Field {
        name: "tags",
        operators: "eq,in",
        fact: tags
    },
    Field {
        name: "type",
        operators: "eq",
        fact: |row| text(&row.item.class)
    },
];

pub(super) static FLOW_FIELDS: &[Field<Row>] = shared_fields![Field {
    name: "projectId",
    operators: "eq",
    fact: |row| text(&row.item.project)
},];
