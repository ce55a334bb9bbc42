//! `init`.

use crate::harness::{Tabship, project};

#[test]
fn what_it_writes_passes_check_and_deploys() {
    let tabship = Tabship::new();
    let fixture = |name: &str| std::fs::read(project("examples/acme").join(name)).unwrap();
    tabship.write(
        "Profitability.twbx",
        fixture("workbooks/finance/Profitability.twbx"),
    );
    tabship.write(
        "data-sources [old]/Sales.tdsx",
        fixture("datasources/Sales.tdsx"),
    );
    tabship.write("flows/Segments.tfl", fixture("flows/Customer Segments.tfl"));
    tabship
        .run(["init"])
        .code(0)
        .stdout_has("wrote tabship.yml for 3 files");
    tabship.run(["check"]).code(0).stdout_has("3 files");
    tabship
        .run(["deploy", "-t", "dev", "--sandbox", "-q"])
        .code(0)
        .stdout_has("3 created");
    tabship.run(["init"]).code(6).stderr_has("is there already");
}

#[test]
fn an_empty_folder_has_nothing_to_begin_with() {
    Tabship::new()
        .run(["init"])
        .code(3)
        .stderr_has("no Tableau file");
}
