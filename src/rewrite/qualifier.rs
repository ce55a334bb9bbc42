//! The names of tables, `[database].[schema].[table]`, and what of them a rule renames.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::content::Document;
use crate::content::model::{Connection, Datasource};
use crate::content::tree::{NodeId, Tree};

/// What qualifies a table's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Database,
    Schema,
}

impl Level {
    /// In words, and as the manifest calls it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Level::Database => "database",
            Level::Schema => "schema",
        }
    }

    /// The connection's attribute.
    pub(super) fn attribute(self) -> &'static str {
        match self {
            Level::Database => "dbname",
            Level::Schema => "schema",
        }
    }

    /// Its place among the parts of a name, `None` when the name does not say it.
    fn place(self, parts: usize, has_schemas: bool) -> Option<usize> {
        match (self, has_schemas) {
            (Level::Schema, true) | (Level::Database, false) => parts.checked_sub(2),
            (Level::Database, true) => parts.checked_sub(3),
            (Level::Schema, false) => None,
        }
    }
}

/// MySQL, and what speaks its language.
pub(super) fn is_mysql(class: &str) -> bool {
    matches!(class, "mysql" | "mariadb" | "aurora" | "memsql")
}

/// In some, what stands before a table is a database: they have nothing between the two.
pub(super) fn has_schemas(class: &str) -> bool {
    !is_mysql(class) && class != "teradata"
}

/// One name that becomes another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rename {
    pub(super) old: String,
    pub(super) new: String,
}

/// What a rule renames in one connection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Renames {
    pub(super) database: Option<Rename>,
    pub(super) schema: Option<Rename>,
}

impl Renames {
    pub(super) fn only(level: Level, rename: Rename) -> Self {
        let mut renames = Self::default();
        match level {
            Level::Database => renames.database = Some(rename),
            Level::Schema => renames.schema = Some(rename),
        }
        renames
    }

    pub(super) fn is_empty(&self) -> bool {
        self.database.is_none() && self.schema.is_none()
    }

    pub(super) fn get(&self, level: Level) -> Option<&Rename> {
        match level {
            Level::Database => self.database.as_ref(),
            Level::Schema => self.schema.as_ref(),
        }
    }

    /// The parts of a table's name that are renamed: their bytes, and what stands there instead.
    pub(super) fn changes(&self, name: &str, has_schemas: bool) -> Vec<(Range<usize>, String)> {
        let Some(parts) = located(name) else {
            return Vec::new();
        };
        let mut changes = Vec::new();
        for level in [Level::Database, Level::Schema] {
            let part = level.place(parts.len(), has_schemas);
            let (Some(rename), Some((range, part))) =
                (self.get(level), part.and_then(|at| parts.get(at)))
            else {
                continue;
            };
            if *part == rename.old && rename.old != rename.new {
                changes.push((range.clone(), rename.new.replace(']', "]]")));
            }
        }
        changes
    }
}

/// What the relations of one connection say of its schemas and databases.
#[derive(Debug, Default)]
pub(super) struct Scope {
    /// Its tables, procedures and custom SQL, every copy, without those of an extract.
    pub(super) relations: Vec<NodeId>,
    /// What its tables are called, without qualifiers: as in the database, and as in the file.
    pub(super) tables: BTreeSet<String>,
    databases: BTreeSet<String>,
    schemas: BTreeSet<String>,
    /// Some table's name says no database, no schema.
    bare: (bool, bool),
}

impl Scope {
    pub(super) fn of(
        document: &Document,
        datasource: &Datasource,
        connection: &Connection,
    ) -> Self {
        let tree = &document.tree;
        let alone = datasource.connections.len() == 1;
        let is_own = |n: &NodeId| {
            tree.local(*n) == "relation"
                && match (&connection.name, tree.get(*n, "connection")) {
                    (Some(own), Some(named)) => own.value == named,
                    (Some(_), None) => alone,
                    (None, _) => true,
                }
                && !in_extract(tree, *n)
        };
        let mut scope = Self::default();
        let has_schemas = has_schemas(&connection.class.value);
        for relation in tree.all_descendants(datasource.element.node).filter(is_own) {
            scope.relations.push(relation);
            if let Some(table) = tree.get(relation, "table") {
                scope.add(&table, has_schemas);
                scope.tables.extend(tree.get(relation, "name"));
            }
        }
        scope
    }

