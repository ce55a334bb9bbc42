//! Two deployments to one site do not interleave.

use std::time::Duration;

use tabship::api::Filter;
use tabship::api::endpoint::projects::NewProject;
use tabship::publish::lock::NAME;
use tabship::publish::outcome::{State, Verdict};
use tabship_sandbox::{Sandbox, Seed, SeedProject, SeedToken};

use crate::files::datasource;

use super::direct::carry_out;
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
    let data = NewProject {
        name: "Data".to_owned(),
        ..NewProject::default()
    };
    let site = served.site("prod").await.site;
    site.create_project(data).await.unwrap();
    served.deploy().await.code(0).stderr_has(
        "this run is not locked against deployments of others: the account may not create projects",
    );
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

const TWO: &str = "content:\n  - { files: \"*.tds\", project: Data }\n";

/// Looks until there is a lock that `fits`, and not for ever.
async fn lock_that(served: &Served, fits: impl Fn(&str) -> bool) -> tabship::api::Luid {
    let site = served.site("prod").await.site;
    for _ in 0..500 {
        let all = site.projects(Filter::all()).await.unwrap();
        let mut locks = all.iter().filter(|p| p.name == NAME);
        if let Some(lock) = locks.find(|p| fits(p.description.as_deref().unwrap_or_default())) {
            return lock.id;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("no lock is like that");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_takes_long_renews_its_lock_and_knows_it_again() {
    let served = Served::start(TWO).await;
    served.tabship.write("Sales.tds", datasource("sales"));
    served.trouble(&["POST /datasources delay=1s"]);
    let (done, _) = tokio::join!(
        carry_out(&served, |_, _| ()),
        lock_that(&served, |text| text.contains("deploys commit abc to prod")
            && text.contains(", renewed 20"))
    );
    assert_eq!(done.verdict, Verdict::Deployed);
    assert!(served.site("prod").await.locks().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_lock_another_has_taken_changes_nothing_more() {
    let served = Served::start(TWO).await;
    served.tabship.write("A.tds", datasource("a"));
    served.tabship.write("B.tds", datasource("b"));
    served.trouble(&["POST /datasources delay=2s"]);
    let (done, ()) = tokio::join!(carry_out(&served, |_, _| ()), async {
        let lock = lock_that(&served, |_| true).await;
        let site = served.site("prod").await.site;
        site.delete_project(lock).await.unwrap();
        somebody_deploys(&served).await;
    });
    assert_eq!(done.verdict, Verdict::Incomplete);
    assert_eq!(served.count("POST /datasources"), 1);
    assert_eq!(served.count("DELETE /datasources/*"), 0);
    let states: Vec<State> = done.items.iter().map(|i| i.state).collect();
    assert_eq!(states, [State::Broken, State::Failed]);
    for item in &done.items {
        let error = item.error.as_deref().unwrap();
        assert!(error.contains("no longer this run's"), "{error}");
    }
    assert_eq!(served.site("prod").await.locks().await.len(), 1, "theirs");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_is_removed_only_while_nobody_deploys_there() {
    let manifest = format!(
        "branches:\n  \"feature/**\": {{ target: prod, project: \"Previews/{{branch}}\", ephemeral: true }}\n{SALES}"
    );
    let served = Served::start(&manifest).await;
    served.tabship.write("Sales.tds", datasource("sales"));
    served
        .run(["deploy", "--branch", "feature/x"])
        .await
        .code(0);
    somebody_deploys(&served).await;
    let cleanup = ["cleanup", "--of", "feature/x"];
    served
        .run(cleanup)
        .await
        .code(6)
        .stderr_has("tabship on ci-7 deploys commit abc to prod");
    assert_eq!(served.site("prod").await.state().await.len(), 1);
    served
        .run(["cleanup", "--of", "feature/x", "--break-lock"])
        .await
        .code(0)
        .stdout_has("removed data source \"Sales\"");
    served.run(cleanup).await.code(0).stdout_has("gone already");
    let site = served.site("prod").await;
    assert!(site.state().await.is_empty() && site.locks().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_lock_another_deployment_is_neither_waited_for_nor_disturbed() {
    let served = sales().await;
    somebody_deploys(&served).await;
    served
        .run(["deploy", "-t", "prod", "--no-lock"])
        .await
        .code(0)
        .stderr_has("this run is not locked against deployments of others: it was switched off");
    let site = served.site("prod").await;
    assert_eq!(site.locks().await.len(), 1, "theirs");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resumed_deployment_and_a_rollback_know_the_lock_of_the_one_that_died() {
    for then in [&["deploy", "--resume"][..], &["rollback"]] {
        let served = sales().await;
        served.trouble(&["POST /datasources delay=5s"]);
        let mut child = served
            .tabship
            .command(["deploy", "-t", "prod"])
            .spawn()
            .unwrap();
        lock_that(&served, |_| true).await;
        child.kill().unwrap();
        child.wait().unwrap();
        served.trouble(&[]);
        assert_eq!(served.site("prod").await.locks().await.len(), 1);
        // Of another site nothing of it is true.
        served
            .tabship
            .replace("tabship.yml", "site: prod,", "site: dev,");
        if then[0] == "deploy" {
            served
                .run(then)
                .await
                .code(6)
                .stderr_has("the deployment began on site \"prod\"")
                .stderr_has("set the target back in tabship.yml");
        }
        served.tabship.replace(
            "tabship.yml",
            "prod: { server: \"${TABLEAU_URL}\", site: dev,",
            "prod: { server: \"${TABLEAU_URL}\", site: prod,",
        );
        served.run(then).await.code(0);
        assert!(served.site("prod").await.locks().await.is_empty());
    }
}

/// One whose creation was not answered is ours when its description is.
#[tokio::test(flavor = "multi_thread")]
async fn a_lock_of_which_the_site_did_not_say_that_it_is_there_is_looked_for() {
    for trouble in [
        "POST /projects nth=1 after=commit drop",
        "POST /projects nth=1 drop",
        "POST /projects nth=1 after=commit status=503",
    ] {
        let served = sales().await;
        served.trouble(&[trouble]);
        served.deploy().await.code(0);
        let site = served.site("prod").await;
        assert_eq!(site.state().await.len(), 1, "{trouble}");
        assert!(site.locks().await.is_empty(), "{trouble}");
    }
}
