//! `review`: check, diff and plan of a pull request in one.

use crate::harness::{Tabship, project};

const BACKLOG: &str = "workbooks/operations/Order Backlog.twb";
const OVERVIEW: &str = "workbooks/finance/Executive Overview.twb";

/// The example with everything committed on `main`, and deployed from there.
fn acme() -> Tabship {
    let tabship = Tabship::new();
    tabship.copy(&project("examples/acme"));
    tabship.commit_all("main");
    tabship
}

/// Three workbooks edited on a branch: one harmless, one against a rule of the team, one risky.
fn three_edits(tabship: &Tabship) {
    tabship.git(&["checkout", "-q", "-b", "feature/x"]);
    tabship.replace(
        OVERVIEW,
        "SUM([profit]) / SUM([sales])",
        "SUM([profit]) / SUM([sales]) * 100",
    );
    let directory = "workbooks/operations/Customer Directory.twb";
    tabship.replace(directory, "TODAY()", "NOW()");
    tabship.replace(BACKLOG, "&apos;Shipped&apos;", "&apos;Closed&apos;");
    tabship.commit_all("feature/x");
}

#[test]
fn a_file_that_goes_leaves_its_item_on_the_site_and_that_is_said() {
    let acme = acme();
    acme.run(["deploy", "-t", "staging", "--sandbox", "-q"])
        .code(0);
    acme.git(&["checkout", "-q", "-b", "feature/x"]);
    acme.git(&["rm", "-q", BACKLOG]);
    acme.commit_all("feature/x");
    let review = [
        "review",
        "--base",
        "main",
        "--plan",
        "-t",
        "staging",
        "--sandbox",
    ];
    acme.run(review)
        .code(0)
        .stdout_has("Look twice: 1 item left over on the site");
    acme.replace("tabship.yml", "prune: report", "prune: recycle");
    acme.run(review)
        .code(0)
        .stdout_has("Look twice: 1 item that would be deleted");
}

