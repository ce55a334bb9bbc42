//! `datasource/deprecated-connector`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports connections of a class that no longer works, or soon will not: extracts of the old kind (`.tde`), web data connectors
    /// of the second version, Google Analytics before GA4.
    ///
    /// ## Why is this bad?
    /// A site that is upgraded no longer refreshes them.
    ///
    /// ## Use instead
    /// A `.hyper` extract (Tableau upgrades a `.tde` when it refreshes it), a connector of the third version, the Google Analytics 4
    /// connector.
    ///
    /// ## Options
    /// `classes`: in place of the built-in list (`dataengine`, `webdata-direct`, `google-analytics`).
    DeprecatedConnector, "datasource/deprecated-connector", "connection of a kind that Tableau gives up", Levels::always(Level::Warning), Options, check
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// Classes of connections, in place of the built-in ones.
    classes: Vec<String>,
}

const CLASSES: [&str; 3] = ["dataengine", "webdata-direct", "google-analytics"];

/// What took the place of a class.
fn instead(class: &str) -> &'static str {
    match class {
        "dataengine" => "refresh the extract in a current Tableau, which makes a `.hyper` file of it, and connect to that",
        "webdata-direct" => "use a web data connector of the third version (`.taco`), or load the data into a database first",
        "google-analytics" => "connect with the Google Analytics 4 connector",
        _ => "connect with the connector that took its place",
    }
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for datasource in &document.model.datasources {
        for connection in &datasource.connections {
            let class = connection.class.value.as_str();
            let deprecated = if options.classes.is_empty() { CLASSES.contains(&class) } else { options.classes.iter().any(|c| c == class) };
            if deprecated {
                let subjects = vec![Subject::new("data source", file.name_of(datasource))];
                sink.report(connection.class.span, subjects, format!("the data source `{}` uses the connector `{class}`, which Tableau gives up", file.name_of(datasource)))
                    .help(instead(class));
            }
        }
    }
}
