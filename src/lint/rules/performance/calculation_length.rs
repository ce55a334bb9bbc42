//! `performance/calculation-length`.

use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::facts::Formula;
use crate::lint::limit::limit;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports formulas that are longer than 600 characters. Comments do not count.
    ///
    /// ## Why is this bad?
    /// A long formula is a long query: the database gets all of it, for every view that uses it, and nobody reviews it well.
    ///
    /// ## Use instead
    /// Several calculations of one thought each; for lists of values a group, a table in the data source or an alias.
    ///
    /// ## Options
    /// `max`: characters. Tableau does not publish a limit; 600 is ours.
    ///
    /// ## References
    /// Tableau's Workbook Optimizer, guideline "Calculation length".
    CalculationLength, "performance/calculation-length", "formula is very long", Levels::optimizer(Level::Info), Limit, check
}

limit! {
    /// The most characters outside of comments.
    600
}

fn check(options: &Limit, file: &File<'_>, sink: &mut Sink<'_>) {
    for Formula { field, parsed } in file.formulas().iter().filter(|f| f.parsed.length > options.max) {
        let message = format!("the formula of `{}` has {} characters; more than {} are too many", field.column.display_name(), parsed.length, options.max);
        sink.report(field.formula.span, field.subjects(), message).help("split it into calculations of one thought each, or move lists of values into the data source");
    }
}
