//! `datasource/too-many-tables`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports data sources with more tables than `max`, or more joins than `max_joins`.
    ///
    /// ## Why is this bad?
    /// Joins are part of every query. What is wide and slow for everybody is better prepared once.
    ///
    /// ## Use instead
    /// A view or a table in the database, a flow, or relationships, which leave out what a view does not need.
    ///
    /// ## Options
    /// `max`: 10 tables; `max_joins`: 8, unless you say others.
    TooManyTables, "datasource/too-many-tables", "data source of many tables", Levels::strict(Level::Warning), Options, check
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// Most tables.
    max: usize,
    /// Most joins.
    max_joins: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { max: 10, max_joins: 8 }
    }
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for datasource in &document.model.datasources {
        let count = |joins: bool| datasource.relations.iter().filter(|r| if joins { r.kind == "join" } else { matches!(r.kind.as_str(), "table" | "text" | "stored-proc") }).count();
        let (tables, joins) = (count(false), count(true));
        let message = if tables > options.max {
            format!("the data source `{}` has {tables} tables; {} is the limit", file.name_of(datasource), options.max)
        } else if joins > options.max_joins {
            format!("the data source `{}` has {joins} joins; {} is the limit", file.name_of(datasource), options.max_joins)
        } else {
            continue;
        };
        let subjects = vec![Subject::new("data source", file.name_of(datasource))];
        sink.report(datasource.caption.as_ref().unwrap_or(&datasource.name).span, subjects, message).help("prepare the data in the database or in a flow, or use relationships");
    }
}
