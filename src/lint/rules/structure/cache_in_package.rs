//! `structure/cache-in-package`.

use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::package_files::is_cache;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports packages that hold cached query results (`TwbxExternalCache`, `ExternalCacheV1`).
    ///
    /// ## Why is this bad?
    /// They are results of queries as the author saw them: data that row-level security would have kept from others, in a file
    /// that changes with every save. Tableau makes new ones when it needs them.
    CacheInPackage, "structure/cache-in-package", "package holds cached query results", Levels::always(Level::Warning), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(package) = &file.content.package else { return };
    let caches: Vec<_> = package.members.iter().filter(|m| is_cache(&m.name) && !m.directory).collect();
    let bytes: u64 = caches.iter().map(|m| m.size).sum();
    if let Some(first) = caches.first() {
        sink.report_file(format!("the package holds {} cached query results ({bytes} bytes), such as `{}`", caches.len(), first.name))
            .help("take the folders out of the package: with 7-Zip, or `zip -d FILE 'TwbxExternalCache/*' 'ExternalCacheV1/*'`");
    }
}
