//! `structure/unused-package-file`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::package_files::unnamed;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::manifest::glob;

rule! {
    /// ## What it does
    /// Reports files in a package that nothing in its document names.
    ///
    /// ## Why is this bad?
    /// They are published with the rest: old extracts and data files may hold rows that nobody means to hand on, and they make
    /// the package large. Tableau leaves them behind when a data source is replaced.
    ///
    /// ## Options
    /// `allow`: globs of files that may be there.
    ///
    /// ## How sure is it?
    /// A file counts as used when any attribute ends with its name, or with the name of a file beside it that has the same stem (a
    /// shape file's companions). Caches and what operating systems leave have rules of their own.
    UnusedPackageFile, "structure/unused-package-file", "package holds a file that its document does not use", Levels::always(Level::Warning), Options, check
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// Globs of members.
    allow: Vec<String>,
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let (Some(document), Some(package)) = (file.document(), &file.content.package) else { return };
    let allowed: Vec<_> = options.allow.iter().filter_map(|g| glob::path(g).ok()).collect();
    for member in unnamed(document, package) {
        if allowed.iter().any(|g| g.is_match(&member.name)) {
            continue;
        }
        sink.report_file(format!("nothing in the document uses `{}` ({} bytes)", member.name, member.size))
            .help("open the package in Tableau, close data sources that no sheet uses, and save it under a new name; or take the file out of the package");
    }
}
