//! What one site holds is brought to another.

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
    served.run(PROMOTE).await.code(0).stdout_has("1 updated");
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
