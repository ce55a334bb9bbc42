//! The folders that fields of a data source are sorted into.

use std::collections::BTreeMap;

use crate::content::model::Datasource;
use crate::diagnostic::Subject;
use crate::words::plural;

use super::change::{Detail, Kind};
use super::comparison::{Comparison, Side, What, both};

/// One change for all fields of which both sides know, whatever moved where.
pub(super) fn compare(
    at: &mut Comparison<'_>,
    before: &Datasource,
    after: &Datasource,
    subject: &[Subject],
) {
    let (old, new) = (folders(&at.before, before), folders(&at.after, after));
    let mut moved = Vec::new();
    for (field, folder) in &new {
        let earlier = old.get(field);
        if earlier != Some(folder) && (earlier.is_some() || has(before, field)) {
            moved.push((field, earlier.map(String::as_str), Some(folder.as_str())));
        }
    }
    for (field, folder) in &old {
        if !new.contains_key(field) && has(after, field) {
            moved.push((field, Some(folder.as_str()), None));
        }
    }
    if moved.is_empty() {
        return;
    }
    let mut what = What::changed(Kind::Field, subject)
        .aspect(format!(
            "folder of {}",
            plural(moved.len(), "field", "fields")
        ))
        .count(moved.len());
    for (field, from, to) in moved {
        let caption = at.after.names.field(&after.name.value, field);
        let words = |folder: Option<&str>| folder.map_or("(none)".to_owned(), str::to_owned);
        what = what.detail(Detail::Note {
            text: format!("{caption}: {} -> {}", words(from), words(to)),
        });
    }
    at.say(what, both(before.element, after.element));
}

fn has(datasource: &Datasource, field: &str) -> bool {
    let mut columns = datasource.columns.iter();
    columns.any(|c| c.name.value == field)
}

/// Folder by field. Older releases write folders beside the fields, newer ones in `folders-common`.
fn folders(side: &Side<'_>, datasource: &Datasource) -> BTreeMap<String, String> {
    let tree = &side.document.tree;
    let node = datasource.element.node;
    let common = tree.named(node, "folders-common");
    let homes = std::iter::once(node).chain(common);
    let all = homes.flat_map(|home| tree.named(home, "folder").collect::<Vec<_>>());
    let mut found = BTreeMap::new();
    for folder in all {
        let Some(name) = tree.get(folder, "name") else {
            continue;
        };
        for item in tree.named(folder, "folder-item") {
            if let Some(field) = tree.get(item, "name") {
                found.insert(field, name.clone());
            }
        }
    }
    found
}
