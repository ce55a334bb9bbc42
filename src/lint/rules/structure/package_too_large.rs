//! `structure/package-too-large`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports packages of more than 100 MB.
    ///
    /// ## Why is this bad?
    /// Git keeps every version of it for ever, and every deployment sends it anew. Above 64 MB Tableau's REST API takes it only in
    /// parts (tabship does so by itself).
    ///
    /// ## Use instead
    /// A published data source, or an extract that the site refreshes; Git LFS where neither will do.
    ///
    /// ## Options
    /// `max_mb`: the limit in megabytes (100).
    PackageTooLarge, "structure/package-too-large", "package is very large", Levels::always(Level::Warning), Options, check
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// In megabytes.
    max_mb: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self { max_mb: 100.0 }
    }
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(package) = &file.content.package else { return };
    let size = file.content.bytes as f64 / 1e6;
    if size <= options.max_mb {
        return;
    }
    let largest = package.members.iter().max_by_key(|m| m.packed).map_or(String::new(), |m| format!("; the largest part is `{}`", m.name));
    let limit = options.max_mb;
    sink.report_file(format!("the package has {size:.1} MB, and {limit} MB is the limit{largest}"))
        .help("publish the data on its own and let the site refresh it, or filter the extract");
}
