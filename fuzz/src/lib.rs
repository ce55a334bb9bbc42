//! What must hold of any input, a function for each fuzz target. Each panics where it does not.
//!
//! The targets call them with what the fuzzer makes up; the test suite with the seeds and with every input that
//! once failed, so that a fix stays one where nobody fuzzes.

use std::path::Path;

use tabship::content::{Content, Document, Limits, edit, from_bytes};
use tabship::formula;
use tabship::manifest::raw::{Match, Replacement, Rules};
use tabship::manifest::{self, Preset};
use tabship::plan::document::Plan;
use tabship::publish::journal::read_from;
use tabship::report::plan::{json, markdown};
use tabship::rewrite::{self, Rule};
use tabship::{diff, lint};

/// Workbooks and data sources: parsed, linted, compared with themselves, rewritten and parsed again.
pub fn document(bytes: &[u8]) {
    let Ok(content) = from_bytes(Path::new("fuzz.twb"), bytes, &Limits::default()) else {
        return;
    };
    let Some(document) = content.document() else {
        return;
    };
    let changes = diff::documents(document, document);
    assert!(
        changes.changes.is_empty() && changes.risks.is_empty(),
        "a document differs from itself: {changes:?}"
    );
    let _ = diff::textconv(&content);
    lint_all(&content);
    rewrite_all(document);
}

/// Every rule that needs no options.
fn lint_all(content: &Content) {
    let files = [lint::InputFile {
        path: Path::new("fuzz.twb"),
        content,
        server: None,
        base: None,
        site: None,
    }];
    let rules = Rules {
        extends: Preset::Strict,
        ..Rules::default()
    };
    let today = jiff::civil::Date::default();
    let outcome = lint::check(&lint::Input {
        files: &files,
        partial: false,
        rules: &rules,
        today,
    });
    let length = content
        .document()
        .map_or(0, |d| d.tree.source().text().len());
    for finding in outcome.findings {
        if let Some(span) = finding.place.span {
            assert!(
                span.start <= span.end && span.end as usize <= length,
                "{finding:?}"
            );
        }
    }
}

/// Every database connection and the parameters `P` get names that must be escaped.
fn rewrite_all(document: &Document) {
    let hard = || Some("a&<>\"'\u{a0}\n]]>b".to_owned());
    let to = Replacement {
        server: hard(),
        database: hard(),
        schema: hard(),
        username: hard(),
        ..Replacement::default()
    };
    let value = Replacement {
        value: hard(),
        ..Replacement::default()
    };
    let classes = ["postgres", "sqlserver", "snowflake"].map(|class| Match {
        class: Some(class.to_owned()),
        ..Match::default()
    });
    let parameter = Match {
        parameter: Some("P".to_owned()),
        ..Match::default()
    };
    let mut rules: Vec<_> = classes
        .iter()
        .enumerate()
        .map(|(number, matching)| Rule {
            number,
            matching,
            to: &to,
            published: None,
        })
        .collect();
    rules.push(Rule {
        number: 3,
        matching: &parameter,
        to: &value,
        published: None,
    });
    let rewritten = rewrite::document(document, &rules);
    let text = &document.tree.source().text();
    let new = edit::apply(text, &rewritten.edits).expect("edits do not overlap");
    let again = Document::parse(new).expect("a rewritten document is well-formed");
    assert_eq!(
        again.tree.len(),
        document.tree.len(),
        "a rewrite adds or removes an element"
    );
}

/// The calculation language: what parses is printed and parsed again to the same tree.
pub fn formula(text: &str) {
    let parsed = formula::parse(text);
    for error in &parsed.errors {
        assert!(error.span.start <= error.span.end && error.span.end as usize <= text.len());
    }
    let _ = formula::normalize(text, |_| None);
    if !parsed.errors.is_empty() {
        return;
    }
    let Some(expression) = &parsed.expression else {
        return;
    };
    let printed = formula::print(expression);
    let again = formula::parse(&printed);
    assert!(again.errors.is_empty(), "{printed:?}: {:?}", again.errors);
    assert_eq!(again.expression.as_ref().map(formula::print), Some(printed));
}

/// Journals: whole records are read, a torn line is left out, the rest is an error with its line.
pub fn journal(bytes: &[u8]) {
    if let Ok((_, whole)) = read_from(bytes, Path::new("journal.jsonl")) {
        assert!(whole as usize <= bytes.len());
        assert!(read_from(&bytes[..whole as usize], Path::new("journal.jsonl")).is_ok());
    }
}

/// The manifest: loaded, or every problem at a place inside the text.
pub fn manifest(text: &str) {
    let variable = |name: &str| name.len().is_multiple_of(2).then(|| "value".to_owned());
    let loaded = manifest::load(
        Path::new("tabship.yml"),
        text,
        &["dev"],
        &variable,
        &tabship::lint::Catalogue,
    );
    for finding in &loaded.findings {
        if let Some(span) = finding.place.span {
            assert!(span.end as usize <= text.len(), "{finding:?}");
        }
    }
}

/// Packages and bare files of any kind: opened within limits, or refused with a message.
pub fn package(bytes: &[u8]) {
    let limits = Limits {
        inner_bytes: 1 << 20,
        ..Limits::default()
    };
    match from_bytes(Path::new("fuzz.twbx"), bytes, &limits) {
        Ok(content) => drop(content),
        Err(refused) => {
            let finding = refused.finding(Path::new("fuzz.twbx"));
            assert!(!finding.message.is_empty());
        }
    }
}

/// Saved plans: read, written and shown.
pub fn plan(bytes: &[u8]) {
    let Ok(plan) = serde_json::from_slice::<Plan>(bytes) else {
        return;
    };
    assert!(
        plan.moved_since(&plan).is_empty(),
        "a plan is stale at once"
    );
    let _ = markdown(&plan);
    assert!(serde_json::from_str::<Plan>(&json(&plan)).is_ok());
}
