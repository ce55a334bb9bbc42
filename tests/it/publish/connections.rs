//! Credentials of several connections: what is meant for one does not reach another.

use tabship::api::Filter;
use tabship::api::endpoint::content::Item;
use tabship_sandbox::Sandbox;

use crate::files::workbook;

use super::served::Served;

const TWO: &str = r#"content:
  - files: "Two.twb"
    project: Finance
    credentials:
      - { server: pg.example.com, username: svc, password: { env: PG_PASSWORD } }
      - { server: other.example.com, username: other, password: { env: PG_PASSWORD } }
"#;

/// A workbook with two databases of one class.
fn two() -> String {
    let one = workbook(&["One"], "sales");
    let (head, rest) = one.split_once("<datasources>").unwrap();
    let (source, tail) = rest.split_once("</datasources>").unwrap();
    let second = source
        .replace("caption='Orders'", "caption='Others'")
        .replace("federated.1", "federated.2")
        .replace("postgres.1", "postgres.2")
        .replace("pg.example.com", "other.example.com")
        .replace("username='svc'", "username='other'");
    format!("{head}<datasources>{source}{second}</datasources>{tail}")
}

async fn served(version: &str) -> Served {
    let mut served = Served::with(Sandbox::builder().api_version(version), TWO).await;
    served.tabship.write("Two.twb", two());
    served.tabship.set("PG_PASSWORD", "hunter2");
    served
}

#[tokio::test(flavor = "multi_thread")]
async fn each_connection_gets_its_own_credentials() {
    let served = served("3.29").await;
    served.deploy().await.code(0);
    let site = served.site("prod").await.site;
    let workbook = site.workbooks(Filter::all()).await.unwrap().remove(0);
    let connections = site.connections(Item::workbook(workbook.id)).await.unwrap();
    let mut users: Vec<(String, String)> = connections
        .into_iter()
        .map(|c| (c.server_address.unwrap(), c.user_name.unwrap()))
        .collect();
    users.sort();
    assert_eq!(
        users,
        [
            ("other.example.com".to_owned(), "other".to_owned()),
            ("pg.example.com".to_owned(), "svc".to_owned())
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_that_spreads_on_an_older_site_is_seen() {
    let served = served("3.25").await;
    served
        .deploy()
        .await
        .code(5)
        .stdout_has("pg.example.com did not stay embedded");
    assert!(served.site("prod").await.state().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_rewrite_connects_to_gets_the_credentials_that_it_names() {
    let manifest = r#"content:
  - { files: "Sales.tds", project: Data }
rewrite:
  - match: { class: postgres, server: pg.example.com }
    to: { prod: { server: pg-prod.example.com, username: live, password: { env: PG_PASSWORD }, embed: true } }
"#;
    let mut served = Served::start(manifest).await;
    let sales = crate::files::datasource("sales");
    served.tabship.write("Sales.tds", sales);
    served.tabship.set("PG_PASSWORD", "hunter2");
    served.deploy().await.code(0);
    let state = served.site("prod").await.state().await;
    assert_eq!(
        state["datasource Sales"].connections,
        ["postgres pg-prod.example.com live embedded: Some(true)"]
    );
}
