//! What the manifest says of an item, and says otherwise for one target.

use std::time::Duration;

use tabship::api::Filter;
use tabship::api::endpoint::workbooks::WorkbookChange;
use tabship_sandbox::Sandbox;

use crate::files::{datasource, reading, workbook};

use super::served::Served;

const OTHERWISE: &str = r#"content:
  - files: "Book.twb"
    project: A
    tags: [all]
    owner: ann
    views: { include: ["*"] }
    credentials: [{ username: svc, password: { env: PG_PASSWORD } }]
    targets:
      prod:
        tags: [live]
        owner: svc
        views: { include: [One] }
        credentials: [{ username: live, password: { env: PG_PASSWORD } }]
"#;

async fn book(manifest: &str) -> Served {
    let builder = Sandbox::builder().user("ann", "Creator");
    let mut served = Served::with(builder.user("svc", "Creator"), manifest).await;
    let book = workbook(&["One", "Two"], "a").replace(" username='svc'", "");
    served.tabship.write("Book.twb", book);
    served.tabship.set("PG_PASSWORD", "hunter2");
    served
}

#[tokio::test(flavor = "multi_thread")]
async fn each_target_has_its_own() {
    let served = book(OTHERWISE).await;
    served.run(["deploy", "-t", "prod,dev"]).await.code(0);
    for (target, tag, owner, views, user) in [
        ("prod", "live", "svc", &["One"][..], "live"),
        ("dev", "all", "ann", &["One", "Two"], "svc"),
    ] {
        let state = served.site(target).await.state().await;
        let book = &state["workbook Book"];
        assert_eq!(book.tags.iter().collect::<Vec<_>>(), [tag]);
        assert_eq!(book.owner, owner);
        assert_eq!(book.views.keys().collect::<Vec<_>>(), views);
        let connection = format!("postgres pg.example.com {user} embedded: Some(true)");
        assert_eq!(book.connections, [connection]);
    }
}

/// Without credentials no view renders.
#[tokio::test(flavor = "multi_thread")]
async fn a_target_may_be_verified_otherwise() {
    let manifest = "content:\n  - { files: \"Book.twb\", project: A, targets: { prod: { verify: render } } }\n";
    let served = book(manifest).await;
    served.run(["deploy", "-t", "dev"]).await.code(0);
    served
        .deploy()
        .await
        .code(5)
        .stdout_has("rendering a view failed");
}

const READER: &str = r#"content:
  - { files: "a/Sales.tds", project: A }
  - { files: "b/Sales.tds", project: B }
  - { files: "Costs.twb", project: Books }
rewrite:
  - { match: { published: Sales }, to: { prod: { project: B } } }
"#;

async fn reader() -> Served {
    let served = Served::start(READER).await;
    served.tabship.write("a/Sales.tds", datasource("a"));
    served.tabship.write("b/Sales.tds", datasource("b"));
    // Twice, as two sheets may.
    let book = reading("Sales");
    let (head, rest) = book.split_once("<datasources>").unwrap();
    let (source, tail) = rest.split_once("</datasources>").unwrap();
    let again = source.replace("sqlproxy.1", "sqlproxy.2");
    let twice = format!("{head}<datasources>{source}{again}</datasources>{tail}");
    served.tabship.write("Costs.twb", twice);
    for file in ["a/*", "b/*"] {
        let deploy = ["deploy", "-t", "prod", "--select", file];
        served.run(deploy).await.code(0);
    }
    served
}

#[tokio::test(flavor = "multi_thread")]
async fn a_published_data_source_is_the_one_in_the_project_that_is_named() {
    let served = reader().await;
    let plan = ["plan", "-t", "prod", "--format", "json"];
    let plan = served.run(plan).await.code(0).json();
    let items = plan["items"].as_array().unwrap();
    let book = items.iter().find(|i| i["kind"] == "workbook").unwrap();
    let read = book["published"].as_array().unwrap();
    assert_eq!(read.len(), 1, "{read:?}");
    // `Sales` is the address of the first, and the second has a suffix.
    assert_eq!(read[0]["content_url"], "Sales_0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_source_that_must_be_certified_is_held_to_it() {
    let served = reader().await;
    let (old, new) = ("{ project: B }", "{ project: B, require_certified: true }");
    served.tabship.replace("tabship.yml", old, new);
    served
        .deploy()
        .await
        .code(6)
        .stderr_has("\"Sales\" is not certified on the site");
    let certified = "project: B, certified: {} }\n  - { files: \"Costs.twb\"";
    let plain = "project: B }\n  - { files: \"Costs.twb\"";
    served.tabship.replace("tabship.yml", plain, certified);
    served.deploy().await.code(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sites_check_of_connections_is_left_out_where_that_is_asked() {
    for (asked, skipped) in [(", skip_connection_check: true", true), ("", false)] {
        let entry = format!("content:\n  - {{ files: \"Book.twb\", project: A{asked} }}\n");
        let served = book(&entry).await;
        served.trouble(&[]);
        served.deploy().await.code(0);
        let all = served.sandbox.requests();
        let mut publishes = all.iter().filter(|r| r.path.contains("/workbooks?"));
        let publish = publishes.find(|r| r.method == "POST").unwrap();
        let said = publish.path.contains("skipConnectionCheck=true");
        assert_eq!(said, skipped, "{}", publish.path);
    }
}

/// Some versions take a description with the publish, and some do not.
#[tokio::test(flavor = "multi_thread")]
async fn a_description_that_a_publish_did_not_set_is_set_afterwards() {
    let manifest = "content:\n  - { files: \"Book.twb\", project: A, description: Monthly }\n";
    let served = book(manifest).await;
    served.deploy().await.code(0);
    let site = served.site("prod").await.site;
    let book = site.workbooks(Filter::all()).await.unwrap().remove(0);
    served.tabship.write("Book.twb", workbook(&["One"], "b"));
    // Before it is read again.
    served.trouble(&["GET /workbooks/* delay=1s"]);
    let (run, ()) = tokio::join!(served.deploy(), async {
        while served.count("POST /workbooks") == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let lost = WorkbookChange {
            description: Some("Lost".to_owned()),
            ..WorkbookChange::default()
        };
        site.update_workbook(book.id, lost).await.unwrap();
    });
    run.code(0);
    let state = served.site("prod").await.state().await;
    assert_eq!(state["workbook Book"].description, "Monthly");
}
