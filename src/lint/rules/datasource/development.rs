//! `datasource/development`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::address::is_local_host;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports connections whose server, database, schema or warehouse has a word in it such as `dev`, `test`, `uat` or `localhost`.
    ///
    /// ## Why is this bad?
    /// A dashboard that was built on test data and published as it is shows test data.
    ///
    /// ## Use instead
    /// A `rewrite` in the manifest says what the value becomes on each target, and is an error where it finds nothing. If the
    /// files in git point at development on purpose, this rule is not for you; [environment](environment.md) is.
    ///
    /// ## Options
    /// `words`: in place of the built-in ones. `allow`: values that are right.
    Development, "datasource/development", "connection to what is called a development system", Levels::strict(Level::Info), Options, check
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// Words, in lower case, in place of the built-in ones.
    words: Vec<String>,
    /// Values that are right.
    allow: Vec<String>,
}

const WORDS: [&str; 10] = ["dev", "development", "test", "tst", "uat", "qa", "staging", "stg", "sandbox", "sbx"];
const ATTRIBUTES: [&str; 5] = ["server", "dbname", "schema", "warehouse", "service"];

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for datasource in &document.model.datasources {
        for connection in datasource.connections.iter().filter(|c| c.attribute("server").is_some_and(|s| !s.value.is_empty()) && c.class.value != "sqlproxy") {
            for text in ATTRIBUTES.iter().filter_map(|a| connection.attribute(a)) {
                let word = words(&text.value).find(|w| if options.words.is_empty() { WORDS.contains(&w.as_str()) } else { options.words.contains(w) });
                let local = is_local_host(&text.value).then(|| text.value.clone());
                let Some(word) = word.or(local).filter(|_| !options.allow.contains(&text.value)) else { continue };
                let subjects = vec![Subject::new("data source", file.name_of(datasource))];
                sink.report(text.span, subjects, format!("the data source `{}` reads from `{}`, and `{word}` is no name for production", file.name_of(datasource), text.value))
                    .help("let a `rewrite` in the manifest replace it, or allow it with `datasource/development: allow:`");
            }
        }
    }
}

/// Runs of letters: `test` of `pg-test01.example.com`, not of `latest`.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()).map(str::to_lowercase)
}
