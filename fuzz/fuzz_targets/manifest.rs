//! The manifest: loaded, or every problem at a place inside the text.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use tabship::manifest;

fuzz_target!(|text: &str| {
    let variable = |name: &str| (name.len() % 2 == 0).then(|| "value".to_owned());
    let loaded = manifest::load(Path::new("tabship.yml"), text, &["dev"], &variable, &tabship::lint::Catalogue);
    for finding in &loaded.findings {
        if let Some(span) = finding.place.span {
            assert!(span.end as usize <= text.len(), "{finding:?}");
        }
    }
});