#[test]
fn a_pull_request_is_said_in_one_place() {
    let acme = acme();
    acme.run(["deploy", "-t", "staging", "--sandbox", "-q"])
        .code(0);
    three_edits(&acme);
    let run = acme
        .run([
            "review",
            "--base",
            "main",
            "--plan",
            "-t",
            "staging",
            "--sandbox",
            "--format",
            "markdown",
            "--report",
            "json=out/review.json",
            "--report",
            "sarif=out/review.sarif",
            "--report",
            "github=out/annotations.txt",
            "--report",
            "html=out/changes.html",
        ])
        .code(1);
    for said in [
        "Not ready: 1 error, 1 risk",
        "3 files changed against `main`",
        "| Executive Overview | 1 calculated field changed | update | 1 error |",
        "| Order Backlog | 1 custom SQL changed; 1 risk | update |  |",
        "- **Order Backlog:** custom SQL",
        "**Deployment**: update in Finance/Executive",
    ] {
        assert!(run.stdout.contains(said), "no {said:?} in\n{}", run.stdout);
    }
    let read = |name: &str| std::fs::read_to_string(acme.path().join("out").join(name)).unwrap();
    let review: serde_json::Value = serde_json::from_str(&read("review.json")).unwrap();
    assert_eq!(review["verdict"], "not_ready");
    assert_eq!(review["deployment"]["target"]["name"], "staging");
    let items = review["items"].as_array().unwrap();
    let names: Vec<&str> = items.iter().map(|i| i["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["Executive Overview", "Order Backlog", "Customer Directory"],
        "the error, the risk, the rest"
    );
    assert!(items.iter().all(|i| i["planned"]["action"] == "update"));
    let sarif: serde_json::Value = serde_json::from_str(&read("review.sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 1);
    // The four say the same: as many findings, as many risks, and of the same files.
    let list = |pointer: &str| {
        review
            .pointer(pointer)
            .and_then(|v| v.as_array())
            .unwrap()
            .clone()
    };
    let found: usize = (0..items.len())
        .map(|n| list(&format!("/items/{n}/findings")).len())
        .sum();
    let risks: usize = (0..items.len())
        .map(|n| list(&format!("/items/{n}/changes/risks")).len())
        .sum();
    let annotations = read("annotations.txt");
    let marked = annotations
        .lines()
        .filter(|l| !l.starts_with("::notice title=not"));
    assert_eq!((found, risks, marked.count()), (1, 1, 1), "{annotations}");
    let uri = "/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri";
    let uri = sarif.pointer(uri).and_then(|v| v.as_str()).unwrap();
    assert_eq!(uri.replace("%20", " "), OVERVIEW);
    assert!(annotations.starts_with(&format!("::error file={OVERVIEW},line=")));
    assert!(read("changes.html").contains("Order Backlog.twb"));
}

#[test]
fn what_was_there_before_does_not_fail() {
    let acme = acme();
    acme.replace(OVERVIEW, "SUM([profit]) / SUM([sales])", "1");
    acme.commit_all("main");
    acme.replace(OVERVIEW, "COUNTD([order_id])", "COUNT([order_id])");
    acme.run(["review", "--base", "HEAD", "--format", "markdown"])
        .code(0)
        .stdout_has("Ready: no risks, no new findings")
        .stdout_has("1 finding more, which were there before");
    acme.run(["check"]).code(1);
}

#[test]
fn files_that_come_and_go_are_items_too() {
    let acme = acme();
    acme.run(["deploy", "-t", "staging", "--sandbox", "-q"])
        .code(0);
    std::fs::remove_file(acme.path().join(BACKLOG)).unwrap();
    let text = std::fs::read(project("examples/acme").join(OVERVIEW)).unwrap();
    acme.write("workbooks/operations/New Overview.twb", text);
    let run = acme.run([
        "review",
        "--base",
        "HEAD",
        "--plan",
        "-t",
        "staging",
        "--sandbox",
        "--format",
        "markdown",
    ]);
    for said in [
        "| New Overview | added: 1 dashboard, 3 worksheets, 2 calculated fields, data source Sales | create |",
        "| Order Backlog | removed: 1 dashboard",
        "> workbook \"Order Backlog\" in Operations was deployed",
    ] {
        assert!(run.stdout.contains(said), "no {said:?} in\n{}", run.stdout);
    }
}

#[test]
fn a_manifest_in_a_folder_names_files_from_the_top_of_the_repository() {
    let tabship = Tabship::new();
    tabship.copy(&project("examples/acme"));
    let bi = tabship.path().join("bi");
    std::fs::create_dir(&bi).unwrap();
    for name in ["tabship.yml", "datasources", "workbooks", "flows"] {
        std::fs::rename(tabship.path().join(name), bi.join(name)).unwrap();
    }
    tabship.commit_all("main");
    let file = format!("bi/{OVERVIEW}");
    tabship.replace(&file, "SUM([profit]) / SUM([sales])", "1");
    tabship
        .run(["-C", "bi", "review", "--base", "HEAD", "--format", "github"])
        .code(1)
        .stdout_has(&format!("::error file={file},line="));
    tabship
        .run(["-C", "bi", "review", "--base", "HEAD"])
        .code(1)
        .stdout_has(&format!("--> {file}:"));
}

#[test]
fn a_version_that_cannot_be_read_is_said_and_the_rest_goes_on() {
    let acme = acme();
    let whole = std::fs::read(acme.path().join(OVERVIEW)).unwrap();
    let oid = "a".repeat(64);
    acme.write(
        OVERVIEW,
        format!("version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 10\n"),
    );
    acme.commit_all("main");
    acme.write(OVERVIEW, &whole);
    acme.replace(BACKLOG, "&apos;Shipped&apos;", "&apos;Closed&apos;");
    acme.run(["review", "--base", "HEAD", "--format", "markdown"])
        .code(0)
        .stdout_has("1 file that could not be compared")
        .stdout_has("before, it is a Git LFS pointer")
        .stdout_has("| Order Backlog | 1 custom SQL changed; 1 risk |");
    acme.write(OVERVIEW, "<workbook");
    acme.run(["review", "--base", "HEAD"])
        .code(1)
        .stdout_has("error[file/");
    // Once its objects are fetched, the earlier version is read from there.
    let objects = acme.path().join(".git/lfs/objects/aa/aa");
    std::fs::create_dir_all(&objects).unwrap();
    std::fs::write(objects.join(&oid), &whole).unwrap();
    acme.write(OVERVIEW, whole);
    acme.replace(OVERVIEW, "COUNTD([order_id])", "COUNT([order_id])");
    acme.run(["review", "--base", "HEAD", "--format", "markdown"])
        .code(0)
        .stdout_has("| Executive Overview | 1 calculated field changed |");
}

#[test]
fn without_a_base_it_says_how_to_name_one() {
    let acme = acme();
    acme.run(["review"])
        .code(2)
        .stderr_has("--base origin/main");
    acme.run(["review", "--base", "nowhere"])
        .code(2)
        .stderr_has("`nowhere` is no revision");
    Tabship::new()
        .run(["review", "--base", "main"])
        .code(2)
        .stderr_has("this is no git repository");
}

#[test]
fn the_base_is_what_the_pipeline_says() {
    let mut acme = acme();
    acme.run(["deploy", "-t", "staging", "--sandbox", "-q"])
        .code(0);
    three_edits(&acme);
    acme.set("GITLAB_CI", "true")
        .set("CI_MERGE_REQUEST_IID", "7")
        .set("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main");
    // The manifest maps `main` to staging.
    acme.run(["review", "--plan", "--sandbox"])
        .code(1)
        .stdout_has("Plan for staging");
    acme.run(["review", "--comment"])
        .code(2)
        .stderr_has("it is not known where the comments");
}

#[test]
fn a_plan_that_was_asked_for_and_cannot_be_made_fails() {
    let acme = acme();
    acme.replace(OVERVIEW, "COUNTD([order_id])", "COUNT([order_id])");
    acme.run([
        "review", "--base", "HEAD", "--plan", "-t", "staging", "--format", "markdown",
    ])
    .code(2)
    .stdout_has("Not ready: no plan")
    .stdout_has("TABLEAU_STAGING_TOKEN");
}

#[test]
fn a_filter_that_showed_each_person_their_own_rows_is_missed() {
    let folder = project("fixtures/rules/security/user-filter-removed/bad");
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let tabship = Tabship::new();
    tabship.write("x.twb", read("a-filter-on-a-calculation.base.twb"));
    tabship.commit_all("main");
    tabship.git(&["checkout", "-q", "-b", "feature"]);
    tabship.write("x.twb", read("a-filter-on-a-calculation.twb"));
    tabship.commit_all("feature");
    tabship
        .run(["review", "--base", "main", "--format", "markdown"])
        .code(0)
        .stdout_has("has lost its filter on `May see this`");
}
