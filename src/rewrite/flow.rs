//! Connections and published data sources of Prep flows (format reference, A.13).
//!
//! A flow says the same thing in up to three places: in the connection, in the data connection made from it, and in the
//! step that reads. Values are changed where they stand; none is added.

use serde_json::Value;

use crate::content::flow::Flow;
use crate::content::json;

use super::qualifier::{Level, Rename, Renames, Scope, has_schemas};
use super::sql::{self, Dialect};
use super::{PublishedTarget, Record, Rewritten, Rule};

/// Applies the rules to a flow.
pub fn flow(flow: &Flow, rules: &[Rule<'_>]) -> Rewritten {
    let mut changes = Changes {
        flow,
        record: Record::default(),
    };
    let connections = connections(flow);
    for rule in rules {
        changes.record.rule = rule.number;
        if rule.matching.published.is_some() {
            published(rule, &connections, &mut changes);
        } else if rule.matching.parameter.is_none() {
            for connection in connections.iter().filter(|c| c.class() != "sqlproxy") {
                database(rule, connection, &mut changes);
            }
        }
    }
    changes.record.finish()
}

/// A connection, and everything that uses it.
struct Connection<'f> {
    name: &'f str,
    own: Object<'f>,
    label: Object<'f>,
    /// Attributes of data connections.
    derived: Vec<Object<'f>>,
    steps: Vec<Step<'f>>,
}

/// A step that reads or writes by a connection.
struct Step<'f> {
    attributes: Option<Object<'f>>,
    relation: Option<Object<'f>>,
    /// Attributes of the data connection that this step alone may use.
    derived: Option<Object<'f>>,
}

/// An object of the JSON, with its pointer.
#[derive(Clone)]
struct Object<'f> {
    path: Vec<String>,
    value: &'f Value,
}

impl<'f> Object<'f> {
    fn child(&self, key: &str) -> Option<Self> {
        let value = self.value.get(key).filter(|v| v.is_object())?;
        let mut path = self.path.clone();
        path.push(key.to_owned());
        Some(Self { path, value })
    }

    /// Keys are matched in any case: older flows write `datasourcename`.
    fn key(&self, wanted: &str) -> Option<&'f str> {
        let mut keys = self.value.as_object()?.keys();
        keys.find(|k| k.eq_ignore_ascii_case(wanted))
            .map(String::as_str)
    }

    fn get(&self, key: &str) -> Option<&'f str> {
        self.value.get(self.key(key)?)?.as_str()
    }
}

impl Connection<'_> {
    fn class(&self) -> &str {
        self.own.get("class").unwrap_or_default()
    }

    /// Where its attributes stand.
    fn holders(&self) -> impl Iterator<Item = &Object<'_>> {
        let steps = self.steps.iter().filter_map(|s| s.attributes.as_ref());
        std::iter::once(&self.own).chain(&self.derived).chain(steps)
    }

    /// Some place says so.
    fn says(&self, attribute: &str, wanted: &str) -> bool {
        self.holders()
            .any(|h| h.get(attribute).is_some_and(|v| v == wanted))
    }
}

fn connections(flow: &Flow) -> Vec<Connection<'_>> {
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
fn collect<'f>(at: &Object<'f>, nodes: &mut Vec<Object<'f>>) {
    if at.value.get("nodeType").is_some() {
        nodes.push(at.clone());
    }
    for key in at.value.as_object().into_iter().flatten().map(|(k, _)| k) {
        if let Some(child) = at.child(key) {
            collect(&child, nodes);
        }
    }
}

struct Changes<'f> {
    flow: &'f Flow,
    record: Record,
}

impl Changes<'_> {
    /// Sets a string where it is there. True when it was.
    fn set(&mut self, object: &Object<'_>, key: &str, new: &str, what: &str) -> bool {
        let Some((key, old)) = object.key(key).and_then(|k| Some((k, object.get(k)?))) else {
            return false;
        };
        let mut path = object.path.clone();
        path.push(key.to_owned());
        if old != new {
            if let Some(span) = self.flow.place(&json::pointer(&path)) {
                self.record.push(span, json::escape(new), old, new, what);
            }
        }
        true
    }

    fn unmet(&mut self, word: &str, label: &str, new: &str, why: &str) {
        self.record
            .unmet(format!("the {word} {label} does not become `{new}`: {why}"));
    }
}

