//! `security/script`.

use crate::diagnostic::Level;
use crate::formula::functions::Category;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports calculated fields that call `RAWSQL_...`, `SCRIPT_...` or `MODEL_EXTENSION_...`.
    ///
    /// ## Why is this bad?
    /// The text in them is run by the database or by an analytics server as it stands, with the rights of the connection. Tableau
    /// does not check it, and parameters in it can be a way in. Performance and results depend on a server that no reader sees.
    ///
    /// ## Use instead
    /// Functions of Tableau, or a view in the database.
    Script, "security/script", "calculation sends code to a server", Levels::strict(Level::Warning), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    for formula in file.formulas() {
        for call in formula.parsed.calls_of(&[Category::PassThrough, Category::AnalyticsExtension]) {
            let Some(function) = call.function() else { continue };
            let whom = match function.category {
                Category::PassThrough => "the database",
                Category::AnalyticsExtension => "an analytics server",
                _ => continue,
            };
            let (start, end) = (call.name_span.start, call.name_span.end);
            sink.report_in(formula.field.formula, start, end, formula.field.subjects(), format!("`{}` in `{}` sends code to {whom}", function.name, formula.field.column.display_name()))
                .help("use functions of Tableau, or do it in a view of the database");
        }
    }
}
