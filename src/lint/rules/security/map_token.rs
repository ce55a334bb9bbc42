//! `security/map-token`.

use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports map services (Mapbox) whose access token stands in the workbook.
    ///
    /// ## Why is this bad?
    /// Whoever reads the file can use the account that pays for the maps. A public token (`pk.`) is made to be seen, but only with
    /// limits on where it may be used from; a secret one (`sk.`) is reported by [security/secret](secret.md) as well.
    ///
    /// ## Use instead
    /// A token of its own for Tableau, limited to your site's address.
    MapToken, "security/map-token", "access token of a map service in the file", Levels::always(Level::Warning), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for map in &document.model.map_sources {
        if let Some(key) = map.api_key.as_ref().filter(|k| !k.value.trim().is_empty()) {
            sink.report(key.span, Vec::new(), format!("the map service `{}` brings its access token along", map.name))
                .help("use a token that is limited to your site's address, or have the map service set up on the site");
        }
    }
}