/// Inputs that read a published data source.
fn published(rule: &Rule<'_>, connections: &[Connection<'_>], changes: &mut Changes<'_>) {
    let Some(wanted) = rule.matching.published.as_deref() else {
        return;
    };
    for connection in connections.iter().filter(|c| c.class() == "sqlproxy") {
        let mut found = false;
        for step in &connection.steps {
            let own = [&step.attributes, &step.derived];
            let named = own.into_iter().flatten().any(|o| {
                ["dbname", "datasourceName"]
                    .iter()
                    .any(|key| o.get(key) == Some(wanted))
            });
            if !named {
                continue;
            }
            found = true;
            let label = format!("of published data source \"{wanted}\"");
            let Some(target) = &rule.published else {
                continue;
            };
            for object in own.into_iter().flatten() {
                changes.set(
                    object,
                    "dbname",
                    &target.content_url,
                    &format!("content URL {label}"),
                );
                changes.set(
                    object,
                    "datasourceName",
                    &target.name,
                    &format!("name {label}"),
                );
                if let Some(project) = &rule.to.project {
                    changes.set(object, "projectName", project, &format!("project {label}"));
                }
            }
        }
        if found {
            changes.record.matched();
            if let Some(target) = &rule.published {
                site(connection, target, changes);
            }
        }
    }
    outputs(wanted, changes);
}

/// The site that published data sources are read from. The server is an address there, not a name.
fn site(connection: &Connection<'_>, target: &PublishedTarget, changes: &mut Changes<'_>) {
    let own = &connection.own;
    let label = format!("of connection \"{}\"", connection.name);
    let old = own.get("server").unwrap_or_default();
    let usual = matches!(
        (target.channel.as_str(), target.port.as_str()),
        ("https", "443") | ("http", "80") | (_, "")
    );
    let server = match (old.contains("://"), usual) {
        (false, _) => target.host.clone(),
        (true, true) => format!("{}://{}", target.channel, target.host),
        (true, false) => format!("{}://{}:{}", target.channel, target.host, target.port),
    };
    for (key, new, word) in [
        ("server", &server, "server"),
        ("port", &target.port, "port"),
        ("channel", &target.channel, "channel"),
        ("siteUrlName", &target.site, "site"),
    ] {
        changes.set(own, key, new, &format!("{word} {label}"));
    }
}

/// What a flow writes is no reference that can be moved: its project is an id of the old site.
fn outputs(wanted: &str, changes: &mut Changes<'_>) {
    let root = Object {
        path: Vec::new(),
        value: &changes.flow.json,
    };
    let mut nodes = Vec::new();
    if let Some(top) = root.child("nodes") {
        collect(&top, &mut nodes);
    }
    let writes = |n: &Object<'_>| {
        n.get("nodeType")
            .is_some_and(|t| t.ends_with(".PublishExtract"))
            && n.get("datasourceName") == Some(wanted)
    };
    if nodes.iter().any(writes) {
        changes.record.unmet(format!(
            "published data source \"{wanted}\" is written by an output of the flow, and outputs are not rewritten: their project is an id of one site; change the output in Tableau Prep"
        ));
    }
}

