//! How many requests a deployment costs: times depend on the machine, these do not.

use crate::files::datasource;

use super::served::Served;

const ITEMS: usize = 120;

#[tokio::test(flavor = "multi_thread")]
async fn requests_stay_few_and_an_unchanged_item_costs_none() {
    let served = Served::start("content:\n  - { files: \"*.tds\", project: Data }\n").await;
    for n in 0..ITEMS {
        served
            .tabship
            .write(&format!("Source {n}.tds"), datasource(&format!("t{n}")));
    }
    let deploy = ["deploy", "-t", "prod", "--format", "json"];
    let first = served.run(deploy).await.code(0).json();
    let requests = first["requests"].as_u64().unwrap();
    assert!(
        requests <= 20 + 2 * ITEMS as u64,
        "{requests} for {ITEMS} new items: publish, tags and stamp"
    );
    let again = served.run(deploy).await.code(0).json();
    assert_eq!(again["verdict"], "unchanged");
    let requests = again["requests"].as_u64().unwrap();
    assert!(requests <= 10, "{requests} for nothing to do");
}
