//! `check` and `rules`.

use crate::harness::{Tabship, project};

#[test]
fn the_example_is_clean_under_its_own_manifest() {
    let tabship = Tabship::new();
    tabship.copy(&project("examples/acme"));
    tabship
        .run(["check"])
        .code(0)
        .stdout_has("nothing to report in 7 files");
}

#[test]
fn one_file_is_checked_without_a_manifest_and_from_standard_input() {
    let tabship = Tabship::new();
    let bad = project("fixtures/rules/security/embedded-password/bad/an-attribute.twb");
    tabship.write("x.twb", std::fs::read(&bad).unwrap());
    let run = tabship
        .run(["check", "x.twb"])
        .code(1)
        .stdout_has("error[security/embedded-password]")
        .stdout_has("1 error in 1 file");
    assert!(
        !run.stdout.contains("hunter2"),
        "a password is not repeated"
    );
    let mut command = tabship.command(["check", "-", "--stdin-name", "piped.twb"]);
    let output = command
        .stdin(std::fs::File::open(&bad).unwrap())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&output.stdout).contains("piped.twb:10:"),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
}

#[test]
fn of_other_files_than_those_that_are_named_nothing_is_asked() {
    let tabship = Tabship::new();
    let good = project("fixtures/rules/security/embedded-password/good/empty-and-redacted.twb");
    tabship.write("x.twb", std::fs::read(&good).unwrap());
    let manifest = |content: &str| {
        let target = "  dev: { server: \"https://tableau.example\", auth: { token_name: t, token_secret: { env: T } } }";
        let text = format!(
            "version: 1\ntargets:\n{target}\nrules: {{ extends: none }}\ncontent:\n{content}"
        );
        tabship.write("tabship.yml", text);
    };
    let named = "  - { files: \"x.twb\", project: A }\n";
    manifest(&format!(
        "{named}  - {{ files: \"gone/*.twb\", project: A }}\n"
    ));
    tabship
        .run(["check"])
        .code(2)
        .stdout_has("manifest/no-match");
    tabship
        .run(["check", "x.twb"])
        .code(0)
        .stdout_has("nothing to report in 1 file");
    // What is wrong with the named one is said.
    manifest(&format!("{named}  - {{ files: \"*.twb\", project: B }}\n"));
    tabship
        .run(["check", "x.twb"])
        .code(2)
        .stdout_has("manifest/claimed-twice");
}

#[test]
fn a_file_that_cannot_be_read_stands_among_the_others() {
    let tabship = Tabship::new();
    let bad = project("fixtures/rules/security/embedded-password/bad/an-attribute.twb");
    for name in ["a.twb", "c.twb"] {
        tabship.write(name, std::fs::read(&bad).unwrap());
    }
    tabship.write("b.twb", "<workbook>");
    let run = tabship.run(["check", "--format", "json"]).code(1);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let mut files: Vec<&str> = findings.iter().filter_map(|f| f["file"].as_str()).collect();
    files.dedup();
    assert_eq!(files, ["a.twb", "b.twb", "c.twb"]);
    assert_eq!(report["files"], 2, "b.twb was not checked");
}

#[test]
fn one_run_writes_every_report() {
    let tabship = Tabship::new();
    tabship.write(
        "x.twb",
        std::fs::read(project(
            "fixtures/rules/structure/dangling-sheet/bad/a-renamed-sheet.twb",
        ))
        .unwrap(),
    );
    let formats = [
        "human", "json", "sarif", "junit", "github", "gitlab", "azure", "markdown", "html",
    ];
    let mut arguments = vec!["check".to_owned(), "x.twb".to_owned()];
    for format in formats {
        arguments.extend([
            "--report".to_owned(),
            format!("{format}=out/report.{format}"),
        ]);
    }
    let _ = tabship.run(&arguments).code(1);
    let read = |format: &str| {
        std::fs::read_to_string(tabship.path().join(format!("out/report.{format}"))).unwrap()
    };
    for format in formats {
        assert!(
            read(format).contains("Sales by region"),
            "{format}: {}",
            read(format)
        );
    }
    let sarif: serde_json::Value = serde_json::from_str(&read("sarif")).unwrap();
    let run = &sarif["runs"][0];
    let results = run["results"].as_array().unwrap();
    let result = results
        .iter()
        .find(|r| r["ruleId"] == "structure/dangling-sheet")
        .unwrap();
    let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(
        result["ruleId"],
        run["tool"]["driver"]["rules"][index]["id"]
    );
    assert_eq!(
        result["locations"][0]["physicalLocation"]["region"]["startLine"],
        38
    );
    let json: serde_json::Value = serde_json::from_str(&read("json")).unwrap();
    assert_eq!(json["schema_version"], 1);
    let lines: Vec<_> = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|f| f["rule"] == "structure/dangling-sheet")
        .map(|f| f["start"]["line"].as_u64())
        .collect();
    assert_eq!(lines, [Some(38)]);
    assert!(read("github").contains("::error file=x.twb,line=38,"));
}

