//! Wrong input everywhere: a clear error, the right exit code, and nothing half done.

use crate::harness::{Tabship, project};

const MANIFEST: &str = "version: 1\ntargets:\n  dev: { server: \"http://127.0.0.1:9\", auth: { token_name: ci, token_secret: { env: TOKEN } } }\ncontent:\n  - { files: \"*.twb*\", project: P }\n";

fn with_workbook() -> Tabship {
    let tabship = Tabship::new();
    tabship.write("tabship.yml", MANIFEST);
    let workbook = std::fs::read(project(
        "fixtures/rules/naming/workbook/good/Sales Report.twb",
    ))
    .unwrap();
    tabship.write("Sales Report.twb", workbook);
    tabship
}

#[test]
fn no_manifest() {
    Tabship::new()
        .run(["deploy", "-t", "dev"])
        .code(2)
        .stderr_has("there is no tabship.yml")
        .stderr_has("tabship init");
}

#[test]
fn an_unknown_target_suggests_one() {
    with_workbook()
        .run(["plan", "-t", "devv"])
        .code(2)
        .stderr_has("no target is called `devv`")
        .stderr_has("did you mean `dev`?");
}

#[test]
fn a_missing_secret_names_the_variable() {
    with_workbook()
        .run(["plan", "-t", "dev"])
        .code(2)
        .stderr_has("env:TOKEN");
}

#[test]
fn a_site_that_is_not_there() {
    with_workbook()
        .set("TOKEN", "x")
        .run(["plan", "-t", "dev"])
        .code(4)
        .stderr_has("cannot be reached")
        .stderr_has("help:");
}

#[test]
fn an_empty_folder_is_never_green() {
    Tabship::new()
        .run(["check"])
        .code(3)
        .stderr_has("nothing to check");
    let tabship = Tabship::new();
    tabship.write("tabship.yml", MANIFEST);
    tabship
        .run(["deploy", "-t", "dev", "--sandbox"])
        .code(2)
        .stderr_has("no file matches `*.twb*`");
    with_workbook()
        .run([
            "plan",
            "-t",
            "dev",
            "--sandbox",
            "--select",
            "nothing like it",
        ])
        .code(3);
    with_workbook().run(["check", "no/such/path"]).code(3);
}

#[test]
fn a_truncated_package_is_refused_before_anything_is_sent() {
    let tabship = with_workbook();
    let package = std::fs::read(project(
        "examples/acme/workbooks/finance/Profitability.twbx",
    ))
    .unwrap();
    tabship.write("Cut.twbx", &package[..package.len() / 2]);
    tabship
        .run(["deploy", "-t", "dev", "--sandbox"])
        .code(1)
        .stderr_has("the package is damaged")
        .stderr_has("Cut.twbx");
    assert!(!tabship.path().join(".tabship/deployments").exists());
    tabship
        .run(["check"])
        .code(1)
        .stdout_has("file/damaged-package");
}

#[test]
fn a_broken_manifest_says_all_at_once() {
    let tabship = Tabship::new();
    tabship.write(
        "tabship.yml",
        std::fs::read(project("fixtures/manifests/broken.yml")).unwrap(),
    );
    let run = tabship
        .run(["plan", "-t", "dev"])
        .code(2)
        .stderr_has("tabship.yml:4:5")
        .stderr_has("did you mean `server`?")
        .stderr_has("manifest/unknown-rule");
    assert!(!run.stderr.contains("hunter2"));
}

#[test]
fn a_rewrite_that_matches_nothing_is_an_error() {
    let tabship = with_workbook();
    let manifest = format!(
        "{MANIFEST}rewrite:\n  - match: {{ class: mysql }}\n    to: {{ dev: {{ server: x }} }}\n"
    );
    tabship.write("tabship.yml", &manifest);
    tabship
        .run(["plan", "-t", "dev", "--sandbox"])
        .code(2)
        .stderr_has("tabship.yml:7 matches nothing");
    tabship.write(
        "tabship.yml",
        manifest.replace("to:", "optional: true\n    to:"),
    );
    tabship
        .run(["plan", "-t", "dev", "--sandbox"])
        .code(0)
        .stdout_has("1 to create");
}

