//! What the documentation says exists: links lead somewhere, and command lines are ones that the command takes.

use std::path::{Path, PathBuf};

use crate::harness::project;

fn pages() -> Vec<PathBuf> {
    let mut pages = vec![
        project("README.md"),
        project("CONTRIBUTING.md"),
        project("examples/acme/README.md"),
    ];
    for entry in walkdir::WalkDir::new(project("docs")) {
        let path = entry.unwrap().into_path();
        if path.extension().is_some_and(|e| e == "md") {
            pages.push(path);
        }
    }
    pages.sort();
    pages
}

/// Targets of `[text](target)` that are files of ours, with their anchors.
fn links(text: &str) -> Vec<&str> {
    text.match_indices("](")
        .filter_map(|(at, _)| text[at + 2..].split_once(')'))
        .map(|(target, _)| target)
        .filter(|target| !target.contains("://") && !target.contains(['\n', ' ']))
        .collect()
}

/// The anchor that GitHub gives a heading.
fn anchor(heading: &str) -> String {
    heading
        .trim_start_matches('#')
        .trim()
        .chars()
        .filter_map(|c| match c {
            ' ' => Some('-'),
            c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c.to_ascii_lowercase()),
            _ => None,
        })
        .collect()
}

fn dead(page: &Path, target: &str) -> bool {
    let (file, fragment) = target.split_once('#').unwrap_or((target, ""));
    let path = if file.is_empty() {
        page.to_owned()
    } else {
        page.parent().unwrap().join(file)
    };
    if fragment.is_empty() {
        return !path.exists();
    }
    let text = std::fs::read_to_string(path).unwrap_or_default();
    !text
        .lines()
        .any(|line| line.starts_with('#') && anchor(line) == fragment)
}

#[test]
fn links_lead_somewhere() {
    let mut found = Vec::new();
    let mut count = 0;
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        for target in links(&text) {
            count += 1;
            if dead(&page, target) {
                found.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(count > 20, "only {count} links were found");
}

/// Each `tabship COMMAND ...` in a page, as words, up to what the shell would take as the end.
fn command_lines(text: &str) -> Vec<Vec<&str>> {
    let mut found = Vec::new();
    for line in text.lines() {
        for (at, _) in line.match_indices("tabship ") {
            let before = line[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || "-_/.:$".contains(c)) {
                continue;
            }
            let end = line[at..]
                .find(['`', '|', '>', '#', '\'', ';'])
                .unwrap_or(line.len() - at);
            found.push(line[at..at + end].split_whitespace().skip(1).collect());
        }
    }
    found
}

/// Flags of a command and those that are global.
fn flags(command: &clap::Command, root: &clap::Command) -> Vec<String> {
    command
        .get_arguments()
        .chain(root.get_arguments())
        .flat_map(|argument| {
            let long = argument.get_long().map(|l| format!("--{l}"));
            let short = argument.get_short().map(|s| format!("-{s}"));
            long.into_iter().chain(short)
        })
        .collect()
}

#[test]
fn command_lines_are_ones_that_the_command_takes() {
    let root = tabship::cli::command();
    let mut wrong = Vec::new();
    let mut count = 0;
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        for words in command_lines(&text) {
            let Some(command) = words.first().and_then(|name| root.find_subcommand(name)) else {
                continue;
            };
            count += 1;
            let known = flags(command, &root);
            for word in words.iter().filter(|w| w.starts_with('-') && w.len() > 1) {
                let flag = word.split('=').next().unwrap();
                let combined = !flag.starts_with("--") && flag.chars().skip(1).all(|c| c == 'v');
                if flag != "--" && !combined && !known.contains(&flag.to_owned()) {
                    wrong.push(format!("{}: tabship {}", page.display(), words.join(" ")));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 10, "only {count} command lines were found");
}

/// Names of all members of objects, however deep.
fn members<'v>(value: &'v serde_json::Value, found: &mut std::collections::BTreeSet<&'v str>) {
    match value {
        serde_json::Value::Object(all) => {
            for (name, inside) in all {
                found.insert(name);
                members(inside, found);
            }
        }
        serde_json::Value::Array(all) => all.iter().for_each(|v| members(v, found)),
        _ => {}
    }
}

#[test]
fn every_key_of_a_plan_is_in_its_page() {
    let acme = crate::harness::Tabship::new();
    acme.copy(&project("examples/acme"));
    acme.run(["deploy", "-t", "staging", "--sandbox", "-q"])
        .code(0);
    acme.commit_all("main");
    let workbook = acme.path().join("workbooks/operations/Order Backlog.twb");
    std::fs::remove_file(workbook).unwrap();
    let plan = [
        "plan",
        "-t",
        "staging",
        "--sandbox",
        "--republish",
        "--format",
        "json",
    ];
    let plan = acme.run(plan).code(0).json();
    let page = std::fs::read_to_string(project("docs/plan.md")).unwrap();
    let mut found = std::collections::BTreeSet::new();
    members(&plan, &mut found);
    for key in ["left_over", "git", "live", "rewrites", "credentials"] {
        assert!(found.contains(key), "{key} is not in the plan of this test");
    }
    let missing: Vec<&&str> = found
        .iter()
        .filter(|key| !page.contains(&format!("`{key}`")))
        .collect();
    assert!(missing.is_empty(), "docs/plan.md lacks {missing:?}");
}

#[test]
fn every_key_of_a_deployment_is_in_its_page() {
    let acme = crate::harness::Tabship::new();
    acme.copy(&project("examples/acme"));
    acme.commit_all("main");
    let deploy = |targets: &str| {
        let arguments = ["deploy", "-t", targets, "--sandbox", "--format=json"];
        acme.run(arguments).code(0).json()
    };
    let (alone, both) = (deploy("dev"), deploy("dev,staging"));
    let page = std::fs::read_to_string(project("docs/deployment.md")).unwrap();
    let plan = std::fs::read_to_string(project("docs/plan.md")).unwrap();
    let mut found = std::collections::BTreeSet::new();
    members(&alone, &mut found);
    members(&both, &mut found);
    for key in ["deployments", "failures", "commit", "luid"] {
        assert!(found.contains(key), "{key} is not in the result");
    }
    // What is as in the plan stands in its page.
    let said = |key: &str| {
        [&page, &plan]
            .iter()
            .any(|p| p.contains(&format!("`{key}`")))
    };
    let several = ["deployments", "failures"];
    let missing: Vec<&&str> = found
        .iter()
        .filter(|key| !said(key) && !several.contains(key))
        .collect();
    assert!(missing.is_empty(), "docs/deployment.md lacks {missing:?}");
}
