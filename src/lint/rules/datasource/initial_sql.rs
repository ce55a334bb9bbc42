//! `datasource/initial-sql`.

use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::lint::sql;

rule! {
    /// ## What it does
    /// Reports connections that run a statement when they are opened.
    ///
    /// ## Why is this bad?
    /// It runs for every session of every reader, before anything is shown; a temporary table that it makes is made again each time.
    /// It is seen nowhere in the workbook, and it runs with the rights of the connection.
    ///
    /// ## Use instead
    /// A view in the database. Where it sets the session up for row-level security, suppress the finding with the reason.
    InitialSql, "datasource/initial-sql", "connection with initial SQL", Levels::strict(Level::Warning), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for (datasource, text) in sql::initial(document) {
        let subjects = vec![Subject::new("data source", file.name_of(datasource))];
        sink.report(text.span, subjects, format!("a connection of the data source `{}` runs initial SQL", file.name_of(datasource)))
            .help("put it into a view of the database, or suppress this with the reason");
    }
}
