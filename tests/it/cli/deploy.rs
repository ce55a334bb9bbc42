//! The main job, end to end: the example repository on the embedded sandbox.

use crate::harness::{Tabship, project, shared};

fn acme() -> Tabship {
    let tabship = Tabship::new();
    tabship.copy(&project("examples/acme"));
    tabship
}

fn states(run: &serde_json::Value) -> Vec<(String, String)> {
    let items = run["items"].as_array().unwrap();
    items
        .iter()
        .map(|i| {
            (
                i["name"].as_str().unwrap().to_owned(),
                i["state"].as_str().unwrap().to_owned(),
            )
        })
        .collect()
}

fn count(run: &serde_json::Value, state: &str) -> usize {
    states(run).iter().filter(|(_, s)| s == state).count()
}

const DEPLOY: [&str; 6] = ["deploy", "-t", "dev", "--sandbox", "--format", "json"];
const ITEMS: usize = 7;

#[test]
fn a_second_deployment_publishes_nothing() {
    let acme = acme();
    let first = acme.run(DEPLOY).code(0);
    assert_eq!(count(&first.json(), "created"), ITEMS);
    let second = acme.run(DEPLOY).code(0).json();
    assert_eq!(
        (second["verdict"].as_str(), count(&second, "untouched")),
        (Some("unchanged"), ITEMS)
    );
    assert!(
        second["requests"].as_u64().unwrap() <= 10,
        "{}",
        second["requests"]
    );
}