#[test]
fn every_report_says_what_was_not_checked() {
    let tabship = Tabship::new();
    let good = "fixtures/rules/datasource/published-drift/good/the-same.twb";
    tabship.write("x.twb", std::fs::read(project(good)).unwrap());
    for format in [
        "human", "json", "sarif", "junit", "github", "azure", "markdown", "html",
    ] {
        tabship
            .run(["check", "x.twb", "--format", format])
            .code(0)
            .stdout_has("its fields live on the site");
    }
}

#[test]
fn what_only_unused_calculations_read_is_said_to_be_that() {
    let tabship = Tabship::new();
    let file = project("fixtures/rules/calculation/unused/bad/two-in-a-row.twb");
    tabship
        .run(["check", file.to_str().unwrap()])
        .code(0)
        .stdout_has("only calculated fields that nothing uses read the calculated field `Net`")
        .stdout_has("nothing uses the calculated field `Net 2`");
}

#[test]
fn a_baseline_lets_only_new_findings_fail() {
    let tabship = Tabship::new();
    let bad = std::fs::read(project(
        "fixtures/rules/structure/dangling-sheet/bad/a-renamed-sheet.twb",
    ))
    .unwrap();
    tabship.write("old.twb", &bad);
    let _ = tabship
        .run(["check", "--baseline", "known.json", "--write-baseline"])
        .code(0);
    tabship
        .run(["check", "--baseline", "known.json"])
        .code(0)
        .stdout_has("known to the baseline");
    tabship.write("new.twb", &bad);
    tabship
        .run(["check", "--baseline", "known.json"])
        .code(1)
        .stdout_has("new.twb");
}

#[test]
fn only_what_changed_is_checked() {
    let tabship = Tabship::new();
    tabship.write(
        "old.twb",
        std::fs::read(project(
            "fixtures/rules/structure/dangling-sheet/bad/a-renamed-sheet.twb",
        ))
        .unwrap(),
    );
    tabship.commit_all("main");
    tabship
        .run(["check", "--changed-since", "HEAD"])
        .code(0)
        .stdout_has("0 files");
    tabship.write(
        "new.twb",
        std::fs::read(project(
            "fixtures/rules/structure/dangling-sheet/good/a-sheet-that-is-there.twb",
        ))
        .unwrap(),
    );
    tabship
        .run(["check", "--changed-since", "HEAD"])
        .code(0)
        .stdout_has("1 file");
    tabship
        .run(["check", "--changed-since", "nowhere"])
        .code(2)
        .stderr_has("`nowhere`");
}

#[test]
fn levels_overrides_suppressions_and_wrong_options() {
    let tabship = Tabship::new();
    tabship.write(
        "a/x.twb",
        std::fs::read(project(
            "fixtures/rules/structure/dangling-sheet/bad/a-renamed-sheet.twb",
        ))
        .unwrap(),
    );
    let manifest = |rules: &str| format!("version: 1\nrules:\n{rules}");
    tabship.write(
        "tabship.yml",
        manifest("  structure/dangling-sheet: warning\n"),
    );
    tabship.run(["check"]).code(0).stdout_has("1 warning");
    tabship
        .run(["check", "--fail-on", "warning"])
        .code(1)
        .stdout_has("1 warning");
    tabship.write(
        "tabship.yml",
        manifest(
            "  extends: none\n  structure/dangling-sheet: error\n  overrides:\n    - { files: \"a/**\", rules: { structure/dangling-sheet: off } }\n",
        ),
    );
    tabship
        .run(["check"])
        .code(0)
        .stdout_has("nothing to report");
    tabship.write("tabship.yml", manifest("  ignore:\n    - { rule: structure/dangling-sheet, file: \"a/*\", reason: known, until: 2020-01-01 }\n"));
    tabship
        .run(["check"])
        .code(1)
        .stdout_has("suppression/expired");
    tabship.write(
        "tabship.yml",
        manifest("  naming/workbook: { level: error, patern: x }\n"),
    );
    tabship
        .run(["check"])
        .code(2)
        .stdout_has("manifest/wrong-option")
        .stdout_has("patern");
}

