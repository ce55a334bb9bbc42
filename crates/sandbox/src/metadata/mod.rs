//! The Metadata API: GraphQL over the lineage that the files themselves tell.
//!
//! A query is read by [`syntax`], answered by [`execute`] over a [`graph`] that is made afresh for each query
//! from what is published on the caller's site.

mod description;
mod execute;
mod file;
mod graph;
mod resolve;
mod syntax;

use serde_json::{Value, json};

use crate::app::App;
use crate::call::Caller;
use crate::error::ApiError;
use crate::model::{Item, Kind, Revision};

pub(crate) use description::Line;
pub(crate) use file::TableFact;

/// Answers `{"query": …, "variables": …}`. What is wrong with a query is told in `errors`, as GraphQL has it.
pub(crate) fn answer(app: &App, caller: &Caller, request: &Value) -> Result<Value, ApiError> {
    let Some(query) = request["query"].as_str() else {
        return Err(ApiError::bad_request("The request has no query."));
    };
    let document = match syntax::parse(query) {
        Ok(document) => document,
        Err(problem) => return Ok(failed(&format!("Invalid Syntax : {problem}"))),
    };
    let graph = graph::Graph::load(app, caller)?;
    Ok(
        match execute::run(&graph, &document, &request["variables"]) {
            Ok(data) => json!({"data": data}),
            Err(problem) => failed(&problem),
        },
    )
}

fn failed(message: &str) -> Value {
    json!({"errors": [{"message": message}], "data": null})
}

/// The tables that an item's own file reads, each once.
pub(crate) fn tables(app: &App, item: &Item) -> Vec<TableFact> {
    let sources = graph::facts(app, item).sources;
    let mut tables: Vec<TableFact> = sources
        .into_iter()
        .flat_map(|source| source.tables)
        .collect();
    tables.sort();
    tables.dedup();
    tables
}

/// What the file of a revision holds, as far as this API knows it.
pub(crate) fn describe(app: &App, kind: Kind, revision: &Revision) -> Vec<Line> {
    description::describe(&graph::facts_of(app, kind, revision))
}

/// The sheets of a workbook that use the published data source of this content URL.
pub(crate) fn sheets_over(app: &App, workbook: &Item, content_url: &str) -> Vec<String> {
    let facts = graph::facts(app, workbook);
    let over = |name: &String| {
        let source = facts.sources.iter().find(|source| source.name == *name);
        source.is_some_and(|source| source.published.as_deref() == Some(content_url))
    };
    let sheets = facts
        .sheets
        .iter()
        .filter(|sheet| sheet.uses.iter().any(over));
    sheets.map(|sheet| sheet.name.clone()).collect()
}
