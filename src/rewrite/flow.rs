//! Connections and published data sources of Prep flows (format reference, A.13).
//!
//! A flow says the same thing in up to three places: in the connection, in the data connection made from it, and in the
//! step that reads. Values are changed where they stand; none is added.

mod places;

use crate::content::Characters;
use crate::content::flow::Flow;
use crate::content::json;

use super::qualifier::{Level, Rename, Renames, Scope, has_schemas};
use super::sql::{self, Dialect};
use super::tables;
use super::{PublishedTarget, Record, Rewritten, Rule};
use places::{Connection, Object, collect, connections};

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
        let place = self.flow.place(&pointer(object, key));
        if let Some(span) = place.filter(|_| old != new) {
            if self.record.replace(span, json::escape(new), what) {
                self.record.hit(old, new, what);
            }
        }
        true
    }

    /// The text of a string, with its places.
    fn characters(&self, object: &Object<'_>, key: &str) -> Option<Characters> {
        self.flow.characters(&pointer(object, object.key(key)?))
    }

    fn unmet(&mut self, word: &str, label: &str, new: &str, why: &str) {
        self.record
            .unmet(format!("the {word} {label} does not become `{new}`: {why}"));
    }
}

/// Where a string of an object stands.
fn pointer(object: &Object<'_>, key: &str) -> String {
    let mut path = object.path.clone();
    path.push(key.to_owned());
    json::pointer(&path)
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
    let server = if old.contains("://") {
        target.address()
    } else {
        target.host.clone()
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
        if let Some(name) = changes.characters(relation, "table") {
            let what = format!("table {label}");
            let written = |new: &str, _| Some(json::escape(new));
            tables::rename(
                &mut changes.record,
                &name,
                renames,
                has_schemas(class),
                &what,
                written,
            );
        }
        let Some(query) = changes.characters(relation, "query") else {
            continue;
        };
        let found = sql::changes(query.text(), renames, dialect);
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
        let what = format!("custom SQL {label}");
        for change in found {
            let text = json::escape(&change.text);
            let place = query.span(change.range);
            if place.is_some_and(|span| changes.record.replace(span, text, &what)) {
                changes.record.hit(&change.old, &change.new, &what);
            }
        }
    }
}

#[cfg(test)]
mod tests;
