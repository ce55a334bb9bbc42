//! Database connections, and what repeats their values: labels, tables, custom SQL.

use crate::content::Document;
use crate::content::edit::escape_attribute;
use crate::content::model::{Connection, Datasource};
use crate::content::tree::NodeId;
use crate::manifest::raw::{Match, Replacement};

use super::qualifier::{Level, Rename, Renames, Scope, has_schemas, in_extract, parts};
use super::sql::{self, Dialect};
use super::{Changes, Rule};

pub(super) fn apply(document: &Document, rule: &Rule<'_>, changes: &mut Changes<'_>) {
    for datasource in &document.model.datasources {
        for connection in &datasource.connections {
            if connection.class.value == "sqlproxy" || !attributes_match(connection, rule.matching)
            {
                continue;
            }
            let place = Place {
                document,
                datasource,
                connection,
                scope: Scope::of(document, datasource, connection),
                label: super::label(document, datasource),
            };
            if place.names_match(rule.matching) {
                changes.matched();
                place.rewrite(rule, changes);
            }
        }
    }
}

/// A connection of a document.
struct Place<'d> {
    document: &'d Document,
    datasource: &'d Datasource,
    connection: &'d Connection,
    scope: Scope,
    label: String,
}

fn attributes_match(connection: &Connection, wanted: &Match) -> bool {
    let class = wanted
        .class
        .as_ref()
        .is_none_or(|c| *c == connection.class.value);
    let server = wanted.server.as_ref().is_none_or(|s| {
        connection
            .get("server")
            .is_some_and(|own| own.eq_ignore_ascii_case(s))
    });
    let exact = [
        ("port", &wanted.port),
        ("username", &wanted.username),
        ("warehouse", &wanted.warehouse),
    ];
    class
        && server
        && exact.iter().all(|(name, value)| {
            value
                .as_ref()
                .is_none_or(|v| connection.get(name) == Some(v))
        })
}

/// What a rule says of a level: the old name, where it does, and the new one.
pub(super) fn stated<'r>(rule: &Rule<'r>, level: Level) -> (Option<&'r str>, Option<&'r str>) {
    let (old, new) = match level {
        Level::Database => (&rule.matching.database, &rule.to.database),
        Level::Schema => (&rule.matching.schema, &rule.to.schema),
    };
    (old.as_deref(), new.as_deref())
}

