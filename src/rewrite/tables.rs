//! Names of tables: `[schema].[table]`, `[database].[schema].[table]`.

use crate::content::Characters;

use super::connection::Place;
use super::qualifier::{Renames, changed, has_schemas, in_extract, parts};
use super::{Changes, Record};

impl Place<'_> {
    /// In every copy of a relation, and in what fields say of their table.
    pub(super) fn tables(&self, renames: &Renames, changes: &mut Changes<'_>) {
        let tree = &self.document.tree;
        let has_schemas = has_schemas(&self.connection.class.value);
        let what = format!("table {}", self.label);
        for relation in &self.scope.relations {
            let names = tree
                .attributes(*relation)
                .filter(|a| matches!(a.name.local.as_str(), "table" | "stored-proc"));
            for name in names {
                let name = tree.value_characters(&name);
                rename(
                    &mut changes.record,
                    &name,
                    renames,
                    has_schemas,
                    &what,
                    |new, at| name.written(new, at),
                );
            }
        }
        let fields = tree
            .all_descendants(self.datasource.element.node)
            .filter(|n| tree.local(*n) == "parent-name" && !in_extract(tree, *n));
        let what = format!("table of fields {}", self.label);
        for field in fields {
            let name = tree.characters(field);
            let own = parts(name.text())
                .and_then(|p| p.last().cloned())
                .is_some_and(|table| self.scope.tables.contains(&table));
            if own {
                rename(
                    &mut changes.record,
                    &name,
                    renames,
                    has_schemas,
                    &what,
                    |new, at| name.written(new, at),
                );
            }
        }
    }
}

/// Renames the qualifiers of one name, each in its own place: another rule may rename the other.
pub(super) fn rename(
    record: &mut Record,
    name: &Characters,
    renames: &Renames,
    has_schemas: bool,
    what: &str,
    written: impl Fn(&str, crate::diagnostic::Span) -> Option<String>,
) {
    let parts = renames.changes(name.text(), has_schemas);
    let mut changes = false;
    for (range, new) in &parts {
        let place = name.span(range.clone());
        if let Some((span, text)) = place.and_then(|span| Some((span, written(new, span)?))) {
            changes |= record.replace(span, text, what);
        }
    }
    if changes {
        record.hit(name.text(), &changed(name.text(), &parts), what);
    }
}
