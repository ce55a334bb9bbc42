//! One token carries one session, and sessions end.

use crate::files::datasource;

use super::served::Served;

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
