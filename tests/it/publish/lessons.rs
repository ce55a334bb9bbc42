//! What breaks at others who deploy to Tableau, each as a test, unless it stands elsewhere: the revision and the state that
//! survive in `reliability`, plans in `plan::make`, lists page by page in `api::lists`, rules in `rules`.

use std::time::Duration;

use tabship::api::Filter;
use tabship_sandbox::Sandbox;

use crate::files::{datasource, package, workbook};

use super::served::Served;

#[tokio::test(flavor = "multi_thread")]
async fn the_same_name_in_another_project_is_said_with_the_address_that_it_takes() {
    let manifest = "content:\n  - { files: \"a/Sales.tds\", project: A }\n  - { files: \"b/Sales.tds\", project: B }\n";
    let served = Served::start(manifest).await;
    served.tabship.write("a/Sales.tds", datasource("a"));
    served.tabship.write("b/Sales.tds", datasource("b"));
    served
        .run(["deploy", "-t", "prod", "--select", "a/*"])
        .await
        .code(0);
    served
        .run(["plan", "-t", "prod"])
        .await
        .code(0)
        .stdout_has("its content URL will not be `Sales`");
    served.deploy().await.code(0);
    let site = served.site("prod").await.site;
    let all = site.datasources(Filter::all()).await.unwrap();
    let urls: std::collections::BTreeSet<_> = all.iter().map(|d| &d.content_url).collect();
    assert_eq!(urls.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_published_meanwhile_is_not_overwritten() {
    let served = Served::start("content:\n  - { files: \"*.twb\", project: A }\n").await;
    served.tabship.write("Book.twb", workbook(&["One"], "a"));
    served.deploy().await.code(0);
    // The same item, from another repository.
    let theirs = format!(
        "{}stamp: theirs\ncontent:\n  - {{ files: \"*.twb\", project: A, allow: [drift] }}\n",
        super::served::TARGETS
    );
    let ours = std::fs::read_to_string(served.tabship.path().join("tabship.yml")).unwrap();
    served.tabship.write("tabship.yml", theirs);
    served
        .tabship
        .write("Book.twb", workbook(&["One"], "theirs"));
    served.deploy().await.code(0);
    served.tabship.write("tabship.yml", ours);
    served.tabship.write("Book.twb", workbook(&["One"], "b"));
    served
        .deploy()
        .await
        .code(6)
        .stderr_has("it is at revision 2; tabship left it at revision 1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_does_not_end_in_time_is_a_case_for_a_person_and_then_for_a_rollback() {
    let builder = Sandbox::builder().job_time(Duration::from_secs(10), Duration::ZERO);
    let served = Served::with(builder, "content:\n  - { files: \"*.twbx\", project: A }\n").await;
    served
        .tabship
        .write("Atlas.twbx", package("atlas", 400_000));
    let deploy = [
        "deploy",
        "-t",
        "prod",
        "--chunk-size",
        "100kB",
        "--timeout",
        "2s",
    ];
    served
        .run(deploy)
        .await
        .code(7)
        .stdout_has("--timeout")
        .stderr_has("rollback");
    let site = served.site("prod").await;
    while site.state().await.is_empty() {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    served.run(["rollback"]).await.code(0);
    assert!(site.state().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_that_read_like_something_else_come_with_their_cause() {
    let served = Served::start("content:\n  - { files: \"*.tds\", project: A }\n").await;
    served.tabship.write("Sales.tds", datasource("sales"));
    served.trouble(&["POST /datasources status=403 code=403132"]);
    served.deploy().await.code(5).stdout_has("connection");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_deletes_nothing_so_that_subscriptions_and_custom_views_stay() {
    let served = Served::start("content:\n  - { files: \"*.twb\", project: A }\n").await;
    served.tabship.write("Book.twb", workbook(&["One"], "a"));
    served.deploy().await.code(0);
    served.tabship.write("Book.twb", workbook(&["One"], "b"));
    served.trouble(&[]);
    served.deploy().await.code(0);
    assert_eq!(served.count("POST /workbooks"), 1);
    let deleted: Vec<String> = served
        .sandbox
        .requests()
        .iter()
        .filter(|r| r.method == "DELETE")
        .map(crate::reliability::site::label)
        .collect();
    assert_eq!(
        deleted,
        ["DELETE /projects/*"],
        "the lock, and nothing else"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn names_with_quotes_and_signs_are_published_as_they_are() {
    let served = Served::start("content:\n  - { files: \"*.twb\", project: \"R&D <1>\" }\n").await;
    let name = "Bob's \u{e9}t\u{e9}, 100% & more";
    served
        .tabship
        .write(&format!("{name}.twb"), workbook(&["One"], "a"));
    served.deploy().await.code(0);
    assert!(
        served
            .site("prod")
            .await
            .state()
            .await
            .contains_key(&format!("workbook {name}"))
    );
    served.trouble(&["POST /workbooks nth=1 after=commit drop"]);
    served
        .tabship
        .write(&format!("{name}.twb"), workbook(&["One"], "b"));
    served.deploy().await.code(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_that_are_gone_are_found_by_looking_and_not_weeks_later() {
    let manifest = "content:\n  - { files: \"*.twb\", project: A, verify: render }\n";
    let served = Served::start(manifest).await;
    served.tabship.write("Book.twb", workbook(&["One"], "a"));
    served
        .deploy()
        .await
        .code(5)
        .stdout_has("rendering a view failed");
    assert!(served.site("prod").await.state().await.is_empty());
}
