//! Database connections, and what repeats their values: labels, addresses, tables, SQL.

use crate::content::Document;
use crate::content::model::{Connection, Datasource};
use crate::content::tree::{NodeId, Tree};
use crate::manifest::raw::{Match, Replacement};

use super::qualifier::{Level, Rename, Renames, Scope};
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
pub(super) struct Place<'d> {
    pub(super) document: &'d Document,
    pub(super) datasource: &'d Datasource,
    pub(super) connection: &'d Connection,
    pub(super) scope: Scope,
    pub(super) label: String,
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
        let identity = ["server", "dbname", "schema", "port"];
        let copies = copies(self.document, self.datasource, connection, &identity);
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
            self.relabel(&copies, old, new, changes);
            self.addresses(&copies, old, new, to, changes);
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
                let what = format!("{word} {}", self.label);
                for node in copies {
                    changes.set_or_add(*node, attribute, value, &what);
                    if word == "role" {
                        // Some files have an attribute of that name besides.
                        changes.set(*node, "role", value, &what);
                    }
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

    /// The label that people see is the host's name, unless somebody chose another.
    fn relabel(&self, copies: &[NodeId], old: &str, new: &str, changes: &mut Changes<'_>) {
        let what = format!("label {}", self.label);
        for wrapper in copies.iter().filter_map(|n| wrapper(changes.tree, *n)) {
            changes.change(wrapper, "caption", &what, |label| {
                label.eq_ignore_ascii_case(old).then(|| new.to_owned())
            });
        }
    }

    /// Other attributes that repeat the server's name: a plain address goes with it; what nobody can take apart for
    /// certain is to be given.
    fn addresses(
        &self,
        copies: &[NodeId],
        old: &str,
        new: &str,
        to: &Replacement,
        changes: &mut Changes<'_>,
    ) {
        if old.eq_ignore_ascii_case(new) {
            return;
        }
        for attribute in &self.connection.attributes {
            let (name, value) = (attribute.name.as_str(), attribute.value.value.as_str());
            if name == "server" || to.attributes.contains_key(name) {
                continue;
            }
            if moved(value, old, new).is_some() {
                let what = format!("`{name}` {}", self.label);
                for node in copies {
                    changes.change(*node, name, &what, |url| moved(url, old, new));
                }
            } else if value.contains(['/', '=']) && names_host(value, old) {
                let why = format!(
                    "its `{name}` names the old one too; give the new `{name}` in `attributes`"
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

    pub(super) fn unmet(&self, word: &str, new: &str, why: &str, changes: &mut Changes<'_>) {
        changes.unmet(format!(
            "the {word} {} does not become `{new}`: {why}",
            self.label
        ));
    }
}

/// The connection's element, and its twins on the other sides of features, which say the same of these attributes.
pub(super) fn copies(
    document: &Document,
    datasource: &Datasource,
    connection: &Connection,
    attributes: &[&str],
) -> Vec<NodeId> {
    let tree = &document.tree;
    let name = connection.name.as_ref().map(|n| n.value.as_str());
    let is_copy = |n: &NodeId| {
        tree.local(*n) == "connection"
            && tree.is(*n, "class", &connection.class.value)
            && name
                == wrapper(tree, *n)
                    .and_then(|w| tree.get(w, "name"))
                    .as_deref()
            && attributes.iter().all(|a| {
                tree.value(*n, a).as_deref().unwrap_or("") == connection.get(a).unwrap_or("")
            })
    };
    let all = tree.all_descendants(datasource.element.node);
    all.filter(is_copy).collect()
}

/// The `named-connection` around a connection.
fn wrapper(tree: &Tree, connection: NodeId) -> Option<NodeId> {
    let parent = tree.parent(connection)?;
    (tree.local(parent) == "named-connection").then_some(parent)
}

/// A web address of the old server, as connections with OAuth repeat it: with the new server in it.
fn moved(url: &str, old: &str, new: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    if !matches!(scheme, "http" | "https") {
        return None;
    }
    let end = rest.find([':', '/', '?']).unwrap_or(rest.len());
    let (host, rest) = rest.split_at_checked(end)?;
    host.eq_ignore_ascii_case(old)
        .then(|| format!("{scheme}://{new}{rest}"))
}

/// The text names the host: not as a part of another name.
fn names_host(text: &str, host: &str) -> bool {
    let (text, host) = (text.to_lowercase(), host.to_lowercase());
    let part_of_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    text.match_indices(&host).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + host.len()..].chars().next();
        !before.is_some_and(part_of_name) && !after.is_some_and(part_of_name)
    })
}
