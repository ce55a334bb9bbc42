//! What is done after what, and how much of it at the same time.

use jiff::Timestamp;

use crate::files::{datasource, reading};
use crate::reliability::site::label;

use super::served::Served;

/// What was asked since [`Served::trouble`], in order.
fn asked(served: &Served) -> Vec<String> {
    served.sandbox.requests().iter().map(label).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn once_something_failed_nothing_else_is_begun() {
    let served = Served::start("content:\n  - { files: \"*.tds\", project: Data }\n").await;
    served.tabship.write("A.tds", datasource("a"));
    served.tabship.write("B.tds", datasource("b"));
    served.trouble(&["POST /datasources nth=1 status=403 code=403004"]);
    let deploy = ["deploy", "-t", "prod", "--jobs", "1", "--format", "json"];
    let done = served.run(deploy).await.code(5).json();
    let states = [&done["items"][0]["state"], &done["items"][1]["state"]];
    assert_eq!(states, ["failed", "skipped"]);
    assert_eq!(served.count("POST /datasources"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_made_last_is_taken_back_first() {
    let manifest =
        "content:\n  - { files: \"*.tds\", project: A }\n  - { files: \"*.twb\", project: A }\n";
    let served = Served::start(manifest).await;
    served.tabship.write("Sales.tds", datasource("sales"));
    served.tabship.write("Costs.twb", reading("Sales"));
    served.trouble(&[]);
    served.deploy().await.code(0);
    let calls = asked(&served);
    let at = |call: &str| calls.iter().position(|a| a == call).unwrap();
    assert!(at("POST /datasources") < at("POST /workbooks"), "{calls:?}");
    served.trouble(&[]);
    served.run(["rollback"]).await.code(0);
    let calls = asked(&served);
    let at = |call: &str| calls.iter().position(|a| a == call).unwrap();
    assert!(
        at("DELETE /workbooks/*") < at("DELETE /datasources/*"),
        "what reads goes before what is read: {calls:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_has_too_much_to_do_gets_less_at_the_same_time() {
    let served = Served::start("content:\n  - { files: \"*.tds\", project: Data }\n").await;
    for n in 0..30 {
        let file = format!("Source {n}.tds");
        served.tabship.write(&file, datasource(&format!("t{n}")));
    }
    served.trouble(&[
        "POST /datasources delay=300ms",
        "POST /datasources times=8 status=429 code=429000 retry-after=1",
    ]);
    served.deploy().await.code(0);
    let all = served.sandbox.requests();
    let done = all
        .iter()
        .filter(|r| label(r) == "POST /datasources" && r.status == 201);
    let spans: Vec<(Timestamp, Timestamp)> = done.map(|r| (r.at - r.duration, r.at)).collect();
    assert_eq!(spans.len(), 30);
    // Of the second half, of which nothing was under way when it said so.
    let late = &spans[15..];
    let at_once = |at: Timestamp| {
        let under_way = late.iter().filter(|(from, to)| *from <= at && at < *to);
        under_way.count()
    };
    let most = late.iter().map(|(from, _)| at_once(*from)).max();
    assert!(most.unwrap() <= 9, "{most:?} at the same time");
}
