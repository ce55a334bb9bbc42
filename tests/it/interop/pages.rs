//! The sandbox's pages in a real browser.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::json;
use tabship_sandbox::Sandbox;

use super::browser::Browser;
use crate::harness::{Tabship, project};

/// Every page that a page leads to, and whether this one was found.
const SURVEY: &str = "
    const links = [...document.querySelectorAll('a[href]')].map((link) => link.href.split('#')[0]);
    const [load] = performance.getEntriesByType('navigation');
    return { links, status: load.responseStatus };";

/// A sandbox with the example on it.
async fn example(folder: &Path) -> Sandbox {
    let repository = Tabship::new();
    repository.copy(&project("examples/acme"));
    repository.commit_all("main");
    let data = format!("--sandbox={}", folder.display());
    let deployed = repository.run(["deploy", "--target", "dev", &data]);
    assert_eq!(deployed.code, 0, "{}", deployed.stderr);
    Sandbox::builder().data(folder).start().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_can_be_read_by_everybody() {
    let Some(browser) = Browser::open().await else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let sandbox = example(folder.path()).await;
    let mut todo = vec![
        format!("{}/", sandbox.url()),
        format!("{}/search?q=sales", sandbox.url()),
        format!("{}/requests?path=/work&refused=on", sandbox.url()),
    ];
    let mut known: BTreeSet<String> = todo.iter().cloned().collect();
    let audit = std::fs::read_to_string(project("tests/interop/audit.js")).unwrap();
    let mut problems = Vec::new();
    let mut pages = 0;
    while let Some(url) = todo.pop() {
        browser.visit(&url).await;
        pages += 1;
        let survey = browser.run(SURVEY).await;
        if survey["status"] != 200 {
            problems.push(format!("{url} answers {}", survey["status"]));
        }
        for link in survey["links"].as_array().unwrap() {
            let link = link.as_str().unwrap().to_owned();
            assert!(link.starts_with(sandbox.url()), "{url} leads to {link}");
            if known.insert(link.clone()) {
                todo.push(link);
            }
        }
        for (scheme, width) in [("light", 1200), ("dark", 1200), ("light", 360)] {
            show_as(&browser, scheme, width).await;
            let found = browser.run(&audit).await;
            let found = found.as_array().unwrap();
            problems.extend(
                found
                    .iter()
                    .map(|found| format!("{url} {scheme} {width}: {found}")),
            );
        }
        problems.extend(
            browser
                .console()
                .await
                .into_iter()
                .map(|line| format!("{url}: {line}")),
        );
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    // Four sites with three pages each at the least, and the example's seven items with their views.
    assert!(pages > 30, "only {pages} pages were found");
    browser.close().await;
}

pub(super) async fn show_as(browser: &Browser, scheme: &str, width: u32) {
    let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
    browser
        .devtools("Emulation.setEmulatedMedia", json!({"features": features}))
        .await;
    let size = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false});
    browser
        .devtools("Emulation.setDeviceMetricsOverride", size)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_request_log_is_live() {
    const TAB: &str = "\u{e004}";
    let Some(browser) = Browser::open().await else {
        return;
    };
    let sandbox = Sandbox::builder().start().await.unwrap();
    browser.visit(&format!("{}/requests", sandbox.url())).await;
    browser.press(TAB).await;
    assert_eq!(
        browser.run("return document.activeElement.className").await,
        "skip"
    );
    browser
        .wait_for("return document.getElementById('live').textContent === 'Live.'")
        .await;
    let ask = |path: &str| reqwest::get(format!("{}{path}", sandbox.url()));
    ask("/api/3.29/serverinfo").await.unwrap();
    browser
        .wait_for("return document.getElementById('requests').innerText.includes('/serverinfo')")
        .await;
    browser
        .run("document.getElementById('pause').click()")
        .await;
    ask("/api/2.0/nonsense").await.unwrap();
    browser
        .wait_for("return document.getElementById('live').textContent === 'Paused, 1 waiting.'")
        .await;
    let rows = "return document.getElementById('requests').innerText.includes('404003')";
    assert_eq!(browser.run(rows).await, false);
    browser
        .run("document.getElementById('pause').click()")
        .await;
    browser.wait_for(rows).await;
    // A page that listens does not hold the sandbox up.
    let start = std::time::Instant::now();
    sandbox.stop().await;
    assert!(start.elapsed().as_secs_f64() < 1.5, "{:?}", start.elapsed());
    browser
        .wait_for("return document.getElementById('live').textContent.includes('does not answer')")
        .await;
    browser.close().await;
}