#[test]
fn a_name_in_a_file_gives_no_command_to_the_runner_and_none_to_the_terminal() {
    let mut tabship = Tabship::new();
    let workbook = std::fs::read_to_string(project(
        "fixtures/rules/structure/dangling-sheet/bad/a-renamed-sheet.twb",
    ))
    .unwrap();
    let name = "name='Sales by region'";
    assert!(workbook.contains(name));
    let hostile = workbook.replace(name, "name='x&#10;::add-mask::a&#10;##[group]b\u{9b}8m'");
    tabship.write("x.twb", hostile);
    tabship.run(["check"]).code(1).stdout_has("\n::add-mask::a");
    tabship.set("GITHUB_ACTIONS", "true");
    let run = tabship.run(["check"]).code(1).stdout_has("add-mask");
    assert!(
        !run.stdout
            .lines()
            .any(|l| l.trim().starts_with("::") || l.contains("##[")),
        "{}",
        run.stdout
    );
    assert!(
        !run.stdout.contains('\u{9b}') && run.stdout.contains("\\u{9b}8m"),
        "{}",
        run.stdout
    );
}

#[test]
fn rules_are_listed_and_explained() {
    Tabship::new()
        .run(["rules"])
        .code(0)
        .stdout_has("naming/workbook");
    Tabship::new()
        .run(["rules", "calculation/required"])
        .code(0)
        .stdout_has("## Why is this bad?");
    Tabship::new()
        .run(["rules", "calculation/requird"])
        .code(2)
        .stderr_has("did you mean `calculation/required`?");
    let json = Tabship::new()
        .run(["rules", "--format", "json"])
        .code(0)
        .json();
    assert!(json["rules"].as_array().unwrap().len() > 15);
}

/// `(with, without)` a filter that shows each person their own rows.
fn user_filter() -> (Vec<u8>, Vec<u8>) {
    let folder = "fixtures/rules/security/user-filter-removed/bad";
    let read = |name: &str| std::fs::read(project(folder).join(name)).unwrap();
    (
        read("a-filter-on-a-calculation.base.twb"),
        read("a-filter-on-a-calculation.twb"),
    )
}

#[test]
fn a_change_is_compared_with_the_merge_base() {
    let (with, without) = user_filter();
    let since_main = ["check", "--changed-since", "main"];
    let rule = "security/user-filter-removed";
    // Both sides took the filter away: this one did it too.
    let tabship = Tabship::new();
    tabship.write("x.twb", &with);
    tabship.commit_all("main");
    tabship.git(&["checkout", "-q", "-b", "feature"]);
    tabship.write("x.twb", &without);
    tabship.commit_all("feature");
    tabship.git(&["checkout", "-q", "main"]);
    tabship.write("x.twb", &without);
    tabship.write("notes.txt", "another commit than the branch's");
    tabship.commit_all("main");
    tabship.git(&["checkout", "-q", "feature"]);
    tabship.run(since_main).code(0).stdout_has(rule);
    // main has got one meanwhile: nobody here took it away.
    let tabship = Tabship::new();
    tabship.write("x.twb", &without);
    tabship.commit_all("main");
    tabship.git(&["checkout", "-q", "-b", "feature"]);
    tabship.write("x.twb", [&without[..], b"\n"].concat());
    tabship.commit_all("feature");
    tabship.git(&["checkout", "-q", "main"]);
    tabship.write("x.twb", &with);
    tabship.commit_all("main");
    tabship.git(&["checkout", "-q", "feature"]);
    let run = tabship.run(since_main).code(0).stdout_has("1 file");
    assert!(!run.stdout.contains(rule), "{}", run.stdout);
}

#[test]
fn a_suppression_for_a_file_that_was_not_looked_at_is_not_unused() {
    let tabship = Tabship::new();
    let good = "fixtures/rules/structure/dangling-sheet/good/a-sheet-that-is-there.twb";
    tabship.write("a.twb", std::fs::read(project(good)).unwrap());
    let ignore = "version: 1\nrules:\n  ignore:\n    - { rule: structure/dangling-sheet, file: b.twb, reason: known }\n";
    tabship.write("tabship.yml", ignore);
    tabship.commit_all("main");
    tabship
        .run(["check"])
        .code(0)
        .stdout_has("suppression/unused");
    for some in [
        &["check", "a.twb"][..],
        &["check", "--changed-since", "HEAD"],
    ] {
        let run = tabship.run(some).code(0);
        assert!(!run.stdout.contains("suppression/unused"), "{}", run.stdout);
    }
}
