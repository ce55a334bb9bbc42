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
        .stdout_has("No credentials are embedded for the connection");
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