fn database(rule: &Rule<'_>, connection: &Connection<'_>, changes: &mut Changes<'_>) {
    let (matching, to) = (rule.matching, rule.to);
    let class = connection.class();
    let has_schemas = has_schemas(class);
    let tables = connection
        .steps
        .iter()
        .filter_map(|s| s.relation.as_ref()?.get("table"));
    let scope = Scope::from_tables(tables, has_schemas);
    let names = |level: Level, wanted: &Option<String>| {
        wanted
            .as_ref()
            .is_none_or(|w| connection.says(level.attribute(), w) || scope.names(level).contains(w))
    };
    let says = |attribute: &str, wanted: &Option<String>| {
        wanted
            .as_ref()
            .is_none_or(|w| connection.says(attribute, w))
    };
    let server = matching.server.as_ref().is_none_or(|s| {
        connection
            .own
            .get("server")
            .is_some_and(|own| own.eq_ignore_ascii_case(s))
    });
    let found = matching.class.as_ref().is_none_or(|c| c == class)
        && server
        && says("port", &matching.port)
        && says("username", &matching.username)
        && says("warehouse", &matching.warehouse)
        && names(Level::Database, &matching.database)
        && names(Level::Schema, &matching.schema);
    if !found {
        return;
    }
    changes.record.matched();
    let label = format!("of connection \"{}\"", connection.name);
    let is_snowflake = class.starts_with("snowflake");
    let role = to.role.as_ref().filter(|_| is_snowflake);
    let plain = [
        ("server", to.server.as_ref(), "server"),
        ("port", to.port.as_ref(), "port"),
        ("username", to.username.as_ref(), "user name"),
        ("warehouse", to.warehouse.as_ref(), "warehouse"),
        ("service", role, "role"),
    ];
    let plain = plain
        .into_iter()
        .filter_map(|(key, new, word)| Some((key, new?, word.to_owned())));
    let others = to
        .attributes
        .iter()
        .map(|(key, new)| (key.as_str(), new, format!("`{key}`")));
    for (key, new, word) in plain.chain(others) {
        let mut there = false;
        for holder in connection.holders() {
            there |= changes.set(holder, key, new, &format!("{word} {label}"));
        }
        if !there {
            changes.unmet(&word, &label, new, "the connection of the flow has none");
        }
    }
    if let (Some(role), false) = (&to.role, is_snowflake) {
        changes.unmet("role", &label, role, "only Snowflake has roles");
    }
    if let (Some(old), Some(new)) = (connection.own.get("server"), &to.server) {
        if connection.name.eq_ignore_ascii_case(old) {
            changes.set(&connection.label, "name", new, &format!("label {label}"));
        }
    }
    let renames = Renames {
        database: rename(Level::Database, rule, connection, &scope, changes),
        schema: rename(Level::Schema, rule, connection, &scope, changes),
    };
    if !renames.is_empty() {
        relations(&renames, rule, connection, changes);
    }
}

/// Sets the attribute wherever it stands, and says what is to be renamed in tables and SQL.
fn rename(
    level: Level,
    rule: &Rule<'_>,
    connection: &Connection<'_>,
    scope: &Scope,
    changes: &mut Changes<'_>,
) -> Option<Rename> {
    let (stated, new) = super::connection::stated(rule, level);
    let new = new?;
    let attribute = level.attribute();
    let label = format!("of connection \"{}\"", connection.name);
    let own = connection
        .holders()
        .find_map(|h| h.get(attribute).filter(|v| !v.is_empty()));
    let old = match stated {
        Some(old) => Ok(old.to_owned()),
        None => scope.current(level, own),
    };
    let old = match old {
        Ok(old) => old,
        Err(why) => {
            changes.unmet(level.word(), &label, new, &why);
            return None;
        }
    };
    for holder in connection.holders() {
        if holder.get(attribute) == Some(&old) {
            changes.set(holder, attribute, new, &format!("{} {label}", level.word()));
        }
    }
    (old != new).then(|| Rename {
        old,
        new: new.to_owned(),
    })
}

fn relations(
    renames: &Renames,
    rule: &Rule<'_>,
    connection: &Connection<'_>,
    changes: &mut Changes<'_>,
) {
    let class = connection.class();
    let dialect = Dialect {
        class,
        database: connection.own.get("dbname"),
    };
    let label = format!("of connection \"{}\"", connection.name);
    let all = || connection.steps.iter().filter_map(|s| s.relation.as_ref());
    let has_tables = all().any(|r| r.get("table").is_some());
    for relation in all() {
        if let Some(new) = relation
            .get("table")
            .and_then(|t| renames.apply(t, has_schemas(class)))
        {
            changes.set(relation, "table", &new, &format!("table {label}"));
        }
        let Some(query) = relation.get("query") else {
            continue;
        };
        let found = sql::changes(query, renames, dialect);
        let Some(first) = found.first() else { continue };
        if !rule.to.custom_sql && has_tables {
            let old = &first.old;
            changes
                .record
                .kept(format!("custom SQL {label} names \"{old}\""));
            continue;
        }
        if !rule.to.custom_sql {
            let why = format!("custom SQL names `{}`; say `custom_sql: true`", first.old);
            changes.unmet("custom SQL", &label, &first.new, &why);
            continue;
        }
        let mut text = query.to_owned();
        for change in found.iter().rev() {
            text.replace_range(change.range.clone(), &change.text);
        }
        let mut path = relation.path.clone();
        path.push("query".to_owned());
        if let Some(span) = changes.flow.place(&json::pointer(&path)) {
            let what = format!("custom SQL {label}");
            let (old, new) = (&first.old, &first.new);
            changes
                .record
                .push(span, json::escape(&text), old, new, &what);
        }
    }
}

#[cfg(test)]
mod tests;
