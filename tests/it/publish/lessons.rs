//! What breaks at others who deploy to Tableau, and the test that holds each. Where no module is named it is here.
//!
//! | what breaks | held by |
//! |---|---|
//! | 1 passwords gone after a publish | `reliability::matrix`, [`passwords_that_are_gone_are_found_by_looking_and_not_weeks_later`] |
//! | 2 hidden sheets exposed | `plan::make`, `plan::views`, `reliability::matrix` |
//! | 3 owner and tags lost | `reliability::matrix` |
//! | 4 the wrong workbook | `api::lists`, `plan::make` |
//! | 5 the wrong project | `manifest` (a project must be named) |
//! | 6 one name in two projects | [`the_same_name_in_another_project_is_said_with_the_address_that_it_takes`] |
//! | 7 broken published reference | `plan::make`, `rewrites` |
//! | 8 somebody published meanwhile | [`what_somebody_published_meanwhile_is_not_overwritten`] |
//! | 9 an extract stripped | `plan::make` |
//! | 10 repacking corrupts | `rewrites` |
//! | 11 refresh schedules lost | [`an_owner_who_left_is_replaced_and_the_refresh_proven_with_its_schedule_in_place`] |
//! | 12 waiting without end, a refresh queued already | [`a_job_that_does_not_end_in_time_is_a_case_for_a_person_and_then_for_a_rollback`], [`a_refresh_that_waits_already_is_waited_for`] |
//! | 13 a session killed by another job | `publish::sessions` |
//! | 14 codes that mislead | [`codes_that_read_like_something_else_come_with_their_cause`] |
//! | 15 tabs change permissions | `plan::make` (`tabs_are_said_to_change_permissions`) |
//! | 16, 17 custom views and subscriptions lost | [`an_update_deletes_nothing_so_that_subscriptions_and_custom_views_stay`], `plan::make` |
//! | 18 passwords not carried along | `plan::make`, `publish::connections` |
//! | 19 a rollback is a publish | `reliability::crash` |
//! | 20 a row-level filter changed | `rules` (`security/user-filter-removed`) |
//! | 21 a file newer than the server | `rules` (`structure/newer-than-server`) |
//! | 22 an owner who left | [`an_owner_who_is_not_there_is_known_before_anything_is_published`], [`an_owner_who_left_is_replaced_and_the_refresh_proven_with_its_schedule_in_place`] |
//! | 23 secrets committed | `publish::secrets`, `rules` |
//! | 24 success with nothing done | `cli::wrong`, `api::outcomes` |
//! | 25 an impact that is not known reads as none | [`an_impact_that_the_site_does_not_tell_is_not_called_none`] |
//! | 26 names with quotes | [`names_with_quotes_and_signs_are_published_as_they_are`] |
//! | 27 a workbook that cannot be read | [`what_cannot_be_read_is_not_taken_for_absent`] |

use std::time::Duration;

use tabship::api::Filter;
use tabship::api::endpoint::content::Item;
use tabship::api::endpoint::datasources::DatasourceChange;
use tabship::api::endpoint::tags::Tagged;
use tabship::api::endpoint::workbooks::WorkbookChange;
use tabship_sandbox::Sandbox;

use crate::files::{datasource, flow, package, workbook};
use crate::harness::project;
use crate::reliability::site::Facts;

use super::served::Served;