impl Place<'_> {
    /// Database and schema may stand in the connection, in the names of its tables, or only in its SQL.
    fn names_match(&self, wanted: &Match) -> bool {
        [
            (Level::Database, &wanted.database),
            (Level::Schema, &wanted.schema),
        ]
        .into_iter()
        .all(|(level, wanted)| {
            wanted.as_ref().is_none_or(|wanted| {
                self.connection.get(level.attribute()) == Some(wanted)
                    || self.scope.names(level).contains(wanted)
                    || self.sql_names(level, wanted)
            })
        })
    }

    fn rewrite(&self, rule: &Rule<'_>, changes: &mut Changes<'_>) {
        let (to, connection, label) = (rule.to, self.connection, &self.label);
        let copies = copies(self.document, connection);
        for node in &copies {
            for (attribute, value, word) in [
                ("server", &to.server, "server"),
                ("port", &to.port, "port"),
                ("username", &to.username, "user name"),
            ] {
                if let Some(value) = value {
                    changes.set_or_add(*node, attribute, value, &format!("{word} {label}"));
                }
            }
            for (attribute, value) in &to.attributes {
                changes.set_or_add(*node, attribute, value, &format!("`{attribute}` {label}"));
            }
        }
        self.snowflake(&copies, to, changes);
        if let (Some(new), Some(old)) = (&to.server, connection.get("server")) {
            relabel(self.document, connection, old, new, label, changes);
            self.check_urls(old, new, to, changes);
        }
        let renames = Renames {
            database: self.rename(Level::Database, &copies, rule, changes),
            schema: self.rename(Level::Schema, &copies, rule, changes),
        };
        if !renames.is_empty() {
            self.tables(&renames, changes);
            self.sql(&renames, &copies, to.custom_sql, changes);
        }
    }

    /// The warehouse and the role are Snowflake's; in other connections `service` is something else.
    fn snowflake(&self, copies: &[NodeId], to: &Replacement, changes: &mut Changes<'_>) {
        let is_snowflake = self.connection.class.value.starts_with("snowflake");
        for (attribute, value, word, is_there) in [
            (
                "warehouse",
                &to.warehouse,
                "warehouse",
                self.connection.attribute("warehouse").is_some(),
            ),
            ("service", &to.role, "role", false),
        ] {
            let Some(value) = value else { continue };
            if is_snowflake || is_there {
                for node in copies {
                    changes.set_or_add(*node, attribute, value, &format!("{word} {}", self.label));
                }
            } else {
                let class = &self.connection.class.value;
                let why = format!(
                    "a connection of class `{class}` has none; narrow the rewrite with `class`, or use `attributes`"
                );
                self.unmet(word, value, &why, changes);
            }
        }
    }

    /// Addresses that repeat the server's name, and that nobody can take apart for certain.
    fn check_urls(&self, old: &str, new: &str, to: &Replacement, changes: &mut Changes<'_>) {
        if old.eq_ignore_ascii_case(new) {
            return;
        }
        for attribute in ["jdbcurl", "odbc-connect-string-extras"] {
            let names_old = self
                .connection
                .get(attribute)
                .is_some_and(|v| v.to_lowercase().contains(&old.to_lowercase()));
            if names_old && !to.attributes.contains_key(attribute) {
                let why = format!(
                    "its `{attribute}` names the old one too; give the new `{attribute}` in `attributes`"
                );
                self.unmet("server", new, &why, changes);
            }
        }
    }

    /// Sets the connection's own attribute, and says what is to be renamed elsewhere.
    fn rename(
        &self,
        level: Level,
        copies: &[NodeId],
        rule: &Rule<'_>,
        changes: &mut Changes<'_>,
    ) -> Option<Rename> {
        let (stated, Some(new)) = stated(rule, level) else {
            return None;
        };
        let own = self.connection.get(level.attribute());
        let old = match stated {
            Some(old) => Ok(old.to_owned()),
            None => self.scope.current(level, own),
        };
        let old = match old {
            Ok(old) => old,
            Err(why) => {
                self.unmet(level.word(), new, &why, changes);
                return None;
            }
        };
        if old != new && !rule.to.custom_sql && self.only_sql_names(level, &old) {
            let why = format!("only custom SQL names `{old}`; say `custom_sql: true`");
            self.unmet(level.word(), new, &why, changes);
        }
        let what = format!("{} {}", level.word(), self.label);
        for node in copies {
            changes.change(*node, level.attribute(), &what, |own| {
                (stated.is_none() || stated == Some(own)).then(|| new.to_owned())
            });
        }
        (old != new).then(|| Rename {
            old,
            new: new.to_owned(),
        })
    }

    /// `[schema].[table]`, `[database].[schema].[table]` in every copy of a relation and in what fields say of their table.
    fn tables(&self, renames: &Renames, changes: &mut Changes<'_>) {
        let tree = &self.document.tree;
        let has_schemas = has_schemas(&self.connection.class.value);
        let what = format!("table {}", self.label);
        for relation in &self.scope.relations {
            changes.change(*relation, "table", &what, |table| {
                renames.apply(table, has_schemas)
            });
        }
        let fields = tree
            .all_descendants(self.datasource.element.node)
            .filter(|n| tree.local(*n) == "parent-name" && !in_extract(tree, *n));
        for field in fields {
            let name = tree.characters(field);
            let own = parts(name.text())
                .and_then(|p| p.last().cloned())
                .is_some_and(|table| self.scope.tables.contains(&table));
            let new = own
                .then(|| renames.apply(name.text(), has_schemas))
                .flatten();
            let (Some(new), Some(span)) = (new, name.span(0..name.text().len())) else {
                continue;
            };
            if let Some(written) = name.written(&new, span) {
                changes.push(
                    span,
                    written,
                    name.text(),
                    &new,
                    &format!("table of fields {}", self.label),
                );
            }
        }
    }

    fn sql(&self, renames: &Renames, copies: &[NodeId], asked: bool, changes: &mut Changes<'_>) {
        if !asked {
            self.keep_sql(renames, copies, changes);
            return;
        }
        let tree = &self.document.tree;
        for relation in self.custom_sql() {
            let sql = tree.characters(relation);
            for change in sql::changes(sql.text(), renames, self.dialect()) {
                // In the text of a relation a `<` that begins no parameter is doubled.
                let text = change.text.replace('<', "<<").replace('>', ">>");
                let span = sql.span(change.range);
                let Some((span, text)) = span.and_then(|s| Some((s, sql.written(&text, s)?)))
                else {
                    let why = "a name in custom SQL is interrupted by markup; mend it by hand";
                    self.unmet("custom SQL", &change.new, why, changes);
                    continue;
                };
                let what = format!("custom SQL {}", self.label);
                changes.push(span, text, &change.old, &change.new, &what);
            }
        }
        let what = format!("initial SQL {}", self.label);
        for node in copies {
            for sql in tree
                .attributes(*node)
                .filter(|a| a.name.local == "one-time-sql")
            {
                // It may hold a password: what is said of it is the names alone.
                let found = sql::changes(&sql.value, renames, self.dialect());
                let (Some(first), mut text) = (found.first(), sql.value.to_string()) else {
                    continue;
                };
                for change in found.iter().rev() {
                    text.replace_range(change.range.clone(), &change.text);
                }
                changes.push(
                    sql.span,
                    escape_attribute(&text),
                    &first.old,
                    &first.new,
                    &what,
                );
            }
        }
    }

    /// Says what the SQL goes on reading.
    fn keep_sql(&self, renames: &Renames, copies: &[NodeId], changes: &mut Changes<'_>) {
        let tree = &self.document.tree;
        let mut all: Vec<(&str, String)> = Vec::new();
        for relation in self.custom_sql() {
            all.push(("custom", tree.text(relation).value.clone()));
        }
        for attribute in copies.iter().flat_map(|n| tree.attributes(*n)) {
            if attribute.name.local == "one-time-sql" {
                all.push(("initial", attribute.value.to_string()));
            }
        }
        for (which, sql) in all {
            for change in sql::changes(&sql, renames, self.dialect()) {
                let (label, old) = (&self.label, &change.old);
                changes
                    .record
                    .kept(format!("{which} SQL {label} names \"{old}\""));
            }
        }
    }

    fn custom_sql(&self) -> impl Iterator<Item = NodeId> + '_ {
        let tree = &self.document.tree;
        let relations = self.scope.relations.iter().copied();
        relations.filter(|n| tree.is(*n, "type", "text"))
    }

    fn dialect(&self) -> Dialect<'_> {
        Dialect {
            class: &self.connection.class.value,
            database: self.connection.get("dbname"),
        }
    }

    /// Custom SQL reads from it.
    fn sql_names(&self, level: Level, name: &str) -> bool {
        let rename = Some(Rename {
            old: name.to_owned(),
            new: String::new(),
        });
        let renames = match level {
            Level::Database => Renames {
                database: rename,
                schema: None,
            },
            Level::Schema => Renames {
                database: None,
                schema: rename,
            },
        };
        self.custom_sql().any(|n| {
            let sql = self.document.tree.text(n);
            !sql::changes(&sql.value, &renames, self.dialect()).is_empty()
        })
    }

    fn only_sql_names(&self, level: Level, name: &str) -> bool {
        self.scope.tables.is_empty() && self.sql_names(level, name)
    }

    fn unmet(&self, word: &str, new: &str, why: &str, changes: &mut Changes<'_>) {
        changes.unmet(format!(
            "the {word} {} does not become `{new}`: {why}",
            self.label
        ));
    }
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
