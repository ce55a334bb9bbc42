//! `performance/date-conversion`.

use crate::diagnostic::Level;
use crate::formula::functions::Category;
use crate::formula::{Call, Expr, ExprKind};
use crate::lint::File;
use crate::lint::facts::Formula;
use crate::lint::names::Names;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports formulas that make dates from text: `DATEPARSE`, and `DATE` or `DATETIME` of a text.
    ///
    /// ## Why is this bad?
    /// The text of every row is read anew in every query, no index on it helps, and what does not fit the pattern becomes
    /// null without a word.
    ///
    /// ## Use instead
    /// A date column in the database, or the field's data type in the data source.
    ///
    /// ## References
    /// Tableau's Workbook Optimizer, guideline on date calculations.
    DateConversion, "performance/date-conversion", "formula makes a date from text", Levels::optimizer(Level::Info), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let names = file.names(document);
    for Formula { field, parsed } in file.formulas() {
        let own = &field.datasource.name.value;
        let Some(call) = parsed.calls_of(&[Category::Date, Category::TypeConversion]).find(|c| converts(c, own, names)) else { continue };
        let message = format!("the formula of `{}` makes a date from text with `{}`", field.column.display_name(), call.name);
        sink.report_in(field.formula, call.name_span.start, call.name_span.end, field.subjects(), message).help("give the column the type date in the database or in the data source");
    }
}

/// A literal is computed once and does no harm.
fn converts(call: &Call, own: &str, names: &Names<'_>) -> bool {
    match (call.name.as_str(), call.args.as_slice()) {
        ("DATEPARSE", [.., text]) => !matches!(text.kind, ExprKind::String(_)),
        ("DATE" | "DATETIME", [argument]) => is_text(argument, own, names),
        _ => false,
    }
}

/// Certainly text: what a text function returns, a field of that type, or one of those joined to more.
fn is_text(expr: &Expr, own: &str, names: &Names<'_>) -> bool {
    match &expr.kind {
        ExprKind::Call(call) => matches!(
            call.name.as_str(),
            "STR" | "LEFT" | "RIGHT" | "MID" | "TRIM" | "LTRIM" | "RTRIM" | "REPLACE" | "SPLIT" | "UPPER" | "LOWER" | "REGEXP_EXTRACT" | "REGEXP_REPLACE"
        ),
        ExprKind::Field(field) => names.datatype(field.data_source().unwrap_or(own), field.name()) == Some("string"),
        ExprKind::Chain(chain) => is_text(&chain.first, own, names) || chain.rest.iter().any(|(_, e)| is_text(e, own, names)),
        _ => false,
    }
}
