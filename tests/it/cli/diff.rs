//! `diff`.

use crate::harness::{Tabship, project};

#[test]
fn what_is_not_committed_is_said_in_words() {
    let tabship = Tabship::new();
    tabship.copy(&project("examples/acme"));
    tabship.commit_all("main");
    tabship
        .run(["diff"])
        .code(0)
        .stderr_has("no workbook, data source or flow changed");
    let file = tabship
        .path()
        .join("workbooks/finance/Executive Overview.twb");
    let text = std::fs::read_to_string(&file).unwrap();
    let edited = text.replace(
        "SUM([profit]) / SUM([sales])",
        "SUM([profit]) / COUNT([sales])",
    );
    assert!(text != edited);
    std::fs::write(&file, edited).unwrap();
    tabship
        .run(["diff"])
        .code(0)
        .stdout_has("Executive Overview.twb")
        .stdout_has("Profit Ratio")
        .stdout_has("COUNT");
    let json = tabship
        .run(["diff", "HEAD", "--format", "json"])
        .code(0)
        .json();
    assert_eq!(
        json["changes"].as_array().unwrap().len(),
        json["files"][0]["changes"].as_array().unwrap().len()
    );
    assert!(!json["changes"].as_array().unwrap().is_empty());
    tabship
        .run(["diff", "nowhere..HEAD"])
        .code(2)
        .stderr_has("nowhere");
}

#[test]
fn two_files_and_one_as_text() {
    let tabship = Tabship::new();
    let fixture = |name: &str| project("fixtures/rules/calculation/required").join(name);
    tabship.write(
        "a.twb",
        std::fs::read(fixture("bad/another-formula.twb")).unwrap(),
    );
    tabship.write(
        "b.twb",
        std::fs::read(fixture("good/white-space-case-and-comments.twb")).unwrap(),
    );
    tabship
        .run(["diff", "a.twb", "b.twb"])
        .code(0)
        .stdout_has("Profit Ratio");
    tabship
        .run(["diff", "a.twb", "a.twb"])
        .code(0)
        .stdout_has("no changes");
    tabship
        .run(["diff", "--textconv", "a.twb"])
        .code(0)
        .stdout_has("Profit Ratio");
    let flow = project("examples/acme/flows/Customer Segments.tfl");
    tabship.write("flow.tfl", std::fs::read(flow).unwrap());
    tabship
        .run(["diff", "--textconv", "flow.tfl"])
        .code(0)
        .stdout_has("input step \"customers\" fields.0.name: ")
        .stdout_has("flow link: customers -> ");
    tabship
        .run([
            "diff",
            "--git-driver",
            "w.twb",
            "a.twb",
            "0",
            "100644",
            "b.twb",
            "0",
            "100644",
        ])
        .code(0)
        .stdout_has("w.twb");
    tabship
        .run(["diff", "a.twb", "missing.twb"])
        .code(2)
        .stderr_has("missing.twb");
}

/// As docs/diff.md sets it up, with git itself.
#[test]
fn git_shows_changes_in_words() {
    let tabship = Tabship::new();
    tabship.copy(&project("examples/acme"));
    tabship.write(".gitattributes", "*.twb -text diff=tabship\n");
    tabship.commit_all("main");
    let file = tabship
        .path()
        .join("workbooks/operations/Order Backlog.twb");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("&gt; 30'", "&gt; 45'")).unwrap();
    let shown = |driver: &str, arguments: &str| {
        let done = std::process::Command::new("git")
            .arg("-c")
            .arg(format!(
                "diff.tabship.{driver}={} {arguments}",
                env!("CARGO_BIN_EXE_tabship")
            ))
            .arg("diff")
            .current_dir(tabship.path())
            .output()
            .unwrap();
        assert!(done.status.success(), "{done:?}");
        String::from_utf8(done.stdout).unwrap()
    };
    let by_lines = shown("textconv", "diff --textconv");
    for line in ["[Age (Days)] > 30", "[Age (Days)] > 45"] {
        assert!(by_lines.contains(line), "{by_lines}");
    }
    assert!(!by_lines.contains("<calculation"), "{by_lines}");
    let in_words = shown("command", "diff --git-driver");
    assert!(
        in_words.contains("[Age (Days)] > [-30-]{+45+}"),
        "{in_words}"
    );
}

/// What somebody changed on the site, and what a deployment would make of it.
#[test]
fn a_site_against_the_files() {
    let acme = Tabship::new();
    acme.copy(&project("examples/acme"));
    acme.commit_all("main");
    let live = |arguments: &[&str]| {
        let all = ["diff", "--live", "staging", "--sandbox"];
        acme.run(all.iter().chain(arguments))
    };
    live(&["workbooks/operations/Order Backlog.twb"])
        .code(0)
        .stdout_has("Order Backlog.twb: added");
    acme.run(["deploy", "-t", "staging", "--sandbox", "-q"])
        .code(0);
    // As deployed, though the files in git speak of other servers and sites.
    live(&[])
        .code(0)
        .stderr_has("no workbook, data source or flow changed");
    let file = acme.path().join("workbooks/operations/Order Backlog.twb");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("&gt; 30'", "&gt; 45'")).unwrap();
    let run = live(&[]).code(0);
    assert_eq!(
        run.stdout.lines().next(),
        Some("workbooks/operations/Order Backlog.twb: 1 calculated field changed")
    );
    assert!(run.stdout.contains("[Age (Days)] > [-30-]{+45+}"));
    live(&["workbooks/operations/Customer Directory.twb"])
        .code(0)
        .stderr_has("no workbook, data source or flow changed");
    live(&["nowhere.twb"]).code(3);
}
