//! The example repository in examples/acme: packed from its sources, valid by Tableau's own schema,
//! and every name in it leads somewhere. The checks are Python on purpose: they share no code with
//! what they are to hold.

use std::path::PathBuf;
use std::process::Command;

use tabship::content::{self, Limits};
use tabship::manifest::{self, RuleCatalogue};

use crate::harness::{project, shared};

/// Files of the example with one of these extensions, in order of their names.
fn files(extensions: &[&str]) -> Vec<PathBuf> {
    let mut found: Vec<_> = walkdir::WalkDir::new(project("examples/acme"))
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
        .arg(project(script))
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
    let Some(schemas) = shared("xsd") else {
        return;
    };
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
    let Some(schema) = shared("xsd/twb_2026.2.0.xsd") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let wrong = folder.path().join("wrong.twb");
    let right = std::fs::read_to_string(project(
        "examples/acme/workbooks/operations/Order Backlog.twb",
    ))
    .unwrap();
    std::fs::write(
        &wrong,
        right.replace("sizing-mode='fixed'", "sizing-mode='rigid'"),
    )
    .unwrap();
    let output = Command::new("python3")
        .arg(project("tests/xsd/validate.py"))
        .args([&schema, &wrong])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("'rigid'"), "{said}");
}

struct Rules;

impl RuleCatalogue for Rules {
    fn ids(&self) -> Vec<&'static str> {
        vec![
            "naming/workbook",
            "naming/calculated-field",
            "calculation/required",
            "datasource/certified",
        ]
    }
}

#[test]
fn the_manifest_loads_without_a_variable_and_claims_every_file() {
    let path = project("examples/acme/tabship.yml");
    let text = std::fs::read_to_string(&path).unwrap();
    let targets = ["dev", "staging", "prod"];
    let loaded = manifest::load(&path, &text, &targets, &|_| None, &Rules);
    assert_eq!(loaded.findings, []);
    let base = project("examples/acme");
    let relative: Vec<_> = files(&["twb", "twbx", "tds", "tdsx", "tfl"])
        .iter()
        .map(|file| file.strip_prefix(&base).unwrap().to_owned())
        .collect();
    assert_eq!(relative.len(), 7, "{relative:?}");
    let (assigned, findings) = manifest::assign(&loaded.manifest.unwrap(), &relative);
    assert_eq!(findings, []);
    assert_eq!(assigned.len(), 7);
}

#[test]
fn every_file_is_read() {
    for path in files(&["twb", "twbx", "tds", "tdsx", "tfl"]) {
        let read = content::open(&path, &Limits::default());
        assert!(read.is_ok(), "{}", path.display());
    }
}
