//! What one site holds is brought to another.

use tabship::api::Filter;
use tabship::api::endpoint::content::Item;
use tabship::api::endpoint::datasources::DatasourceChange;
use tabship::api::endpoint::projects::NewProject;
use tabship::api::endpoint::workbooks::WorkbookChange;
use tabship::plan::Stamp;

use crate::files::{datasource, workbook};

use super::served::Served;

const TWO: &str = r#"content:
  - { files: "Sales.tds", project: Data }
  - { files: "Report.twb", project: Finance }
rewrite:
  - match: { class: postgres, server: pg.example.com }
    in: "*.tds"
    to: { prod: { server: pg-prod.example.com }, dev: { server: pg-dev.example.com } }
  - match: { class: postgres, database: sales }
    to: { prod: { database: sales_prod }, dev: { database: sales_dev } }
"#;

const PROMOTE: [&str; 5] = ["promote", "--from", "dev", "--to", "prod"];

/// A workbook whose database no rewrite looks for.
fn report(table: &str) -> String {
    workbook(&["One"], table).replace("dbname='sales'", "dbname='costs'")
}

/// Promotions that have downloaded something and not taken it away.
fn on_their_way(served: &Served) -> usize {
    let folder = served.tabship.path().join(".tabship/promotions");
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    entries.filter(|e| e.path().is_dir()).count()
}

