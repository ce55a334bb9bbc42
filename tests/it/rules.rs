//! The rules: each is documented, registered and held by fixtures of its own; on real files they are honest.
//!
//! `fixtures/rules/GROUP/NAME/{bad,good}/` hold small documents; beside each, `*.expect.json` says the lines on which the
//! rule reports (0 for the file as a whole), the options that it is given, and what a site says about it (`site`). A good one is a near miss. A package is a folder
//! with its members; `NAME.base.twb` is the file before the change that is checked.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use tabship::content::{self, Limits};
use tabship::diagnostic::{Finding, Level};
use tabship::lint::{self, Input, InputFile, SiteFacts};
use tabship::manifest::raw::{Preset, Rules};

use crate::harness::{project, shared};

fn today() -> jiff::civil::Date {
    "2026-11-24".parse().unwrap()
}

fn only(rule: &str, options: Option<&serde_json::Value>) -> Rules {
    let mut setting = options.cloned().unwrap_or_else(|| serde_json::json!({}));
    setting["level"] = "warning".into();
    serde_json::from_value(serde_json::json!({ "extends": "none", rule: setting })).unwrap()
}

/// A folder named as a package is packed; `x.base.twb` beside `x.twb` is the file as it was before.
fn run(path: &Path, rules: &Rules, site: Option<&SiteFacts>) -> Vec<Finding> {
    let open = |path: &Path| {
        if path.is_dir() {
            return content::from_bytes(path, &packed(path), &Limits::default());
        }
        content::open(path, &Limits::default())
    };
    let content = open(path).unwrap_or_else(|r| panic!("{}: {}", path.display(), r.refusal));
    let base = path.with_extension("base.twb");
    let base = base.exists().then(|| open(&base).unwrap());
    let files = [InputFile {
        path,
        content: &content,
        server: None,
        base: base.as_ref(),
        site,
    }];
    lint::check(&Input {
        files: &files,
        partial: false,
        rules,
        today: today(),
    })
    .findings
}

fn packed(folder: &Path) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            let name = entry.path().strip_prefix(folder).unwrap();
            zip.start_file(
                name.to_string_lossy().replace('\\', "/"),
                zip::write::SimpleFileOptions::default(),
            )
            .unwrap();
            zip.write_all(&std::fs::read(entry.path()).unwrap())
                .unwrap();
        }
    }
    zip.finish().unwrap().into_inner()
}

fn cases(rule: &str, kind: &str) -> Vec<PathBuf> {
    let folder = project("fixtures/rules").join(rule).join(kind);
    let entries = std::fs::read_dir(&folder).map_or_else(
        |_| Vec::new(),
        |all| all.map(|e| e.unwrap().path()).collect(),
    );
    let own = |p: &PathBuf| {
        let name = p.to_string_lossy();
        !name.ends_with(".json") && !name.ends_with(".base.twb")
    };
    let mut files: Vec<PathBuf> = entries.into_iter().filter(own).collect();
    files.sort();
    files
}

