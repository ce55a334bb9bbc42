//! Prep flows: the JSON of the member `flow`.

use std::sync::OnceLock;

use serde_json::Value;

use crate::diagnostic::Span;
use crate::hash::HashMap;

use super::characters::Characters;
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

/// A published data source, as a flow calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowSource {
    pub name: String,
    /// Of what is read; an output has none before it is written.
    pub content_url: Option<String>,
    pub project: Option<String>,
}

impl Flow {
    /// Published data sources that its inputs read, each once (format reference, A.13).
    pub fn reads(&self) -> Vec<FlowSource> {
        let proxies = self.proxies();
        let mut found = Vec::new();
        for step in self.steps() {
            let Some(by) = step.get("connectionId").and_then(Value::as_str) else {
                continue;
            };
            let Some(derived) = proxies.get(by) else {
                continue;
            };
            let get = |key: &str| {
                attribute(step.get("connectionAttributes"), key)
                    .or_else(|| attribute(derived.get("modifiedConnectionAttributes"), key))
            };
            let content_url = get("dbname");
            if let Some(name) = get("datasourceName").or_else(|| content_url.clone()) {
                let source = FlowSource {
                    name,
                    content_url,
                    project: get("projectName"),
                };
                if !found.contains(&source) {
                    found.push(source);
                }
            }
        }
        found
    }

    /// Published data sources that it writes each time that it runs on a site.
    pub fn writes(&self) -> Vec<FlowSource> {
        let outputs = self.steps().into_iter().filter(|step| {
            let kind = step.get("nodeType").and_then(Value::as_str);
            kind.is_some_and(|kind| kind.ends_with(".PublishExtract"))
        });
        let sources = outputs.filter_map(|step| {
            Some(FlowSource {
                name: attribute(Some(step), "datasourceName")?,
                content_url: None,
                project: attribute(Some(step), "projectName"),
            })
        });
        sources.collect()
    }

    /// Connections to published data sources, and the data connections made from them, by their ids.
    fn proxies(&self) -> HashMap<&str, &Value> {
        let list = |key: &str| {
            self.json
                .get(key)
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
        };
        let mut proxies: HashMap<&str, &Value> = list("connections")
            .filter(|(_, c)| {
                attribute(c.get("connectionAttributes"), "class").as_deref() == Some("sqlproxy")
            })
            .map(|(id, connection)| (id.as_str(), connection))
            .collect();
        let derived: Vec<(&str, &Value)> = list("dataConnections")
            .filter(|(_, d)| {
                let base = d.get("baseConnectionId").and_then(Value::as_str);
                base.is_some_and(|base| proxies.contains_key(base))
            })
            .map(|(id, connection)| (id.as_str(), connection))
            .collect();
        proxies.extend(derived);
        proxies
    }

    /// Every step, those inside of containers and groups too.
    fn steps(&self) -> Vec<&Value> {
        let mut steps = Vec::new();
        // The reader of JSON bounds how deep it nests.
        let mut open: Vec<&Value> = self.json.get("nodes").into_iter().collect();
        while let Some(value) = open.pop() {
            if value.get("nodeType").is_some() {
                steps.push(value);
            }
            let inside = value.as_object().into_iter().flatten();
            open.extend(inside.map(|(_, v)| v).filter(|v| v.is_object()));
        }
        steps
    }

    /// The text of a string of its connections and steps, by its JSON pointer, with the place of each of its bytes.
    pub fn characters(&self, pointer: &str) -> Option<Characters> {
        let span = self.place(pointer)?;
        Some(Characters::of_json(self.source.slice(span), span.start))
    }

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

/// Keys are matched in any case: older flows write `datasourcename`.
fn attribute(of: Option<&Value>, key: &str) -> Option<String> {
    let mut all = of?.as_object()?.iter();
    let (_, value) = all.find(|(name, _)| name.eq_ignore_ascii_case(key))?;
    value.as_str().filter(|v| !v.is_empty()).map(str::to_owned)
}

fn string(node: &Value, name: &str) -> String {
    node.get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_reads_and_writes_on_a_site_is_found_wherever_it_stands() {
        let flow = Flow::parse(
            r#"{
  "nodes": {
    "n1": { "nodeType": ".v1.LoadSql", "connectionId": "c1", "connectionAttributes": { "dbname": "sales" } },
    "n2": { "nodeType": ".v1.Container", "loomContainer": { "nodes": {
      "n3": { "nodeType": ".v1.LoadSqlProxy", "connectionId": "d2" } } } },
    "n4": { "nodeType": ".v1.LoadSqlProxy", "connectionId": "c2",
      "connectionAttributes": { "dbname": "Costs", "datasourcename": "Costs (all)", "projectName": "Data" } },
    "n5": { "nodeType": ".v1.PublishExtract", "datasourceName": "Out", "projectName": "Data" }
  },
  "connections": {
    "c1": { "connectionAttributes": { "class": "postgres" } },
    "c2": { "connectionAttributes": { "class": "sqlproxy" } }
  },
  "dataConnections": {
    "d2": { "baseConnectionId": "c2", "modifiedConnectionAttributes": { "dbname": "Sales_17", "datasourceName": "Sales" } }
  }
}"#
            .to_owned(),
        )
        .unwrap();
        let shown = |sources: Vec<FlowSource>| {
            let mut shown: Vec<String> = sources
                .into_iter()
                .map(|s| format!("{} {:?} {:?}", s.name, s.content_url, s.project))
                .collect();
            shown.sort();
            shown
        };
        assert_eq!(
            shown(flow.reads()),
            [
                r#"Costs (all) Some("Costs") Some("Data")"#,
                r#"Sales Some("Sales_17") None"#
            ]
        );
        assert_eq!(shown(flow.writes()), [r#"Out None Some("Data")"#]);
    }
}
