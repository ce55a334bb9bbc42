use super::{Category, Function, Kind, SCRIPT};

const fn row(name: &'static str, result: Kind, syntax: &'static str) -> Function {
    let summary = "What the database gives for an SQL expression, row by row; `%1` stands for the first argument.";
    Function::new(name, Category::PassThrough, SCRIPT, result, syntax, summary)
}

const fn group(name: &'static str, result: Kind, syntax: &'static str) -> Function {
    let summary = "What the database gives for an aggregate SQL expression; `%1` stands for the first argument.";
    Function::new(name, Category::PassThrough, SCRIPT, result, syntax, summary).aggregate()
}

#[rustfmt::skip] // A table: one row, one line.
pub(super) const FUNCTIONS: &[Function] = &[
    row("RAWSQL_BOOL", Kind::Boolean, "RAWSQL_BOOL('sql', [argument, …])"),
    row("RAWSQL_DATE", Kind::Date, "RAWSQL_DATE('sql', [argument, …])"),
    row("RAWSQL_DATETIME", Kind::DateTime, "RAWSQL_DATETIME('sql', [argument, …])"),
    row("RAWSQL_INT", Kind::Integer, "RAWSQL_INT('sql', [argument, …])"),
    row("RAWSQL_REAL", Kind::Number, "RAWSQL_REAL('sql', [argument, …])"),
    row("RAWSQL_SPATIAL", Kind::Spatial, "RAWSQL_SPATIAL('sql', [argument, …])"),
    row("RAWSQL_STR", Kind::String, "RAWSQL_STR('sql', [argument, …])"),
    group("RAWSQLAGG_BOOL", Kind::Boolean, "RAWSQLAGG_BOOL('sql', [argument, …])"),
    group("RAWSQLAGG_DATE", Kind::Date, "RAWSQLAGG_DATE('sql', [argument, …])"),
    group("RAWSQLAGG_DATETIME", Kind::DateTime, "RAWSQLAGG_DATETIME('sql', [argument, …])"),
    group("RAWSQLAGG_INT", Kind::Integer, "RAWSQLAGG_INT('sql', [argument, …])"),
    group("RAWSQLAGG_REAL", Kind::Number, "RAWSQLAGG_REAL('sql', [argument, …])"),
    group("RAWSQLAGG_STR", Kind::String, "RAWSQLAGG_STR('sql', [argument, …])"),
];