    /// Of tables that are known by name only.
    pub(super) fn from_tables<'t>(
        tables: impl Iterator<Item = &'t str>,
        has_schemas: bool,
    ) -> Self {
        let mut scope = Self::default();
        for table in tables {
            scope.add(table, has_schemas);
        }
        scope
    }

    fn add(&mut self, table: &str, has_schemas: bool) {
        let Some(parts) = parts(table) else { return };
        let at = |level: Level| {
            let place = level.place(parts.len(), has_schemas);
            place.and_then(|at| parts.get(at)).cloned()
        };
        let (database, schema) = (at(Level::Database), at(Level::Schema));
        self.bare.0 |= database.is_none();
        self.bare.1 |= schema.is_none();
        self.databases.extend(database);
        self.schemas.extend(schema);
        self.tables.extend(parts.last().cloned());
    }

    pub(super) fn names(&self, level: Level) -> &BTreeSet<String> {
        match level {
            Level::Database => &self.databases,
            Level::Schema => &self.schemas,
        }
    }

    /// What a rule that does not say the old name means by it: the connection's own where a table may be read from it,
    /// else the one that all tables name.
    pub(super) fn current(&self, level: Level, own: Option<&str>) -> Result<String, String> {
        let (names, bare) = match level {
            Level::Database => (&self.databases, self.bare.0),
            Level::Schema => (&self.schemas, self.bare.1),
        };
        let (word, listed) = (level.word(), list(names));
        match (own, names.len()) {
            (Some(own), 0) => Ok(own.to_owned()),
            (Some(own), _) if bare || names.contains(own) => Ok(own.to_owned()),
            (None, 1) if bare => Err(format!(
                "some tables are in {listed}, and of the others the file does not say it; name the old {word} in `match`"
            )),
            (_, 1) => Ok(names.iter().next().cloned().unwrap_or_default()),
            (_, 0) => Err(format!(
                "neither the connection nor a table of it names a {word}; if custom SQL does, name the old {word} in `match` and say `custom_sql: true`"
            )),
            _ => Err(format!(
                "its tables are in {listed}; name the old {word} in `match`"
            )),
        }
    }
}

fn list(names: &BTreeSet<String>) -> String {
    let quoted: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
    quoted.join(", ")
}

/// Tables of an extract are in the extract's own schema.
pub(super) fn in_extract(tree: &Tree, node: NodeId) -> bool {
    let mut at = tree.parent(node);
    while let Some(parent) = at {
        match tree.local(parent) {
            "datasource" => return false,
            "extract" => return true,
            "properties" if tree.is(parent, "context", "extract") => return true,
            _ => at = tree.parent(parent),
        }
    }
    false
}

/// The parts of a bracketed name; `]` in a part is doubled. `None` for what is no such name.
pub(super) fn parts(name: &str) -> Option<Vec<String>> {
    Some(located(name)?.into_iter().map(|(_, part)| part).collect())
}

/// The same, each with the bytes between its brackets.
fn located(name: &str) -> Option<Vec<(Range<usize>, String)>> {
    let mut parts = Vec::new();
    let mut rest = name;
    loop {
        let mut part = String::new();
        rest = rest.strip_prefix('[')?;
        let start = name.len() - rest.len();
        loop {
            let (before, after) = rest.split_once(']')?;
            part.push_str(before);
            match after.strip_prefix(']') {
                Some(more) => {
                    part.push(']');
                    rest = more;
                }
                None => {
                    rest = after;
                    break;
                }
            }
        }
        let end = name.len() - rest.len() - 1;
        parts.push((start..end, part));
        if rest.is_empty() {
            return Some(parts);
        }
        rest = rest.strip_prefix('.')?;
    }
}

/// A text with its changes made; they do not meet.
pub(super) fn changed(text: &str, changes: &[(Range<usize>, String)]) -> String {
    let mut sorted: Vec<_> = changes.iter().collect();
    sorted.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut changed = text.to_owned();
    for (range, new) in sorted {
        changed.replace_range(range.clone(), new);
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        assert_eq!(parts("[a].[b]]c].[d.e]").unwrap(), ["a", "b]c", "d.e"]);
        for wrong in ["", "a", "[a", "[a]b", "[a].", "[a]]"] {
            assert_eq!(parts(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn mysql_has_databases_where_others_have_schemas() {
        let rename = |old: &str, new: &str| {
            Some(Rename {
                old: old.to_owned(),
                new: new.to_owned(),
            })
        };
        let renames = Renames {
            database: rename("a", "b"),
            schema: rename("b", "c"),
        };
        let renamed = |name: &str, has_schemas| changed(name, &renames.changes(name, has_schemas));
        assert_eq!(renamed("[a].[t]", false), "[b].[t]");
        assert_eq!(renamed("[a].[t]", true), "[a].[t]");
        assert_eq!(renamed("[a].[b].[t]", true), "[b].[c].[t]");
        assert_eq!(renamed("[b].[a].[t]", true), "[b].[a].[t]");
    }
}
