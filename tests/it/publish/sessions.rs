//! One token carries one session, and sessions end.

use crate::files::{datasource, workbook};

use super::served::{Served, TARGETS};

const SALES: &str = "content:\n  - { files: \"Sales.tds\", project: Data }\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_promotion_between_two_sites_with_one_token_works() {
    let served = Served::start(SALES).await;
    served.tabship.write("Sales.tds", datasource("sales"));
    served.run(["deploy", "-t", "dev"]).await.code(0);
    served
        .run(["promote", "--from", "dev", "--to", "prod"])
        .await
        .code(0);
    let state = served.site("prod").await.state().await;
    assert_eq!(state["datasource Sales"].history.len(), 1);
    served
        .run(["status"])
        .await
        .code(0)
        .stdout_has("dev")
        .stdout_has("prod");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_is_opened_once_more_and_no_oftener() {
    let served = Served::start(SALES).await;
    served.tabship.write("Sales.tds", datasource("sales"));
    served.trouble(&["POST /datasources nth=1 status=401 code=401002"]);
    served.deploy().await.code(0);
    assert_eq!(served.count("POST /auth/signin"), 2);
    served.tabship.write("Sales.tds", datasource("sales_2"));
    served.trouble(&["POST /datasources status=401 code=401002"]);
    served.deploy().await.code(5);
    assert_eq!(served.count("POST /auth/signin"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_signs_in_where_there_are_no_tokens() {
    let mut served = Served::start(SALES).await;
    let targets = TARGETS.replace(
        "token_name: ci, token_secret: { env: CI_TOKEN }",
        "user: admin, password: { env: PASSWORD }",
    );
    served
        .tabship
        .write("tabship.yml", format!("{targets}{SALES}"));
    served.tabship.write("Sales.tds", datasource("sales"));
    served.tabship.set("PASSWORD", "wrong");
    served.deploy().await.code(4).stderr_has("name or secret");
    served.tabship.set("PASSWORD", "admin");
    served.deploy().await.code(0);
    assert_eq!(served.site("prod").await.state().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connected_app_asks_for_the_scopes_that_a_deployment_needs() {
    let content = r#"content:
  - { files: "Sales.tds", project: Data, certified: { note: "Reviewed" } }
  - { files: "Book.twb", project: Finance, tags: [finance], description: "Monthly" }
  - { files: "Segments.tfl", project: Data }
"#;
    let builder = tabship_sandbox::Sandbox::builder().user("ann", "Creator");
    let mut served = Served::with(builder, content).await;
    served.by_connected_app();
    served.tabship.write("Sales.tds", datasource("sales"));
    served
        .tabship
        .write("Book.twb", workbook(&["One", "Two"], "report"));
    let flow = crate::harness::project("examples/acme/flows/Customer Segments.tfl");
    served
        .tabship
        .write("Segments.tfl", std::fs::read(flow).unwrap());
    served.trouble(&[]);
    let first = served.deploy().await.code(0).stdout_has("3 created");
    assert!(!first.stderr.contains("not locked"), "{}", first.stderr);
    served.site("prod").await.people_work().await;
    served.tabship.write("Sales.tds", datasource("sales_2"));
    served
        .tabship
        .write("Book.twb", workbook(&["One"], "report_2"));
    served.trouble(&[]);
    let allow = "credential-loss,owner-change";
    served
        .run(["deploy", "-t", "prod", "--allow", allow])
        .await
        .code(0)
        .stderr_has("a connected app may not read them");
    assert_eq!(
        served.count("POST /auth/signin"),
        1,
        "no call was refused for want of a scope"
    );
    served.trouble(&[]);
    served.run(["rollback"]).await.code(0);
    assert_eq!(served.count("POST /auth/signin"), 1);
    served.trouble(&[]);
    served.run(["status"]).await.code(0);
    served.run(["doctor", "-t", "prod"]).await.code(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_ended_whatever_came_of_the_work() {
    let rewrite = "rewrite:\n  - match: { class: postgres }\n    to: { prod: { warehouse: W } }\n";
    let served = Served::start(&format!("{SALES}{rewrite}")).await;
    served.tabship.write("Sales.tds", datasource("sales"));
    let ended = |after| {
        assert_eq!(served.count("POST /auth/signin"), 1);
        assert_eq!(served.count("POST /auth/signout"), 1, "{after}");
        served.trouble(&[]);
    };
    served.trouble(&[]);
    for command in ["plan", "deploy"] {
        served.run([command, "-t", "prod"]).await.code(2);
        ended("cannot be rewritten");
    }
    served.tabship.write("Sales.tds", "<datasource");
    served.deploy().await.code(1);
    ended("cannot be read");
    served.trouble(&["GET /datasources status=403"]);
    served.deploy().await.code(4);
    ended("cannot be listed");
    served
        .tabship
        .write("tabship.yml", format!("{TARGETS}{SALES}"));
    served.tabship.write("Sales.tds", datasource("sales"));
    served.deploy().await.code(0);
    served.trouble(&["GET /datasources/*/revisions status=403 code=403004"]);
    served.run(["rollback"]).await.code(4);
    ended("it is not known whether somebody published over it");
    for command in ["doctor", "status"] {
        served.run([command, "-t", "prod"]).await.code(0);
        ended(command);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_session_at_the_source_of_a_promotion_is_ended_too() {
    let served = Served::start(SALES).await;
    served.tabship.write("Sales.tds", datasource("sales"));
    served.run(["deploy", "-t", "dev"]).await.code(0);
    // The target is listed first.
    for trouble in [
        "GET /datasources nth=2 status=403",
        "GET /datasources/*/content* status=403",
    ] {
        served.trouble(&[trouble]);
        served
            .run(["promote", "--from", "dev", "--to", "prod"])
            .await
            .code(4);
        let calls = [
            served.count("POST /auth/signin"),
            served.count("POST /auth/signout"),
        ];
        assert_eq!(calls, [2, 2], "{trouble}");
    }
}
