//! One manifest, many sites, one run.

use std::fmt::Write as _;

use crate::files::{datasource, workbook};

use super::served::{Served, TARGETS};

const MANY: &str = r#"content:
  - files: "Sales.tds"
    project: "Data {region}"
    tags: ["{region}"]
rewrite:
  - match: { class: postgres, server: pg.example.com }
    to: { _default: { server: "pg-{region}.example.com", database: "sales_{region}" } }
"#;

/// The two targets, each with its region.
fn manifest() -> String {
    let mut text = TARGETS.replace("site: prod,", "site: prod, variables: { region: emea },");
    text = text.replace("site: dev,", "site: dev, variables: { region: apac },");
    text + MANY
}

async fn served() -> Served {
    let served = Served::start(MANY).await;
    served.tabship.write("tabship.yml", manifest());
    served.tabship.write("Sales.tds", datasource("sales"));
    served
}

#[tokio::test(flavor = "multi_thread")]
async fn each_site_gets_its_own_from_one_run_with_one_sign_in_each() {
    let served = served().await;
    served.trouble(&[]);
    let run = served.run(["deploy", "-t", "prod,dev"]).await.code(0);
    assert_eq!(served.count("POST /auth/signin"), 2);
    assert_eq!(
        run.stdout.matches("Deployed to").count(),
        4,
        "{}",
        run.stdout
    );
    for (name, region) in [("prod", "emea"), ("dev", "apac")] {
        let state = served.site(name).await.state().await;
        let sales = &state["datasource Sales"];
        assert_eq!(sales.project, format!("Data {region}"));
        assert!(sales.tags.contains(region));
        assert!(
            sales.connections[0].contains(&format!("pg-{region}.example.com")),
            "{:?}",
            sales.connections
        );
    }
    let plans = served
        .run(["plan", "-t", "prod,dev", "--format", "json", "--exit-code"])
        .await
        .code(0)
        .json();
    assert_eq!(plans["plans"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_for_one_is_done_for_the_other_and_the_worst_end_counts() {
    let served = served().await;
    served.trouble(&["POST /datasources nth=1 status=403 code=403004"]);
    let run = served
        .run(["deploy", "-t", "prod,dev", "--format", "json"])
        .await
        .code(5)
        .json();
    let verdicts: Vec<&str> = run["deployments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| d["verdict"].as_str().unwrap())
        .collect();
    assert_eq!(verdicts, ["restored", "deployed"]);
    served.trouble(&["POST /auth/signin nth=1 status=401 code=401001"]);
    let run = served
        .run(["deploy", "-t", "prod,dev", "--format", "json"])
        .await
        .code(4)
        .json();
    assert_eq!(run["failures"][0]["target"], "prod");
    assert_eq!(run["deployments"][0]["verdict"], "unchanged");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variable_that_a_target_lacks_is_said_with_its_place() {
    let served = served().await;
    let text = manifest().replace(", variables: { region: apac }", "");
    served.tabship.write("tabship.yml", text);
    served
        .run(["plan", "-t", "prod"])
        .await
        .code(2)
        .stderr_has("`{region}` is used, and the target `dev` does not say what it is");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promotion_finds_what_the_source_made_of_a_variable() {
    let served = served().await;
    served.run(["deploy", "-t", "dev"]).await.code(0);
    served
        .run(["promote", "--from", "dev", "--to", "prod"])
        .await
        .code(0);
    let state = served.site("prod").await.state().await;
    let connections = &state["datasource Sales"].connections;
    assert!(
        connections[0].contains("pg-emea.example.com"),
        "{connections:?}"
    );
}

/// Measures; the counts are tested elsewhere. `cargo test --test it -- --ignored measured --nocapture`.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "a measurement, not a test"]
async fn measured_at_50_ms_a_request() {
    let latency = std::time::Duration::from_millis(50);
    let builder = || tabship_sandbox::Sandbox::builder().latency(latency);
    let books = "content:\n  - { files: \"*.twb\", project: Data }\n";
    let mut table = String::new();
    for jobs in ["1", "4", "8", "16"] {
        let served = Served::with(builder(), books).await;
        for n in 0..200 {
            let text = workbook(&["One"], &format!("t{n}"));
            served.tabship.write(&format!("Book {n}.twb"), text);
        }
        let deploy = ["deploy", "-t", "prod", "--format", "json", "--jobs", jobs];
        let run = served.run(deploy).await.code(0).json();
        writeln!(
            table,
            "200 workbooks, --jobs {jobs}: {} requests, {:.1} s",
            run["requests"],
            run["seconds"].as_f64().unwrap()
        )
        .unwrap();
    }
    let served = Served::with(
        builder(),
        "content:\n  - { files: \"*.tds\", project: Data }\n",
    )
    .await;
    for n in 0..1000 {
        let text = datasource(&format!("t{n}"));
        served.tabship.write(&format!("Source {n}.tds"), text);
    }
    let deploy = ["deploy", "-t", "prod", "--format", "json", "--jobs", "32"];
    served.run(deploy).await.code(0);
    let begun = std::time::Instant::now();
    let run = served.run(deploy).await.code(0).json();
    writeln!(
        table,
        "1,000 unchanged: {} requests, {:.1} s with the start of the program",
        run["requests"],
        begun.elapsed().as_secs_f64()
    )
    .unwrap();
    eprintln!("{table}");
}
