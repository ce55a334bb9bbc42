//! The example repository in examples/acme: packed from its sources, valid by Tableau's own schema,
//! and every name in it leads somewhere. The checks are Python on purpose: they share no code with
//! what they are to hold.

use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Files of the example with one of these extensions, in order of their names.
fn files(extensions: &[&str]) -> Vec<PathBuf> {
    let mut found: Vec<_> = walkdir::WalkDir::new(root().join("examples/acme"))
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extensions.iter().any(|wanted| extension == *wanted))
        })
        .collect();
    found.sort();
    found
}

/// Runs one of the project's Python scripts, which must end with 0.
fn python(script: &str, arguments: &[PathBuf]) -> String {
    let output = Command::new("python3")
        .arg(root().join(script))
        .args(arguments)
        .output()
        .expect("python3 runs: the tests need it");
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}\n{stdout}{stderr}");
    stdout
}

#[test]
fn packages_hold_what_their_sources_hold() {
    python("scripts/build-example.py", &["--check".into()]);
}

#[test]
fn names_in_the_documents_lead_somewhere() {
    let documents = files(&["twb", "twbx", "tds", "tdsx"]);
    assert_eq!(documents.len(), 6, "{documents:?}");
    let said = python("tests/xsd/references.py", &documents);
    assert!(said.starts_with("6 documents"), "{said}");
}

#[test]
fn workbooks_are_valid_by_tableaus_schema() {
    let schemas = root().join("../shared/xsd");
    if !schemas.is_dir() {
        assert!(
            std::env::var_os("CI").is_none(),
            "no schemas in ../shared/xsd, and CI is set"
        );
        eprintln!("skipped: no schemas in ../shared/xsd");
        return;
    }
    let workbooks = files(&["twb", "twbx"]);
    assert_eq!(workbooks.len(), 4, "{workbooks:?}");
    for schema in ["twb_2026.1.0.xsd", "twb_2026.2.0.xsd"] {
        let mut arguments = vec![schemas.join(schema)];
        arguments.extend_from_slice(&workbooks);
        let said = python("tests/xsd/validate.py", &arguments);
        assert!(said.starts_with("4 workbooks valid"), "{said}");
    }
}

#[test]
fn the_schema_check_refuses_a_wrong_workbook() {
    let schema = root().join("../shared/xsd/twb_2026.2.0.xsd");
    if !schema.is_file() {
        assert!(std::env::var_os("CI").is_none(), "no {}", schema.display());
        eprintln!("skipped: no schemas in ../shared/xsd");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let wrong = folder.path().join("wrong.twb");
    let right = std::fs::read_to_string(
        root().join("examples/acme/workbooks/operations/Order Backlog.twb"),
    )
    .unwrap();
    std::fs::write(
        &wrong,
        right.replace("sizing-mode='fixed'", "sizing-mode='rigid'"),
    )
    .unwrap();
    let output = Command::new("python3")
        .arg(root().join("tests/xsd/validate.py"))
        .args([&schema, &wrong])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("'rigid'"), "{said}");
}
