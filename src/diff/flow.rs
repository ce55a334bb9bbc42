//! Prep flows: steps, inputs and outputs.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::content::flow::{Flow, FlowConnection, FlowNode};
use crate::diagnostic::Subject;
use crate::words;

use super::change::{Action, Change, Kind, Risk};
use super::comparison::What;
use super::identity::{Key, Matched};

/// Settings of a step that are said by name.
const SHOWN: usize = 8;

pub(super) fn compare(before: &Flow, after: &Flow) -> Vec<Change> {
    let mut changes = Vec::new();
    steps(before, after, &mut changes);
    connections(before, after, &mut changes);
    rest(before, after, &mut changes);
    changes
}

fn steps(before: &Flow, after: &Flow, changes: &mut Vec<Change>) {
    let id = |n: &FlowNode| Some(n.id.clone());
    // Some saves make all ids anew; a step of the same kind and name is the same.
    let name = |n: &FlowNode| Some(format!("{} {}", n.node_type, n.name));
    let matched = Matched::by(
        &before.nodes,
        &after.nodes,
        &[
            Key {
                before: &id,
                after: &id,
            },
            Key {
                before: &name,
                after: &name,
            },
        ],
    );
    for node in &matched.removed {
        changes.push(What::new(Kind::FlowStep, Action::Removed, &[subject(node)]).without_place());
    }
    for node in &matched.added {
        let what = What::new(Kind::FlowStep, Action::Added, &[subject(node)]);
        let place = settings(after, node)
            .into_iter()
            .find(|(path, _)| is_place(path));
        let what = match place {
            Some((_, value)) => what.after(value),
            None => what,
        };
        changes.push(what.without_place());
    }
    for (old, new) in matched.pairs {
        let subject = [subject(new)];
        if old.name != new.name {
            let what =
                What::new(Kind::FlowStep, Action::Renamed, &subject).from_to(&old.name, &new.name);
            changes.push(what.without_place());
        }
        changed_settings(before, after, (old, new), &subject, changes);
    }
}

pub(super) fn subject(node: &FlowNode) -> Subject {
    let kind = match node.base.as_str() {
        "input" => "input step",
        "output" => "output step",
        _ => "step",
    };
    Subject::new(kind, &node.name)
}

fn changed_settings(
    before: &Flow,
    after: &Flow,
    (old, new): (&FlowNode, &FlowNode),
    subject: &[Subject],
    changes: &mut Vec<Change>,
) {
    let (from, to) = (settings(before, old), settings(after, new));
    let mut paths: Vec<&String> = from.keys().chain(to.keys()).collect();
    paths.sort_unstable();
    paths.dedup();
    paths.retain(|p| from.get(*p) != to.get(*p));
    let (places, others): (Vec<&String>, Vec<&String>) =
        paths.into_iter().partition(|p| is_place(p));
    for path in places {
        let shown = |all: &BTreeMap<String, String>| all.get(path).cloned().unwrap_or_default();
        let what = What::changed(Kind::FlowStep, subject)
            .aspect(path.rsplit('.').next().unwrap_or(path))
            .from_to(shown(&from), shown(&to))
            .risk(Some(Risk::ConnectionMoved));
        changes.push(what.without_place());
    }
    if !others.is_empty() {
        let mut names: Vec<&str> = others
            .iter()
            .map(|p| p.split('.').next().unwrap_or(p))
            .collect();
        names.dedup();
        names.truncate(SHOWN);
        let settings = words::count(others.len(), "setting");
        let aspect = format!("{settings} ({})", names.join(", "));
        changes.push(
            What::changed(Kind::FlowStep, subject)
                .aspect(aspect)
                .without_place(),
        );
    }
}

/// Where a step reads or writes.
fn is_place(path: &str) -> bool {
    let last = path.rsplit('.').next().unwrap_or(path);
    matches!(
        last,
        "server"
            | "dbname"
            | "filename"
            | "directory"
            | "hyperOutputFile"
            | "csvOutputFile"
            | "tdsOutputFile"
            | "excelOutputFile"
            | "serverUrl"
            | "siteUrlName"
            | "projectName"
            | "projectLuid"
            | "datasourceName"
            | "schema"
            | "table"
            | "warehouse"
    )
}

/// The leaves of a step's JSON; ids, positions and serialised state left out.
pub(super) fn settings(flow: &Flow, node: &FlowNode) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    if let Some(json) = flow.json.get("nodes").and_then(|n| n.get(&node.id)) {
        leaves(json, String::new(), 0, &mut found);
    }
    found
}

