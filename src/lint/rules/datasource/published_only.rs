//! `datasource/published-only`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::content::Kind;
use crate::diagnostic::Subject;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::manifest::glob;

rule! {
    /// ## What it does
    /// Reports data sources that are embedded in the workbook.
    ///
    /// ## Why is this bad?
    /// Each workbook then has its own copy of joins, calculations and filters, and its own extract; the copies drift apart, and
    /// row-level security must be right in each.
    ///
    /// ## Use instead
    /// A published data source, which the manifest can deploy with the workbook.
    ///
    /// ## Options
    /// `allow`: names of data sources that may be embedded; globs. `allow_classes`: classes of connections that may be, such as
    /// `excel-direct` for a small list to blend with.
    PublishedOnly, "datasource/published-only", "workbook has a data source of its own", Levels::CONFIGURED, Options, check
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// Names of data sources that may be embedded; globs.
    allow: Vec<String>,
    /// Classes of connections that may be embedded.
    allow_classes: Vec<String>,
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document().filter(|_| file.content.kind == Kind::Workbook) else { return };
    let allowed = |name: &str| options.allow.iter().any(|a| a == name || glob::name(a).is_ok_and(|g| g.is_match(name)));
    for datasource in document.model.datasources.iter().filter(|d| d.published().is_none() && !d.connections.is_empty()) {
        let classes = datasource.connections.iter().all(|c| options.allow_classes.contains(&c.class.value));
        if classes || allowed(&file.name_of(datasource)) {
            continue;
        }
        let subjects = vec![Subject::new("data source", file.name_of(datasource))];
        let span = datasource.caption.as_ref().unwrap_or(&datasource.name).span;
        sink.report(span, subjects, format!("the data source `{}` is embedded in the workbook", file.name_of(datasource)))
            .help("publish it, and let the workbook read the published one");
    }
}
