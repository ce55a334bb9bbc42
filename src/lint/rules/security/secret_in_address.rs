//! `security/secret-in-address`.

use crate::diagnostic::{Level, Span};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::secrets;
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports addresses with a parameter that is named after a secret and has a value: `?token=...`, `&api_key=...`, `&sig=...`.
    ///
    /// ## Why is this bad?
    /// The address stands in the file for every reader, and in the logs of every server on the way.
    ///
    /// ## Use instead
    /// A link that asks its reader to sign in, or a value that comes from a field or a parameter which row-level security covers.
    ///
    /// The token of a map service is reported once, by [security/map-token](map-token.md).
    SecretInAddress, "security/secret-in-address", "parameter of an address that looks like a secret", Levels::always(Level::Warning), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let tree = &document.tree;
    // One look at the whole text spares nearly all documents one at each value.
    if !secrets::may_be_in_address(document.source().text()) {
        return;
    }
    for node in tree.all_descendants(tree.root()) {
        for (_, span, raw) in tree.raw_attributes(node) {
            for range in secrets::in_address(raw) {
                // The token of a map service, which Tableau repeats in its address, is `security/map-token`'s.
                if raw.get(range.clone()).is_some_and(|secret| tree.is(node, "api-key", secret)) {
                    continue;
                }
                let span = Span::new(span.start + range.start as u32, span.start + range.end as u32);
                sink.report(span, Vec::new(), "an address holds what looks like a secret")
                    .help("take it out of the address, and give what it opened another one");
            }
        }
    }
}
