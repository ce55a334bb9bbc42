//! `calculation/aggregation`.

use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::aggregation::{Wrong, wrong};
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports formulas that mix values of many rows with values of one: `SUM([Profit]) / [Sales]`, a sum of a sum, a table
    /// calculation over a field that is not aggregated.
    ///
    /// ## Why is this bad?
    /// Tableau refuses the formula ("Cannot mix aggregate and non-aggregate arguments"), and every sheet that uses the field shows an
    /// error. Often another calculation was changed from a row's value to an aggregate, and this one reads it.
    ///
    /// ## Example
    /// ```text
    /// SUM([Profit]) / [Sales]        bad
    /// SUM([Profit]) / SUM([Sales])   good
    /// WINDOW_SUM([Sales])            bad
    /// WINDOW_SUM(SUM([Sales]))       good
    /// ```
    ///
    /// ## How sure is it?
    /// Only what is certain is said: fields of published data sources, level of detail expressions, blends and functions that are not
    /// known are left out of account.
    Aggregation, "calculation/aggregation", "formula mixes aggregated and not aggregated values", Levels { recommended: Some(Level::Warning), strict: Some(Level::Error), optimizer: Some(Level::Warning) }, check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let formulas = file.formulas();
    for (number, what, span) in wrong(&document.model, formulas, file.below()) {
        let field = formulas[number].field;
        let name = field.column.display_name();
        let (message, help) = match what {
            Wrong::Mix => (format!("the formula of `{name}` mixes aggregated values with values of single rows"), "aggregate this too: `SUM(...)`, `MIN(...)`, `ATTR(...)`"),
            Wrong::Twice => (format!("the formula of `{name}` aggregates what is aggregated already"), "take one of the aggregations away, or put the inner one into a level of detail expression: `{FIXED ... : ...}`"),
            Wrong::RowsInTableCalculation => (format!("the formula of `{name}` runs a table calculation over values of single rows"), "aggregate this first: `SUM(...)`, `ATTR(...)`"),
        };
        sink.report_in(field.formula, span.start, span.end, field.subjects(), message).help(help);
    }
}