#[tokio::test(flavor = "multi_thread")]
async fn the_same_name_in_another_project_is_said_with_the_address_that_it_takes() {
    let manifest = "content:\n  - { files: \"a/Sales.tds\", project: A }\n  - { files: \"b/Sales.tds\", project: B }\n";
    let served = Served::start(manifest).await;
    served.tabship.write("a/Sales.tds", datasource("a"));
    served.tabship.write("b/Sales.tds", datasource("b"));
    served
        .run(["deploy", "-t", "prod", "--select", "a/*"])
        .await
        .code(0);
    served
        .run(["plan", "-t", "prod"])
        .await
        .code(0)
        .stdout_has("its content URL will not be `Sales`");
    served.deploy().await.code(0);
    let site = served.site("prod").await.site;
    let all = site.datasources(Filter::all()).await.unwrap();
    let urls: std::collections::BTreeSet<_> = all.iter().map(|d| &d.content_url).collect();
    assert_eq!(urls.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_published_meanwhile_is_not_overwritten() {
    let served = Served::start("content:\n  - { files: \"*.twb\", project: A }\n").await;
    served.tabship.write("Book.twb", workbook(&["One"], "a"));
    served.deploy().await.code(0);
    // The same item, from another repository.
    let theirs = format!(
        "{}stamp: theirs\ncontent:\n  - {{ files: \"*.twb\", project: A, allow: [drift] }}\n",
        super::served::TARGETS
    );
    let ours = std::fs::read_to_string(served.tabship.path().join("tabship.yml")).unwrap();
    served.tabship.write("tabship.yml", theirs);
    served
        .tabship
        .write("Book.twb", workbook(&["One"], "theirs"));
    served.deploy().await.code(0);
    served.tabship.write("tabship.yml", ours);
    served.tabship.write("Book.twb", workbook(&["One"], "b"));
    served
        .deploy()
        .await
        .code(6)
        .stderr_has("it is at revision 2; tabship left it at revision 1");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_published_since_is_not_taken_back_unasked() {
    let served = Served::start("content:\n  - { files: \"*.twb\", project: A }\n").await;
    served.tabship.write("Book.twb", workbook(&["One"], "a"));
    served.deploy().await.code(0);
    let site = served.site("prod").await;
    site.stamps_lost().await;
    let before = site.state().await;
    served
        .run(["rollback"])
        .await
        .code(6)
        .stderr_has("somebody published over workbook \"Book\" in A: it has lost tabship's stamp")
        .stderr_has("--allow drift");
    assert_eq!(site.state().await, before);
    assert!(site.locks().await.is_empty());
    served
        .run(["rollback", "--allow", "drift"])
        .await
        .code(0)
        .stdout_has("removed")
        .stdout_has("--allow allows drift")
        .stdout_has("Taken back: prod")
        .stdout_has("projects that were created stay: A");
    assert!(site.state().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lost_its_stamp_is_said_to_have_drifted() {
    let manifest =
        "content:\n  - { files: \"*.tds\", project: A }\n  - { files: \"*.twb\", project: A }\n";
    let served = Served::start(manifest).await;
    served.tabship.write("Book.twb", workbook(&["One"], "a"));
    served.tabship.write("Sales.tds", datasource("a"));
    served.deploy().await.code(0);
    served.site("prod").await.stamps_lost().await;
    let status = ["status", "-t", "prod", "--format", "json"];
    let status = served.run(status).await.code(0).json();
    let drifted = |n: usize| {
        let item = &status["items"][n];
        (
            item["name"].clone(),
            item["live"]["prod"]["drifted"].clone(),
        )
    };
    assert_eq!(drifted(0), ("Sales".into(), false.into()));
    assert_eq!(drifted(1), ("Book".into(), true.into()));
}

/// The stamp is still there, and is of an earlier revision.
#[tokio::test(flavor = "multi_thread")]
async fn a_later_revision_is_not_taken_back_unasked_either() {
    let served = Served::start("content:\n  - { files: \"*.twb\", project: A }\n").await;
    served.tabship.write("Book.twb", workbook(&["One"], "a"));
    served.deploy().await.code(0);
    let site = served.site("prod").await;
    let book = site.site.workbooks(Filter::all()).await.unwrap().remove(0);
    let stamps: Vec<String> = book.tags.clone();
    let of = Item::workbook(book.id);
    site.publish_over(book, workbook(&["One"], "theirs")).await;
    site.site.add_tags(of, stamps).await.unwrap();
    served
        .run(["rollback"])
        .await
        .code(6)
        .stderr_has("it is at revision 2, and tabship left it at revision 1");
    assert_eq!(site.state().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_refused_before_it_changed_anything_is_failed_and_not_restored() {
    let served = Served::start("content:\n  - { files: \"*.twb\", project: A }\n").await;
    served.tabship.write("Book.twb", workbook(&["One"], "a"));
    served.deploy().await.code(0);
    served.tabship.write("Book.twb", workbook(&["One"], "b"));
    served.trouble(&["POST /workbooks* status=403 code=403004"]);
    let begun = std::time::Instant::now();
    served
        .deploy()
        .await
        .code(5)
        .stdout_has("  failed ")
        .stdout_has("FAILED, no item was changed: prod")
        .stdout_has("1 failed;");
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "what the site has refused is not asked about"
    );
    let carry_on = ["deploy", "-t", "prod", "--on-error", "continue"];
    served
        .run(carry_on)
        .await
        .code(5)
        .stdout_has("FAILED, nothing was deployed to prod");
    served.trouble(&["PUT /workbooks/*/tags status=403 code=403004 nth=1"]);
    served
        .deploy()
        .await
        .code(5)
        .stdout_has("  restored ")
        .stdout_has("A, revision 3")
        .stdout_has("FAILED, all changes taken back: prod");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_publishes_during_an_upload_is_not_published_over() {
    let builder = Sandbox::builder().latency(Duration::from_millis(400));
    let served = Served::with(builder, "content:\n  - { files: \"*.twbx\", project: A }\n").await;
    served
        .tabship
        .write("Atlas.twbx", package("atlas", 400_000));
    served.deploy().await.code(0);
    served
        .tabship
        .write("Atlas.twbx", package("other", 400_000));
    let theirs = served.site("prod").await;
    let atlas = theirs
        .site
        .workbooks(Filter::all())
        .await
        .unwrap()
        .remove(0);
    served.trouble(&[]);
    let deploy = ["deploy", "-t", "prod", "--chunk-size", "100kB"];
    let (run, ()) = tokio::join!(served.run(deploy), async {
        while served.count("POST /fileUploads") == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        theirs
            .publish_over(atlas, workbook(&["Map"], "theirs"))
            .await;
    });
    run.code(5).stdout_has(
        "it changed on the site after the plan was made (revision 1 then, revision 2 now)",
    );
    let state = served.site("prod").await.state().await;
    assert_eq!(state["workbook Atlas"].history.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_does_not_end_in_time_is_a_case_for_a_person_and_then_for_a_rollback() {
    let builder = Sandbox::builder().job_time(Duration::from_secs(10), Duration::ZERO);
    let served = Served::with(builder, "content:\n  - { files: \"*.twbx\", project: A }\n").await;
    served
        .tabship
        .write("Atlas.twbx", package("atlas", 400_000));
    let deploy = [
        "deploy",
        "-t",
        "prod",
        "--chunk-size",
        "100kB",
        "--timeout",
        "2s",
    ];
    served
        .run(deploy)
        .await
        .code(7)
        .stdout_has("--timeout")
        .stderr_has("rollback");
    let site = served.site("prod").await;
    while site.state().await.is_empty() {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    served.run(["rollback"]).await.code(0);
    assert!(site.state().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_that_read_like_something_else_come_with_their_cause() {
    let served = Served::start("content:\n  - { files: \"*.tds\", project: A }\n").await;
    served.tabship.write("Sales.tds", datasource("sales"));
    served.trouble(&["POST /datasources status=403 code=403132"]);
    served.deploy().await.code(5).stdout_has("connection");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_deletes_nothing_so_that_subscriptions_and_custom_views_stay() {
    let served = Served::start("content:\n  - { files: \"*.twb\", project: A }\n").await;
    served.tabship.write("Book.twb", workbook(&["One"], "a"));
    served.deploy().await.code(0);
    served.tabship.write("Book.twb", workbook(&["One"], "b"));
    served.trouble(&[]);
    served.deploy().await.code(0);
    assert_eq!(served.count("POST /workbooks"), 1);
    let deleted: Vec<String> = served
        .sandbox
        .requests()
        .iter()
        .filter(|r| r.method == "DELETE")
        .map(crate::reliability::site::label)
        .collect();
    assert_eq!(
        deleted,
        ["DELETE /projects/*"],
        "the lock, and nothing else"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn names_with_quotes_and_signs_are_published_as_they_are() {
    let served = Served::start("content:\n  - { files: \"*.twb\", project: \"R&D <1>\" }\n").await;
    let name = "Bob's \u{e9}t\u{e9}, 100% & more";
    served
        .tabship
        .write(&format!("{name}.twb"), workbook(&["One"], "a"));
    served.trouble(&["POST /workbooks nth=1 after=commit drop"]);
    served.deploy().await.code(0);
    assert!(
        served
            .site("prod")
            .await
            .state()
            .await
            .contains_key(&format!("workbook {name}"))
    );
    served.trouble(&["POST /workbooks nth=1 after=commit drop"]);
    served
        .tabship
        .write(&format!("{name}.twb"), workbook(&["One"], "b"));
    served.deploy().await.code(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_that_are_gone_are_found_by_looking_and_not_weeks_later() {
    let manifest = "content:\n  - { files: \"*.twb\", project: A, verify: render }\n";
    let served = Served::start(manifest).await;
    served.tabship.write("Book.twb", workbook(&["One"], "a"));
    served
        .deploy()
        .await
        .code(5)
        .stdout_has("rendering a view failed");
    assert!(served.site("prod").await.state().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_proven_and_cannot_be_taken_back_carries_no_stamp() {
    let manifest = "content:\n  - { files: \"*.twb\", project: A, verify: render }\n";
    let served = Served::start(manifest).await;
    served.tabship.write("Book.twb", workbook(&["One"], "a"));
    served.trouble(&["DELETE /workbooks/* status=403 code=403004"]);
    served
        .deploy()
        .await
        .code(7)
        .stdout_has("rendering a view failed")
        .stdout_has("taking it back failed");
    let state = served.site("prod").await.state().await;
    assert!(state["workbook Book"].stamps.is_empty());
    served.trouble(&[]);
    served.deploy().await.code(6).stderr_has("--allow drift");
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_that_a_rollback_cannot_enter_again_are_named() {
    let served = Served::with(
        Sandbox::builder().user("ann", "Creator"),
        "content:\n  - { files: \"*.twb\", project: A }\n",
    )
    .await;
    let write = |table: &str| {
        served
            .tabship
            .write("Report.twb", workbook(&["One"], table))
    };
    write("a");
    served.deploy().await.code(0);
    served.site("prod").await.people_work().await;
    write("b");
    served
        .run(["deploy", "-t", "prod", "--allow", "credential-loss"])
        .await
        .code(0);
    served
        .run(["rollback"])
        .await
        .code(0)
        .stdout_has("the embedded credentials of postgres pg.example.com must be entered again");
}

/// Somebody removed it, or the site keeps only so many.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_live_does_not_stand_in_for_an_earlier_revision_that_is_gone() {
    let served = Served::start("content:\n  - { files: \"*.twb\", project: A }\n").await;
    served.tabship.write("Book.twb", workbook(&["One"], "a"));
    served.deploy().await.code(0);
    served.tabship.write("Book.twb", workbook(&["One"], "b"));
    served.deploy().await.code(0);
    let site = served.site("prod").await.site;
    let book = site.workbooks(Filter::all()).await.unwrap().remove(0).id;
    let first = format!("workbooks/{book}/revisions/1");
    served.tell(reqwest::Method::DELETE, &first, "").await;
    served.trouble(&[]);
    served
        .run(["rollback"])
        .await
        .code(7)
        .stdout_has("downloading the earlier revision failed");
    assert_eq!(served.count("POST /workbooks"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_without_a_licence_for_flows_takes_the_rest() {
    let served = Served::start("content:\n  - { files: \"*.tds\", project: A }\n").await;
    served.tabship.write("Sales.tds", datasource("sales"));
    let refused = "GET /flows* every=1 status=403 code=403157";
    served.trouble(&[refused]);
    served.deploy().await.code(0).stdout_has("1 created");
}

/// Flows have no revisions: what is live is kept beside the journal.
#[tokio::test(flavor = "multi_thread")]
async fn the_earlier_content_of_a_flow_is_kept_and_put_back() {
    let served = Served::start("content:\n  - { files: \"*.tfl\", project: A }\n").await;
    served.tabship.write("Clean.tfl", flow("first"));
    served.deploy().await.code(0);
    let site = served.site("prod").await;
    let before = site.state().await;
    served.tabship.write("Clean.tfl", flow("second"));
    served.trouble(&["PUT /flows/*/tags nth=1 status=403 code=403004"]);
    served.deploy().await.code(5).stdout_has("  restored ");
    assert_eq!(site.state().await, before);
    served.trouble(&[]);
    served.deploy().await.code(0).stdout_has("1 updated");
    assert_ne!(site.state().await, before);
    served.run(["rollback"]).await.code(0);
    assert_eq!(site.state().await, before);
}

const REFRESHED: &str = r#"content:
  - files: "Sales.tdsx"
    project: Data
    owner: svc
    verify: refresh
    credentials: [{ username: svc, password: { env: PG_PASSWORD } }]
"#;

async fn refreshed(manifest: &str) -> Served {
    let builder = Sandbox::builder()
        .style(tabship_sandbox::Style::Cloud)
        .user("ann", "Creator")
        .user("svc", "Creator");
    let mut served = Served::with(builder, manifest).await;
    served.tabship.set("PG_PASSWORD", "hunter2");
    let sales = std::fs::read(project("examples/acme/datasources/Sales.tdsx")).unwrap();
    served.tabship.write("Sales.tdsx", sales);
    served
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_who_left_is_replaced_and_the_refresh_proven_with_its_schedule_in_place() {
    let served = refreshed(&REFRESHED.replace("    owner: svc\n", "")).await;
    served.deploy().await.code(0);
    let site = served.site("prod").await.site;
    let sales = site.datasources(Filter::all()).await.unwrap().remove(0);
    let change = DatasourceChange {
        owner: Some(site.users_named("ann").await.unwrap()[0].id),
        ..DatasourceChange::default()
    };
    site.update_datasource(sales.id, change).await.unwrap();
    plan_refresh(&served, &sales.id.to_string()).await;
    served.tabship.write(
        "tabship.yml",
        format!("{}{REFRESHED}", super::served::TARGETS),
    );
    served
        .run(["plan", "-t", "prod"])
        .await
        .code(0)
        .stdout_has("1 refresh schedule (stays with the item)");
    served.trouble(&[]);
    served.deploy().await.code(0);
    let asked: Vec<String> = served
        .sandbox
        .requests()
        .iter()
        .map(crate::reliability::site::label)
        .collect();
    let at = |call: &str| asked.iter().position(|a| a == call).unwrap();
    assert!(
        at("PUT /datasources/*") < at("POST /datasources/*/refresh"),
        "the new owner is who refreshes: {asked:#?}"
    );
    let state = served.site("prod").await.state().await;
    assert_eq!(state["datasource Sales"].owner, "svc");
    let tasks = site.refresh_tasks().await.unwrap();
    assert_eq!(tasks.len(), 1);
    assert_eq!(tasks[0].item.unwrap().id, sales.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_who_is_not_there_is_known_before_anything_is_published() {
    let manifest = "content:\n  - { files: \"*.tds\", project: A, owner: gone@acme.example }\n";
    let served = Served::start(manifest).await;
    served.tabship.write("Sales.tds", datasource("sales"));
    served.tabship.write("Costs.tds", datasource("costs"));
    served.trouble(&[]);
    served
        .deploy()
        .await
        .code(6)
        .stderr_has("the site has no user of that name");
    assert_eq!(served.count("POST /datasources"), 0);
    assert_eq!(served.count("POST /projects"), 0);
    assert_eq!(served.count("GET /users"), 1, "each name once");
    served.trouble(&["GET /users status=403 code=403133"]);
    served
        .run(["plan", "-t", "prod"])
        .await
        .code(0)
        .stdout_has("whether the site has a user \"gone@acme.example\" is not known");
}

/// As somebody does on the site: every Sunday at two.
async fn plan_refresh(served: &Served, datasource: &str) {
    let body = format!(
        "<extractRefresh type='FullRefresh'><datasource id='{datasource}'/></extractRefresh><schedule frequency='Weekly'><frequencyDetails start='02:00:00'><intervals><interval weekDay='Sunday'/></intervals></frequencyDetails></schedule>"
    );
    served
        .tell(reqwest::Method::POST, "tasks/extractRefreshes", &body)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_that_waits_already_is_waited_for() {
    let served = refreshed(REFRESHED).await;
    served.trouble(&["POST /datasources/*/refresh nth=1 status=409 code=409093"]);
    served.deploy().await.code(0);
    assert_eq!(served.count("POST /datasources/*/refresh"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_impact_that_the_site_does_not_tell_is_not_called_none() {
    let served = Served::start("content:\n  - { files: \"*.twb\", project: A }\n").await;
    served
        .tabship
        .write("Book.twb", workbook(&["One", "Two"], "a"));
    served.deploy().await.code(0);
    served.tabship.write("Book.twb", workbook(&["One"], "a"));
    let plan = ["plan", "-t", "prod"];
    let known = served.run(plan).await.code(0);
    assert!(
        !known.stdout.contains("not known whole"),
        "{}",
        known.stdout
    );
    served.trouble(&["GET /subscriptions* status=403 code=403004"]);
    served
        .run(plan)
        .await
        .code(0)
        .stdout_has("not known whole: the site does not tell the subscriptions (");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_not_taken_for_absent() {
    let served = Served::start("content:\n  - { files: \"*.twb\", project: A }\n").await;
    served.tabship.write("Book.twb", workbook(&["One"], "a"));
    served.run(["deploy", "-t", "dev"]).await.code(0);
    served.deploy().await.code(0);
    served.tabship.write("Book.twb", workbook(&["One"], "b"));
    served.trouble(&["GET /workbooks/*/views* status=403 code=403004"]);
    served
        .deploy()
        .await
        .code(4)
        .stderr_has("reading the items that would change failed");
    assert_eq!(served.count("POST /workbooks"), 0);
    served.trouble(&[]);
    served.run(["deploy", "-t", "dev"]).await.code(0);
    served.trouble(&["GET /workbooks/*/content* status=403 code=403004"]);
    served
        .run(["promote", "--from", "dev", "--to", "prod"])
        .await
        .code(4)
        .stderr_has("downloading workbook \"Book\" failed");
    assert_eq!(served.count("POST /workbooks"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_namesake_in_another_project_is_not_taken_for_a_publish_whose_answer_was_lost() {
    let manifest = "content:\n  - { files: \"a/Sales.tds\", project: A }\n  - { files: \"b/Sales.tds\", project: B }\n";
    let served = Served::start(manifest).await;
    served.tabship.write("a/Sales.tds", datasource("a"));
    served.tabship.write("b/Sales.tds", datasource("b"));
    served
        .run(["deploy", "-t", "prod", "--select", "a/*"])
        .await
        .code(0);
    served.trouble(&["POST /datasources nth=1 status=500"]);
    served.deploy().await.code(0);
    let site = served.site("prod").await.site;
    assert_eq!(site.datasources(Filter::all()).await.unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_manifest_puts_elsewhere_is_moved_and_not_published_again() {
    let manifest = "content:\n  - { files: \"Sales.tds\", project: A }\n  - { files: \"Costs.tds\", project: A/B }\n";
    let served = Served::start(manifest).await;
    served.tabship.write("Sales.tds", datasource("sales"));
    served.tabship.write("Costs.tds", datasource("costs"));
    let both = manifest.replace("project: A }", "project: C }");
    served
        .tabship
        .write("tabship.yml", format!("{}{both}", super::served::TARGETS));
    served.deploy().await.code(0);
    let before = served.site("prod").await.state().await;
    let moved = both.replace("project: C }", "project: A/B }");
    let moved = moved.replace(
        "\"Costs.tds\", project: A/B }",
        "\"Costs.tds\", project: C }",
    );
    served
        .tabship
        .write("tabship.yml", format!("{}{moved}", super::served::TARGETS));
    served.trouble(&[]);
    served.deploy().await.code(0).stdout_has("2 moved");
    assert_eq!(served.count("POST /datasources"), 0);
    let now = served.site("prod").await.state().await;
    assert_eq!(now["datasource Sales"].project, "B");
    assert_eq!(now["datasource Costs"].project, "C");
    served.run(["rollback"]).await.code(0);
    assert_eq!(served.site("prod").await.state().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_set_and_the_manifest_does_not_speak_of_outlives_an_update() {
    let manifest =
        "content:\n  - { files: \"*.tds\", project: A }\n  - { files: \"*.twb\", project: A }\n";
    let served = Served::with(Sandbox::builder().user("ann", "Creator"), manifest).await;
    served.tabship.write("Sales.tds", datasource("a"));
    let sheets = ["One", "Two"];
    served.tabship.write("Book.twb", workbook(&sheets, "a"));
    served.deploy().await.code(0);
    let site = served.site("prod").await.site;
    let book = site.workbooks(Filter::all()).await.unwrap().remove(0);
    let change = WorkbookChange {
        description: Some("Monthly".to_owned()),
        show_tabs: Some(true),
        owner: Some(site.users_named("ann").await.unwrap()[0].id),
        ..WorkbookChange::default()
    };
    site.update_workbook(book.id, change).await.unwrap();
    let of = Item::workbook(book.id);
    site.add_tags(of, vec!["board".into()]).await.unwrap();
    let views = site.workbook_views(book.id).await.unwrap();
    let start = vec!["start here".into()];
    site.add_tags(Tagged::View(views[0].id), start)
        .await
        .unwrap();
    let sales = site.datasources(Filter::all()).await.unwrap().remove(0);
    let change = DatasourceChange {
        description: Some("Daily".to_owned()),
        is_certified: Some(true),
        certification_note: Some("by ann".to_owned()),
        ..DatasourceChange::default()
    };
    site.update_datasource(sales.id, change).await.unwrap();
    let before = served.site("prod").await.state().await;
    served.tabship.write("Sales.tds", datasource("b"));
    served.tabship.write("Book.twb", workbook(&sheets, "b"));
    served.deploy().await.code(0);
    let now = served.site("prod").await.state().await;
    for key in ["workbook Book", "datasource Sales"] {
        let said = |facts: &Facts| {
            let Facts {
                description,
                certified,
                tabs,
                owner,
                tags,
                views,
                ..
            } = facts.clone();
            (description, certified, tabs, owner, tags, views)
        };
        assert_eq!(said(&now[key]), said(&before[key]), "{key}");
        assert!(!now[key].description.is_empty());
    }
    assert_eq!(now["datasource Sales"].certified.as_deref(), Some("by ann"));
    assert_eq!(now["workbook Book"].tabs, Some(true));
    assert_eq!(now["workbook Book"].owner, "ann");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_manifest_certifies_is_certified_and_a_sheet_hidden_on_the_site_stays_hidden() {
    let manifest = "content:\n  - { files: \"*.tds\", project: A, certified: { note: Reviewed } }\n  - { files: \"*.twb\", project: A, views: { include: [One] } }\n";
    let served = Served::start(manifest).await;
    served.tabship.write("Sales.tds", datasource("a"));
    let sheets = ["One", "Two"];
    served.tabship.write("Book.twb", workbook(&sheets, "a"));
    served.deploy().await.code(0);
    served
        .tabship
        .replace("tabship.yml", ", views: { include: [One] }", "");
    served.tabship.replace("tabship.yml", "Reviewed", "Again");
    served.tabship.write("Book.twb", workbook(&sheets, "b"));
    served
        .deploy()
        .await
        .code(0)
        .stderr_has("\"Two\" stay hidden as they are now");
    let state = served.site("prod").await.state().await;
    let sales = &state["datasource Sales"];
    assert_eq!(sales.certified.as_deref(), Some("Again"));
    let views: Vec<&String> = state["workbook Book"].views.keys().collect();
    assert_eq!(views, ["One"]);
}
