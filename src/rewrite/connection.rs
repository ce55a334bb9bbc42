//! Database connections, and what repeats their values: labels, tables, custom SQL.

use crate::content::Document;
use crate::content::model::{Connection, Datasource};
use crate::content::tree::NodeId;
use crate::manifest::raw::{Match, Replacement};

use super::{Changes, Rule};

pub(super) fn apply(document: &Document, rule: &Rule<'_>, changes: &mut Changes<'_>) {
    for datasource in &document.model.datasources {
        for connection in datasource
            .connections
            .iter()
            .filter(|c| c.class.value != "sqlproxy" && matches(c, rule.matching))
        {
            changes.matched();
            rewrite(document, datasource, connection, rule.to, changes);
        }
    }
}

fn matches(connection: &Connection, wanted: &Match) -> bool {
    let class = wanted
        .class
        .as_ref()
        .is_none_or(|c| *c == connection.class.value);
    let exact = [
        ("port", &wanted.port),
        ("dbname", &wanted.database),
        ("schema", &wanted.schema),
        ("username", &wanted.username),
        ("warehouse", &wanted.warehouse),
    ];
    let server = wanted.server.as_ref().is_none_or(|s| {
        connection
            .get("server")
            .is_some_and(|own| own.eq_ignore_ascii_case(s))
    });
    class
        && server
        && exact.iter().all(|(name, value)| {
            value
                .as_ref()
                .is_none_or(|v| connection.get(name) == Some(v))
        })
}

fn rewrite(
    document: &Document,
    datasource: &Datasource,
    connection: &Connection,
    to: &Replacement,
    changes: &mut Changes<'_>,
) {
    let label = super::label(document, datasource);
    let named: [(&str, &Option<String>, &str); 7] = [
        ("server", &to.server, "server"),
        ("port", &to.port, "port"),
        ("dbname", &to.database, "database"),
        ("schema", &to.schema, "schema"),
        ("username", &to.username, "user name"),
        ("warehouse", &to.warehouse, "warehouse"),
        ("service", &to.role, "role"),
    ];
    for node in copies(document, connection) {
        for (attribute, value, word) in named {
            if let Some(value) = value {
                changes.set_or_add(node, attribute, value, &format!("{word} {label}"));
            }
        }
        for (attribute, value) in &to.attributes {
            changes.set_or_add(node, attribute, value, &format!("`{attribute}` {label}"));
        }
    }
    if let (Some(new), Some(old)) = (&to.server, connection.get("server")) {
        relabel(document, connection, old, new, &label, changes);
    }
    qualifiers(document, datasource, connection, to, &label, changes);
}

/// The connection's element, and its twin on the other side of a feature.
fn copies(document: &Document, connection: &Connection) -> Vec<NodeId> {
    let tree = &document.tree;
    let same = |n: &NodeId| {
        tree.local(*n) == "connection"
            && tree.is(*n, "class", &connection.class.value)
            && ["server", "dbname", "schema", "port"].iter().all(|a| {
                tree.get(*n, a).as_deref().unwrap_or("") == connection.get(a).unwrap_or("")
            })
    };
    let parent = tree.parent(connection.element.node);
    let siblings = parent
        .map(|p| tree.all_children(p).filter(|n| same(n)).collect::<Vec<_>>())
        .unwrap_or_default();
    if siblings.is_empty() {
        vec![connection.element.node]
    } else {
        siblings
    }
}

/// The label that people see is the host's name, unless somebody chose another.
fn relabel(
    document: &Document,
    connection: &Connection,
    old: &str,
    new: &str,
    label: &str,
    changes: &mut Changes<'_>,
) {
    let tree = &document.tree;
    let Some(wrapper) = tree.parent(connection.element.node) else {
        return;
    };
    if tree.local(wrapper) == "named-connection"
        && connection
            .caption
            .as_ref()
            .is_some_and(|c| c.value.eq_ignore_ascii_case(old))
    {
        changes.set(wrapper, "caption", new, &format!("label {label}"));
    }
}

/// `[schema].[table]`, `[database].[schema].[table]` in every copy of a relation; custom and initial SQL where asked.
fn qualifiers(
    document: &Document,
    datasource: &Datasource,
    connection: &Connection,
    to: &Replacement,
    label: &str,
    changes: &mut Changes<'_>,
) {
    let tree = &document.tree;
    let mut renames: Vec<(String, String)> = Vec::new();
    for (attribute, new) in [("schema", &to.schema), ("dbname", &to.database)] {
        if let (Some(old), Some(new)) = (connection.get(attribute), new) {
            if old != new {
                renames.push((old.to_owned(), new.clone()));
            }
        }
    }
    if renames.is_empty() {
        return;
    }
    let of_this = |n: &NodeId| {
        tree.local(*n) == "relation"
            && match (&connection.name, tree.get(*n, "connection")) {
                (Some(own), Some(named)) => own.value == named,
                (Some(_), None) => false,
                (None, _) => true,
            }
    };
    let relations: Vec<NodeId> = tree
        .all_descendants(datasource.element.node)
        .filter(of_this)
        .collect();
    for relation in relations {
        if let Some(table) = tree
            .attributes(relation)
            .find(|a| a.name.local == "table")
            .map(|a| a.value.into_owned())
        {
            let new = requalify(&table, &renames);
            changes.set(relation, "table", &new, &format!("table {label}"));
        }
        if to.custom_sql && tree.is(relation, "type", "text") {
            let span = tree.content(relation);
            let raw = tree.source().slice(span).to_owned();
            let new = in_sql(&raw, &renames);
            if new != raw {
                changes.push(span, new, "", "", &format!("custom SQL {label}"));
            }
        }
    }
    if to.custom_sql {
        if let Some(sql) = connection.attribute("one-time-sql") {
            changes.replace(
                sql.span,
                &sql.value,
                &in_sql(&sql.value, &renames),
                &format!("initial SQL {label}"),
            );
        }
    }
}

/// All parts but the last of a bracketed name.
fn requalify(table: &str, renames: &[(String, String)]) -> String {
    let Some(inner) = table.strip_prefix('[').and_then(|t| t.strip_suffix(']')) else {
        return table.to_owned();
    };
    let mut parts: Vec<String> = inner.split("].[").map(str::to_owned).collect();
    let qualifiers = parts.len().saturating_sub(1);
    for part in &mut parts[..qualifiers] {
        if let Some((_, new)) = renames.iter().find(|(old, _)| old == part) {
            part.clone_from(new);
        }
    }
    format!("[{}]", parts.join("].["))
}

/// A name that qualifies another: `dev.orders`, `"dev"."orders"`; whole words only.
fn in_sql(sql: &str, renames: &[(String, String)]) -> String {
    let mut text = sql.to_owned();
    for (old, new) in renames {
        let pattern = format!(
            r#"(^|[^\w.])((?:"|\[|`)?){}((?:"|\]|`)?\s*\.)"#,
            regex::escape(old)
        );
        if let Ok(regex) = regex::Regex::new(&pattern) {
            text = regex
                .replace_all(&text, |c: &regex::Captures<'_>| {
                    format!("{}{}{new}{}", &c[1], &c[2], &c[3])
                })
                .into_owned();
        }
    }
    text
}
