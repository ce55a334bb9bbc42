//! `datasource/custom-sql`.

use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports data sources with custom SQL.
    ///
    /// ## Why is this bad?
    /// Tableau wraps custom SQL in a subquery and cannot leave out what a view does not need, so every query pays for all
    /// of it. Logic in there is also hidden from lineage and from reviewers.
    ///
    /// ## Use instead
    /// A view in the database, or tables and relationships.
    CustomSql, "datasource/custom-sql", "data source uses custom SQL", Levels::optimizer(Level::Info), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for datasource in &document.model.datasources {
        for relation in datasource.relations.iter().filter(|r| r.custom_sql.is_some()) {
            let name = relation.name.as_ref().map_or("Custom SQL Query", |n| &n.value);
            sink.report(relation.element.tag, vec![Subject::new("data source", file.name_of(datasource))], format!("`{name}` is custom SQL"))
                .help("put the query into a view of the database, or use tables and relationships");
        }
    }
}
