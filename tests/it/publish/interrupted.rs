//! A run that is asked to stop, or killed: what is in flight is finished, and it is gone on with or taken back later.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tabship_sandbox::Sandbox;

use crate::files::{datasource, package};
use crate::harness::Run;

use super::served::Served;

const TWO: &str = "content:\n  - { files: \"*.tds\", project: Data }\n";

async fn two() -> Served {
    let served = Served::start(TWO).await;
    served.tabship.write("A.tds", datasource("a"));
    served.tabship.write("B.tds", datasource("b"));
    served
}

/// Runs the command, and asks it to stop, so many times, once `rule` has struck a request.
async fn stopped(served: &Served, rule: &str, arguments: &[&str], times: u32) -> Run {
    served.trouble(&[rule]);
    let mut command = served.tabship.command(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    served.struck().await;
    for _ in 0..times {
        let pid = child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        assert!(sent.success());
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    tokio::task::spawn_blocking(move || Run::of(&child.wait_with_output().unwrap()))
        .await
        .unwrap()
}

/// Runs the command and kills it once `rule` has struck a request.
pub(super) async fn killed(served: &Served, rule: &str, arguments: &[&str]) {
    served.trouble(&[rule]);
    let mut child = served.tabship.command(arguments).spawn().unwrap();
    served.struck().await;
    child.kill().unwrap();
    child.wait().unwrap();
    served.trouble(&[]);
}

/// Changes the records of the newest deployment; false takes one out.
fn change_journal(served: &Served, change: impl Fn(&mut Value) -> bool) {
    let folder = served.tabship.path().join(".tabship/deployments");
    let all = std::fs::read_dir(folder).unwrap().flatten();
    let newest = all.map(|entry| entry.path()).max().unwrap();
    let file = newest.join("journal.jsonl");
    let text = std::fs::read_to_string(&file).unwrap();
    let lines = text.lines().filter_map(|line| {
        let mut record: Value = serde_json::from_str(line).unwrap();
        change(&mut record).then(|| format!("{record}\n"))
    });
    std::fs::write(&file, lines.collect::<String>()).unwrap();
}

const ONE_BY_ONE: [&str; 5] = ["deploy", "-t", "prod", "--jobs", "1"];

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_asked_to_stop_finishes_what_is_in_flight_and_ends_with_130() {
    for (then, held) in [(&["deploy", "--resume"][..], 2), (&["rollback"], 0)] {
        let served = two().await;
        let rule = "POST /datasources nth=1 delay=2s";
        stopped(&served, rule, &ONE_BY_ONE, 1)
            .await
            .code(130)
            .stdout_has("Interrupted")
            .stderr_has("interrupted: finishing what is in flight, then stopping")
            .stderr_has("`tabship deploy --resume` goes on; `tabship rollback` takes it back");
        assert_eq!(served.count("POST /datasources"), 1);
        let site = served.site("prod").await;
        let state = site.state().await;
        assert_eq!(state.keys().collect::<Vec<_>>(), ["datasource A"]);
        assert_eq!(state["datasource A"].stamps.len(), 1, "it is done");
        assert!(site.locks().await.is_empty());
        served.run(then).await.code(0);
        let state = site.state().await;
        assert_eq!(state.len(), held, "{then:?}");
        assert!(state.values().all(|facts| facts.history.len() == 1));
    }
}

/// What failed in a run that is asked to stop takes nothing else back.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_flight_may_fail_and_is_gone_on_with_too() {
    let served = two().await;
    let rule = "POST /datasources nth=2 delay=2s status=403 code=403004";
    stopped(&served, rule, &ONE_BY_ONE, 1).await.code(130);
    served.trouble(&[]);
    served.run(["deploy", "--resume"]).await.code(0);
    assert_eq!(served.count("POST /datasources"), 1);
    assert_eq!(served.site("prod").await.state().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_asked_twice_ends_at_once() {
    let served = two().await;
    let begun = Instant::now();
    let rule = "POST /datasources nth=1 delay=60s";
    stopped(&served, rule, &ONE_BY_ONE, 2).await.code(130);
    assert!(begun.elapsed() < Duration::from_secs(20));
    served.trouble(&[]);
    served.run(["rollback", "--timeout", "3s"]).await.code(0);
    assert!(served.site("prod").await.locks().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_targets_none_is_begun_after_a_signal() {
    let served = two().await;
    let deploy = ["deploy", "-t", "prod,dev", "--jobs", "1"];
    let rule = "POST /datasources nth=1 delay=2s";
    stopped(&served, rule, &deploy, 1).await.code(130);
    assert!(served.site("dev").await.state().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_being_taken_back_is_gone_on_with_and_not_deployed() {
    let served = two().await;
    served.deploy().await.code(0);
    let site = served.site("prod").await;
    let before = site.state().await;
    served.tabship.write("A.tds", datasource("a_2"));
    served.tabship.write("B.tds", datasource("b_2"));
    served.deploy().await.code(0);
    let rule = "PUT /datasources/*/tags nth=1 delay=2s";
    stopped(&served, rule, &["rollback"], 1).await.code(130);
    served.trouble(&[]);
    served
        .run(["deploy", "--resume"])
        .await
        .code(5)
        .stderr_has("was being taken back when it was interrupted: going on with that");
    let now = site.state().await;
    for (name, facts) in &now {
        assert_eq!(
            facts.apart_from_history(),
            before[name].apart_from_history()
        );
        assert_eq!(facts.history.len(), 3, "{name} is put back once");
    }
    served.run(["deploy", "--resume"]).await.code(3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_rollback_that_was_killed_has_put_back_is_not_put_back_again() {
    let served = two().await;
    served.deploy().await.code(0);
    served.tabship.write("B.tds", datasource("b_2"));
    served.deploy().await.code(0);
    // The earlier content is published, and its stamp is about to be set.
    killed(&served, "PUT /datasources/*/tags delay=60s", &["rollback"]).await;
    served.run(["rollback"]).await.code(0);
    let state = served.site("prod").await.state().await;
    let b = &state["datasource B"];
    assert_eq!(b.history.len(), 3, "{b:?}");
    assert_eq!(b.history[0], b.history[2]);
    assert_eq!(b.revisions, (3, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_asked_for_again_before_a_run_goes_on() {
    let manifest = "content:\n  - { files: \"*.tds\", project: Data, credentials: [{ username: svc, password: { env: PG_PASSWORD } }] }\n";
    let mut served = Served::start(manifest).await;
    served.tabship.write("A.tds", datasource("a"));
    served.tabship.set("PG_PASSWORD", "hunter2");
    killed(&served, "POST /projects nth=2 delay=60s", &ONE_BY_ONE).await;
    let mut without = served.tabship.command(["deploy", "--resume"]);
    without.env_remove("PG_PASSWORD");
    let run = tokio::task::spawn_blocking(move || Run::of(&without.output().unwrap()));
    run.await
        .unwrap()
        .code(2)
        .stderr_has("env:PG_PASSWORD")
        .stderr_has("nothing was changed");
    assert_eq!(served.count("POST /projects"), 0);
    served.run(["deploy", "--resume"]).await.code(0);
    assert_eq!(served.site("prod").await.state().await.len(), 1);
}

/// However long ago it was sent: a job that waits in the queue still publishes.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_of_the_site_is_waited_for_before_its_publish_is_taken_back() {
    let builder = Sandbox::builder().job_time(Duration::from_secs(12), Duration::ZERO);
    let served = Served::with(builder, "content:\n  - { files: \"*.twbx\", project: A }\n").await;
    let atlas = package("atlas", 400_000);
    served.tabship.write("Atlas.twbx", atlas);
    let deploy = ["deploy", "-t", "prod", "--chunk-size", "100kB"];
    killed(&served, "GET /jobs/* nth=1 delay=60s", &deploy).await;
    change_journal(&served, |record| {
        if record["step"] == "committing" {
            record["at"] = "2026-01-01T00:00:00Z".into();
        }
        true
    });
    served.run(["rollback"]).await.code(0).stdout_has("removed");
    assert!(served.site("prod").await.state().await.is_empty());
}

/// The stamp is set, and the process died before that was written down.
#[tokio::test(flavor = "multi_thread")]
async fn an_item_has_one_stamp_however_often_it_is_set() {
    let served = two().await;
    served.deploy().await.code(0);
    change_journal(&served, |record| {
        record["step"] != "done" && record["step"] != "ended"
    });
    // Stamps tell seconds.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    served.run(["deploy", "--resume"]).await.code(0);
    let state = served.site("prod").await.state().await;
    for facts in state.values() {
        assert_eq!((facts.stamps.len(), facts.history.len()), (1, 1));
    }
}
