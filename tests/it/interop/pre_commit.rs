//! The hooks of `.pre-commit-hooks.yaml`, run by pre-commit. Those that compile tabship first are the same but for that.

use std::path::Path;
use std::process::{Command, Output};

use super::python::{Environment, text};
use crate::harness::{Tabship, project};

/// A repository whose hook is `id` of ours, and one that uses it.
fn repositories(id: &str) -> (Tabship, Tabship) {
    let hooks = Tabship::new();
    let manifest = std::fs::read(project(".pre-commit-hooks.yaml")).unwrap();
    hooks.write(".pre-commit-hooks.yaml", manifest);
    hooks.commit_all("main");
    let work = Tabship::new();
    work.write("notes.txt", "no content");
    let good = fixture("structure/dangling-sheet/good/a-sheet-that-is-there.twb");
    work.write("tableau/Good one.twb", good);
    work.write("tabship.yml", "version: 1\n");
    work.write(
        ".pre-commit-config.yaml",
        format!(
            "repos:\n- repo: {}\n  rev: {}\n  hooks:\n  - {{ id: {id}, language: system }}\n",
            hooks.path().display(),
            head(&hooks.path()),
        ),
    );
    (hooks, work)
}

fn fixture(path: &str) -> Vec<u8> {
    std::fs::read(project("fixtures/rules").join(path)).unwrap()
}

#[test]
fn the_hook_keeps_a_broken_workbook_out_of_a_commit() {
    let Some(python) = Environment::open("pre-commit") else {
        return;
    };
    let (_hooks, work) = repositories("tabship-check-system");
    work.commit_all("main");
    let run = || run(&python, &work.path());
    let passed = run();
    assert!(passed.status.success(), "{}", text(&passed));
    assert!(text(&passed).contains("Passed"), "{}", text(&passed));
    let bad = fixture("structure/dangling-sheet/bad/a-renamed-sheet.twb");
    work.write("tableau/Sales 2.twb", bad);
    work.commit_all("main");
    let failed = text(&run());
    for part in ["Failed", "structure/dangling-sheet", "Sales 2.twb:38:40"] {
        assert!(failed.contains(part), "{part}: {failed}");
    }
    let valid = Command::new(python.path("pre-commit"))
        .arg("validate-manifest")
        .arg(project(".pre-commit-hooks.yaml"))
        .output()
        .unwrap();
    assert!(valid.status.success(), "{}", text(&valid));
}

#[test]
fn the_hook_that_repairs_fails_once_and_then_passes() {
    let Some(python) = Environment::open("pre-commit") else {
        return;
    };
    let (_hooks, work) = repositories("tabship-fix");
    work.write(
        "A.twb",
        fixture("naming/spaces/bad/a-caption-with-a-space-behind.twb"),
    );
    work.commit_all("main");
    let repaired = run(&python, &work.path());
    let said = text(&repaired);
    assert!(!repaired.status.success(), "{said}");
    assert!(said.contains("files were modified by this hook"), "{said}");
    work.commit_all("main");
    let passed = run(&python, &work.path());
    assert!(passed.status.success(), "{}", text(&passed));
}

#[test]
fn the_hook_of_the_manifest_runs_when_it_changes() {
    let Some(python) = Environment::open("pre-commit") else {
        return;
    };
    let (_hooks, work) = repositories("tabship-manifest");
    work.commit_all("main");
    let passed = run(&python, &work.path());
    assert!(passed.status.success(), "{}", text(&passed));
    work.write("tabship.yml", "version: 1\ncontents: []\n");
    work.commit_all("main");
    let failed = text(&run(&python, &work.path()));
    for part in ["Failed", "unknown key `contents`", "`content`?"] {
        assert!(failed.contains(part), "{part}: {failed}");
    }
}

fn head(folder: &Path) -> String {
    let mut git = Command::new("git");
    let output = git.args(["rev-parse", "HEAD"]).current_dir(folder).output();
    String::from_utf8(output.unwrap().stdout)
        .unwrap()
        .trim()
        .to_owned()
}

fn run(python: &Environment, folder: &Path) -> Output {
    let own = Path::new(env!("CARGO_BIN_EXE_tabship")).parent().unwrap();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let all = std::iter::once(own.to_owned()).chain(std::env::split_paths(&path));
    Command::new(python.path("pre-commit"))
        .args(["run", "--all-files", "--color", "never"])
        .current_dir(folder)
        .env("PATH", std::env::join_paths(all).unwrap())
        .env("PRE_COMMIT_HOME", folder.join("../pre-commit"))
        .output()
        .unwrap()
}
