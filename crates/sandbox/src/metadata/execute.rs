//! Answers a query over the graph.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::file::{FieldFact, SourceFact, TableFact};
use super::graph::{Graph, Published};
use super::syntax::{Argument, Document, Selection};
use crate::clock::iso;

/// Objects that one answer may have; the real API has a limit of nodes too.
const MAX_NODES: usize = 100_000;

/// A place in the graph. Numbers are indices into its lists.
#[derive(Clone, Copy)]
enum Node<'a> {
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

enum Resolved<'a> {
    Scalar(Value),
    One(Option<Node<'a>>),
    Many(Vec<Node<'a>>),
    Unknown,
}

struct Run<'a> {
    graph: &'a Graph,
    document: &'a Document,
    variables: &'a Value,
    nodes: usize,
}

pub(super) fn run(graph: &Graph, document: &Document, variables: &Value) -> Result<Value, String> {
    let mut run = Run {
        graph,
        document,
        variables,
        nodes: 0,
    };
    let mut data = Map::new();
    run.select(Node::Query, &document.selections, &mut data, 0)?;
    Ok(Value::Object(data))
}

impl<'a> Run<'a> {
    fn select(
        &mut self,
        node: Node<'a>,
        selections: &[Selection],
        out: &mut Map<String, Value>,
        depth: usize,
    ) -> Result<(), String> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err("NODE_LIMIT_EXCEEDED: the query asks for too many objects".to_owned());
        }
        if depth > 60 {
            return Err("the fragments of the query lead in a circle".to_owned());
        }
        for selection in selections {
            match selection {
                Selection::Inline { on, selections } => {
                    if on.as_ref().is_none_or(|on| node.is(on)) {
                        self.select(node, selections, out, depth + 1)?;
                    }
                }
                Selection::Spread(name) => {
                    let document = self.document;
                    let (on, selections) = document
                        .fragments
                        .get(name)
                        .ok_or_else(|| format!("Undefined fragment {name}"))?;
                    if node.is(on) {
                        self.select(node, selections, out, depth + 1)?;
                    }
                }
                Selection::Field {
                    alias,
                    name,
                    arguments,
                    selections,
                } => {
                    let value = self.field(node, name, arguments, selections, depth)?;
                    out.insert(alias.as_ref().unwrap_or(name).clone(), value);
                }
            }
        }
        Ok(())
    }

    fn field(
        &mut self,
        node: Node<'a>,
        name: &str,
        arguments: &[(String, Argument)],
        selections: &[Selection],
        depth: usize,
    ) -> Result<Value, String> {
        if name == "__typename" {
            return Ok(node.type_name().into());
        }
        let arguments = self.arguments(arguments)?;
        if let Some(base) = name.strip_suffix("Connection")
            && let Resolved::Many(nodes) = self.resolve(node, base)
        {
            return self.connection(nodes, &arguments, selections, depth);
        }
        let undefined = || {
            format!(
                "Validation error of type FieldUndefined: Field '{name}' in type '{}' is undefined",
                node.type_name()
            )
        };
        let needs = || {
            format!(
                "Validation error of type SubSelectionRequired: field '{name}' needs a selection"
            )
        };
        match self.resolve(node, name) {
            Resolved::Unknown => Err(undefined()),
            Resolved::Scalar(value) => Ok(value),
            _ if selections.is_empty() => Err(needs()),
            Resolved::One(None) => Ok(Value::Null),
            Resolved::One(Some(node)) => self.object(node, selections, depth),
            Resolved::Many(nodes) => {
                let nodes = self.filtered(nodes, &arguments)?;
                self.objects(&nodes, selections, depth)
            }
        }
    }

    fn object(
        &mut self,
        node: Node<'a>,
        selections: &[Selection],
        depth: usize,
    ) -> Result<Value, String> {
        let mut members = Map::new();
        self.select(node, selections, &mut members, depth + 1)?;
        Ok(Value::Object(members))
    }

    fn objects(
        &mut self,
        nodes: &[Node<'a>],
        selections: &[Selection],
        depth: usize,
    ) -> Result<Value, String> {
        nodes
            .iter()
            .map(|node| self.object(*node, selections, depth))
            .collect::<Result<Vec<_>, _>>()
            .map(Value::Array)
    }

    /// `nodes`, `totalCount` and `pageInfo`, by `first` and `after` (or `offset`).
    fn connection(
        &mut self,
        nodes: Vec<Node<'a>>,
        arguments: &Map<String, Value>,
        selections: &[Selection],
        depth: usize,
    ) -> Result<Value, String> {
        let nodes = self.filtered(nodes, arguments)?;
        let index = |name: &str| {
            arguments
                .get(name)
                .and_then(Value::as_u64)
                .and_then(|n| usize::try_from(n).ok())
        };
        let start = match arguments.get("after").and_then(Value::as_str) {
            Some(cursor) => after(cursor)?,
            None => index("offset").unwrap_or(0),
        };
        let start = start.min(nodes.len());
        let end = index("first").map_or(nodes.len(), |first| {
            start.saturating_add(first).min(nodes.len())
        });
        let mut members = Map::new();
        for selection in selections {
            let Selection::Field {
                alias,
                name,
                selections,
                ..
            } = selection
            else {
                return Err("a connection takes only nodes, pageInfo and totalCount".to_owned());
            };
            let value = match name.as_str() {
                "nodes" => self.objects(&nodes[start..end], selections, depth)?,
                "totalCount" => nodes.len().into(),
                "pageInfo" => {
                    let cursor = (end > start).then(|| STANDARD.encode(end.to_string()));
                    json!({"hasNextPage": end < nodes.len(), "endCursor": cursor})
                }
                other => {
                    return Err(format!(
                        "Validation error of type FieldUndefined: Field '{other}' is undefined"
                    ));
                }
            };
            members.insert(alias.as_ref().unwrap_or(name).clone(), value);
        }
        Ok(Value::Object(members))
    }

    fn arguments(&self, arguments: &[(String, Argument)]) -> Result<Map<String, Value>, String> {
        arguments
            .iter()
            .map(|(name, argument)| Ok((name.clone(), self.value(argument)?)))
            .collect()
    }

    fn value(&self, argument: &Argument) -> Result<Value, String> {
        Ok(match argument {
            Argument::Value(value) => value.clone(),
            Argument::List(items) => Value::Array(
                items
                    .iter()
                    .map(|item| self.value(item))
                    .collect::<Result<_, _>>()?,
            ),
            Argument::Object(members) => Value::Object(
                members
                    .iter()
                    .map(|(name, value)| Ok((name.clone(), self.value(value)?)))
                    .collect::<Result<_, String>>()?,
            ),
            Argument::Variable(name) => {
                match (self.variables.get(name), self.document.defaults.get(name)) {
                    (Some(value), _) => value.clone(),
                    (None, Some(default)) if !matches!(default, Argument::Variable(_)) => {
                        self.value(default)?
                    }
                    _ => Value::Null,
                }
            }
        })
    }

    /// `filter: {name: …, luidWithin: […]}`; every condition must hold.
    fn filtered(
        &self,
        nodes: Vec<Node<'a>>,
        arguments: &Map<String, Value>,
    ) -> Result<Vec<Node<'a>>, String> {
        let Some(Value::Object(filter)) = arguments.get("filter") else {
            return Ok(nodes);
        };
        let mut kept = Vec::new();
        for node in nodes {
            let mut pass = true;
            for (key, wanted) in filter.iter().filter(|(_, wanted)| !wanted.is_null()) {
                let field = key.strip_suffix("Within").unwrap_or(key);
                let Resolved::Scalar(value) = self.resolve(node, field) else {
                    return Err(format!(
                        "Validation error: '{key}' is not a filter of '{}'",
                        node.type_name()
                    ));
                };
                pass &= match wanted {
                    Value::Array(choices) => choices.contains(&value),
                    wanted => *wanted == value,
                };
            }
            if pass {
                kept.push(node);
            }
        }
        Ok(kept)
    }

    fn resolve(&self, node: Node<'a>, name: &str) -> Resolved<'a> {
        match node {
            Node::Query => self.root(name),
            Node::Workbook(index) => self.workbook(index, name),
            Node::Datasource(index) => self.datasource(index, name),
            Node::Flow(index) => self.item(&self.graph.flows[index], name),
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
                        self.graph
                            .tables()
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
                "id" => Resolved::Scalar(global_id("Site", &self.graph.site.id)),
                "luid" => text(&self.graph.site.id),
                "name" => text(&self.graph.site.name),
                "uri" => Resolved::Scalar(format!("sites/{}", self.graph.site.content_url).into()),
                _ => Resolved::Unknown,
            },
        }
    }

    fn root(&self, name: &str) -> Resolved<'a> {
        let graph = self.graph;
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
    fn item(&self, published: &'a Published, name: &str) -> Resolved<'a> {
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
                self.graph
                    .projects
                    .get(&item.project)
                    .map_or("", |project| project.name.as_str()),
            ),
            "projectLuid" => text(&item.project),
            "owner" => Resolved::One(Some(Node::User(&item.owner))),
            "site" => Resolved::One(Some(Node::Site)),
            _ => Resolved::Unknown,
        }
    }

    fn workbook(&self, index: usize, name: &str) -> Resolved<'a> {
        let workbook = &self.graph.workbooks[index];
        let sources = || workbook.facts.sources.iter();
        Resolved::Many(match name {
            "embeddedDatasources" => sources()
                .map(|source| Node::Embedded(index, source))
                .collect(),
            "upstreamDatasources" => {
                let mut seen = HashSet::new();
                let published = sources().filter_map(|source| self.graph.published(source));
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
    fn upstream_tables(&self, sources: impl Iterator<Item = &'a SourceFact>) -> Vec<Node<'a>> {
        let graph = self.graph;
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

    fn downstream_workbooks(&self, datasource: usize) -> Vec<Node<'a>> {
        let uses = |workbook: &&Published| {
            workbook
                .facts
                .sources
                .iter()
                .any(|source| self.graph.published(source) == Some(datasource))
        };
        let workbooks = self.graph.workbooks.iter().enumerate();
        workbooks
            .filter(|(_, workbook)| uses(workbook))
            .map(|(index, _)| Node::Workbook(index))
            .collect()
    }

    fn datasource(&self, index: usize, name: &str) -> Resolved<'a> {
        let datasource = &self.graph.datasources[index];
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
                for (w, workbook) in self.graph.workbooks.iter().enumerate() {
                    for (s, sheet) in workbook.facts.sheets.iter().enumerate() {
                        let through = workbook.facts.sources.iter().any(|source| {
                            sheet.uses.contains(&source.name)
                                && self.graph.published(source) == Some(index)
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

    fn embedded(&self, workbook: usize, source: &'a SourceFact, name: &str) -> Resolved<'a> {
        match name {
            "id" => {
                let owner = &self.graph.workbooks[workbook].item.id;
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
                self.graph
                    .published(source)
                    .map(Node::Datasource)
                    .into_iter()
                    .collect(),
            ),
            _ => Resolved::Unknown,
        }
    }

    /// The view that a sheet is published as; a hidden one has no LUID.
    fn view_luid(&self, workbook: usize, name: &str) -> Value {
        let views = &self.graph.workbooks[workbook].views;
        views
            .iter()
            .find(|view| view.name == name && !view.hidden)
            .map_or_else(|| "".into(), |view| view.id.clone().into())
    }

    fn sheet(&self, workbook: usize, index: usize, name: &str) -> Resolved<'a> {
        let facts = &self.graph.workbooks[workbook].facts;
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
                    .filter_map(|source| self.graph.published(source))
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

    fn dashboard(&self, workbook: usize, index: usize, name: &str) -> Resolved<'a> {
        let facts = &self.graph.workbooks[workbook].facts;
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

    fn table(&self, table: &'a TableFact, name: &str) -> Resolved<'a> {
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
                self.graph
                    .datasources
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
                (0..self.graph.workbooks.len())
                    .filter(|w| {
                        let reached =
                            self.upstream_tables(self.graph.workbooks[*w].facts.sources.iter());
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

    fn user(&self, id: &str, name: &str) -> Resolved<'a> {
        let user = self.graph.users.get(id);
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
    fn type_name(self) -> &'static str {
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
    fn is(self, name: &str) -> bool {
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

fn after(cursor: &str) -> Result<usize, String> {
    let bytes = STANDARD.decode(cursor).ok();
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| format!("'{cursor}' is not a cursor"))
}
