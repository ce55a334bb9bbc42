//! `performance/non-materialized-calculation`.

use crate::diagnostic::Level;
use crate::formula::{Parsed, Span};
use crate::lint::File;
use crate::lint::facts::Formula;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports calculated fields of extracts that compute one value per row and still cannot be stored in the extract:
    /// they read a parameter, the time of day or who is looking.
    ///
    /// ## Why is this bad?
    /// An extract stores what does not change until the next refresh. These fields are computed for every row and in every
    /// query instead.
    ///
    /// Aggregates and table calculations are never stored, and nothing is said about them.
    ///
    /// ## Use instead
    /// Split the field: what does not depend on the parameter or the time into one that can be stored, the rest into one
    /// that reads it.
    ///
    /// ## References
    /// Tableau's Workbook Optimizer, guideline "Non-materialized calculations".
    NonMaterializedCalculation, "performance/non-materialized-calculation", "calculation cannot be stored in the extract", Levels::optimizer(Level::Info), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    for Formula { field, parsed } in file.formulas() {
        let extracted = field.datasource.extract.as_ref().is_some_and(|e| e.enabled);
        let per_row = || !parsed.is_aggregate() && !parsed.is_table_calculation() && parsed.references().any(|r| !r.is_parameter());
        if !extracted || !per_row() {
            continue;
        }
        let Some((span, why)) = cause(parsed) else { continue };
        let message = format!("the calculated field `{}` cannot be stored in the extract: it reads {why}", field.column.display_name());
        sink.report_in(field.formula, span.start, span.end, field.subjects(), message)
            .help("put what does not depend on it into a field of its own, which the extract then stores");
    }
}

fn cause(parsed: &Parsed) -> Option<(Span, &'static str)> {
    let call = |names: &[&str]| parsed.calls().find(|c| names.contains(&c.name.as_str())).map(|c| c.name_span);
    parsed
        .references()
        .find(|r| r.is_parameter())
        .map(|r| (r.span, "a parameter"))
        .or_else(|| call(&["NOW", "TODAY"]).map(|span| (span, "the time of day")))
        .or_else(|| call(&["USERNAME", "FULLNAME", "USERDOMAIN", "ISUSERNAME", "ISFULLNAME", "ISMEMBEROF", "USERATTRIBUTE", "USERATTRIBUTEINCLUDES"]).map(|span| (span, "who is looking")))
}
