//! The preview of a branch goes with the branch, and nothing of others with it.

use tabship::api::Filter;
use tabship::api::endpoint::datasources::DatasourceChange;

use crate::files::datasource;

use super::served::Served;

const PREVIEWS: &str = r#"branches:
  "feature/**": { target: prod, project: "Previews/{branch}", ephemeral: true }
content:
  - { files: "Sales.tds", project: Data }
"#;

#[tokio::test(flavor = "multi_thread")]
async fn what_others_put_into_a_preview_stays_with_its_project() {
    let served = Served::start(PREVIEWS).await;
    served.tabship.write("Sales.tds", datasource("sales"));
    served.deploy().await.code(0);
    served
        .run(["deploy", "--branch", "feature/x"])
        .await
        .code(0);
    let site = served.site("prod").await;
    let projects = site.site.projects(Filter::all()).await.unwrap();
    let preview = projects
        .iter()
        .find(|p| p.name.starts_with("feature-x"))
        .unwrap();
    let all = site.site.datasources(Filter::all()).await.unwrap();
    let released = |project: &tabship::api::Luid| {
        projects
            .iter()
            .any(|p| p.id == *project && p.parent.is_none())
    };
    let theirs = all
        .iter()
        .find(|d| d.project.as_ref().is_some_and(|p| released(&p.id)))
        .unwrap();
    let moved = DatasourceChange {
        project: Some(preview.id),
        ..DatasourceChange::default()
    };
    site.site.update_datasource(theirs.id, moved).await.unwrap();
    served
        .run(["cleanup", "--of", "feature/x"])
        .await
        .code(0)
        .stdout_has("removed data source \"Sales\" in Previews/feature-x")
        .stdout_has("removed project Previews/feature-x");
    let left = site.site.datasources(Filter::all()).await.unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].id, theirs.id);
}

/// Paths of all projects, but for those that every site has.
async fn projects(served: &Served) -> Vec<String> {
    let site = served.site("prod").await.site;
    let live = tabship::publish::observe(&site).await.unwrap();
    let mut paths: Vec<String> = live.projects.iter().map(|p| p.path.to_string()).collect();
    paths.retain(|path| path != "Default" && path != "Samples");
    paths.sort();
    paths
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_a_preview_put_there_goes_and_only_when_asked() {
    let nested = PREVIEWS.replace("project: Data", "project: Data/Deep");
    let book = "  - { files: \"Book.twb\", project: Data }\n";
    let served = Served::start(&format!("{nested}{book}")).await;
    let report = crate::files::workbook(&["One"], "report");
    served.tabship.write("Book.twb", report);
    served.tabship.write("Sales.tds", datasource("sales"));
    for branch in ["feature/x", "feature/x-2"] {
        served.run(["deploy", "--branch", branch]).await.code(0);
    }
    let site = served.site("prod").await.site;
    let of_others = tabship::api::endpoint::projects::NewProject {
        name: "Of others, and empty".to_owned(),
        ..Default::default()
    };
    site.create_project(of_others).await.unwrap();
    let before = projects(&served).await;
    assert_eq!(before.len(), 8, "{before:?}");
    served
        .run(["cleanup", "--of", "feature/x", "--dry-run"])
        .await
        .code(0)
        .stdout_has("would remove data source \"Sales\" in Previews/feature-x");
    assert_eq!(projects(&served).await, before);
    assert_eq!(site.datasources(Filter::all()).await.unwrap().len(), 2);
    served.trouble(&[]);
    let run = served.run(["cleanup", "--of", "feature/x"]).await.code(0);
    let gone = run.stdout.lines();
    let gone = gone.filter_map(|line| line.strip_prefix("removed project "));
    let depths: Vec<usize> = gone.map(|path| path.matches('/').count()).collect();
    assert_eq!(depths, [3, 2, 1], "each when it is empty: {}", run.stdout);
    let asked: Vec<String> = served
        .sandbox
        .requests()
        .iter()
        .map(crate::reliability::site::label)
        .collect();
    let at = |call: &str| asked.iter().position(|a| a == call).unwrap();
    assert!(
        at("DELETE /workbooks/*") < at("DELETE /datasources/*"),
        "what reads goes before what is read: {asked:?}"
    );
    let left = projects(&served).await;
    assert_eq!(left.len(), 5, "{left:?}");
    assert_eq!(left[0], "Of others, and empty");
    assert!(left[2].starts_with("Previews/feature-x-2"), "{left:?}");
    let all = site.datasources(Filter::all()).await.unwrap();
    assert_eq!(all.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_of_somebody_in_the_project_of_a_preview_keeps_it() {
    let served = Served::start(PREVIEWS).await;
    served.tabship.write("Sales.tds", datasource("sales"));
    served
        .run(["deploy", "--branch", "feature/x"])
        .await
        .code(0);
    // In the same project, from somebody who has never heard of previews.
    let theirs = PREVIEWS.replace("Sales.tds", "Theirs.tds");
    let text = format!("{}stamp: theirs\n{theirs}", super::served::TARGETS);
    let ours = std::fs::read_to_string(served.tabship.path().join("tabship.yml")).unwrap();
    served.tabship.write("tabship.yml", text);
    served.tabship.write("Theirs.tds", datasource("theirs"));
    served
        .run(["deploy", "--branch", "feature/x"])
        .await
        .code(0);
    served.tabship.write("tabship.yml", ours);
    let before = projects(&served).await;
    served.run(["cleanup", "--of", "feature/x"]).await.code(0);
    assert_eq!(projects(&served).await, before);
    let site = served.site("prod").await.site;
    let left = site.datasources(Filter::all()).await.unwrap();
    let names: Vec<&str> = left.iter().map(|d| d.name.as_str()).collect();
    assert_eq!(names, ["Theirs"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_is_taken_back_from_any_branch() {
    let served = Served::start(PREVIEWS).await;
    served.tabship.write("Sales.tds", datasource("sales"));
    let deploy = ["deploy", "--branch", "feature/x"];
    served.run(deploy).await.code(0);
    served.tabship.write("Sales.tds", datasource("sales_2"));
    served.run(deploy).await.code(0).stdout_has("1 updated");
    served
        .run(["rollback"])
        .await
        .code(0)
        .stdout_has("revision 3");
    let site = served.site("prod").await.site;
    let sales = site.datasources(Filter::all()).await.unwrap().remove(0);
    let stamps: Vec<&String> = sales.tags.iter().collect();
    assert!(
        stamps.len() == 1 && stamps[0].contains(":r3:"),
        "{stamps:?}"
    );
    served.tabship.write("Sales.tds", datasource("sales"));
    served.trouble(&[]);
    served.run(deploy).await.code(0);
    assert_eq!(
        served.count("POST /datasources"),
        0,
        "it carries the preview's stamp again"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deployed_until_the_lock_is_taken_goes_too() {
    let served = Served::start(&PREVIEWS.replace("Sales.tds", "*.tds")).await;
    served.tabship.write("Sales.tds", datasource("sales"));
    let deploy = ["deploy", "--branch", "feature/x", "--no-lock"];
    served.run(deploy).await.code(0);
    served.tabship.write("Costs.tds", datasource("costs"));
    served.trouble(&["POST /projects nth=1 delay=5s"]);
    let (run, ()) = tokio::join!(served.run(["cleanup", "--of", "feature/x"]), async {
        served.struck().await;
        served.run(deploy).await.code(0).stdout_has("1 created");
    });
    run.code(0).stdout_has("removed data source \"Costs\"");
    assert!(served.site("prod").await.state().await.is_empty());
}
