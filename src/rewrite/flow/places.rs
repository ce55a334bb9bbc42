//! Where a flow says what it reads from.

use serde_json::Value;

use crate::content::flow::Flow;

/// A connection, and everything that uses it.
pub(super) struct Connection<'f> {
    pub(super) name: &'f str,
    pub(super) own: Object<'f>,
    pub(super) label: Object<'f>,
    /// Attributes of data connections.
    derived: Vec<Object<'f>>,
    pub(super) steps: Vec<Step<'f>>,
}

/// A step that reads or writes by a connection.
pub(super) struct Step<'f> {
    pub(super) attributes: Option<Object<'f>>,
    pub(super) relation: Option<Object<'f>>,
    /// Attributes of the data connection that this step alone may use.
    pub(super) derived: Option<Object<'f>>,
}

/// An object of the JSON, with its pointer.
#[derive(Clone)]
pub(super) struct Object<'f> {
    pub(super) path: Vec<String>,
    pub(super) value: &'f Value,
}

impl<'f> Object<'f> {
    pub(super) fn child(&self, key: &str) -> Option<Self> {
        let value = self.value.get(key).filter(|v| v.is_object())?;
        let mut path = self.path.clone();
        path.push(key.to_owned());
        Some(Self { path, value })
    }

    /// Keys are matched in any case: older flows write `datasourcename`.
    pub(super) fn key(&self, wanted: &str) -> Option<&'f str> {
        let mut keys = self.value.as_object()?.keys();
        keys.find(|k| k.eq_ignore_ascii_case(wanted))
            .map(String::as_str)
    }

    pub(super) fn get(&self, key: &str) -> Option<&'f str> {
        self.value.get(self.key(key)?)?.as_str()
    }
}

impl Connection<'_> {
    pub(super) fn class(&self) -> &str {
        self.own.get("class").unwrap_or_default()
    }

    /// Where its attributes stand.
    pub(super) fn holders(&self) -> impl Iterator<Item = &Object<'_>> {
        let steps = self.steps.iter().filter_map(|s| s.attributes.as_ref());
        std::iter::once(&self.own).chain(&self.derived).chain(steps)
    }

    /// Some place says so.
    pub(super) fn says(&self, attribute: &str, wanted: &str) -> bool {
        self.holders()
            .any(|h| h.get(attribute).is_some_and(|v| v == wanted))
    }
}

pub(super) fn connections(flow: &Flow) -> Vec<Connection<'_>> {
    let root = Object {
        path: Vec::new(),
        value: &flow.json,
    };
    let mut nodes = Vec::new();
    if let Some(top) = root.child("nodes") {
        collect(&top, &mut nodes);
    }
    let list = |key: &str| -> Vec<(String, Object<'_>)> {
        let Some(all) = root.child(key) else {
            return Vec::new();
        };
        let ids = all.value.as_object().into_iter().flatten();
        ids.filter_map(|(id, _)| Some((id.clone(), all.child(id)?)))
            .collect()
    };
    let data = list("dataConnections");
    let made = list("connections").into_iter().filter_map(|(id, label)| {
        let own = label.child("connectionAttributes")?;
        let derived: Vec<&(String, Object<'_>)> = data
            .iter()
            .filter(|(_, d)| d.get("baseConnectionId") == Some(id.as_str()))
            .collect();
        let steps = nodes.iter().filter_map(|node: &Object<'_>| {
            let used = node.get("connectionId")?;
            let by = derived.iter().find(|(d, _)| d == used);
            (used == id || by.is_some()).then(|| Step {
                attributes: node.child("connectionAttributes"),
                relation: node.child("relation"),
                derived: by.and_then(|(_, d)| d.child("modifiedConnectionAttributes")),
            })
        });
        Some(Connection {
            name: label.get("name").unwrap_or_default(),
            steps: steps.collect(),
            derived: derived
                .iter()
                .filter_map(|(_, d)| d.child("modifiedConnectionAttributes"))
                .collect(),
            own,
            label,
        })
    });
    made.collect()
}

/// Every step, those inside of containers and groups too.
pub(super) fn collect<'f>(at: &Object<'f>, nodes: &mut Vec<Object<'f>>) {
    if at.value.get("nodeType").is_some() {
        nodes.push(at.clone());
    }
    for key in at.value.as_object().into_iter().flatten().map(|(k, _)| k) {
        if let Some(child) = at.child(key) {
            collect(&child, nodes);
        }
    }
}
