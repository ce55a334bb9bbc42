//! `structure/outdated-version`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::content::model::ProductVersion;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports files that were last saved by an older Tableau than you allow.
    ///
    /// ## Why is this bad?
    /// The site converts them on every load, old joins and extracts stay as they were, and the first person to save one with the
    /// current version brings a diff of the whole file to somebody's review.
    ///
    /// ## Example
    /// ```yaml
    /// rules:
    ///   structure/outdated-version: { level: warning, min_version: "2023.1" }
    /// ```
    ///
    /// ## Options
    /// `min_version`: such as `"2023.1"`. Without it the rule has nothing to say. Files that do not say their version are left
    /// alone.
    OutdatedVersion, "structure/outdated-version", "file was saved by an old version of Tableau", Levels::CONFIGURED, Options, check
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// The oldest version that files may be saved by: `2023.1`.
    min_version: Option<String>,
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let (Some(min), Some(document)) = (options.min_version.as_deref().and_then(ProductVersion::parse), file.document()) else { return };
    let Some(saved) = document.model.saved_by.filter(|v| *v < min) else { return };
    let span = document.model.source_build.as_ref().map_or(document.model.root.tag, |t| t.span);
    sink.report(span, Vec::new(), format!("the file was saved by Tableau {saved}, and {min} is the oldest that may be"))
        .help("open it in a current Tableau Desktop, look at it, and save it");
}
