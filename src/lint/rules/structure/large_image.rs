//! `structure/large-image`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports images in a package of more than 1 MB.
    ///
    /// ## Why is this bad?
    /// Every viewer loads them before the dashboard shows anything. A logo needs a few kilobytes; mostly the image is many
    /// times larger than the place that shows it.
    ///
    /// ## Options
    /// `max_kb`: the limit in kilobytes (1000).
    LargeImage, "structure/large-image", "image in the package is very large", Levels::always(Level::Info), Options, check
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// In kilobytes.
    max_kb: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { max_kb: 1000 }
    }
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(package) = &file.content.package else { return };
    for member in package.members.iter().filter(|m| m.name.starts_with("Image/") && m.size > options.max_kb * 1000) {
        sink.report_file(format!("the image `{}` has {} kB, and {} kB is the limit", member.name, member.size / 1000, options.max_kb))
            .help("scale it down to the size at which the dashboard shows it");
    }
}