#[test]
fn every_rule_has_fixtures_and_reports_just_what_they_say() {
    let mut wrong = Vec::new();
    for page in lint::pages() {
        let id = page.meta.id;
        for kind in ["bad", "good"] {
            let files = cases(id, kind);
            if files.is_empty() {
                wrong.push(format!("{id} has no {kind} fixture"));
            }
            for file in files {
                let expected: serde_json::Value = serde_json::from_str(
                    &std::fs::read_to_string(file.with_extension("expect.json")).unwrap(),
                )
                .unwrap();
                let mut lines: Vec<u64> = expected["lines"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|l| l.as_u64().unwrap())
                    .collect();
                lines.sort_unstable();
                let site = expected.get("site").cloned();
                let site: Option<SiteFacts> = site.map(|s| serde_json::from_value(s).unwrap());
                let found = run(&file, &only(id, expected.get("options")), site.as_ref());
                let mut at: Vec<u64> = found
                    .iter()
                    .map(|f| f.place.start.map_or(0, |p| u64::from(p.line)))
                    .collect();
                at.sort_unstable();
                assert!(found.iter().all(|f| f.rule == id && f.help.is_some()));
                if at != lines {
                    wrong.push(format!(
                        "{}: reported on lines {at:?}, expected {lines:?}",
                        file.display()
                    ));
                }
                if (kind == "bad") == lines.is_empty() {
                    wrong.push(format!(
                        "{}: a {kind} fixture with {} findings",
                        file.display(),
                        lines.len()
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_file_is_registered_and_named_after_its_rule() {
    let ids: Vec<String> = lint::pages().iter().map(|p| p.meta.id.to_owned()).collect();
    let mut sorted = ids.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(
        ids, sorted,
        "the list of rules is in the order of their ids, each once"
    );
    let root = project("src/lint/rules");
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(&root)
        .min_depth(2)
        .into_iter()
        .flatten()
    {
        let relative = entry.path().strip_prefix(&root).unwrap().with_extension("");
        files.push(
            relative
                .to_string_lossy()
                .replace('\\', "/")
                .replace('_', "-"),
        );
    }
    files.sort();
    assert_eq!(
        files, ids,
        "a file under src/lint/rules is a rule, and the compiler does not see one that is not registered"
    );
}

/// `TABSHIP_BLESS=1 cargo test --test it rules::` writes them.
#[test]
fn the_pages_are_the_rules_own_words() {
    let bless = std::env::var_os("TABSHIP_BLESS").is_some();
    let mut index = String::from(
        "# Rules\n\nGenerated from the rules' own words; `tabship rules ID` prints a page.\n\n| rule | recommended | |\n|---|---|---|\n",
    );
    let mut stale = Vec::new();
    let mut hold = |path: PathBuf, text: &str| {
        if bless {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, text).unwrap();
        } else if std::fs::read_to_string(&path).ok().as_deref() != Some(text) {
            stale.push(path.display().to_string());
        }
    };
    for page in lint::pages() {
        let id = page.meta.id;
        let level = page
            .meta
            .levels
            .recommended
            .map_or("off".to_owned(), |l| l.to_string());
        index.push_str(&format!(
            "| [{id}]({id}.md) | {level} | {} |\n",
            page.meta.summary
        ));
        hold(
            project("docs/rules").join(format!("{id}.md")),
            &tabship::cli::rule_page(&page),
        );
    }
    hold(project("docs/rules/README.md"), &index);
    assert!(
        stale.is_empty(),
        "stale: {}\nTABSHIP_BLESS=1 cargo test --test it rules:: writes them",
        stale.join(", ")
    );
}

/// Every error that the recommended rules report on real files, and why it is true.
const TRUE_ERRORS: &[(&str, &str, &str)] = &[
    (
        "4466af546676__cast_calcs.postgres_generic.tds",
        "security/embedded-password",
        "a test file with password='password'",
    ),
    (
        "70c80604e7b9__WonderHamster.harvey.tds",
        "security/embedded-password",
        "a test file with password='password'",
    ),
    (
        "861dd98493e5__Staples.postgres.tds",
        "security/embedded-password",
        "a test file with password='password'",
    ),
    (
        "99d627a7b303__cast_calcs.postgres_generic.tds",
        "security/embedded-password",
        "a test file with password='test'",
    ),
    (
        "9a503cc0666f__Staples.postgres_generic.tds",
        "security/embedded-password",
        "a test file with password='test'",
    ),
];

#[test]
fn on_real_files_an_error_is_one() {
    let Some(corpus) = shared("corpus/files") else {
        return;
    };
    let mut paths: Vec<PathBuf> = std::fs::read_dir(&corpus)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    paths.sort();
    let contents: Vec<_> = paths
        .iter()
        .map(|p| content::open(p, &Limits::default()).unwrap())
        .collect();
    let files: Vec<InputFile<'_>> = paths
        .iter()
        .zip(&contents)
        .map(|(path, content)| InputFile {
            path,
            content,
            server: None,
            base: None,
            site: None,
        })
        .collect();
    let rules = Rules {
        extends: Preset::Recommended,
        ..Rules::default()
    };
    let outcome = lint::check(&Input {
        files: &files,
        partial: false,
        rules: &rules,
        today: today(),
    });
    let name = |f: &Finding| {
        f.place
            .file
            .file_name()
            .unwrap()
            .to_string_lossy()
            .into_owned()
    };
    let errors: Vec<(String, String)> = outcome
        .findings
        .iter()
        .filter(|f| f.level == Level::Error)
        .map(|f| (name(f), f.rule.to_string()))
        .collect();
    let expected: Vec<(String, String)> = TRUE_ERRORS
        .iter()
        .map(|(file, rule, _)| ((*file).to_owned(), (*rule).to_owned()))
        .collect();
    assert_eq!(errors, expected);
    let again = lint::check(&Input {
        files: &files,
        partial: false,
        rules: &rules,
        today: today(),
    });
    assert_eq!(
        outcome.findings, again.findings,
        "the same input gives the same findings in the same order"
    );
    let strict = Rules {
        extends: Preset::Strict,
        ..Rules::default()
    };
    let strict = lint::check(&Input {
        files: &files,
        partial: false,
        rules: &strict,
        today: today(),
    });
    hold_counts(&outcome.findings, &strict.findings);
}

/// How often each rule reports on the real files: a change of a rule shows what it does to them.
/// `TABSHIP_BLESS=1 cargo test --test it rules::` writes it.
fn hold_counts(recommended: &[Finding], strict: &[Finding]) {
    let mut counts: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for (column, findings) in [recommended, strict].into_iter().enumerate() {
        for finding in findings {
            counts.entry(&finding.rule).or_default()[column] += 1;
        }
    }
    let mut text = String::from("rule\trecommended\tstrict\n");
    for page in lint::pages() {
        let [recommended, strict] = counts.get(page.meta.id).copied().unwrap_or_default();
        text.push_str(&format!("{}\t{recommended}\t{strict}\n", page.meta.id));
    }
    let path = project("tests/it/corpus-counts.tsv");
    if std::env::var_os("TABSHIP_BLESS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let before = std::fs::read_to_string(&path).unwrap();
    let changed: Vec<String> = text
        .lines()
        .filter(|line| !before.lines().any(|b| b == *line))
        .map(str::to_owned)
        .collect();
    assert!(
        changed.is_empty(),
        "the counts on real files changed; look at some of the findings, then TABSHIP_BLESS=1 writes them:\n{}",
        changed.join("\n")
    );
}
