//! What the fuzz targets hold, over their seeds and over every input that once failed, without a fuzzer.

use std::path::Path;

#[path = "../../fuzz/src/lib.rs"]
#[allow(unreachable_pub, reason = "there it is a library")]
mod targets;

/// The inputs in `fuzz/{seeds,regressions}/TARGET`; none where there is no such folder.
fn inputs(target: &str) -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let mut inputs = Vec::new();
    for kind in ["seeds", "regressions"] {
        let Ok(folder) = std::fs::read_dir(root.join(kind).join(target)) else {
            continue;
        };
        for entry in folder {
            let path = entry.unwrap().path();
            inputs.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    inputs
}

/// Runs `check` over the inputs of `target`, and names the one that fails.
fn each(target: &str, check: fn(&[u8])) {
    for (name, bytes) in inputs(target) {
        let outcome = std::panic::catch_unwind(|| check(&bytes));
        assert!(outcome.is_ok(), "{name} fails");
    }
}

fn text(check: fn(&str), bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        check(text);
    }
}

#[test]
fn inputs_that_once_failed_no_longer_do() {
    assert!(!inputs("document").is_empty());
    each("document", targets::document);
    each("formula", |bytes| text(targets::formula, bytes));
    each("journal", targets::journal);
    each("manifest", |bytes| text(targets::manifest, bytes));
    each("package", targets::package);
    each("plan", targets::plan);
}
