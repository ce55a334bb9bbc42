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
