//! `structure/document-too-large`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports documents (the `.twb` or `.tds`, also inside a package) of more than 10 MB.
    ///
    /// ## Why is this bad?
    /// Of 455 real workbooks none was above 4.2 MB. Such a one is slow to open, to publish and to review. Mostly it carries
    /// pictures, custom shapes, or member lists of filters that name every value.
    ///
    /// ## Options
    /// `max_mb`: the limit in megabytes (10).
    DocumentTooLarge, "structure/document-too-large", "document is very large", Levels::always(Level::Warning), Options, check
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// In megabytes.
    max_mb: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self { max_mb: 10.0 }
    }
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let size = document.source().text().len() as f64 / 1e6;
    if size > options.max_mb {
        let limit = options.max_mb;
        sink.report_file(format!("the document has {size:.1} MB, and {limit} MB is the limit"))
            .help("look for filters that list every value, custom shapes and pictures, or split the workbook");
    }
}
