//! Data flows one way: a module names only those below it.

use std::path::Path;

use crate::harness::project;

/// Module, and the modules that it may name. `lib` and `main` may name all.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("diagnostic", &[]),
    ("hash", &[]),
    ("parallel", &[]),
    ("words", &[]),
    ("api", &[]),
    ("formula", &["hash"]),
    ("pull_request", &["api"]),
    ("content", &["diagnostic", "hash", "parallel"]),
    ("manifest", &["diagnostic"]),
    ("repository", &["manifest", "diagnostic"]),
    ("rewrite", &["manifest", "content", "diagnostic"]),
    (
        "lint",
        &[
            "manifest",
            "repository",
            "content",
            "formula",
            "diagnostic",
            "hash",
            "parallel",
            "words",
        ],
    ),
    ("diff", &["content", "formula", "diagnostic", "words"]),
    (
        "plan",
        &[
            "manifest",
            "repository",
            "content",
            "rewrite",
            "diagnostic",
            "words",
        ],
    ),
    (
        "publish",
        &["plan", "content", "api", "rewrite", "diagnostic"],
    ),
    (
        "report",
        &[
            "diagnostic",
            "content",
            "lint",
            "diff",
            "parallel",
            "plan",
            "publish",
            "words",
        ],
    ),
    (
        "cli",
        &[
            "api",
            "content",
            "diagnostic",
            "diff",
            "formula",
            "lint",
            "manifest",
            "parallel",
            "plan",
            "publish",
            "pull_request",
            "report",
            "repository",
            "rewrite",
            "words",
        ],
    ),
];

#[test]
fn modules_name_only_those_below_them() {
    let source = project("src");
    let mut breaches = Vec::new();
    for file in walkdir::WalkDir::new(&source).into_iter().flatten() {
        let path = file.path();
        if path.extension().is_none_or(|e| e != "rs") {
            continue;
        }
        let relative = path.strip_prefix(&source).unwrap();
        let module = module_of(relative);
        if module == "lib" || module == "main" {
            continue;
        }
        let Some((_, allowed)) = MAY_NAME.iter().find(|(name, _)| *name == module) else {
            breaches.push(format!(
                "{}: the module `{module}` is in no row of MAY_NAME",
                relative.display()
            ));
            continue;
        };
        for (number, line) in std::fs::read_to_string(path).unwrap().lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            for named in code.split("crate::").skip(1).map(first_word) {
                let known = MAY_NAME.iter().any(|(name, _)| *name == named);
                if known && named != module && !allowed.contains(&named) {
                    breaches.push(format!(
                        "{}:{}: `{module}` names `{named}`",
                        relative.display(),
                        number + 1
                    ));
                }
            }
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn the_sandbox_names_nothing_of_tabships() {
    let manifest = std::fs::read_to_string(project("crates/sandbox/Cargo.toml")).unwrap();
    let depends = manifest.lines().any(|l| {
        l.starts_with("tabship ") || l.starts_with("tabship=") || l.contains("path = \"../..")
    });
    assert!(
        !depends,
        "the sandbox is the oracle of the client: it must not share its code"
    );
}

fn module_of(relative: &Path) -> String {
    let first = relative
        .components()
        .next()
        .unwrap()
        .as_os_str()
        .to_string_lossy()
        .into_owned();
    first
        .strip_suffix(".rs")
        .map_or(first.clone(), str::to_owned)
}

fn first_word(text: &str) -> &str {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .next()
        .unwrap_or_default()
}
