//! Prep flows: the JSON of the member `flow`.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde_json::Value;

use crate::diagnostic::Span;

use super::json;
use super::source::Source;

/// What a flow reads and writes.
#[derive(Debug)]
pub struct Flow {
    pub source: Source,
    pub json: Value,
    pub nodes: Vec<FlowNode>,
    pub connections: Vec<FlowConnection>,
    /// Made when it is first asked for.
    places: OnceLock<HashMap<String, Span>>,
}

/// A step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowNode {
    pub id: String,
    pub name: String,
    /// `.v1.LoadExcel`, `.v2018_2_3.SuperJoin`, `.v1.WriteToHyper`.
    pub node_type: String,
    /// `input`, `transform`, `superNode`, `container`, `output`.
    pub base: String,
}

/// A connection of its inputs and outputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowConnection {
    pub id: String,
    pub class: Option<String>,
    pub server: Option<String>,
    pub database: Option<String>,
}

impl Flow {
    /// Between the quotes of a string of its connections and steps, by its JSON pointer.
    pub fn place(&self, pointer: &str) -> Option<Span> {
        let places = self.places.get_or_init(|| {
            json::strings(self.source.text(), |path| {
                let holder = path.len().checked_sub(2).and_then(|at| path.get(at));
                let last = path.last().map(String::as_str);
                last == Some("name")
                    || holder.is_some_and(|h| {
                        h == "relation"
                            || h == "connectionAttributes"
                            || h == "modifiedConnectionAttributes"
                    })
            })
        });
        places.get(pointer).copied()
    }

    /// Reads the member `flow`.
    pub fn parse(text: String) -> Result<Self, String> {
        let json: Value = serde_json::from_str(&text).map_err(|e| e.to_string())?;
        let Some(nodes) = json.get("nodes").and_then(Value::as_object) else {
            return Err("it has no nodes".to_owned());
        };
        let nodes = nodes
            .iter()
            .map(|(id, node)| FlowNode {
                id: id.clone(),
                name: string(node, "name"),
                node_type: string(node, "nodeType"),
                base: string(node, "baseType"),
            })
            .collect();
        let connections = json
            .get("connections")
            .and_then(Value::as_object)
            .into_iter()
            .flatten();
        let connections = connections
            .map(|(id, connection)| {
                let attributes = &connection["connectionAttributes"];
                let get = |name: &str| {
                    attributes
                        .get(name)
                        .and_then(Value::as_str)
                        .filter(|v| !v.is_empty())
                        .map(str::to_owned)
                };
                FlowConnection {
                    id: id.clone(),
                    class: get("class"),
                    server: get("server"),
                    database: get("dbname"),
                }
            })
            .collect();
        Ok(Self {
            source: Source::new(text),
            json,
            nodes,
            connections,
            places: OnceLock::new(),
        })
    }
}

fn string(node: &Value, name: &str) -> String {
    node.get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}
