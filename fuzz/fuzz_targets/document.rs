//! Workbooks and data sources: parsed, linted, compared with themselves, rewritten and parsed again.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use tabship::content::{Content, Document, Limits, edit, from_bytes};
use tabship::manifest::raw::{Match, Replacement, Rules};
use tabship::manifest::Preset;
use tabship::rewrite::{self, Rule};
use tabship::{diff, lint};

fuzz_target!(|bytes: &[u8]| {
    let Ok(content) = from_bytes(Path::new("fuzz.twb"), bytes, &Limits::default()) else { return };
    let Some(document) = content.document() else { return };
    let changes = diff::documents(document, document);
    assert!(changes.changes.is_empty() && changes.risks.is_empty(), "a document differs from itself: {changes:?}");
    let _ = diff::textconv(document);
    lint_all(&content);
    rewrite_all(document);
});

/// Every rule that needs no options.
fn lint_all(content: &Content) {
    let files = [lint::InputFile { path: Path::new("fuzz.twb"), content, server: None, base: None }];
    let rules = Rules { extends: Preset::Strict, ..Rules::default() };
    let today = Default::default();
    let outcome = lint::check(&lint::Input { files: &files, rules: &rules, today });
    let length = content.document().map_or(0, |d| d.tree.source().text().len());
    for finding in outcome.findings {
        if let Some(span) = finding.place.span {
            assert!(span.start <= span.end && span.end as usize <= length, "{finding:?}");
        }
    }
}

/// Every database connection and the parameters `P` get names that must be escaped.
fn rewrite_all(document: &Document) {
    let hard = || Some("a&<>\"'\u{a0}\n]]>b".to_owned());
    let to = Replacement { server: hard(), database: hard(), schema: hard(), username: hard(), ..Replacement::default() };
    let value = Replacement { value: hard(), ..Replacement::default() };
    let classes = ["postgres", "sqlserver", "snowflake"].map(|class| Match { class: Some(class.to_owned()), ..Match::default() });
    let parameter = Match { parameter: Some("P".to_owned()), ..Match::default() };
    let mut rules: Vec<_> = classes.iter().enumerate().map(|(number, matching)| Rule { number, matching, to: &to, published: None }).collect();
    rules.push(Rule { number: 3, matching: &parameter, to: &value, published: None });
    let rewritten = rewrite::document(document, &rules);
    let text = &document.tree.source().text();
    let new = edit::apply(text, &rewritten.edits).expect("edits do not overlap");
    let again = Document::parse(new).expect("a rewritten document is well-formed");
    assert_eq!(again.tree.len(), document.tree.len(), "a rewrite adds or removes an element");
}
