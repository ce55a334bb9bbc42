//! `calculation/syntax-error`.

use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::facts::Formula;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports calculated fields whose formula is no formula: a missing bracket, an `IF` without `END`.
    ///
    /// ## Why is this bad?
    /// The field is broken in Tableau, and so is every sheet that uses it. Tableau saves such fields all the same, so
    /// they reach git.
    SyntaxError, "calculation/syntax-error", "formula cannot be read", Levels { recommended: Some(Level::Warning), strict: Some(Level::Error), optimizer: Some(Level::Warning) }, check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    for Formula { field, parsed } in file.formulas() {
        for error in &parsed.errors {
            let message = format!("the formula of `{}` is broken: {}", field.column.display_name(), error.message);
            let report = sink.report_in(field.formula, error.span.start, error.span.end, field.subjects(), message);
            report.help(error.help.clone().unwrap_or_else(|| "open the field in Tableau: it marks the same place".to_owned()));
        }
    }
}
