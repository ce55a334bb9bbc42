//! `datasource/doubtful-sql`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::lint::sql;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

rule! {
    /// ## What it does
    /// Looks into custom SQL for what does not work in a subquery, which is how Tableau uses it, and for what is seldom meant:
    /// - a `;` at the end, or more than one statement;
    /// - a statement that changes something (`INSERT`, `DROP` ...);
    /// - `SELECT *`;
    /// - `ORDER BY` at the end without a limit: the order is lost.
    ///
    /// ## Why is this bad?
    /// A `;` inside a subquery is an error in most databases. `SELECT *` brings new columns along unasked, and fails when one goes
    /// away that a view uses.
    ///
    /// ## Use instead
    /// One `SELECT` that names its columns; or a view of the database.
    ///
    /// ## Options
    /// `star`: `false` leaves `SELECT *` alone. `order_by`: `false` leaves `ORDER BY` alone.
    DoubtfulSql, "datasource/doubtful-sql", "custom SQL that fails or costs more than it should", Levels::always(Level::Warning), Options, check
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// Report `SELECT *`.
    star: bool,
    /// Report `ORDER BY` without a limit.
    order_by: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { star: true, order_by: true }
    }
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for (datasource, relation, text) in sql::custom(document) {
        let name = relation.name.as_ref().map_or("Custom SQL Query", |n| &n.value);
        for (range, what, help) in doubts(&sql::bare(&text.value), options) {
            let subjects = vec![Subject::new("data source", file.name_of(datasource))];
            sink.report_in(&text, range.start as u32, range.end as u32, subjects, format!("`{name}` {what}")).help(help);
        }
    }
}

type Doubt = (Range<usize>, &'static str, &'static str);

fn doubts(sql: &str, options: &Options) -> Vec<Doubt> {
    static VERB: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?i)^\s*(insert|update|delete|drop|truncate|alter|create|merge|grant|revoke)\b").ok());
    static STAR: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?i)\bselect\s+(?:distinct\s+|all\s+|top\s+\d+\s+)?(\*)").ok());
    static ORDER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?i)\border\s+by\b").ok());
    static LIMIT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?i)\b(?:limit|top|offset|fetch|rownum)\b").ok());
    let mut found = Vec::new();
    if let Some(at) = sql.find(';') {
        let last = sql.get(at + 1..).is_some_and(|rest| rest.trim().is_empty());
        let what = if last { "ends with `;`, which fails inside the query that Tableau puts around it" } else { "has more than one statement, and Tableau can use only one" };
        found.push((at..at + 1, what, "write one statement, without `;`"));
    }
    let first = |form: &LazyLock<Option<Regex>>, group: usize| form.as_ref().and_then(|f| f.captures(sql)?.get(group).map(|m| m.range()));
    if let Some(range) = first(&VERB, 1) {
        found.push((range, "changes something, and does so each time that it is read", "do it in the database, and read the result"));
    }
    if let Some(range) = first(&STAR, 1).filter(|_| options.star) {
        found.push((range, "selects all columns", "name the columns that are used"));
    }
    let order = ORDER.as_ref().and_then(|f| f.find_iter(sql).map(|m| m.range()).filter(|r| depth(sql, r.start) == 0).last());
    let limited = LIMIT.as_ref().is_some_and(|f| f.is_match(sql));
    if let Some(range) = order.filter(|_| options.order_by && !limited) {
        found.push((range, "orders its rows, and the order is lost in the query around it", "sort in the view"));
    }
    found
}

/// Parentheses that are open at a byte.
fn depth(sql: &str, at: usize) -> i32 {
    sql.bytes().take(at).map(|b| i32::from(b == b'(') - i32::from(b == b')')).sum()
}
