//! SQL that somebody wrote: custom SQL, and initial SQL, which runs when a connection is made.

use crate::content::Characters;
use crate::content::tree::NodeId;

use super::Changes;
use super::connection::Place;
use super::qualifier::{Level, Rename, Renames};
use super::sql::{self, Dialect};

impl Place<'_> {
    /// Renames in it where that is asked for, and else says what it goes on reading.
    pub(super) fn sql(
        &self,
        renames: &Renames,
        copies: &[NodeId],
        asked: bool,
        changes: &mut Changes<'_>,
    ) {
        let tree = &self.document.tree;
        for relation in self.custom_sql() {
            let sql = tree.characters(relation);
            // In the text of a relation a `<` that begins no parameter is doubled.
            let doubled = |new: &str| new.replace('<', "<<").replace('>', ">>");
            self.one(&sql, "custom", renames, asked, doubled, changes);
        }
        let initial = copies.iter().flat_map(|n| tree.attributes(*n));
        for attribute in initial.filter(|a| a.name.local == "one-time-sql") {
            let sql = tree.value_characters(&attribute);
            self.one(&sql, "initial", renames, asked, str::to_owned, changes);
        }
    }

    fn one(
        &self,
        sql: &Characters,
        which: &str,
        renames: &Renames,
        asked: bool,
        spelled: impl Fn(&str) -> String,
        changes: &mut Changes<'_>,
    ) {
        let what = format!("{which} SQL {}", self.label);
        for change in sql::changes(sql.text(), renames, self.dialect()) {
            if !asked {
                let old = &change.old;
                changes.record.kept(format!("{what} names \"{old}\""));
                continue;
            }
            let place = sql.span(change.range);
            let written = |span| Some((span, sql.written(&spelled(&change.text), span)?));
            let Some((span, text)) = place.and_then(written) else {
                let word = format!("{which} SQL");
                let why = "a name in it is interrupted by markup; mend it by hand";
                self.unmet(&word, &change.new, why, changes);
                continue;
            };
            // It may hold a password: what is said of it is the names alone.
            if changes.record.replace(span, text, &what) {
                changes.record.hit(&change.old, &change.new, &what);
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
    pub(super) fn sql_names(&self, level: Level, name: &str) -> bool {
        let renames = Renames::only(
            level,
            Rename {
                old: name.to_owned(),
                new: String::new(),
            },
        );
        self.custom_sql().any(|n| {
            let sql = self.document.tree.text(n);
            !sql::changes(&sql.value, &renames, self.dialect()).is_empty()
        })
    }

    pub(super) fn only_sql_names(&self, level: Level, name: &str) -> bool {
        self.scope.tables.is_empty() && self.sql_names(level, name)
    }
}
