//! Names of tables: `[schema].[table]`, `[database].[schema].[table]`.

use crate::content::Characters;
use crate::diagnostic::Span;

use super::connection::Place;
use super::qualifier::{Renames, changed, has_schemas, in_extract, parts};
use super::{Changes, Record};

impl Place<'_> {
    /// In every copy of a relation, and in what fields say of their table.
    pub(super) fn tables(&self, renames: &Renames, changes: &mut Changes<'_>) {
        let tree = &self.document.tree;
        let what = format!("table {}", self.label);
        for relation in &self.scope.relations {
            let names = tree
                .attributes(*relation)
                .filter(|a| matches!(a.name.local.as_str(), "table" | "stored-proc"));
            for name in names {
                self.table(&tree.value_characters(&name), renames, &what, changes);
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
                self.table(&name, renames, &what, changes);
            }
        }
    }

    fn table(&self, name: &Characters, renames: &Renames, what: &str, changes: &mut Changes<'_>) {
        let has_schemas = has_schemas(&self.connection.class.value);
        let written = |new: &str, at| name.written(new, at);
        rename(
            &mut changes.record,
            name,
            renames,
            has_schemas,
            what,
            written,
        );
    }
}

/// Renames the qualifiers of one name, each in its own place: another rule may rename the other. `written` is how a text
/// is written at a place of the document.
pub(super) fn rename(
    record: &mut Record,
    name: &Characters,
    renames: &Renames,
    has_schemas: bool,
    what: &str,
    written: impl Fn(&str, Span) -> Option<String>,
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
