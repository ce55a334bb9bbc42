//! `calculation/wrong-arguments`.

use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::facts::Formula;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports calls with too few or too many arguments.
    ///
    /// ## Why is this bad?
    /// The field is broken in Tableau, and so is every sheet that uses it.
    ///
    /// ## How sure is it?
    /// The numbers are those of Tableau's reference of functions. Functions that it does not know are
    /// `calculation/unknown-function`.
    WrongArguments, "calculation/wrong-arguments", "function is called with too few or too many arguments", Levels { recommended: Some(Level::Warning), strict: Some(Level::Error), optimizer: Some(Level::Warning) }, check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    for Formula { field, parsed } in file.formulas() {
        for call in parsed.calls() {
            let Some(function) = call.function().filter(|f| !f.accepts(call.args.len())) else { continue };
            let count = call.args.len();
            let message = format!("the formula of `{}` calls `{}` with {count} argument{}", field.column.display_name(), call.name, if count == 1 { "" } else { "s" });
            sink.report_in(field.formula, call.span.start, call.span.end, field.subjects(), message).help(format!("it is called as `{}`", function.syntax));
        }
    }
}
