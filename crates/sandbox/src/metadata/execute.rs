//! Answers a query over the graph.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::graph::Graph;
use super::resolve::{Node, Resolved};
use super::syntax::{Argument, Document, Selection};

/// Objects that one answer may have; the real API has a limit of nodes too.
const MAX_NODES: usize = 100_000;

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
            && let Resolved::Many(nodes) = self.graph.resolve(node, base)
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
        match self.graph.resolve(node, name) {
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
                let Resolved::Scalar(value) = self.graph.resolve(node, field) else {
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
}

fn after(cursor: &str) -> Result<usize, String> {
    let bytes = STANDARD.decode(cursor).ok();
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| format!("'{cursor}' is not a cursor"))
}
