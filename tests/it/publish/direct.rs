//! A plan that is carried out without the command, so that a test can change what it was made for.

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use jiff::Timestamp;
use tabship::api::endpoint::content::FileType;
use tabship::api::{Filter, Secret};
use tabship::plan::{ItemKind, Key, Live, Plan, Planned};
use tabship::publish::event::Silent;
use tabship::publish::journal::Journal;
use tabship::publish::outcome::{Deployment, State, Verdict};
use tabship::publish::payload::{Payload, Piece};
use tabship::publish::run::{LockMode, OnError, Options, Payloads, Run, Standing};
use tabship::publish::secrets::{MissingSecret, Secrets};
use tabship::publish::{Calls, observe};

use crate::files::{datasource, workbook};

use super::served::Served;

/// The same bytes for every item of a kind, and no secrets.
struct Fixed;

impl Payloads for Fixed {
    fn payload(&self, item: &Planned, _: &HashMap<Key, String>) -> Result<Payload, String> {
        let (file_type, text) = match item.kind {
            ItemKind::Workbook => (FileType::Twb, workbook(&["One"], "sales")),
            _ => (FileType::Tds, datasource("sales")),
        };
        let pieces = vec![Piece::Bytes(text.into())];
        Ok(Payload::new(file_type, "aa".to_owned(), pieces))
    }
}

impl Secrets for Fixed {
    fn secret(&self, _: &str) -> Result<Secret, MissingSecret> {
        Ok(Secret::new("x"))
    }
}

/// Carries out what the command plans, one item after the other, with a lock that is renewed all the time. `change` may
/// make another plan of it, or another live state, before.
pub(super) async fn carry_out(
    served: &Served,
    change: impl FnOnce(&mut Plan, &mut Live),
) -> Deployment {
    served
        .run(["plan", "-t", "prod", "--out", "p.json"])
        .await
        .code(0);
    let text = std::fs::read_to_string(served.tabship.path().join("p.json")).unwrap();
    let mut plan: Plan = serde_json::from_str(&text).unwrap();
    let site = served.site("prod").await.site;
    let mut live = observe(&site).await.unwrap();
    change(&mut plan, &mut live);
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::begin(folder.path(), &plan, Timestamp::now()).unwrap();
    let run = Run {
        calls: Calls::new(site),
        plan: &plan,
        live: &live,
        payloads: &Fixed,
        secrets: &Fixed,
        reporter: &Silent,
        journal: &journal,
        options: Options {
            jobs: 1,
            timeout: Duration::from_secs(20),
            on_error: OnError::Restore,
            prefix: "tabship".to_owned(),
            lock: LockMode::Take,
            commit: "abc".to_owned(),
            chunk: None,
            renewal: Duration::from_millis(100),
        },
        stop: &AtomicBool::new(false),
        holder: None,
        standing: Standing::new(&plan, &live, Vec::new()),
    };
    run.deploy().await.unwrap()
}

/// `A` and `B` are deployed, and `A` is to be another content.
async fn two() -> Served {
    let served = Served::start("content:\n  - { files: \"*.tds\", project: Data }\n").await;
    served.tabship.write("A.tds", datasource("a"));
    served.tabship.write("B.tds", datasource("b"));
    served.deploy().await.code(0);
    served.tabship.write("A.tds", datasource("a_2"));
    served.trouble(&[]);
    served
}

fn luid_of(live: &Live, name: &str) -> String {
    let item = live.items.iter().find(|i| i.name == name);
    item.unwrap().luid.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_site_publishes_as_another_item_is_not_taken_for_the_one_that_was_meant() {
    let served = two().await;
    let done = carry_out(&served, |plan, live| {
        plan.items[0].luid = Some(luid_of(live, "B"));
    })
    .await;
    assert_eq!(done.verdict, Verdict::Incomplete);
    assert_eq!(done.items[0].state, State::Broken);
    let error = done.items[0].error.as_deref().unwrap();
    for said in [
        "it is another item than the one that was to be updated",
        "what that one held was not recorded",
    ] {
        assert!(error.contains(said), "{error}");
    }
    assert_eq!(
        served.count("POST /datasources"),
        1,
        "the other one is left alone"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_address_than_before_is_no_success() {
    let served = two().await;
    let before = served.site("prod").await.state().await;
    let done = carry_out(&served, |_, live| {
        let a = live.items.iter_mut().find(|i| i.name == "A").unwrap();
        a.content_url = Some("Elsewhere".to_owned());
    })
    .await;
    assert_eq!(done.verdict, Verdict::Restored);
    let error = done.items[0].error.as_deref().unwrap();
    assert!(
        error.contains("its content URL is `A` now, and was `Elsewhere`"),
        "{error}"
    );
    let now = served.site("prod").await.state().await;
    assert_eq!(
        now["datasource A"].apart_from_history(),
        before["datasource A"].apart_from_history()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_between_the_plan_and_the_run_is_left_alone() {
    let served = two().await;
    let done = carry_out(&served, |plan, _| {
        plan.items[0].live.as_mut().unwrap().revision = Some(0);
    })
    .await;
    assert_eq!(done.items[0].state, State::Failed);
    let error = done.items[0].error.as_deref().unwrap();
    assert!(error.contains("revision 0 then, revision 1 now"), "{error}");
    assert_eq!(served.count("POST /datasources"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_before_it_would_be_retired_stays() {
    let served = two().await;
    served.tabship.write("A.tds", datasource("a"));
    std::fs::remove_file(served.tabship.path().join("B.tds")).unwrap();
    let manifest = "content:\n  - { files: \"*.tds\", project: Data }\nprune: recycle\n";
    let text = format!("{}{manifest}", super::served::TARGETS);
    served.tabship.write("tabship.yml", text);
    let done = carry_out(&served, |plan, _| {
        let retired = plan.items.iter_mut().find(|i| i.name == "B").unwrap();
        retired.live.as_mut().unwrap().updated_at = Some(Timestamp::UNIX_EPOCH);
    })
    .await;
    assert_eq!(done.verdict, Verdict::Restored);
    assert_eq!(served.count("DELETE /datasources/*"), 0);
    let all = served.site("prod").await.site;
    let all = all.datasources(Filter::all()).await.unwrap();
    assert_eq!(all.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_that_is_not_there_after_the_publish_is_no_success() {
    let served = Served::start("content:\n  - { files: \"*.twb\", project: A }\n").await;
    served.tabship.write("Book.twb", workbook(&["One"], "a"));
    let done = carry_out(&served, |plan, _| {
        plan.items[0].views.visible.push("Two".to_owned());
    })
    .await;
    assert_eq!(done.verdict, Verdict::Restored);
    let error = done.items[0].error.as_deref().unwrap();
    let said = "views are missing after the publish: Two";
    assert!(error.contains(said), "{error}");
    assert!(served.site("prod").await.state().await.is_empty());
}
