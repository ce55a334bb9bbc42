//! One manifest, many sites, one run.

use tabship::api::endpoint::content::Item;
use tabship::api::endpoint::downloads::Download;

use crate::files::{datasource, reading};

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

/// Two targets of one site, each below a project of its own: the second one's data source gets another address.
#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_never_reads_the_data_source_of_another_target() {
    let content = "content:\n  - { files: \"Sales.tds\", project: Data }\n  - { files: \"*.twb\", project: Books }\n";
    let served = Served::start(content).await;
    let targets = TARGETS
        .replace("site: prod,", "site: prod, project: Alpha,")
        .replace("site: dev,", "site: prod, project: Beta,");
    let write = |more: &str| {
        let text = format!("{targets}{content}{more}");
        served.tabship.write("tabship.yml", text);
    };
    write("");
    served.tabship.write("Sales.tds", datasource("sales"));
    served.tabship.write("Costs.twb", reading("Sales"));
    served.run(["deploy", "-t", "prod"]).await.code(0);
    served
        .run(["deploy", "-t", "dev"])
        .await
        .code(6)
        .stderr_has("it reads `Sales`, which is the data source \"Sales\" in Alpha/Data, and not the one in Beta/Data that is deployed from here");
    write(
        "rewrite:\n  - { match: { published: Sales }, to: { dev: { project: Data }, prod: { project: Data } } }\n",
    );
    served.run(["deploy", "-t", "dev"]).await.code(0);
    let own = served.run(["plan", "-t", "dev", "--republish", "--format", "json"]);
    let own = own.await.code(0).json();
    let of = |plan: &serde_json::Value| plan["items"][1]["published"][0]["content_url"].clone();
    let other = served.run(["plan", "-t", "prod", "--republish", "--format", "json"]);
    let other = other.await.code(0).json();
    assert_eq!(of(&other), "Sales");
    assert_ne!(of(&own), "Sales");
    // What was sent in the run that made the data source reads it under the address that the site gave it.
    let site = served.site("prod").await.site;
    let url = of(&own);
    let url = url.as_str().unwrap();
    let reads: Vec<String> = read_by_books(&site).await;
    assert!(reads.contains(&"Sales".to_owned()), "{reads:?}");
    assert!(reads.contains(&url.to_owned()), "{url}: {reads:?}");
}

/// Addresses of the data sources that the workbooks of a site read, by their files.
async fn read_by_books(site: &tabship::api::Site) -> Vec<String> {
    let mut found = Vec::new();
    let folder = tempfile::tempdir().unwrap();
    for book in site.workbooks(tabship::api::Filter::all()).await.unwrap() {
        let path = folder.path().join(book.id.to_string());
        let download = Download::of(Item::workbook(book.id));
        site.save(&download, &path, None).await.unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let (_, rest) = text.split_once(" dbname='").unwrap();
        found.push(rest.split_once('\'').unwrap().0.to_owned());
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_target_skips_is_not_there_and_no_project_is_wanted_for_it() {
    let content = "content:\n  - { files: \"Sales.tds\", project: Data }\n  - { files: \"Costs.tds\", project: Money, targets: { dev: { skip: true } } }\n";
    let served = Served::start(content).await;
    served.tabship.write("Sales.tds", datasource("sales"));
    served.tabship.write("Costs.tds", datasource("costs"));
    served.run(["deploy", "-t", "prod,dev"]).await.code(0);
    for (name, items) in [("prod", 2), ("dev", 1)] {
        assert_eq!(served.site(name).await.state().await.len(), items);
    }
}
