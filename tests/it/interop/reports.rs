//! The HTML reports in a real browser.

use serde_json::json;

use super::browser::Browser;
use super::pages::show_as;
use crate::harness::{Tabship, project};

/// How many findings are shown, and what the filter says of it.
const SHOWN: &str = "
    const shown = [...document.querySelectorAll('article')].filter((card) => !card.hidden).length;
    return [shown, document.querySelector('output').textContent];";

/// Sets a control of the filter as a person would.
fn set(control: &str, value: &str) -> String {
    format!(
        "const control = document.querySelector('form').elements['{control}'];
         control.value = '{value}';
         control.dispatchEvent(new Event('input', {{ bubbles: true }}));"
    )
}

/// A workbook whose sheets have kept the names that Tableau gave them: three findings a sheet and more.
fn careless(sheets: usize) -> String {
    let sheet =
        |n: usize| format!("<worksheet name='Sheet {n}'><table><view /></table></worksheet>");
    let sheets: String = (1..=sheets).map(sheet).collect();
    format!("<workbook version='18.1'><datasources /><worksheets>{sheets}</worksheets></workbook>")
}

/// The reports of a repository in which there is much to say, and of one in which there is nothing.
fn reports() -> (Tabship, Vec<&'static str>) {
    let acme = Tabship::new();
    acme.copy(&project("examples/acme"));
    acme.commit_all("main");
    acme.run(["deploy", "-t", "staging", "--sandbox", "-q"])
        .code(0);
    acme.run(["check", "--report", "html=out/none.html"])
        .code(0);
    for n in 0..3 {
        let name = format!(
            "workbooks/operations/careless {n} with a long name that no telephone can bear.twb"
        );
        acme.write(&name, careless(100));
    }
    let backlog = "workbooks/operations/Order Backlog.twb";
    acme.replace(backlog, "&apos;Shipped&apos;", "&apos;Closed&apos;");
    acme.git(&["checkout", "-q", "-b", "feature/x"]);
    acme.commit_all("feature/x");
    acme.run([
        "check",
        "--report",
        "html=out/many.html",
        "--fail-on",
        "never",
    ])
    .code(0);
    let review = ["review", "--base", "main", "--fail-on", "never", "--report"];
    acme.run(review.into_iter().chain(["html=out/review.html"]))
        .code(0);
    let status = acme
        .run(["status", "--sandbox", "--format", "html"])
        .code(0);
    acme.write("out/status.html", status.stdout);
    (acme, vec!["none", "many", "review", "status"])
}

#[tokio::test(flavor = "multi_thread")]
async fn every_report_can_be_read_by_everybody() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let audit = std::fs::read_to_string(project("tests/interop/audit.js")).unwrap();
    let (acme, names) = reports();
    let page = |name: &str| format!("file://{}/out/{name}.html", acme.path().display());
    let mut problems = Vec::new();
    for name in names {
        browser.visit(&page(name)).await;
        for (scheme, width) in [("light", 1200), ("dark", 1200), ("light", 400)] {
            show_as(&browser, scheme, width).await;
            let found = browser.run(&audit).await;
            let found = found.as_array().unwrap().iter();
            problems.extend(found.map(|found| format!("{name} {scheme} {width}: {found}")));
        }
        let console = browser.console().await.into_iter();
        problems.extend(console.map(|line| format!("{name}: {line}")));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    browser.visit(&page("many")).await;
    filters_leave_what_they_say(&browser).await;
    browser.close().await;
}

async fn filters_leave_what_they_say(browser: &Browser) {
    let all = browser.run(SHOWN).await;
    let total = all[0].as_u64().unwrap();
    assert!(total > 300 && all[1] == "", "{all}");
    browser.run(&set("rule", "naming/default-name")).await;
    let said = json!([300, format!("300 of {total} shown")]);
    assert_eq!(browser.run(SHOWN).await, said);
    browser.run(&set("text", "sheet 77")).await;
    let said = json!([3, format!("3 of {total} shown")]);
    assert_eq!(browser.run(SHOWN).await, said, "one in each file");
    browser.run(&set("text", "no such thing")).await;
    assert_eq!(browser.run(SHOWN).await[0], 0);
    let open = "return document.querySelectorAll('details.file[open]').length";
    assert_eq!(browser.run(open).await, 3, "all files are unfolded");
    browser
        .run("document.querySelector('[name=fold]').click()")
        .await;
    assert_eq!(browser.run(open).await, 0);
}
