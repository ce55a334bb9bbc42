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

async fn held_by_dev() -> Served {
    let served = Served::start(TWO).await;
    served.tabship.write("Sales.tds", datasource("sales"));
    served.tabship.write(
        "Report.twb",
        workbook(&["One"], "report").replace("dbname='sales'", "dbname='costs'"),
    );
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
    served.tabship.write(
        "Report.twb",
        workbook(&["One"], "report_2").replace("dbname='sales'", "dbname='costs'"),
    );
    served.run(["deploy", "-t", "dev"]).await.code(0);
    served.run(PROMOTE).await.code(0).stdout_has("1 updated");
}
