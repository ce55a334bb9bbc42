//! `calculation/forbidden-function`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::lint::File;
use crate::lint::facts::Formula;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::manifest::glob;

rule! {
    /// ## What it does
    /// Reports calls of functions that your team does not want.
    ///
    /// ## Why is this bad?
    /// That is yours to say. `RAWSQL_*` ties a workbook to one database and passes by the data model; `SCRIPT_*` and `MODEL_*` need a
    /// server beside Tableau that production may not have; `USERNAME` outside of the agreed fields makes security that nobody
    /// reviews.
    ///
    /// ## Example
    /// ```yaml
    /// rules:
    ///   calculation/forbidden-function: { level: error, functions: ["RAWSQL_*", "SCRIPT_*", "MODEL_*"] }
    /// ```
    ///
    /// ## Options
    /// `functions`: names or globs; case does not matter. `except`: names of calculated fields that may use them.
    ForbiddenFunction, "calculation/forbidden-function", "formula calls a function that is not wanted", Levels::CONFIGURED, Options, check
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// Names of functions, or globs: `RAWSQL_*`.
    functions: Vec<String>,
    /// Calculated fields, by the names that people see, that may call them.
    except: Vec<String>,
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let forbidden: Vec<_> = options.functions.iter().filter_map(|f| glob::name(&f.to_uppercase()).ok()).map(|g| (g.glob().to_string(), g)).collect();
    for Formula { field, parsed } in file.formulas() {
        let name = field.column.display_name();
        if options.except.contains(&name) {
            continue;
        }
        for call in parsed.calls() {
            let Some((glob, _)) = forbidden.iter().find(|(_, g)| g.is_match(&call.name)) else { continue };
            let message = format!("the formula of `{name}` calls `{}`, which is not to be used (`{glob}`)", call.name);
            sink.report_in(field.formula, call.name_span.start, call.name_span.end, field.subjects(), message)
                .help("compute it another way, in the data source or with functions of Tableau's own; or have the field named under `except:`");
        }
    }
}
