//! `performance/live-connection`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports data sources that ask their database live instead of having an extract.
    ///
    /// ## Why is this bad?
    /// Every opening and every click is a query there, and as fast as the database is at that hour. An extract is made for
    /// such queries. Where the data must be of this minute, or the database is built for it, live is right: say so with
    /// `allow`.
    ///
    /// ## Options
    /// `allow`: kinds of connection that may be live (`snowflake`, `bigquery`).
    ///
    /// ## How sure is it?
    /// A reference to a published data source is left alone: whether that one has an extract is not in the file.
    ///
    /// ## References
    /// Tableau's Workbook Optimizer, guideline "Live data connections".
    LiveConnection, "performance/live-connection", "data source is live", Levels::optimizer(Level::Info), Options, check
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// Kinds of connection (`class`) that may be live.
    allow: Vec<String>,
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let model = &document.model;
    for datasource in model.datasources.iter().filter(|d| d.extract.as_ref().is_none_or(|e| !e.enabled)) {
        // An extract file that is the source itself is no database.
        let is_live = |class: &str| !matches!(class, "sqlproxy" | "hyper" | "dataengine" | "federated" | "") && !options.allow.iter().any(|a| a == class);
        let Some(connection) = datasource.connections.iter().find(|c| is_live(&c.class.value)) else { continue };
        let message = format!("the data source \"{}\" is live on `{}`", datasource.display_name(), connection.class.value);
        sink.report(connection.class.span, vec![Subject::new("data source", datasource.display_name())], message)
            .help("make an extract, or allow this kind of connection to be live: `allow: [...]`");
    }
}
