//! `performance/multiple-connections`.

use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::limit::limit;
use crate::words::count;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports data sources that join or relate tables of more than one connection.
    ///
    /// ## Why is this bad?
    /// No database can join tables that are not its own: Tableau fetches the rows and joins them itself.
    ///
    /// ## Use instead
    /// Tables of one database, or an extract, which joins when it is refreshed and not when somebody looks.
    ///
    /// ## Options
    /// `max`: connections.
    ///
    /// ## References
    /// Tableau's Workbook Optimizer, guideline "Data source uses multiple connections".
    MultipleConnections, "performance/multiple-connections", "data source has several connections", Levels::optimizer(Level::Info), Limit, check
}

limit! {
    /// The most connections of a data source.
    1
}

fn check(options: &Limit, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for datasource in &document.model.datasources {
        let Some(extra) = datasource.connections.get(options.max) else { continue };
        let message = format!("the data source \"{}\" has {}", datasource.display_name(), count(datasource.connections.len(), "connection"));
        sink.report(extra.class.span, vec![Subject::new("data source", datasource.display_name())], message)
            .help("bring the tables into one database, or use an extract, which joins them when it is refreshed");
    }
}
