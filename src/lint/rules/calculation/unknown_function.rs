//! `calculation/unknown-function`.

use crate::diagnostic::Level;
use crate::formula::functions;
use crate::lint::File;
use crate::lint::facts::Formula;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports calls of functions that Tableau does not have.
    ///
    /// ## Why is this bad?
    /// The field is broken in Tableau. Mostly it is a misspelling, or a function of another tool or database.
    UnknownFunction, "calculation/unknown-function", "formula calls a function that Tableau does not have", Levels::always(Level::Warning), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    for Formula { field, parsed } in file.formulas() {
        for call in parsed.unknown_calls() {
            let message = format!("the formula of `{}` calls `{}`, which is no function of Tableau's", field.column.display_name(), call.name);
            let report = sink.report_in(field.formula, call.name_span.start, call.name_span.end, field.subjects(), message);
            report.help(functions::suggest(&call.name).map_or_else(
                || "see \"Tableau functions (alphabetical)\" in Tableau's help".to_owned(),
                |near| format!("did you mean `{near}`?"),
            ));
        }
    }
}
