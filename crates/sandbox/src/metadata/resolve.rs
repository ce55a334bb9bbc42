//! Which fields each kind of node has, and where they lead.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::file::{FieldFact, SourceFact, TableFact};
use super::graph::{Graph, Published};
use crate::clock::iso;

/// A place in the graph. Numbers are indices into its lists.
#[derive(Clone, Copy)]
pub(super) enum Node<'a> {
    Query,
    Workbook(usize),
    Datasource(usize),
    Flow(usize),
    Embedded(usize, &'a SourceFact),
    Sheet(usize, usize),
    Dashboard(usize, usize),
    Field(&'a SourceFact, &'a FieldFact),
    Table(&'a TableFact),
    Database(&'a TableFact),
    User(&'a str),
    Site,
}

pub(super) enum Resolved<'a> {
    Scalar(Value),
    One(Option<Node<'a>>),
    Many(Vec<Node<'a>>),
    Unknown,
}

impl Graph {
    /// What a field of a node is.
    pub(super) fn resolve<'a>(&'a self, node: Node<'a>, name: &str) -> Resolved<'a> {
        match node {
            Node::Query => self.root(name),
            Node::Workbook(index) => self.workbook(index, name),
            Node::Datasource(index) => self.datasource(index, name),
            Node::Flow(index) => self.item(&self.flows[index], name),
            Node::Embedded(workbook, source) => self.embedded(workbook, source, name),
            Node::Sheet(workbook, index) => self.sheet(workbook, index, name),
            Node::Dashboard(workbook, index) => self.dashboard(workbook, index, name),
            Node::Field(source, field) => field_value(source, field, name),
            Node::Table(table) => self.table(table, name),
            Node::Database(table) => match name {
                "id" => Resolved::Scalar(global_id("Database", &table.database)),
                "luid" => Resolved::Scalar(luid(&table.database)),
                "name" => text(&table.database),
                "connectionType" => text(&table.class),
                "tables" => {
                    let same = |other: &&&TableFact| {
                        other.database == table.database && other.class == table.class
                    };
                    Resolved::Many(
                        self.tables()
                            .iter()
                            .filter(same)
                            .map(|table| Node::Table(table))
                            .collect(),
                    )
                }
                _ => Resolved::Unknown,
            },
            Node::User(id) => self.user(id, name),
            Node::Site => match name {
                "id" => Resolved::Scalar(global_id("Site", &self.site.id)),
                "luid" => text(&self.site.id),
                "name" => text(&self.site.name),
                "uri" => Resolved::Scalar(format!("sites/{}", self.site.content_url).into()),
                _ => Resolved::Unknown,
            },
        }
    }

    fn root<'a>(&'a self, name: &str) -> Resolved<'a> {
        let graph = self;
        let workbooks = || {
            (0..graph.workbooks.len())
                .flat_map(|w| graph.workbooks[w].facts.sources.iter().map(move |s| (w, s)))
        };
        Resolved::Many(match name {
            "workbooks" => (0..graph.workbooks.len()).map(Node::Workbook).collect(),
            "publishedDatasources" => (0..graph.datasources.len()).map(Node::Datasource).collect(),
            "flows" => (0..graph.flows.len()).map(Node::Flow).collect(),
            "embeddedDatasources" => workbooks()
                .map(|(w, source)| Node::Embedded(w, source))
                .collect(),
            "sheets" => graph
                .workbooks
                .iter()
                .enumerate()
                .flat_map(|(w, workbook)| {
                    (0..workbook.facts.sheets.len()).map(move |s| Node::Sheet(w, s))
                })
                .collect(),
            "dashboards" => graph
                .workbooks
                .iter()
                .enumerate()
                .flat_map(|(w, workbook)| {
                    (0..workbook.facts.dashboards.len()).map(move |d| Node::Dashboard(w, d))
                })
                .collect(),
            "databaseTables" => graph.tables().into_iter().map(Node::Table).collect(),
            "databases" => {
                let mut seen = HashSet::new();
                let first = |table: &&'a TableFact| seen.insert((&table.class, &table.database));
                graph
                    .tables()
                    .into_iter()
                    .filter(first)
                    .map(Node::Database)
                    .collect()
            }
            "calculatedFields" => workbooks()
                .map(|(_, source)| source)
                .chain(graph.datasources.iter().flat_map(|d| &d.facts.sources))
                .flat_map(|source| source.fields.iter().map(move |field| (source, field)))
                .filter(|(_, field)| field.formula.is_some())
                .map(|(source, field)| Node::Field(source, field))
                .collect(),
            _ => return Resolved::Unknown,
        })
    }

    /// What workbooks, data sources and flows share.
    fn item<'a>(&'a self, published: &'a Published, name: &str) -> Resolved<'a> {
        let item = &published.item;
        match name {
            "id" => Resolved::Scalar(global_id(item.kind.title(), &item.id)),
            "luid" => text(&item.id),
            "name" => text(&item.name),
            "description" => text(&item.description),
            "createdAt" => Resolved::Scalar(iso(item.created_at).into()),
            "updatedAt" => Resolved::Scalar(iso(item.updated_at).into()),
            "uri" => Resolved::Scalar(
                format!("sites/{}/{}/{}", 1, item.kind.plural(), item.number).into(),
            ),
            "vizportalUrlId" => Resolved::Scalar(item.number.to_string().into()),
            "projectName" => text(
                self.projects
                    .get(&item.project)
                    .map_or("", |project| project.name.as_str()),
            ),
            "projectLuid" => text(&item.project),
            "owner" => Resolved::One(Some(Node::User(&item.owner))),
            "site" => Resolved::One(Some(Node::Site)),
            _ => Resolved::Unknown,
        }
    }

    fn workbook<'a>(&'a self, index: usize, name: &str) -> Resolved<'a> {
        let workbook = &self.workbooks[index];
        let sources = || workbook.facts.sources.iter();
        Resolved::Many(match name {
            "embeddedDatasources" => sources()
                .map(|source| Node::Embedded(index, source))
                .collect(),
            "upstreamDatasources" => {
                let mut seen = HashSet::new();
                let published = sources().filter_map(|source| self.published(source));
                published
                    .filter(|d| seen.insert(*d))
                    .map(Node::Datasource)
                    .collect()
            }
            "upstreamTables" => self.upstream_tables(sources()),
            "sheets" => (0..workbook.facts.sheets.len())
                .map(|sheet| Node::Sheet(index, sheet))
                .collect(),
            "dashboards" => (0..workbook.facts.dashboards.len())
                .map(|d| Node::Dashboard(index, d))
                .collect(),
            _ => return self.item(workbook, name),
        })
    }

    /// Tables that the sources read, their own and those of the published sources behind them.
    fn upstream_tables<'a>(
        &'a self,
        sources: impl Iterator<Item = &'a SourceFact>,
    ) -> Vec<Node<'a>> {
        let graph = self;
        let mut tables: Vec<&TableFact> = sources
            .flat_map(|source| {
                let behind = graph
                    .published(source)
                    .into_iter()
                    .flat_map(|d| &graph.datasources[d].facts.sources);
                source
                    .tables
                    .iter()
                    .chain(behind.flat_map(|source| &source.tables))
            })
            .collect();
        tables.sort();
        tables.dedup();
        tables.into_iter().map(Node::Table).collect()
    }

    fn downstream_workbooks(&self, datasource: usize) -> Vec<Node<'_>> {
        let uses = |workbook: &&Published| {
            workbook
                .facts
                .sources
                .iter()
                .any(|source| self.published(source) == Some(datasource))
        };
        let workbooks = self.workbooks.iter().enumerate();
        workbooks
            .filter(|(_, workbook)| uses(workbook))
            .map(|(index, _)| Node::Workbook(index))
            .collect()
    }

    fn datasource<'a>(&'a self, index: usize, name: &str) -> Resolved<'a> {
        let datasource = &self.datasources[index];
        let item = &datasource.item;
        match name {
            "isCertified" => Resolved::Scalar(item.certified.into()),
            "certificationNote" => text(&item.certification_note),
            "hasExtracts" => Resolved::Scalar(item.has_extracts.into()),
            "extractLastRefreshTime" => Resolved::Scalar(item.extract_refreshed_at.map(iso).into()),
            "fields" => Resolved::Many(
                datasource
                    .facts
                    .sources
                    .iter()
                    .flat_map(|source| {
                        source
                            .fields
                            .iter()
                            .map(move |field| Node::Field(source, field))
                    })
                    .collect(),
            ),
            "upstreamTables" => {
                Resolved::Many(self.upstream_tables(datasource.facts.sources.iter()))
            }
            "downstreamWorkbooks" => Resolved::Many(self.downstream_workbooks(index)),
            // Flows name their inputs in ways that the sandbox does not follow.
            "downstreamFlows" => Resolved::Many(Vec::new()),
            "downstreamSheets" => {
                let mut sheets = Vec::new();
                for (w, workbook) in self.workbooks.iter().enumerate() {
                    for (s, sheet) in workbook.facts.sheets.iter().enumerate() {
                        let through = workbook.facts.sources.iter().any(|source| {
                            sheet.uses.contains(&source.name)
                                && self.published(source) == Some(index)
                        });
                        if through {
                            sheets.push(Node::Sheet(w, s));
                        }
                    }
                }
                Resolved::Many(sheets)
            }
            _ => self.item(datasource, name),
        }
    }

    fn embedded<'a>(&'a self, workbook: usize, source: &'a SourceFact, name: &str) -> Resolved<'a> {
        match name {
            "id" => {
                let owner = &self.workbooks[workbook].item.id;
                Resolved::Scalar(global_id(
                    "EmbeddedDatasource",
                    &format!("{owner}/{}", source.name),
                ))
            }
            "name" => text(&source.caption),
            "hasExtracts" => Resolved::Scalar(source.has_extract.into()),
            "workbook" => Resolved::One(Some(Node::Workbook(workbook))),
            "fields" => Resolved::Many(
                source
                    .fields
                    .iter()
                    .map(|field| Node::Field(source, field))
                    .collect(),
            ),
            "upstreamTables" => Resolved::Many(self.upstream_tables(std::iter::once(source))),
            "upstreamDatasources" | "parentPublishedDatasources" => Resolved::Many(
                self.published(source)
                    .map(Node::Datasource)
                    .into_iter()
                    .collect(),
            ),
            _ => Resolved::Unknown,
        }
    }

    /// The view that a sheet is published as; a hidden one has no LUID.
    fn view_luid(&self, workbook: usize, name: &str) -> Value {
        let views = &self.workbooks[workbook].views;
        views
            .iter()
            .find(|view| view.name == name && !view.hidden)
            .map_or_else(|| "".into(), |view| view.id.clone().into())
    }

    fn sheet<'a>(&'a self, workbook: usize, index: usize, name: &str) -> Resolved<'a> {
        let facts = &self.workbooks[workbook].facts;
        let sheet = &facts.sheets[index];
        match name {
            "id" => Resolved::Scalar(global_id("Sheet", &format!("{workbook}/{}", sheet.name))),
            "luid" => Resolved::Scalar(self.view_luid(workbook, &sheet.name)),
            "name" => text(&sheet.name),
            "workbook" => Resolved::One(Some(Node::Workbook(workbook))),
            "upstreamDatasources" => Resolved::Many(
                facts
                    .sources
                    .iter()
                    .filter(|source| sheet.uses.contains(&source.name))
                    .filter_map(|source| self.published(source))
                    .map(Node::Datasource)
                    .collect(),
            ),
            "containedInDashboards" => Resolved::Many(
                (0..facts.dashboards.len())
                    .filter(|d| facts.dashboards[*d].uses.contains(&sheet.name))
                    .map(|d| Node::Dashboard(workbook, d))
                    .collect(),
            ),
            _ => Resolved::Unknown,
        }
    }

    fn dashboard<'a>(&'a self, workbook: usize, index: usize, name: &str) -> Resolved<'a> {
        let facts = &self.workbooks[workbook].facts;
        let dashboard = &facts.dashboards[index];
        match name {
            "id" => Resolved::Scalar(global_id(
                "Dashboard",
                &format!("{workbook}/{}", dashboard.name),
            )),
            "luid" => Resolved::Scalar(self.view_luid(workbook, &dashboard.name)),
            "name" => text(&dashboard.name),
            "workbook" => Resolved::One(Some(Node::Workbook(workbook))),
            "sheets" => Resolved::Many(
                (0..facts.sheets.len())
                    .filter(|s| dashboard.uses.contains(&facts.sheets[*s].name))
                    .map(|s| Node::Sheet(workbook, s))
                    .collect(),
            ),
            _ => Resolved::Unknown,
        }
    }

    fn table<'a>(&'a self, table: &'a TableFact, name: &str) -> Resolved<'a> {
        let key = format!("{}/{}/{}", table.class, table.database, table.full_name);
        match name {
            "id" => Resolved::Scalar(global_id("DatabaseTable", &key)),
            "luid" => Resolved::Scalar(luid(&key)),
            "name" => text(&table.name),
            "fullName" => text(&table.full_name),
            "schema" => text(&table.schema),
            "connectionType" => text(&table.class),
            "isCertified" => Resolved::Scalar(false.into()),
            "database" => Resolved::One(Some(Node::Database(table))),
            "downstreamDatasources" => Resolved::Many(
                self.datasources
                    .iter()
                    .enumerate()
                    .filter(|(_, d)| {
                        d.facts
                            .sources
                            .iter()
                            .any(|source| source.tables.contains(table))
                    })
                    .map(|(index, _)| Node::Datasource(index))
                    .collect(),
            ),
            "downstreamWorkbooks" => Resolved::Many(
                (0..self.workbooks.len())
                    .filter(|w| {
                        let reached = self.upstream_tables(self.workbooks[*w].facts.sources.iter());
                        reached
                            .iter()
                            .any(|node| matches!(node, Node::Table(other) if *other == table))
                    })
                    .map(Node::Workbook)
                    .collect(),
            ),
            _ => Resolved::Unknown,
        }
    }

    fn user<'a>(&'a self, id: &str, name: &str) -> Resolved<'a> {
        let user = self.users.get(id);
        match name {
            "id" => Resolved::Scalar(global_id("User", id)),
            "luid" => Resolved::Scalar(id.into()),
            "name" => text(user.map_or("", |user| user.full_name.as_str())),
            "username" => text(user.map_or("", |user| user.name.as_str())),
            "email" => text(user.map_or("", |user| user.email.as_str())),
            _ => Resolved::Unknown,
        }
    }
}