/// A promote to prod must not go on reading dev because a file does not say which schema it is on.
#[test]
fn a_rewrite_that_cannot_be_done_is_an_error() {
    let tabship = with_workbook();
    let source = "<datasource formatted-name='x' version='18.1'><connection class='federated'><named-connections>\
        <named-connection caption='pg' name='pg.1'><connection class='postgres' dbname='d' server='pg' /></named-connection></named-connections>\
        <relation connection='pg.1' name='t' table='TABLE' type='table' /></connection></datasource>";
    tabship.write(
        "tabship.yml",
        format!(
            "{}rewrite:\n  - match: {{ class: postgres }}\n    in: Orders.tds\n    to: {{ dev: {{ schema: prod }} }}\n",
            MANIFEST.replace("*.twb*", "Orders.tds")
        ),
    );
    tabship.write("Orders.tds", source.replace("TABLE", "[t]"));
    tabship
        .run(["plan", "-t", "dev", "--sandbox"])
        .code(2)
        .stderr_has("`Orders.tds` cannot be rewritten for dev")
        .stderr_has("tabship.yml:7")
        .stderr_has("the schema of the data source does not become `prod`");
    tabship.write("Orders.tds", source.replace("TABLE", "[dev].[t]"));
    tabship
        .run(["plan", "-t", "dev", "--sandbox"])
        .code(0)
        .stdout_has("[prod].[t]");
}

#[test]
fn a_missing_published_data_source_blocks() {
    let tabship = with_workbook();
    let workbook = std::fs::read(project(
        "fixtures/rules/datasource/certified/bad/not-on-the-list.twb",
    ))
    .unwrap();
    tabship.write("Report.twb", workbook);
    tabship
        .run(["deploy", "-t", "dev", "--sandbox"])
        .code(6)
        .stderr_has("is not on the site")
        .stderr_has("nothing was changed");
}

#[test]
fn a_line_that_may_hold_a_secret_is_not_shown() {
    for auth in [
        "{ token_nam: ci, token_secret: hunter2 }",
        "{ token_name: ci, token_secret: { value: hunter2 } }",
        "hunter2",
    ] {
        let tabship = Tabship::new();
        tabship.write(
            "tabship.yml",
            format!(
                "version: 1\ntargets:\n  dev: {{ server: \"https://x.example\", auth: {auth} }}\n"
            ),
        );
        let plan = tabship.run(["plan", "-t", "dev"]).code(2);
        assert!(!plan.stderr.contains("hunter2"), "{}", plan.stderr);
        tabship.write(
            "x.twb",
            std::fs::read(project(
                "fixtures/rules/naming/workbook/good/Sales Report.twb",
            ))
            .unwrap(),
        );
        let check = tabship.run(["check"]).code(2);
        assert!(
            !check.stdout.contains("hunter2") && !check.stderr.contains("hunter2"),
            "{}",
            check.stdout
        );
    }
}

#[test]
fn a_sandbox_that_does_not_start_says_what_would_help() {
    let tabship = Tabship::new();
    tabship.write("king.yml", "users: [{name: a, siteRole: King}]\n");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for (arguments, code, hint) in [
        (["--api-version", "newest"], 2, "--api-version 3.29"),
        (["--seed", "king.yml"], 2, "docs/sandbox.md"),
        (["--log-requests", "nowhere/log"], 2, "--log-requests FILE"),
        (["--listen", &taken], 4, "--listen 127.0.0.1:0"),
    ] {
        let listen = ["sandbox", "--listen", "127.0.0.1:0"];
        let line: Vec<&str> = match arguments[0] {
            "--listen" => vec!["sandbox"],
            _ => listen.to_vec(),
        };
        let run = tabship.run(line.into_iter().chain(arguments)).code(code);
        assert!(run.stderr.contains(hint), "{}", run.stderr);
        assert_eq!(
            run.stderr.contains("--listen"),
            arguments[0] == "--listen",
            "{}",
            run.stderr
        );
    }
}

#[test]
fn two_files_that_would_be_one_item_are_refused() {
    let tabship = Tabship::new();
    tabship.write(
        "tabship.yml",
        "version: 1\ntargets:\n  dev: { server: \"https://t.example\", auth: { token_name: a, token_secret: { env: T } } }\ncontent:\n  - { files: \"**/*.tds\", project: A }\n",
    );
    for file in ["a/Sales.tds", "b/SALES.tds"] {
        tabship.write(file, crate::files::datasource("sales"));
    }
    tabship
        .run(["plan", "-t", "dev", "--sandbox"])
        .code(2)
        .stderr_has("`a/Sales.tds` and `b/SALES.tds` would both be data source \"SALES\" in A");
}
