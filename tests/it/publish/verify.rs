//! What was published is proven, and the proof does not wait for ever.

use std::time::Duration;

use tabship_sandbox::{Builder, Sandbox, Style};

use crate::harness::project;

use super::served::Served;

const REFRESHED: &str = r#"content:
  - files: "Sales.tdsx"
    project: Data
    verify: refresh
    credentials: [{ username: svc, password: { env: PG_PASSWORD } }]
"#;

async fn sales(builder: Builder, manifest: &str) -> Served {
    let mut served = Served::with(builder.style(Style::Cloud), manifest).await;
    served.tabship.set("PG_PASSWORD", "hunter2");
    let sales = std::fs::read(project("examples/acme/datasources/Sales.tdsx")).unwrap();
    served.tabship.write("Sales.tdsx", sales);
    served
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_that_does_not_end_in_time_is_waited_for_as_long_as_asked() {
    let builder = Sandbox::builder().job_time(Duration::from_secs(120), Duration::ZERO);
    let served = sales(builder, REFRESHED).await;
    let begun = std::time::Instant::now();
    served
        .run(["deploy", "-t", "prod", "--timeout", "3s"])
        .await
        .code(5)
        .stdout_has("the site did not finish the extract refresh in time")
        .stdout_has("--timeout");
    assert!(begun.elapsed() < Duration::from_secs(60));
    assert!(served.site("prod").await.state().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_that_fails_says_so_in_the_words_of_the_site() {
    let (manifest, _) = REFRESHED.split_once("    credentials").unwrap();
    let served = sales(Sandbox::builder(), manifest).await;
    served
        .deploy()
        .await
        .code(5)
        .stdout_has("the site's job for the extract refresh failed")
        .stdout_has("No credentials are embedded for the connection")
        .stdout_has("projects that were created stay: Data");
    assert!(served.site("prod").await.state().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_that_is_not_rendered_in_time_is_not_waited_for_longer() {
    let manifest = "content:\n  - { files: \"*.twb\", project: A, verify: render, credentials: [{ username: svc, password: { env: PG_PASSWORD } }] }\n";
    let served = sales(Sandbox::builder(), manifest).await;
    served
        .tabship
        .write("Book.twb", crate::files::workbook(&["One"], "a"));
    served.trouble(&["GET /views/*/image* delay=60s"]);
    let begun = std::time::Instant::now();
    served
        .run(["deploy", "-t", "prod", "--timeout", "2s"])
        .await
        .code(5)
        .stdout_has("rendering a view failed");
    assert!(begun.elapsed() < Duration::from_secs(50));
    served.trouble(&[]);
    served.deploy().await.code(0);
    assert_eq!(served.count("GET /views/*/image"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_of_others_is_not_waited_for_without_end() {
    let served = sales(Sandbox::builder(), REFRESHED).await;
    served.trouble(&["POST /datasources/*/refresh status=409 code=409093"]);
    let begun = std::time::Instant::now();
    served
        .run(["deploy", "-t", "prod", "--timeout", "6s"])
        .await
        .code(5)
        .stdout_has("starting the refresh failed");
    assert!(begun.elapsed() < Duration::from_secs(60));
    assert!(served.count("POST /datasources/*/refresh") >= 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_that_the_account_may_not_look_at_is_said_to_be_unproven() {
    let served = sales(Sandbox::builder(), REFRESHED).await;
    served.trouble(&["GET /jobs/* status=403 code=403031"]);
    served
        .deploy()
        .await
        .code(0)
        .stderr_has("so the refresh is not proven");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_nothing_to_refresh_is_rendered() {
    let manifest = "content:\n  - { files: \"*.twb\", project: A, verify: refresh }\n";
    let served = sales(Sandbox::builder(), manifest).await;
    let book = crate::files::workbook(&["One"], "a");
    served.tabship.write("Book.twb", book);
    served
        .deploy()
        .await
        .code(5)
        .stdout_has("rendering a view failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_goes_on_goes_on_without_what_failed_and_without_what_reads_it() {
    let manifest = "content:\n  - { files: \"*.tds\", project: A }\n  - { files: \"[BR]*.twb\", project: A }\n  - { files: \"Seen.twb\", project: A, verify: render }\nprune: recycle\n";
    let served = Served::start(manifest).await;
    let write = |file: &str, text: String| drop(served.tabship.write(file, text));
    let book = |table: &str| crate::files::workbook(&["One"], table);
    write("Old.tds", crate::files::datasource("old"));
    write("Sales.tds", crate::files::datasource("s"));
    write("Reader.twb", crate::files::reading("Sales"));
    write("Book.twb", book("b"));
    write("Seen.twb", book("s"));
    served
        .run(["deploy", "-t", "prod", "--select", "Old.tds"])
        .await
        .code(0);
    std::fs::remove_file(served.tabship.path().join("Old.tds")).unwrap();
    served.trouble(&["POST /datasources status=403 code=403004"]);
    let run = served
        .run([
            "deploy",
            "-t",
            "prod",
            "--on-error",
            "continue",
            "--format",
            "json",
        ])
        .await
        .code(5)
        .json();
    assert_eq!(run["verdict"], "partial");
    let states: Vec<String> = run["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| {
            format!(
                "{} {}",
                i["name"].as_str().unwrap(),
                i["state"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        states,
        [
            "Sales failed",
            "Book created",
            "Reader skipped",
            // It was published, and its queries do not run.
            "Seen removed",
            "Old skipped",
        ]
    );
    let state = served.site("prod").await.state().await;
    let names: Vec<&String> = state.keys().collect();
    assert_eq!(names, ["datasource Old", "workbook Book"]);
}