/// Deeper than any flow goes.
const DEEPEST: usize = 64;

fn leaves(value: &Value, path: String, depth: usize, found: &mut BTreeMap<String, String>) {
    if depth > DEEPEST {
        return;
    }
    let below = |name: &str| {
        if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}.{name}")
        }
    };
    match value {
        Value::Object(object) => {
            // The name of the step itself is compared by itself.
            let own = |name: &str| depth == 0 && name == "name";
            for (name, value) in kept(object).filter(|(name, _)| !own(name)) {
                leaves(value, below(name), depth + 1, found);
            }
        }
        Value::Array(items) => {
            for (n, value) in items.iter().enumerate() {
                leaves(value, below(&n.to_string()), depth + 1, found);
            }
        }
        Value::Null => {}
        Value::String(text) => {
            found.insert(path, text.clone());
        }
        other => {
            found.insert(path, other.to_string());
        }
    }
}

fn kept(object: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    object.iter().filter(|(name, _)| {
        !matches!(
            name.as_str(),
            "id" | "nextNodes"
                | "serialize"
                | "connectionId"
                | "nodeId"
                | "namespace"
                | "nextNodeId"
        )
    })
}

fn connections(before: &Flow, after: &Flow, changes: &mut Vec<Change>) {
    let id = |c: &FlowConnection| Some(c.id.clone());
    let same = |c: &FlowConnection| Some(address(c));
    let matched = Matched::by(
        &before.connections,
        &after.connections,
        &[
            Key {
                before: &id,
                after: &id,
            },
            Key {
                before: &same,
                after: &same,
            },
        ],
    );
    let subject = |c: &FlowConnection| [Subject::new("connection", address(c))];
    for connection in &matched.removed {
        changes.push(
            What::new(Kind::FlowConnection, Action::Removed, &subject(connection)).without_place(),
        );
    }
    for connection in &matched.added {
        let what = What::new(Kind::FlowConnection, Action::Added, &subject(connection));
        changes.push(what.risk(Some(Risk::ConnectionMoved)).without_place());
    }
    for (old, new) in matched.pairs {
        if address(old) != address(new) {
            let what = What::changed(Kind::FlowConnection, &subject(new))
                .from_to(address(old), address(new))
                .risk(Some(Risk::ConnectionMoved));
            changes.push(what.without_place());
        } else if raw(before, &old.id) != raw(after, &new.id) {
            let what = What::changed(Kind::FlowConnection, &subject(new)).aspect("settings");
            changes.push(what.without_place());
        }
    }
}

/// `postgres db.example shop`.
pub(super) fn address(connection: &FlowConnection) -> String {
    let parts = [&connection.class, &connection.server, &connection.database];
    let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    parts.join(" ")
}

fn raw<'f>(flow: &'f Flow, id: &str) -> Option<&'f Value> {
    flow.json
        .get("connections")?
        .get(id)?
        .get("connectionAttributes")
}

/// Parameters and the order of steps.
fn rest(before: &Flow, after: &Flow, changes: &mut Vec<Change>) {
    let part = |flow: &Flow, name: &str| flow.json.get(name).cloned().unwrap_or(Value::Null);
    if part(before, "parameters") != part(after, "parameters") {
        let what = What::changed(Kind::Other, &[Subject::new("flow", "")]).aspect("parameters");
        changes.push(what.without_place());
    }
    let (from, to) = (links(before), links(after));
    // A step that came, went or was renamed brings its links with it.
    let steps = changes
        .iter()
        .any(|c| c.kind == Kind::FlowStep && c.action != Action::Changed);
    if from != to && !steps {
        let what =
            What::changed(Kind::Other, &[Subject::new("flow", "")]).aspect("links between steps");
        changes.push(what.without_place());
    }
}

/// Names of the steps that follow each other, sorted.
pub(super) fn links(flow: &Flow) -> Vec<(String, String)> {
    let name = |id: &str| {
        let node = flow.nodes.iter().find(|n| n.id == id);
        node.map_or_else(String::new, |n| n.name.clone())
    };
    let mut links = Vec::new();
    for node in &flow.nodes {
        let next = flow.json["nodes"][&node.id]["nextNodes"].as_array();
        for to in next.into_iter().flatten() {
            let to = to["nextNodeId"].as_str().unwrap_or_default();
            links.push((node.name.clone(), name(to)));
        }
    }
    links.sort();
    links
}
