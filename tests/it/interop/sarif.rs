//! SARIF by the schema of OASIS.

use std::path::Path;

use super::python::Environment;
use crate::harness::{Tabship, project};

fn validate(python: &Environment, folder: &Path) {
    let report = folder.join("report.sarif");
    python.script("sarif_schema.py", &[report.to_str().unwrap()]);
}

/// One file for each rule that has fixtures, so that every rule's page and every kind of place is in the report; and a
/// package, a file that does not open, and a manifest that is wrong.
#[test]
fn a_report_is_valid_and_code_scanning_takes_it() {
    let Some(python) = Environment::open("sarif") else {
        return;
    };
    let tabship = Tabship::new();
    for entry in walkdir::WalkDir::new(project("fixtures/rules")) {
        let entry = entry.unwrap();
        let path = entry.path().to_string_lossy();
        if path.contains("/bad/") && path.ends_with(".twb") && !path.ends_with(".base.twb") {
            let name = path.replace('/', " ").replace("bad", "größer + %");
            tabship.write(
                &format!("tableau/{}", name.rsplit("rules ").next().unwrap()),
                std::fs::read(entry.path()).unwrap(),
            );
        }
    }
    tabship.write("tableau/broken.twb", "<workbook");
    let manifest = "version: 1\nrules:\n  extends: strict\n  naming/workbook: { patern: x }\n";
    tabship.write("tableau/tabship.yml", manifest);
    tabship.commit_all("main");
    let run = tabship.run([
        "check",
        "-C",
        "tableau",
        "--report",
        "sarif=../report.sarif",
    ]);
    assert!(run.code == 2, "{}", run.stderr);
    validate(&python, &tabship.path());
    let text = std::fs::read_to_string(tabship.path().join("report.sarif")).unwrap();
    let sarif: serde_json::Value = serde_json::from_str(&text).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    for result in results {
        let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        let uri = uri.as_str().unwrap();
        assert!(
            uri.starts_with("tableau/"),
            "from the root of the repository: {uri}"
        );
    }
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"].as_array();
    let mut pages = 0;
    for rule in rules.unwrap() {
        let Some(page) = rule["helpUri"].as_str() else {
            continue;
        };
        let (_, file) = page.split_once("/docs/").unwrap();
        assert!(project("docs").join(file).is_file(), "no page for {page}");
        let help = rule["help"]["markdown"].as_str().unwrap();
        assert!(help.starts_with("## What it does\n"), "{help}");
        pages += 1;
    }
    assert!(pages > 50, "only {pages} rules lead to their page");
}