#[test]
fn what_changed_is_updated_and_keeps_its_luid() {
    let acme = acme();
    let first = acme.run(DEPLOY).code(0).json();
    let file = acme.path().join("workbooks/finance/Executive Overview.twb");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("Profit Ratio", "Profit Rate")).unwrap();
    let plan = acme
        .run([
            "plan",
            "-t",
            "dev",
            "--sandbox",
            "--format",
            "json",
            "--exit-code",
        ])
        .code(10)
        .json();
    let actions: Vec<&str> = plan["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["action"].as_str().unwrap())
        .collect();
    assert_eq!(actions.iter().filter(|a| **a == "update").count(), 1);
    let second = acme.run(DEPLOY).code(0).json();
    let luid = |run: &serde_json::Value| {
        let items = run["items"].as_array().unwrap();
        items
            .iter()
            .find(|i| i["name"] == "Executive Overview")
            .unwrap()["luid"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(luid(&first), luid(&second));
    assert_eq!(
        states(&second)
            .iter()
            .filter(|(_, s)| s == "updated")
            .count(),
        1
    );
}

#[test]
fn what_dev_holds_is_promoted_to_staging_rewritten_and_once() {
    let acme = acme();
    acme.run(DEPLOY).code(0).json();
    let promote = [
        "promote",
        "--from",
        "dev",
        "--to",
        "staging",
        "--sandbox",
        "--format",
        "json",
    ];
    let first = acme.run(promote).code(0);
    assert!(
        first
            .stderr
            .contains("pg-dev.acme.example -> pg-stg.acme.example"),
        "{}",
        first.stderr
    );
    assert_eq!(count(&first.json(), "created"), ITEMS);
    assert_eq!(acme.run(promote).code(0).json()["verdict"], "unchanged");
    acme.run([
        "status",
        "--sandbox",
        "--format",
        "html",
        "--badge",
        "badge.svg",
    ])
    .code(0)
    .stdout_has("Executive Overview");
    let badge = std::fs::read_to_string(acme.path().join("badge.svg")).unwrap();
    assert!(badge.contains("7 items, none drifted"), "{badge}");
    acme.run(["status", "--sandbox"])
        .code(0)
        .stdout_has("Executive Overview")
        .stdout_has("staging");
}

/// The name comes from the clone; the site has only the commit.
#[test]
fn status_says_who_wrote_what_is_live() {
    let acme = acme();
    acme.commit_all("main");
    acme.run(DEPLOY).code(0);
    let status = ["status", "-t", "dev", "--sandbox"];
    acme.run(status).code(0).stdout_has(" by Ann, just now");
    let json = acme
        .run([&status[..], &["--format", "json"]].concat())
        .json();
    assert_eq!(json["items"][0]["live"]["dev"]["author"], "Ann");
    std::fs::remove_dir_all(acme.path().join(".git")).unwrap();
    assert!(!acme.run(status).code(0).stdout.contains(" by "));
}

#[test]
fn a_stage_is_not_skipped_and_a_protected_target_wants_its_branch() {
    let acme = acme();
    acme.run(DEPLOY).code(0).json();
    acme.commit_all("release/1");
    acme.run(["promote", "--from", "dev", "--to", "prod", "--sandbox"])
        .code(6)
        .stderr_has("takes only what `staging` holds")
        .stderr_has("`tabship promote --from staging --to prod --sandbox`");
    acme.run(["deploy", "-t", "prod", "--sandbox"])
        .code(6)
        .stderr_has("`tabship promote --from staging --to prod --sandbox`");
    acme.run([
        "promote",
        "--from",
        "staging",
        "--to",
        "prod",
        "--sandbox",
        "--branch",
        "main",
    ])
    .code(6)
    .stderr_has("release/**");
}

#[test]
fn a_protected_target_takes_only_what_is_in_a_commit() {
    let acme = acme();
    let promote = [
        "promote",
        "--from",
        "staging",
        "--to",
        "prod",
        "--sandbox",
        "--branch",
        "release/1",
    ];
    acme.run(promote)
        .code(6)
        .stderr_has("`prod` is protected, and this is no git commit");
    acme.commit_all("release/1");
    acme.write("workbooks/new.txt", "not committed");
    acme.run(promote)
        .code(6)
        .stderr_has("the working tree has changes that are in no commit");
    acme.replace("tabship.yml", "    promote_from: staging\n", "");
    acme.run(["deploy", "-t", "prod", "--sandbox"])
        .code(6)
        .stderr_has("the working tree has changes that are in no commit");
}

#[test]
fn a_saved_plan_carries_what_was_allowed_when_it_was_made() {
    let acme = acme();
    acme.run(DEPLOY).code(0);
    // As another repository would see it.
    acme.replace("tabship.yml", "version: 1\n", "version: 1\nstamp: ours\n");
    let plan = ["plan", "-t", "dev", "--sandbox", "--out", "plan.json", "-q"];
    acme.run(plan).code(6);
    acme.run([&plan[..], &["--allow", "drift"]].concat())
        .code(0);
    let saved = std::fs::read_to_string(acme.path().join("plan.json")).unwrap();
    assert!(saved.contains("\"allow\": \"drift\""), "{saved}");
    acme.run(["deploy", "plan.json", "--sandbox", "-q"])
        .code(0)
        .stdout_has("7 updated");
}

#[test]
fn a_rehearsal_needs_no_secret_and_shows_none() {
    let mut acme = acme();
    acme.commit_all("release/1");
    acme.run(["deploy", "-t", "staging", "--sandbox", "-q"])
        .code(0)
        .stdout_has("Deployed to");
    let promote = ["promote", "--from", "staging", "--to", "prod", "--sandbox"];
    acme.run(promote).code(0).stdout_has("7 created");
    acme.run(["rollback", "--sandbox"]).code(0);
    let log = acme
        .set("PG_PASSWORD", "wOmBaT-9182")
        .run([
            "promote",
            "--from",
            "staging",
            "--to",
            "prod",
            "--sandbox",
            "-vv",
        ])
        .code(0);
    assert!(!log.stdout.contains("wOmBaT") && !log.stderr.contains("wOmBaT"));
    for file in walkdir::WalkDir::new(acme.path().join(".tabship/deployments"))
        .into_iter()
        .flatten()
        .filter(|f| f.file_type().is_file())
    {
        let bytes = std::fs::read(file.path()).unwrap();
        assert!(
            !String::from_utf8_lossy(&bytes).contains("wOmBaT"),
            "{}",
            file.path().display()
        );
    }
}

#[test]
fn a_saved_plan_is_carried_out_or_refused_when_stale() {
    let acme = acme();
    acme.run(["plan", "-t", "dev", "--sandbox", "--out", "plan.json", "-q"])
        .code(0)
        .stdout_has("7 to create");
    acme.run(["deploy", "plan.json", "--sandbox", "-q"])
        .code(0)
        .stdout_has("7 created");
    acme.run(["deploy", "plan.json", "--sandbox"])
        .code(6)
        .stderr_has("the plan is stale");
}

#[test]
fn a_rollback_takes_creations_and_updates_back() {
    let acme = acme();
    acme.run(DEPLOY).code(0).json();
    let file = acme.path().join("workbooks/finance/Executive Overview.twb");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("Profit Ratio", "Profit Rate")).unwrap();
    acme.run(DEPLOY).code(0).json();
    let back = acme
        .run(["rollback", "--sandbox", "--format", "json"])
        .code(0)
        .json();
    assert_eq!(count(&back, "restored"), 1);
    std::fs::write(&file, text).unwrap();
    assert_eq!(
        acme.run(DEPLOY).code(0).json()["verdict"],
        "unchanged",
        "the earlier content is live again, stamp and all"
    );
    let all = acme
        .run(["rollback", "--sandbox", "--format", "json"])
        .code(0)
        .json();
    assert_eq!(all["verdict"], "rolled-back");
    assert_eq!(count(&all, "removed"), ITEMS);
    assert_eq!(count(&acme.run(DEPLOY).code(0).json(), "created"), ITEMS);
}

#[test]
fn a_branch_decides_the_target_and_one_that_maps_nowhere_is_said() {
    let acme = acme();
    acme.commit_all("main");
    acme.run(["plan", "--sandbox", "-q"])
        .code(0)
        .stdout_has("Plan for staging");
    acme.run(["plan", "--sandbox", "--branch", "nobody/knows"])
        .code(2)
        .stderr_has("`nobody/knows`")
        .stderr_has("release/**");
    acme.run(["deploy", "--sandbox", "--branch", "feature/Sales 2", "-q"])
        .code(0)
        .stdout_has("Previews/feature-Sales-2-");
    acme.run(["cleanup", "--of", "feature/Sales 2", "--sandbox"])
        .code(0)
        .stdout_has("removed workbook")
        .stdout_has("removed project Previews/feature-Sales-2-");
    acme.run(["cleanup", "--of", "main", "--sandbox"])
        .code(2)
        .stderr_has("no preview");
}

#[test]
fn a_repository_of_real_files_is_checked_and_deployed() {
    let Some(corpus) = shared("corpus/files") else {
        return;
    };
    let tabship = Tabship::new();
    let mut files: Vec<_> = std::fs::read_dir(corpus)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    files.sort();
    for file in files
        .iter()
        .filter(|f| {
            f.extension()
                .is_some_and(|e| e == "twbx" || e == "twb" || e == "tdsx")
        })
        .step_by(12)
    {
        std::fs::create_dir_all(tabship.path().join("content")).unwrap();
        std::fs::copy(
            file,
            tabship
                .path()
                .join("content")
                .join(file.file_name().unwrap()),
        )
        .unwrap();
    }
    tabship.write(
        "tabship.yml",
        "version: 1\ntargets:\n  dev: { server: \"https://tableau.example\", auth: { token_name: ci, token_secret: { env: T } } }\ncontent:\n  - { files: \"content/*\", project: Real }\n",
    );
    tabship.run(["check"]).code(0).stdout_has("files");
    let first = tabship.run(DEPLOY).code(0).json();
    assert!(count(&first, "created") >= 10, "{first:#}");
    assert_eq!(tabship.run(DEPLOY).code(0).json()["verdict"], "unchanged");
}

/// What a command names to go on with is about the same sites: copied from a rehearsal it does not reach a server.
#[test]
fn commands_that_are_named_stay_in_the_sandbox_and_in_the_folder() {
    let acme = Tabship::new();
    let folder = acme.path().join("bi");
    acme.copy(&project("examples/acme"));
    std::fs::create_dir(&folder).unwrap();
    for entry in std::fs::read_dir(acme.path()).unwrap().flatten() {
        if entry.path() != folder {
            std::fs::rename(entry.path(), folder.join(entry.file_name())).unwrap();
        }
    }
    let same = "--sandbox=site -C bi";
    let run = |arguments: &[&str]| {
        let own = ["-C", "bi", "--sandbox=site"];
        acme.run(arguments.iter().copied().chain(own))
    };
    run(&["promote", "--from", "dev", "--to", "staging"])
        .code(3)
        .stderr_has(&format!("`tabship deploy -t dev {same}`"));
    run(&["plan", "-t", "dev", "--out", "p.json"])
        .code(0)
        .stderr_has(&format!("`tabship deploy p.json {same}`"));
    run(&["deploy", "p.json"])
        .code(0)
        .stderr_has(&format!("tabship promote --from dev --to staging {same}  "))
        .stderr_has("tabship sandbox -C bi  ")
        .stderr_has(&format!("tabship status -t dev {same}  "));
}
