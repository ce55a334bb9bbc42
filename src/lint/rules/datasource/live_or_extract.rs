//! `datasource/live-or-extract`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diagnostic::Subject;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Holds embedded data sources, and data source files, to one way of reading: live, or from an extract.
    ///
    /// ## Why is this bad?
    /// A team decides for extracts because live queries load the database, or for live because the data must be fresh. One data
    /// source that does it otherwise is not noticed until the database is slow or the numbers are old.
    ///
    /// ## Example
    /// ```yaml
    /// rules:
    ///   datasource/live-or-extract: { level: error, require: extract, classes: [postgres, snowflake] }
    /// ```
    ///
    /// ## Options
    /// `require`: `extract` or `live`. `classes`: only data sources with such a connection; without it all but those that read files.
    /// `allow`: names of data sources that are left alone.
    ///
    /// ## How sure is it?
    /// A published data source does not say in the workbook whether it has an extract; it is not looked at.
    LiveOrExtract, "datasource/live-or-extract", "data source is live where it must be an extract, or the other way round", Levels::CONFIGURED, Options, check
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    require: Option<Mode>,
    /// Only data sources with a connection of such a class.
    classes: Vec<String>,
    /// Names of data sources that are left alone.
    allow: Vec<String>,
}

/// How data is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Mode {
    Live,
    Extract,
}

const FILES: [&str; 7] = ["excel-direct", "textscan", "hyper", "dataengine", "ogrdirect", "pdf", "stat-direct"];

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let (Some(document), Some(require)) = (file.document(), options.require) else { return };
    for datasource in document.model.datasources.iter().filter(|d| d.published().is_none() && !d.connections.is_empty()) {
        let name = file.name_of(datasource);
        let mut classes = datasource.connections.iter().map(|c| c.class.value.as_str());
        let concerned = if options.classes.is_empty() { !classes.all(|c| FILES.contains(&c)) } else { classes.any(|c| options.classes.iter().any(|o| o == c)) };
        if !concerned || options.allow.iter().any(|a| *a == name) {
            continue;
        }
        let extract = datasource.extract.as_ref().filter(|e| e.enabled);
        let (span, is, help) = match (require, extract) {
            (Mode::Extract, None) => (datasource.caption.as_ref().unwrap_or(&datasource.name).span, "live", "extract the data, and let the site refresh it"),
            (Mode::Live, Some(extract)) => (extract.element.tag, "an extract", "remove the extract in Tableau: Data, Use Extract"),
            _ => continue,
        };
        sink.report(span, vec![Subject::new("data source", &*name)], format!("the data source `{name}` is {is}")).help(help);
    }
}