async fn held_by_dev() -> Served {
    let served = Served::start(TWO).await;
    served.tabship.write("Sales.tds", datasource("sales"));
    served.tabship.write("Report.twb", report("report"));
    served.run(["deploy", "-t", "dev"]).await.code(0);
    served
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rewrite_is_not_missed_where_only_some_items_are_looked_at() {
    let served = held_by_dev().await;
    served
        .run(["deploy", "-t", "dev", "--select", "Report", "--republish"])
        .await
        .code(0);
    served.run(PROMOTE).await.code(0);
    served.tabship.write("Report.twb", report("report_2"));
    served.run(["deploy", "-t", "dev"]).await.code(0);
    served.trouble(&[]);
    served.run(PROMOTE).await.code(0).stdout_has("1 updated");
    let fetched = |kind: &str| served.count(&format!("GET /{kind}/*/content"));
    let both = [fetched("workbooks"), fetched("datasources")];
    assert_eq!(both, [1, 0], "what the target has is not fetched");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_rewritten_otherwise_is_promoted_again() {
    let served = held_by_dev().await;
    served.run(PROMOTE).await.code(0);
    let (old, new) = ("pg-prod.example.com", "pg-live.example.com");
    served.tabship.replace("tabship.yml", old, new);
    served.run(PROMOTE).await.code(0).stdout_has("1 updated");
    let state = served.site("prod").await.state().await;
    let connections = &state["datasource Sales"].connections;
    assert!(connections[0].contains(new), "{connections:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promotion_takes_what_globs_and_tags_select_and_nothing_else() {
    let manifest = "content:\n  - { files: \"fin/*.tds\", project: Finance, tags: [board, gold] }\n  - { files: \"ops/*.tds\", project: Ops, tags: [board] }\n";
    let served = Served::start(manifest).await;
    for file in ["fin/Costs", "fin/Sales", "ops/Stock"] {
        let table = file.replace('/', "_").to_lowercase();
        served
            .tabship
            .write(&format!("{file}.tds"), datasource(&table));
    }
    served.run(["deploy", "-t", "dev"]).await.code(0);
    let promote = async |more: &[&str]| served.run(PROMOTE.iter().chain(more)).await;
    promote(&["--tag", "silver"])
        .await
        .code(3)
        .stderr_has("holds nothing that tabship deployed and that was asked for");
    promote(&["--select", "Nothing*"]).await.code(3);
    for (more, held) in [
        (
            &[
                "--select",
                "Finance/*",
                "--select",
                "Stock",
                "--tag",
                "gold",
                "--dry-run",
            ][..],
            0,
        ),
        (&["--select", "Finance/C*", "--tag", "board"][..], 1),
        (&["--tag", "gold", "--tag", "silver"][..], 2),
        (&["--select", "Stock"][..], 3),
    ] {
        promote(more).await.code(0);
        let state = served.site("prod").await.state().await;
        assert_eq!(state.len(), held, "{more:?}: {:?}", state.keys());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promotion_that_was_stopped_is_resumed_unless_the_source_has_moved() {
    for moved in [false, true] {
        let served = held_by_dev().await;
        served.trouble(&["POST /workbooks delay=5s"]);
        // The data source is there, and the workbook is being sent.
        let before = served.count("POST /datasources");
        let mut child = served.tabship.command(PROMOTE).spawn().unwrap();
        while served.count("POST /datasources") == before {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(on_their_way(&served), 1);
        served.trouble(&[]);
        if moved {
            served.tabship.write("Report.twb", report("report_2"));
            served.run(["deploy", "-t", "dev"]).await.code(0);
            // The newest deployment is that one, and it is done.
            served
                .run(["deploy", "--resume"])
                .await
                .code(6)
                .stderr_has("workbook \"Report\" in Finance is not what it was")
                .stderr_has("tabship promote --from dev --to prod");
            served.run(["rollback"]).await;
            assert_eq!(on_their_way(&served), 0);
            continue;
        }
        served.run(["deploy", "--resume"]).await.code(0);
        assert_eq!(on_their_way(&served), 0);
        let state = served.site("prod").await.state().await;
        assert_eq!(state.len(), 2);
        assert!(state["datasource Sales"].connections[0].contains("pg-prod.example.com"));
        assert_eq!(state["datasource Sales"].history.len(), 1);
        assert_eq!(
            served
                .run(PROMOTE)
                .await
                .code(0)
                .stdout
                .matches("created")
                .count(),
            0
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_plan_of_some_items_is_about_them_and_says_which_rewrites_are_silent() {
    let served = held_by_dev().await;
    let text = std::fs::read_to_string(served.tabship.path().join("tabship.yml")).unwrap();
    let text = text.replace("prod: { database: sales_prod }, ", "");
    served.tabship.write("tabship.yml", text);
    let plan = ["plan", "-t", "prod", "--select", "Sales", "--out", "p.json"];
    served
        .run(plan)
        .await
        .code(0)
        .stdout_has("says nothing for `prod`");
    served.run(["deploy", "p.json"]).await.code(0);
    let republish = [
        "plan",
        "-t",
        "prod",
        "--select",
        "Sales",
        "--republish",
        "--out",
        "p.json",
    ];
    served.run(republish).await.code(0);
    served.run(["deploy", "p.json"]).await.code(0);
    let state = served.site("prod").await.state().await;
    assert_eq!(state.len(), 1);
    assert_eq!(state["datasource Sales"].history.len(), 2);
}

const SALES: &str = "content:\n  - { files: \"Sales.tds\", project: Data }\n";

/// Somebody publishes over what `dev` holds, from a repository of their own.
async fn published_over(served: &Served) {
    let ours = std::fs::read_to_string(served.tabship.path().join("tabship.yml")).unwrap();
    let theirs = format!("{}stamp: theirs\n{SALES}", super::served::TARGETS);
    served.tabship.write("tabship.yml", theirs);
    served.tabship.write("Sales.tds", datasource("theirs"));
    served
        .run(["deploy", "-t", "dev", "--allow", "drift"])
        .await
        .code(0);
    served.tabship.write("tabship.yml", ours);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_published_over_at_the_source_is_not_promoted() {
    let served = Served::start(SALES).await;
    served.tabship.write("Sales.tds", datasource("sales"));
    served.run(["deploy", "-t", "dev"]).await.code(0);
    let site = served.site("dev").await.site;
    let before = site.datasources(Filter::all()).await.unwrap().remove(0);
    let stamp = before
        .tags
        .iter()
        .find(|t| Stamp::parse(t, "tabship").is_some());
    published_over(&served).await;
    // Where a publish takes the tags away, as on a real site.
    let stamp = stamp.unwrap();
    let sales = Item::datasource(before.id);
    site.delete_tag(sales, stamp).await.unwrap();
    served
        .run(PROMOTE)
        .await
        .code(6)
        .stderr_has("`dev` holds data source \"Sales\" in Data without tabship's stamp")
        .stderr_has("promote the rest: `--allow drift`");
    served
        .run(PROMOTE.iter().chain(&["--select", "Costs"]))
        .await
        .code(3);
    // Where it leaves them.
    site.add_tags(sales, vec![stamp.clone()]).await.unwrap();
    let drift = "`dev` holds data source \"Sales\" at revision 2; tabship left it at revision 1";
    served.run(PROMOTE).await.code(6).stderr_has(drift);
    assert!(served.site("prod").await.state().await.is_empty());
    let allowed = ["--allow", "drift"];
    let plan = served
        .run(
            PROMOTE
                .iter()
                .chain(&allowed)
                .chain(&["--dry-run", "--format", "json"]),
        )
        .await
        .code(0)
        .json();
    assert_eq!(plan["items"][0]["allowed"][0]["message"], drift);
    served.run(PROMOTE.iter().chain(&allowed)).await.code(0);
    let state = served.site("prod").await.state().await;
    let at_dev = served.site("dev").await.state().await;
    assert_eq!(
        state["datasource Sales"].content,
        at_dev["datasource Sales"].content
    );
    // That it is there now does not make it what was deployed.
    served.run(PROMOTE).await.code(6).stderr_has(drift);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_ours_at_the_source_can_be_left_out() {
    let manifest = "content:\n  - { files: \"*.tds\", project: Data }\n";
    let served = Served::start(manifest).await;
    served.tabship.write("Sales.tds", datasource("sales"));
    served.tabship.write("Costs.tds", datasource("costs"));
    served.run(["deploy", "-t", "dev"]).await.code(0);
    published_over(&served).await;
    let site = served.site("dev").await.site;
    for item in site.datasources(Filter::all()).await.unwrap() {
        let theirs = item.tags.iter().any(|t| Stamp::is_ours(t, "theirs"));
        for tag in item.tags.iter().filter(|_| theirs) {
            let of = Item::datasource(item.id);
            site.delete_tag(of, tag).await.unwrap();
        }
    }
    served
        .run(PROMOTE.iter().chain(&["--allow", "drift"]))
        .await
        .code(0)
        .stdout_has("it is left out");
    let state = served.site("prod").await.state().await;
    let names: Vec<&String> = state.keys().collect();
    assert_eq!(names, ["datasource Costs"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_see_at_the_source_goes_along_and_the_manifest_has_the_last_word() {
    let manifest = r#"content:
  - files: "Report.twb"
    project: Finance
    tags: [finance]
    targets:
      dev: { name: "Report of dev", tags: [board], description: Monthly, tabs: true, views: { include: [One] } }
      prod: { tags: [live] }
  - { files: "*.tds", project: Data, targets: { dev: { tags: [gold], description: Daily } } }
"#;
    let served = Served::start(manifest).await;
    // Everything of dev is in a project of its own there.
    served
        .tabship
        .replace("tabship.yml", "site: dev,", "site: dev, project: Stage,");
    served
        .tabship
        .write("Report.twb", workbook(&["One", "Two"], "report"));
    served.tabship.write("Sales.tds", datasource("sales"));
    served.run(["deploy", "-t", "dev"]).await.code(0);
    let site = served.site("dev").await.site;
    let sales = site.datasources(Filter::all()).await.unwrap().remove(0);
    let certified = DatasourceChange {
        is_certified: Some(true),
        certification_note: Some("by ann".to_owned()),
        ..DatasourceChange::default()
    };
    site.update_datasource(sales.id, certified).await.unwrap();
    served.run(PROMOTE).await.code(0);
    let state = served.site("prod").await.state().await;
    let tags = |key: &str| -> Vec<String> { state[key].tags.iter().cloned().collect() };
    let report = &state["workbook Report"];
    assert_eq!(tags("workbook Report"), ["board", "live"]);
    assert_eq!(report.description, "Monthly");
    assert_eq!(report.tabs, Some(true));
    let views: Vec<&String> = report.views.keys().collect();
    assert_eq!(views, ["One"]);
    let sales = &state["datasource Sales"];
    assert_eq!(tags("datasource Sales"), ["gold"]);
    assert_eq!(sales.description, "Daily");
    assert_eq!(sales.certified.as_deref(), Some("by ann"));
    let site = served.site("prod").await.site;
    let live = tabship::publish::observe(&site).await.unwrap();
    let projects: Vec<String> = live
        .items
        .iter()
        .map(|i| i.project.as_ref().unwrap().to_string())
        .collect();
    assert_eq!(projects, ["Data", "Finance"]);
    // What only people changed is a change, too.
    let site = served.site("dev").await.site;
    let sales = site.datasources(Filter::all()).await.unwrap().remove(0);
    let tag = vec!["new".to_owned()];
    site.add_tags(Item::datasource(sales.id), tag)
        .await
        .unwrap();
    served.run(PROMOTE).await.code(0).stdout_has("1 updated");
    let state = served.site("prod").await.state().await;
    assert!(state["datasource Sales"].tags.contains("new"));
    let report = site.workbooks(Filter::all()).await.unwrap().remove(0);
    let weekly = WorkbookChange {
        description: Some("Weekly".to_owned()),
        ..WorkbookChange::default()
    };
    site.update_workbook(report.id, weekly).await.unwrap();
    served.run(PROMOTE).await.code(0).stdout_has("1 updated");
    let state = served.site("prod").await.state().await;
    assert_eq!(state["workbook Report"].description, "Weekly");
    served
        .run(["promote", "--from", "dev", "--to", "dev"])
        .await
        .code(2)
        .stderr_has("are the same target");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resumed_promotion_looks_for_what_the_source_made_of_it() {
    let served = held_by_dev().await;
    served.trouble(&["POST /datasources delay=5s"]);
    let mut child = served.tabship.command(PROMOTE).spawn().unwrap();
    while served.site("prod").await.locks().await.is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    served.trouble(&["GET /datasources/*/content* status=403 code=403004"]);
    served.run(["deploy", "--resume"]).await.code(4);
    assert_eq!(served.count("POST /auth/signin"), 2);
    assert_eq!(
        served.count("POST /auth/signout"),
        2,
        "at the source, and at the target"
    );
    served.trouble(&[]);
    served.run(["deploy", "--resume"]).await.code(0);
    let state = served.site("prod").await.state().await;
    let connections = &state["datasource Sales"].connections;
    assert!(
        connections[0].contains("pg-prod.example.com"),
        "{connections:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_different_at_the_target_is_so_after_a_promotion() {
    let manifest = "content:\n  - { files: \"fin/Sales.tds\", project: Finance, targets: { prod: { project: Board/Live, name: Revenue } } }\n  \
        - { files: \"fin/Costs.tds\", project: Finance, targets: { prod: { skip: true } } }\n  - { files: \"ops/Stock.tds\", project: Ops }\n";
    let served = Served::start(manifest).await;
    for file in ["fin/Costs", "fin/Sales", "ops/Stock"] {
        let table = file.replace('/', "_").to_lowercase();
        let path = format!("{file}.tds");
        served.tabship.write(&path, datasource(&table));
    }
    served.run(["deploy", "-t", "dev"]).await.code(0);
    // By its file, as `deploy` takes it.
    let by_file = PROMOTE.iter().chain(&["--select", "fin/*.tds"]);
    served.run(by_file).await.code(0).stdout_has("1 created");
    let promoted = served.run(PROMOTE).await.code(0);
    promoted.stderr_has(
        "holds data source \"Costs\", which the manifest skips for `prod`; it is left out",
    );
    let state = served.site("prod").await.state().await;
    let names: Vec<&str> = state.keys().map(String::as_str).collect();
    assert_eq!(names, ["datasource Revenue", "datasource Stock"]);
    assert_eq!(state["datasource Revenue"].project, "Live");
    served.run(PROMOTE).await.code(0).stdout_has("2 unchanged");
}

/// Somebody moved it to a project where the manifest does not put it.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_moved_at_the_source_goes_below_the_targets_root_unless_it_is_skipped() {
    let manifest = "content:\n  - { files: \"Costs.tds\", project: Data, targets: { prod: { skip: true } } }\n  - { files: \"Sales.tds\", project: Data }\n";
    let served = Served::start(manifest).await;
    for (site, root) in [("dev", "Stage"), ("prod", "Live")] {
        let rooted = format!("site: {site}, project: {root},");
        let plain = format!("site: {site},");
        served.tabship.replace("tabship.yml", &plain, &rooted);
    }
    served.tabship.write("Costs.tds", datasource("costs"));
    served.tabship.write("Sales.tds", datasource("sales"));
    served.run(["deploy", "-t", "dev"]).await.code(0);
    let site = served.site("dev").await.site;
    let projects = site.projects(Filter::all()).await.unwrap();
    let elsewhere = NewProject {
        name: "Elsewhere".to_owned(),
        parent: projects.iter().find(|p| p.name == "Stage").map(|p| p.id),
        ..NewProject::default()
    };
    let elsewhere = site.create_project(elsewhere).await.unwrap().id;
    for datasource in site.datasources(Filter::all()).await.unwrap() {
        let moved = DatasourceChange {
            project: Some(elsewhere),
            ..DatasourceChange::default()
        };
        site.update_datasource(datasource.id, moved).await.unwrap();
    }
    served
        .run(PROMOTE)
        .await
        .code(0)
        .stderr_has("`dev` holds data source \"Costs\", which the manifest skips for `prod`");
    let site = served.site("prod").await.site;
    let live = tabship::publish::observe(&site).await.unwrap();
    let there = live.items.iter().map(|item| {
        let project = item.project.as_ref().unwrap();
        format!("{project}/{}", item.name)
    });
    assert_eq!(there.collect::<Vec<_>>(), ["Live/Elsewhere/Sales"]);
}
