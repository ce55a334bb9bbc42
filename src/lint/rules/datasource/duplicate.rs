//! `datasource/duplicate`.

use crate::content::model::Datasource;
use crate::content::tree::Tree;
use crate::diagnostic::{Level, Subject};
use crate::hash::HashMap;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports embedded data sources that read the same tables of the same database as another one of the workbook, and references to
    /// the same published data source.
    ///
    /// ## Why is this bad?
    /// The data is queried or extracted twice, and a change to one is forgotten in the other.
    ///
    /// ## Use instead
    /// One data source: Data, Replace Data Source, and close the other. Two are right where one table plays two parts in a blend;
    /// suppress the finding then.
    Duplicate, "datasource/duplicate", "two data sources read the same", Levels::always(Level::Warning), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let mut seen: HashMap<String, &Datasource> = HashMap::default();
    for datasource in &document.model.datasources {
        let Some(fingerprint) = fingerprint(&document.tree, datasource) else { continue };
        let Some(first) = seen.get(&fingerprint) else {
            seen.insert(fingerprint, datasource);
            continue;
        };
        let subjects = vec![Subject::new("data source", file.name_of(datasource))];
        let message = format!("the data source `{}` reads the same as `{}`", file.name_of(datasource), file.name_of(first));
        sink.report(datasource.caption.as_ref().unwrap_or(&datasource.name).span, subjects, message).help("replace one by the other (Data, Replace Data Source), and close it");
    }
}

/// Where it reads and what; `None` where that is not known.
fn fingerprint(tree: &Tree, datasource: &Datasource) -> Option<String> {
    let mut places: Vec<String> = datasource
        .connections
        .iter()
        .map(|c| ["class", "server", "dbname", "schema", "warehouse", "directory", "filename"].map(|a| c.get(a).unwrap_or_default().to_lowercase()).join("\u{1}"))
        .collect();
    places.sort();
    let mut tables: Vec<String> = datasource
        .relations
        .iter()
        .map(|r| r.custom_sql.as_ref().or(r.table.as_ref()).map_or(format!("{} {}", r.kind, r.join.as_ref().map_or("", |j| &j.value)), |t| t.value.clone()))
        .collect();
    tables.sort();
    let filters: Vec<String> = datasource.filters.iter().map(|f| f.signature(tree)).collect();
    (!places.is_empty() && !tables.is_empty()).then(|| format!("{}\u{2}{}\u{2}{}", places.join("\n"), tables.join("\n"), filters.join("\n")))
}
