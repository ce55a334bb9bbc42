//! Files that go up in chunks, and publishes whose answer is lost.

use crate::files::package;

use super::served::Served;

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
        [digest.clone(), digest]
    );
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
    let served = atlas(1_000_000).await;
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
    while served.sandbox.struck() == [None] {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
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
    served
        .run(["deploy", "-t", "prod", "--timeout", "3s"])
        .await
        .code(5);
    assert_eq!(served.count("POST /workbooks"), 1);
    let state = served.site("prod").await.state().await;
    assert_eq!(state["workbook Atlas"].history.len(), 1);
}
