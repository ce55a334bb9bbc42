//! Projects that a deployment creates.

use tabship::api::Filter;
use tabship::api::endpoint::projects::NewProject;

use crate::files::datasource;

use super::served::Served;

const DEEP: &str = "content:\n  - { files: \"*.tds\", project: B/Data }\n";

/// `A/Data` is there.
async fn deep() -> Served {
    let served = Served::start(DEEP).await;
    served.tabship.write("Sales.tds", datasource("sales"));
    let site = served.site("prod").await.site;
    let project = |name: &str, parent| NewProject {
        name: name.to_owned(),
        parent,
        ..NewProject::default()
    };
    let above = site.create_project(project("A", None)).await.unwrap();
    let inside = project("Data", Some(above.id));
    site.create_project(inside).await.unwrap();
    served
}

/// Paths of the projects that hold something.
async fn used(served: &Served) -> Vec<String> {
    let site = served.site("prod").await.site;
    let live = tabship::publish::observe(&site).await.unwrap();
    let items = live.items.iter();
    items
        .map(|i| i.project.as_ref().unwrap().to_string())
        .collect()
}

/// The first project that is created is the lock.
#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_there_already_or_may_be_is_found_and_not_made_twice() {
    for trouble in [
        // Another deployment was faster.
        "POST /projects nth=3 after=commit status=409 code=409006",
        "POST /projects nth=3 after=commit drop",
        // Of two that are called so, the other one is there.
        "POST /projects nth=3 drop",
        "POST /projects nth=3 status=500",
    ] {
        let served = deep().await;
        served.trouble(&[trouble]);
        served.deploy().await.code(0);
        assert_eq!(used(&served).await, ["B/Data"], "{trouble}");
        let all = served.site("prod").await.site;
        let all = all.projects(Filter::all()).await.unwrap();
        let same = all.iter().filter(|p| p.name == "Data").count();
        assert_eq!(same, 2, "{trouble}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_never_there_is_given_up() {
    let served = deep().await;
    served.trouble(&["POST /projects every=1 drop"]);
    served
        .run(["deploy", "-t", "prod", "--no-lock"])
        .await
        .code(5);
    assert_eq!(served.count("POST /projects"), 3);
    assert!(used(&served).await.is_empty());
}
