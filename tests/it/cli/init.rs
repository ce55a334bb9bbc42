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

/// A site that somebody filled by hand becomes a repository, which deploys to it without a change.
#[tokio::test(flavor = "multi_thread")]
async fn a_site_becomes_a_repository() {
    let acme = Tabship::new();
    acme.copy(&project("examples/acme"));
    acme.commit_all("main");
    acme.run(["deploy", "-t", "dev", "--sandbox", "-q"]).code(0);
    let sandbox = tabship_sandbox::Sandbox::builder()
        .sites([("dev", "dev")])
        .data(acme.path().join(".tabship/sandbox"))
        .token("ann", "hunter2-secret")
        .start()
        .await
        .unwrap();
    let mut fresh = Tabship::new();
    let url = sandbox.url().to_owned();
    let init = ["init", "--from-live", "--server", url.as_str()];
    let init = init.iter().chain(&["--site", "dev", "--token-name", "ann"]);
    fresh.run(init.clone()).code(2).stderr_has("TABLEAU_TOKEN");
    fresh.set("TABLEAU_TOKEN", "hunter2-secret");
    let run = fresh
        .run(init.clone().chain(&["--github"]))
        .code(0)
        .stdout_has("wrote tabship.yml for 7 files")
        .stdout_has("wrote .github/workflows/tableau-review.yml");
    assert!(!run.stderr.contains("hunter2-secret"));
    let there = |name: &str| fresh.path().join(name);
    assert!(there("Finance/Executive/Executive Overview.twb").is_file());
    let manifest = std::fs::read_to_string(there("tabship.yml")).unwrap();
    assert!(manifest.contains("files: \"Finance/Executive/*.twb*\""));
    assert!(!manifest.contains("hunter2-secret"));
    // The token carries one session, so that the plan signs in anew.
    fresh.run(["check"]).code(0).stdout_has("7 files");
    fresh.commit_all("main");
    let plan = fresh.run(["plan", "-t", "dev", "--format", "json"]).json();
    assert_eq!(plan["items"].as_array().unwrap().len(), 7);
    assert!(plan["projects"].as_array().unwrap().is_empty());
    // Nothing is written over.
    std::fs::remove_file(there("tabship.yml")).unwrap();
    fresh.run(init).code(6).stderr_has("is left alone");
    sandbox.stop().await;
}
