//! Files that go up in chunks, and publishes whose answer is lost.

use std::time::{Duration, Instant};

use tabship::api::Filter;
use tabship::api::endpoint::content::Item;
use tabship_sandbox::Sandbox;

use crate::files::{datasource, package, packed, reading};

use super::served::{Served, TARGETS};

const ATLAS: &str = "content:\n  - { files: \"Atlas.twbx\", project: Finance }\n";

async fn atlas(size: usize) -> Served {
    let served = Served::start(ATLAS).await;
    served.tabship.write("Atlas.twbx", package("atlas", size));
    served
}

async fn arrived_whole(served: &Served) {
    let file = std::fs::read(served.tabship.path().join("Atlas.twbx")).unwrap();
    let state = served.site("prod").await.state().await;
    let atlas = &state["workbook Atlas"];
    assert_eq!(atlas.content, blake3::hash(&file).to_hex()[..12].to_owned());
    assert_eq!(atlas.history.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chunk_that_was_not_taken_is_sent_again() {
    let served = atlas(1_000_000).await;
    served.trouble(&["PUT /fileUploads/* nth=2 status=429 code=429000 retry-after=0"]);
    let deploy = ["deploy", "-t", "prod", "--chunk-size", "300kB"];
    served.run(deploy).await.code(0);
    assert_eq!(
        (
            served.count("POST /fileUploads"),
            served.count("PUT /fileUploads/*")
        ),
        (1, 5)
    );
    arrived_whole(&served).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chunk_that_may_have_been_taken_begins_the_upload_anew() {
    let served = atlas(1_000_000).await;
    for fault in [
        "PUT /fileUploads/* nth=2 status=503",
        "PUT /fileUploads/* nth=3 after=commit drop",
        // The session that opened it died, and took it along.
        "PUT /fileUploads/* nth=2 status=404 code=404015",
    ] {
        served.trouble(&[fault]);
        let deploy = [
            "deploy",
            "-t",
            "prod",
            "--chunk-size",
            "300kB",
            "--republish",
        ];
        served.run(deploy).await.code(0);
        assert_eq!(served.count("POST /fileUploads"), 2, "{fault}");
        assert_eq!(served.count("POST /workbooks"), 1, "{fault}");
    }
    let site = served.site("prod").await;
    let file = std::fs::read(served.tabship.path().join("Atlas.twbx")).unwrap();
    let digest = blake3::hash(&file).to_hex()[..12].to_owned();
    assert_eq!(
        site.state().await["workbook Atlas"].history,
        [digest.clone(), digest.clone(), digest]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_never_succeeds_is_given_up() {
    let served = atlas(400_000).await;
    served.trouble(&["PUT /fileUploads/* every=1 status=503"]);
    let deploy = ["deploy", "-t", "prod", "--chunk-size", "300kB"];
    served
        .run(deploy)
        .await
        .code(5)
        .stdout_has("uploading (4 attempts) failed");
    assert_eq!(served.count("POST /fileUploads"), 4);
    assert_eq!(served.count("POST /workbooks"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn chunks_become_smaller_when_a_gateway_gives_up_on_them() {
    let served = atlas(5_000_000).await;
    served.trouble(&["PUT /fileUploads/* nth=1 status=504"]);
    let deploy = ["deploy", "-t", "prod", "--chunk-size", "4MB"];
    served.run(deploy).await.code(0);
    let requests = served.sandbox.requests();
    let begun: Vec<usize> = requests
        .iter()
        .enumerate()
        .filter(|(_, r)| r.method == "POST" && r.path.ends_with("/fileUploads"))
        .map(|(at, _)| at)
        .collect();
    assert_eq!(begun.len(), 2);
    let second = requests[begun[1]..]
        .iter()
        .filter(|r| r.method == "PUT" && r.path.contains("/fileUploads/"))
        .count();
    assert_eq!(second, 3, "of 2 MB instead of 4 MB each");
    arrived_whole(&served).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publish_whose_answer_is_lost_is_asked_about_and_not_repeated() {
    let served = atlas(1000).await;
    served.trouble(&["POST /workbooks nth=1 after=commit drop"]);
    served.deploy().await.code(0);
    assert_eq!(served.count("POST /workbooks"), 1);
    arrived_whole(&served).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_the_account_may_not_see_is_seen_by_what_it_makes() {
    let builder = Sandbox::builder().job_time(Duration::from_secs(1), Duration::ZERO);
    let served = Served::with(builder, ATLAS).await;
    let file = package("atlas", 1_000_000);
    served.tabship.write("Atlas.twbx", file);
    served.trouble(&["GET /jobs/* status=403 code=403031"]);
    let deploy = ["deploy", "-t", "prod", "--chunk-size", "300kB"];
    served.run(deploy).await.code(0);
    assert_eq!(served.count("GET /jobs/*"), 1);
    arrived_whole(&served).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_rollback_waits_for_is_said_with_its_end() {
    let served = atlas(1000).await;
    served.trouble(&["POST /workbooks delay=60s"]);
    let mut child = served
        .tabship
        .command(["deploy", "-t", "prod"])
        .spawn()
        .unwrap();
    // Known as soon as it comes: it gets no answer.
    served.struck().await;
    child.kill().unwrap();
    child.wait().unwrap();
    served.trouble(&[]);
    let run = served.run(["rollback", "--timeout", "3s"]).await.code(0);
    let said = "workbook \"Atlas\" in Finance: whether the site has published it is not known yet; it is asked until ";
    let (_, until) = run.stderr.split_once(said).unwrap();
    let until = until.split_once(" UTC").unwrap().0;
    assert!(
        jiff::civil::Time::strptime("%H:%M:%S", until).is_ok(),
        "{until}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_that_may_be_under_way_is_not_sent_a_second_time() {
    let served = atlas(1000).await;
    served.deploy().await.code(0);
    served.tabship.write("Atlas.twbx", package("atlas", 2000));
    served.trouble(&["POST /workbooks nth=1 drop"]);
    let begun = Instant::now();
    served
        .run(["deploy", "-t", "prod", "--timeout", "3s"])
        .await
        .code(5);
    assert!(begun.elapsed() < Duration::from_secs(30));
    assert_eq!(served.count("POST /workbooks"), 1);
    let state = served.site("prod").await.state().await;
    assert_eq!(state["workbook Atlas"].history.len(), 1);
}

/// The item is being published at the moment: after an answer that was lost, by ourselves.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_site_says_to_be_publishing_already_is_looked_for() {
    let served = atlas(1000).await;
    served.trouble(&["POST /workbooks nth=1 after=commit status=403 code=403131"]);
    served.deploy().await.code(0);
    assert_eq!(served.count("POST /workbooks"), 1);
    arrived_whole(&served).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_the_way_of_a_second_attempt_is_what_the_first_one_made() {
    for in_the_way in ["status=409 code=409004", "status=404 code=404015"] {
        let served = atlas(400_000).await;
        let second = format!("POST /workbooks nth=2 after=commit {in_the_way}");
        served.trouble(&["POST /workbooks nth=1 status=500", &second]);
        let deploy = [
            "deploy",
            "-t",
            "prod",
            "--timeout",
            "2s",
            "--chunk-size",
            "300kB",
        ];
        served.run(deploy).await.code(0);
        assert_eq!(served.count("POST /workbooks"), 2);
        arrived_whole(&served).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_fails_has_changed_nothing() {
    let builder = Sandbox::builder().job_time(Duration::from_secs(2), Duration::ZERO);
    let served = Served::with(builder, ATLAS).await;
    let site = served.site("prod").await;
    served.tabship.write("tabship.yml", {
        let sales = "content:\n  - { files: \"Sales.tds\", project: Finance }\n";
        format!("{TARGETS}{sales}")
    });
    served.tabship.write("Sales.tds", datasource("sales"));
    served.deploy().await.code(0);
    served
        .tabship
        .write("tabship.yml", format!("{TARGETS}{ATLAS}"));
    let file = packed(&reading("Sales"), 400_000);
    served.tabship.write("Atlas.twbx", file);
    served.trouble(&[]);
    let deploy = [
        "deploy",
        "-t",
        "prod",
        "--timeout",
        "5s",
        "--chunk-size",
        "300kB",
    ];
    // What it reads goes while the job waits.
    let (run, ()) = tokio::join!(served.run(deploy), async {
        while served.count("POST /workbooks") == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let sales = site.site.datasources(Filter::all()).await.unwrap();
        let of = Item::datasource(sales[0].id);
        site.site.delete(of).await.unwrap();
    });
    run.code(5)
        .stdout_has("the site's job for the publish failed: the site gives no reason")
        .stdout_has("FAILED, no item was changed");
    assert!(site.state().await.is_empty());
}
