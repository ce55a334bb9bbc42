//! The Metadata API: GraphQL over the lineage that the files themselves tell.
//!
//! A query is read by [`syntax`], answered by [`execute`] over a [`graph`] that is made afresh for each query
//! from what is published on the caller's site.

mod execute;
mod file;
mod graph;
mod resolve;
mod syntax;

use serde_json::{Value, json};

use crate::app::App;
use crate::call::Caller;
use crate::error::ApiError;

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
