//! `calculation/newer-function`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::content::model::ProductVersion;
use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::facts::Formula;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports calls of functions that the site's version of Tableau does not have yet.
    ///
    /// ## Why is this bad?
    /// The field works on the author's machine and is broken on the site, with every sheet that uses it.
    ///
    /// ## Options
    /// `max_version`: such as `"2022.3"`. Without it the `version` of the target counts (`check -t NAME`); without both the rule has
    /// nothing to say. Only functions whose first release Tableau's documentation says are judged.
    NewerFunction, "calculation/newer-function", "formula calls a function that the site does not have yet", Levels::always(Level::Warning), Options, check
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// The version that formulas must work in: `2022.3`.
    max_version: Option<String>,
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let own = options.max_version.as_deref().and_then(ProductVersion::parse);
    let Some(site) = own.or(file.server) else { return };
    for Formula { field, parsed } in file.formulas() {
        for call in parsed.calls() {
            let Some((year, release)) = call.function().and_then(|f| f.since) else { continue };
            if (year, release) > (site.year, site.release) {
                let message = format!("the formula of `{}` calls `{}`, which Tableau has since {year}.{release}; the site has {site}", field.column.display_name(), call.name);
                sink.report_in(field.formula, call.name_span.start, call.name_span.end, field.subjects(), message)
                    .help("compute it another way, or have the site upgraded first");
            }
        }
    }
}