fn field_value<'a>(source: &'a SourceFact, field: &'a FieldFact, name: &str) -> Resolved<'a> {
    match name {
        "id" => Resolved::Scalar(global_id(
            "Field",
            &format!("{}/{}", source.name, field.name),
        )),
        "name" => text(&field.name),
        "description" => text(&field.description),
        "fullyQualifiedName" => {
            Resolved::Scalar(format!("[{}].[{}]", source.name, field.name).into())
        }
        "isHidden" => Resolved::Scalar(field.hidden.into()),
        "role" => text(&field.role),
        "dataType" => text(&field.data_type),
        "formula" => Resolved::Scalar(field.formula.clone().into()),
        "upstreamTables" => Resolved::Many(
            field
                .table
                .and_then(|table| source.tables.get(table))
                .map(Node::Table)
                .into_iter()
                .collect(),
        ),
        _ => Resolved::Unknown,
    }
}

impl Node<'_> {
    pub(super) fn type_name(self) -> &'static str {
        match self {
            Self::Query => "Query",
            Self::Workbook(_) => "Workbook",
            Self::Datasource(_) => "PublishedDatasource",
            Self::Flow(_) => "Flow",
            Self::Embedded(..) => "EmbeddedDatasource",
            Self::Sheet(..) => "Sheet",
            Self::Dashboard(..) => "Dashboard",
            Self::Field(_, field) if field.formula.is_some() => "CalculatedField",
            Self::Field(..) => "ColumnField",
            Self::Table(_) => "DatabaseTable",
            Self::Database(_) => "DatabaseServer",
            Self::User(_) => "TableauUser",
            Self::Site => "TableauSite",
        }
    }

    /// Whether a fragment on `name` (a type or an interface of it) applies.
    pub(super) fn is(self, name: &str) -> bool {
        let own = self.type_name();
        own == name
            || match name {
                "Field" => matches!(self, Self::Field(..)),
                "Datasource" => matches!(self, Self::Datasource(_) | Self::Embedded(..)),
                "View" => matches!(self, Self::Sheet(..) | Self::Dashboard(..)),
                "Table" => matches!(self, Self::Table(_)),
                "Database" => matches!(self, Self::Database(_)),
                _ => false,
            }
    }
}

fn text<'a>(text: &str) -> Resolved<'a> {
    Resolved::Scalar(text.into())
}

/// The `id` of GraphQL, which is not the LUID.
fn global_id(kind: &str, key: &str) -> Value {
    STANDARD
        .encode(format!("{kind}:{}", blake3::hash(key.as_bytes()).to_hex()))
        .into()
}

/// A LUID for what has none of its own here: the same for the same key.
fn luid(key: &str) -> Value {
    let hash = blake3::hash(key.as_bytes());
    let bytes: [u8; 16] = std::array::from_fn(|index| hash.as_bytes()[index]);
    uuid::Builder::from_random_bytes(bytes)
        .into_uuid()
        .to_string()
        .into()
}
