//! Items that were deployed from here, and whose files are gone.

use tabship_sandbox::{Sandbox, Style};

use crate::files::datasource;

use super::interrupted::killed;
use super::served::Served;

async fn served(prune: &str, builder: tabship_sandbox::Builder) -> Served {
    let manifest = format!("content:\n  - {{ files: \"*.tds\", project: Data }}\nprune: {prune}\n");
    let served = Served::with(builder, &manifest).await;
    served.tabship.write("Sales.tds", datasource("sales"));
    served.tabship.write("Old.tds", datasource("old"));
    served.deploy().await.code(0);
    std::fs::remove_file(served.tabship.path().join("Old.tds")).unwrap();
    served
}

async fn names(served: &Served) -> Vec<String> {
    let state = served.site("prod").await.state().await;
    state.into_keys().collect()
}

const BOTH: [&str; 2] = ["datasource Old", "datasource Sales"];

#[tokio::test(flavor = "multi_thread")]
async fn off_and_report_leave_them_and_report_names_them() {
    let off = served("off", Sandbox::builder()).await;
    let run = off.deploy().await.code(0);
    assert!(!run.stdout.contains("Old") && !run.stderr.contains("Old"));
    assert_eq!(names(&off).await, BOTH);
    let report = served("report", Sandbox::builder()).await;
    report
        .run(["plan", "-t", "prod"])
        .await
        .code(0)
        .stdout_has("\"Old\"")
        .stdout_has("prune: recycle");
    report.deploy().await.code(0);
    assert_eq!(names(&report).await, BOTH);
}

#[tokio::test(flavor = "multi_thread")]
async fn recycle_deletes_them_and_a_rollback_brings_them_back() {
    for (style, same) in [(Style::Cloud, true), (Style::Server, false)] {
        let served = served("recycle", Sandbox::builder().style(style)).await;
        let luid = async |served: &Served| {
            let site = served.site("prod").await.site;
            let all = site.datasources(tabship::api::Filter::all()).await.unwrap();
            all.into_iter().find(|d| d.name == "Old").map(|d| d.id)
        };
        let before = luid(&served).await;
        let old = served.site("prod").await.state().await;
        served.deploy().await.code(0).stdout_has("1 retired");
        assert_eq!(names(&served).await, ["datasource Sales"]);
        let back = served.run(["rollback"]).await.code(0);
        assert_eq!(
            back.stdout.contains("it was deleted and is a new item now"),
            !same,
            "{}",
            back.stdout
        );
        let now = served.site("prod").await.state().await;
        assert_eq!(
            now["datasource Old"].apart_from_history(),
            old["datasource Old"].apart_from_history()
        );
        assert_eq!(
            luid(&served).await == before,
            same,
            "the recycle bin keeps the item itself"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_selection_and_items_of_others_are_never_pruned() {
    let served = served("recycle", Sandbox::builder()).await;
    served
        .run(["deploy", "-t", "prod", "--select", "Sales.tds"])
        .await
        .code(0);
    assert_eq!(names(&served).await, BOTH);
    let site = served.site("prod").await.site;
    let all = site.datasources(tabship::api::Filter::all()).await.unwrap();
    let old = all.iter().find(|d| d.name == "Old").unwrap();
    let item = tabship::api::endpoint::content::Item::datasource(old.id);
    for tag in &old.tags {
        site.delete_tag(item, tag).await.unwrap();
    }
    served.deploy().await.code(0);
    assert_eq!(names(&served).await, BOTH, "it carries no stamp any more");
}

/// Its revisions go with it, and there is no bin.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_resumed_run_deletes_is_kept_too() {
    let served = served("recycle", Sandbox::builder().style(Style::Server)).await;
    let old = served.site("prod").await.state().await;
    served.tabship.write("Sales.tds", datasource("sales_2"));
    let deploy = ["deploy", "-t", "prod"];
    killed(&served, "POST /datasources delay=60s", &deploy).await;
    served
        .run(["deploy", "--resume", "--timeout", "3s"])
        .await
        .code(0)
        .stdout_has("1 retired");
    assert_eq!(names(&served).await, ["datasource Sales"]);
    served.run(["rollback"]).await.code(0);
    let now = served.site("prod").await.state().await;
    for (name, facts) in &old {
        let now = &now[name];
        assert_eq!(now.apart_from_history(), facts.apart_from_history());
    }
}
