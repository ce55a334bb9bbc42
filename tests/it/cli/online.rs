//! `check --online` against a site that is served.

use serde_json::Value;
use tabship::api::Filter;
use tabship::api::endpoint::datasources::DatasourceChange;
use tabship_sandbox::Sandbox;

use crate::harness::Tabship;
use crate::publish::served::{Served, TOKEN_SECRET};

const CONTENT: &str = "content:
  - { files: \"Sales.tds\", project: Data }
  - { files: \"Report.twb\", project: Data }
";

/// A data source whose table delivers these fields.
fn source(fields: &[&str]) -> String {
    crate::files::datasource("sales").replace(
        "  </connection>\n</datasource>",
        &format!(
            "    {}\n  </connection>\n</datasource>",
            records(fields, "sales")
        ),
    )
}

fn records(fields: &[&str], parent: &str) -> String {
    let record = |field: &&str| {
        format!(
            "<metadata-record class='column'><remote-name>{field}</remote-name><local-name>[{field}]</local-name><parent-name>[{parent}]</parent-name></metadata-record>"
        )
    };
    let all: String = fields.iter().map(record).collect();
    format!("<metadata-records>{all}</metadata-records>")
}

/// A workbook on the published data source `Sales` that uses `Region` and `Amount`, in one line.
fn report() -> String {
    let sheet = "<view><datasources><datasource name='sqlproxy.1' /></datasources><datasource-dependencies datasource='sqlproxy.1'><column datatype='string' name='[Region]' role='dimension' type='nominal' /><column datatype='real' name='[Amount]' role='measure' type='quantitative' /></datasource-dependencies></view>";
    crate::files::reading("Sales")
        .replace(
            "<relation name='sqlproxy' table='[sqlproxy]' type='table' />",
            &format!(
                "<relation name='sqlproxy' table='[sqlproxy]' type='table' />{}",
                records(&["Region", "Amount"], "sqlproxy")
            ),
        )
        .replace("<view />", sheet)
        .replace('\n', "")
}

async fn served(rules: &str) -> Served {
    let served = Served::start(&format!("{CONTENT}{rules}")).await;
    served
        .tabship
        .write("Sales.tds", source(&["Region", "Amount", "More"]));
    served.tabship.write("Report.twb", report());
    served.deploy().await.code(0);
    served
}

const CHECK: [&str; 7] = [
    "check",
    "Report.twb",
    "--online",
    "-t",
    "prod",
    "--format",
    "json",
];

/// The findings of a rule.
async fn found(served: &Served, code: i32, rule: &str) -> Vec<Value> {
    let json = served.run(CHECK).await.code(code).json();
    let all = json["findings"].as_array().unwrap().iter();
    all.filter(|f| f["rule"] == rule).cloned().collect()
}

/// Why things were not checked.
async fn notes(served: &Served) -> String {
    served.run(CHECK).await.code(0).json()["not_checked"].to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_the_live_source_no_longer_has_is_found() {
    let served = served("rules: { datasource/missing-field: error }\n").await;
    assert!(
        found(&served, 0, "datasource/missing-field")
            .await
            .is_empty()
    );
    assert!(!notes(&served).await.contains("fields of"));
    served
        .tabship
        .write("Sales.tds", source(&["Regions", "Amount", "More"]));
    served
        .run(["deploy", "-t", "prod", "--select", "Sales"])
        .await
        .code(0);
    let found = found(&served, 1, "datasource/missing-field").await;
    let [one] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(
        one["message"],
        "the published data source `Sales` has no field `Region` any more; the sheet `Costs` uses it"
    );
    assert!(one["help"].as_str().unwrap().contains("`Regions`"));
    let column = one["start"]["column"].as_u64().unwrap() as usize;
    assert!(report()[column - 1..].starts_with("[Region]"));
    // Offline nobody can know.
    served
        .run(["check", "Report.twb"])
        .await
        .code(0)
        .stdout_has("its fields live on the site");
}

#[tokio::test(flavor = "multi_thread")]
async fn certification_is_read_from_the_site() {
    let served = served("rules: { datasource/certified: error }\n").await;
    served
        .run(["check", "Report.twb"])
        .await
        .code(0)
        .stdout_has("`check --online` asks");
    let found = found(&served, 1, "datasource/certified").await;
    assert_eq!(
        found[0]["message"],
        "the published data source `Sales` is not certified on the site of `prod`"
    );
    let site = served.site("prod").await.site;
    let sales = site.datasources(Filter::all()).await.unwrap().remove(0);
    let change = DatasourceChange {
        is_certified: Some(true),
        ..DatasourceChange::default()
    };
    site.update_datasource(sales.id, change).await.unwrap();
    let certified = self::found(&served, 0, "datasource/certified").await;
    assert!(certified.is_empty(), "{certified:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_finds_is_placed_in_the_file_and_not_in_what_was_sent() {
    let rewrite = "rewrite:
  - match: { published: Old }
    optional: true
    to: { prod: { name: Sales, project: Data } }
";
    let served = served(rewrite).await;
    // A sheet twice. The reference is rewritten before it, and so it moves.
    let twice = report()
        .replace("='Sales'", "='Old'")
        .replace("</worksheets>", "<worksheet name='Costs' /></worksheets>");
    served.tabship.write("Report.twb", &twice);
    let found = found(&served, 1, "structure/server-validation").await;
    let [one] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(
        one["message"],
        "the server of `prod` says: There is more than one sheet named 'Costs'."
    );
    let column = one["start"]["column"].as_u64().unwrap() as usize;
    assert!(
        twice[column - 1..].starts_with("<worksheet name='Costs' />"),
        "{}",
        &twice[column - 1..]
    );
    let kept = served.count("POST /workbooks");
    assert_eq!(kept, 1, "only the deployment has published");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connected_app_asks_for_what_the_questions_need() {
    let mut served = served("").await;
    served.by_connected_app();
    let notes = notes(&served).await;
    assert_eq!(notes, "[]");
    assert_eq!(served.count("POST /workbooks/validateWorkbook"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_older_site_cannot_say_is_said() {
    let served = Served::with(Sandbox::builder().api_version("3.24"), CONTENT).await;
    served
        .tabship
        .write("Sales.tds", source(&["Region", "Amount"]));
    served.tabship.write("Report.twb", report());
    served.deploy().await.code(0);
    let notes = notes(&served).await;
    assert!(
        notes.contains("the server's own validation")
            && notes.contains("3.29")
            && notes.contains("3.24"),
        "{notes}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_site_keeps_to_itself_is_in_the_note_on_what_was_not_checked() {
    let served = served("").await;
    served.trouble(&[
        "GET /datasources/*/content status=403 code=403019",
        "POST /workbooks/validateWorkbook status=403 code=403004",
    ]);
    let notes = self::notes(&served).await;
    assert!(
        notes.contains("fields of") && notes.contains("403019") && notes.contains("403004"),
        "{notes}"
    );
    served
        .tabship
        .write("Report.twb", report().replace("='Sales'", "='Gone'"));
    let notes = self::notes(&served).await;
    assert!(notes.contains("no such published data source"), "{notes}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_cannot_be_asked_ends_the_command_with_the_reason() {
    let mut served = served("").await;
    served.tabship.set("CI_TOKEN", "");
    served
        .run(CHECK)
        .await
        .code(2)
        .stderr_has("CI_TOKEN")
        .stderr_has("--sandbox");
    served.tabship.set("CI_TOKEN", "wrong");
    let run = served.run(CHECK).await.code(4).stderr_has("prod");
    assert!(!run.stderr.contains(TOKEN_SECRET));
    served
        .tabship
        .set("CI_TOKEN", TOKEN_SECRET)
        .set("TABLEAU_URL", "http://127.0.0.1:9");
    served.run(CHECK).await.code(4).stderr_has("127.0.0.1:9");
}

#[test]
fn a_site_needs_a_manifest_and_the_sandbox_a_question() {
    let tabship = Tabship::new();
    tabship.write("Report.twb", report());
    tabship
        .run(["check", "Report.twb", "--online"])
        .code(2)
        .stderr_has("tabship init");
    tabship
        .run(["check", "Report.twb", "--sandbox"])
        .code(2)
        .stderr_has("--online");
    tabship.write("tabship.yml", "version: 1\ntargets:\n  dev: { server: https://tableau.example.com, site: dev, auth: { token_name: ci, token_secret: { env: CI_TOKEN } } }\n");
    tabship
        .run(["check", "Report.twb", "--online", "--sandbox", "-t", "dev"])
        .code(0)
        .stdout_has("no such published data source");
}
