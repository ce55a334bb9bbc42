//! Two deployments to one site do not interleave.

use tabship::api::endpoint::projects::NewProject;
use tabship::publish::lock::NAME;
use tabship_sandbox::{Sandbox, Seed, SeedProject, SeedToken};

use crate::files::datasource;

use super::served::Served;

const SALES: &str = "content:\n  - { files: \"Sales.tds\", project: Data }\n";

async fn sales() -> Served {
    let served = Served::start(SALES).await;
    served.tabship.write("Sales.tds", datasource("sales"));
    served
}

async fn somebody_deploys(served: &Served) {
    let lock = NewProject {
        name: NAME.to_owned(),
        description: Some("tabship on ci-7 deploys commit abc to prod".to_owned()),
        ..NewProject::default()
    };
    served
        .site("prod")
        .await
        .site
        .create_project(lock)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_keeps_others_out_until_it_is_broken() {
    let served = sales().await;
    somebody_deploys(&served).await;
    served.trouble(&[]);
    served
        .deploy()
        .await
        .code(6)
        .stderr_has("tabship on ci-7 deploys commit abc to prod")
        .stderr_has("--break-lock");
    assert_eq!(served.count("POST /datasources"), 0);
    served
        .run(["deploy", "--resume"])
        .await
        .code(3)
        .stderr_has("no deployment to resume");
    served
        .run(["deploy", "-t", "prod", "--break-lock"])
        .await
        .code(0);
    assert!(served.site("prod").await.locks().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_deployments_at_once_are_one_and_a_refusal() {
    let served = sales().await;
    served.trouble(&["POST /datasources delay=3s"]);
    let (first, second) = tokio::join!(served.deploy(), async {
        // Once the first holds the lock.
        while served.site("prod").await.locks().await.is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        served.deploy().await
    });
    // They share a token, too: the second sign-in ends the session of the first, which signs in again.
    first.code(0);
    second
        .code(6)
        .stderr_has("another deployment holds the lock");
    let state = served.site("prod").await.state().await;
    assert_eq!(state["datasource Sales"].history.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_cannot_lock_is_told_so_by_the_plan() {
    let mut seed = Seed::default();
    seed.tokens.push(SeedToken {
        name: "bob".to_owned(),
        secret: "b".to_owned(),
        user: "bob".to_owned(),
    });
    let builder = Sandbox::builder().seed(seed).user("bob", "Creator");
    let mut served = Served::with(builder, SALES).await;
    served.tabship.write("Sales.tds", datasource("sales"));
    let manifest = super::served::TARGETS.replace("token_name: ci", "token_name: bob");
    served
        .tabship
        .write("tabship.yml", format!("{manifest}{SALES}"));
    served.tabship.set("CI_TOKEN", "b");
    served
        .run(["plan", "-t", "prod"])
        .await
        .code(0)
        .stdout_has("will not be locked against others")
        .stdout_has("Creator");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_of_more_than_six_hours_is_left_over_from_a_run_that_died() {
    for (minutes, stale) in [(6 * 60 + 5, true), (6 * 60 - 5, false)] {
        let mut seed = Seed::default();
        seed.projects.push(SeedProject {
            site: "prod".to_owned(),
            path: NAME.to_owned(),
            description: "tabship on ci-7 deploys commit abc to prod".to_owned(),
            content_permissions: None,
            created_at: Some(jiff::Timestamp::now() - jiff::SignedDuration::from_mins(minutes)),
        });
        let served = Served::with(Sandbox::builder().seed(seed), SALES).await;
        served.tabship.write("Sales.tds", datasource("sales"));
        let run = served.deploy().await;
        if stale {
            run.code(0);
            assert!(served.site("prod").await.locks().await.is_empty());
        } else {
            run.code(6).stderr_has("tabship on ci-7");
        }
    }
}
