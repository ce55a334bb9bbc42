//! `structure/newer-than-server`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::content::model::ProductVersion;
use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports files that were saved by a newer Tableau than the site has.
    ///
    /// ## Why is this bad?
    /// The site refuses such a file when it is published, or drops what it does not know.
    ///
    /// ## Use instead
    /// In Tableau Desktop: File, Export As Version; or save it with the version that the site has.
    ///
    /// ## Options
    /// `max_version`: such as `"2024.2"`. Without it the `version` of the target counts (`check -t NAME`); without both
    /// the rule has nothing to say.
    NewerThanServer, "structure/newer-than-server", "file is newer than the site", Levels::always(Level::Error), Options, check
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// The newest version that files may be saved by: `2024.2`.
    max_version: Option<String>,
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let own = options.max_version.as_deref().and_then(ProductVersion::parse);
    let (Some(max), Some(document)) = (own.or(file.server), file.document()) else { return };
    let Some(saved) = document.model.saved_by else { return };
    // Maintenance releases read each other's files.
    if (saved.year, saved.release) > (max.year, max.release) {
        let span = document.model.source_build.as_ref().map_or(document.model.root.tag, |t| t.span);
        sink.report(span, Vec::new(), format!("the file was saved by Tableau {saved}, and the site has {max}"))
            .help("File, Export As Version in Tableau Desktop; or have the site upgraded first");
    }
}
