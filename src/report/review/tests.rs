//! The comment stays whole and harmless, whatever the names are, and within its limit.

use proptest::prelude::*;

use super::*;
use crate::diagnostic::{Place, Subject};
use crate::diff::{Action as Changed, Change, Detail, Hunk, Kind, Risk, SCHEMA_VERSION, Tag};

fn finding(level: Level, name: &str) -> Finding {
    Finding {
        rule: "naming/dashboard".into(),
        level,
        message: format!("the dashboard `{name}` breaks the convention"),
        help: Some(format!("rename {name}").into()),
        place: Place::default(),
        subjects: vec![Subject::new("dashboard", name)],
        fix: None,
    }
}

fn change(name: &str, risk: Option<Risk>) -> Change {
    let hunk = |tag, text: &str| Hunk {
        tag,
        text: text.to_owned(),
    };
    Change {
        kind: Kind::CustomSql,
        action: Changed::Changed,
        subject: vec![Subject::new("custom SQL", name)],
        aspect: None,
        before: None,
        after: Some(name.to_owned()),
        details: vec![
            Detail::Note {
                text: name.to_owned(),
            },
            Detail::Lines {
                hunks: vec![hunk(Tag::Removed, name), hunk(Tag::Added, "select 1")],
            },
            Detail::Words {
                hunks: vec![hunk(Tag::Same, "a "), hunk(Tag::Added, name)],
            },
        ],
        reaches: vec![name.to_owned()],
        risk,
        count: 1,
        before_position: None,
        after_position: None,
    }
}

fn item(name: &str, changes: usize, risky: bool, findings: Vec<Finding>) -> Item {
    let risk = risky.then_some(Risk::CustomSqlChanged);
    let changes: Vec<Change> = (0..changes).map(|_| change(name, risk)).collect();
    let risks = changes.iter().enumerate().filter_map(|(n, c)| {
        Some(RiskNote {
            risk: c.risk?,
            message: c.sentence(),
            change: n,
        })
    });
    Item {
        name: name.to_owned(),
        file: Some(PathBuf::from(format!("workbooks/{name}.twb"))),
        changes: Some(Changes {
            schema_version: SCHEMA_VERSION,
            summary: format!("{} custom SQL changed", changes.len()),
            risks: risks.collect(),
            changes,
        }),
        findings,
        ..Item::default()
    }
}

fn review(items: Vec<Item>) -> Review {
    Review {
        base: "main".to_owned(),
        base_commit: "0".repeat(40),
        commit: Some("1".repeat(40)),
        items,
        findings: Vec::new(),
        not_checked: Vec::new(),
        deployment: Deployment::NotAsked,
        job: Some("https://ci.acme.example/jobs/1".to_owned()),
    }
}

#[test]
fn the_worst_decides_the_verdict() {
    let of = |items| review(items).verdict();
    assert_eq!(of(vec![]), Verdict::Untouched);
    assert_eq!(of(vec![item("a", 1, false, vec![])]), Verdict::Ready);
    assert_eq!(of(vec![item("a", 1, true, vec![])]), Verdict::LookTwice);
    let note = vec![finding(Level::Info, "a")];
    assert_eq!(of(vec![item("a", 1, false, note)]), Verdict::Ready);
    let warning = vec![finding(Level::Warning, "a")];
    assert_eq!(of(vec![item("a", 1, false, warning)]), Verdict::LookTwice);
    let error = vec![finding(Level::Error, "a")];
    let not_ready = review(vec![item("a", 1, true, error)]);
    assert_eq!(not_ready.verdict(), Verdict::NotReady);
    assert_eq!(not_ready.headline(), "Not ready: 1 error, 1 risk");
}

#[test]
fn what_goes_from_the_repository_and_stays_on_the_site_is_looked_at_twice() {
    let left = Item {
        left_over: true,
        ..item("a", 1, false, vec![])
    };
    let review = review(vec![left]);
    assert_eq!(
        review.headline(),
        "Look twice: 1 item left over on the site"
    );
    assert_eq!(review.items[0].verdict(), Verdict::LookTwice);
    assert!(markdown(&review).contains("left over"));
}

#[test]
fn a_plan_that_is_missing_without_a_reason_stops_the_merge() {
    let mut review = review(vec![item("a", 1, false, vec![])]);
    let missing = |expected| Deployment::NotPlanned {
        target: Some("prod".to_owned()),
        why: "`TOKEN` is not set".to_owned(),
        expected,
    };
    review.deployment = missing(false);
    assert_eq!(review.headline(), "Not ready: no plan");
    review.deployment = missing(true);
    assert_eq!(review.verdict(), Verdict::Ready);
    assert!(markdown(&review).contains("a fork's pull request has no secrets"));
}

#[test]
fn the_longest_sections_get_shorter_first() {
    let small = item("small", 2, true, vec![finding(Level::Warning, "small")]);
    let large = item("large", 900, false, vec![]);
    let review = review(vec![small, large]);
    let whole = markdown(&review);
    assert!(whole.len() > 100_000 && !whole.contains("too small"));
    let text = markdown_within(&review, 60_000);
    assert!(text.len() <= 60_000);
    assert!(text.contains("too small for all of it: 1 of the sections below"));
    assert!(text.contains("[with the job](https://ci.acme.example/jobs/1)"));
    assert!(text.contains("_Left out here: "), "{text}");
    // All of the small one is there.
    let end = text.find("<b>large</b>").unwrap();
    assert_eq!(text[..end].matches("```diff").count(), 4);
}

#[test]
fn the_worst_items_keep_their_sections_and_those_not_changed_lose_theirs() {
    let errors = |n: usize| {
        let found = (0..20).map(|f| finding(Level::Error, &format!("{n}-{f}")));
        item(&format!("bad {n}"), 3, true, found.collect())
    };
    let good = (0..150).map(|n| item(&format!("good {n}"), 1, false, vec![]));
    let elsewhere = (0..150).map(|n| Item {
        name: format!("elsewhere {n}"),
        file: Some(PathBuf::from("a.twb")),
        ..Item::default()
    });
    let items = (0..40).map(errors).chain(good).chain(elsewhere);
    let text = markdown_within(&review(items.collect()), 60_000);
    let section = |name: &str| text.contains(&format!("<b>{name}</b>"));
    assert!(text.len() <= 60_000);
    assert!((0..40).all(|n| section(&format!("bad {n}"))), "{text}");
    assert!(section("good 0") && !section("good 149"));
    assert!(!section("elsewhere 0") && text.contains("| elsewhere 0 |"));
}

#[test]
fn of_very_many_items_the_first_rows_are_left() {
    let many = (0..3000).map(|n| item(&format!("item {n}"), 1, true, vec![]));
    let review = review(many.collect());
    for limit in [60_000, 20_000] {
        let text = markdown_within(&review, limit);
        assert!(text.len() <= limit);
        assert!(text.contains("and 2940 more items"), "{text}");
        assert!(text.contains("and 2985 more risks"));
    }
    assert!(markdown_within(&review, 100).len() <= 100);
}

/// Turns the direction of the text after it.
const TURNED: char = '\u{202e}';

/// What a code block shows is no markup.
fn outside_of_code(text: &str) -> String {
    let mut fence: Option<String> = None;
    let mut outside = String::new();
    for line in text.lines() {
        let ticks: String = line
            .trim_start()
            .chars()
            .take_while(|c| *c == '`')
            .collect();
        match &fence {
            Some(open) if line.trim() == open => fence = None,
            Some(_) => {}
            None if ticks.len() >= 3 => fence = Some(ticks),
            None => {
                outside.push_str(&outside_of_spans(line));
                outside.push('\n');
            }
        }
    }
    assert!(fence.is_none(), "a code block has no end: {text}");
    outside
}

/// A span begins at a backtick with no backslash before it, and ends at the next one.
fn outside_of_spans(line: &str) -> String {
    let mut outside = String::new();
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => outside.extend(std::iter::once(c).chain(rest.next())),
            '`' => assert!(rest.any(|c| c == '`'), "a span has no end: {line}"),
            c => outside.push(c),
        }
    }
    outside
}

proptest! {
    #[test]
    fn names_are_text_and_nothing_else(
        name in "(@all|</details>|</summary>|<b>|<!--|-->|\\[x\\]\\(y\\)|`|```|~~~|\\||\n|\r|\\*\\*|#77|!2|&3|/close|https://x.y|\\\\|\u{202e}|\t| |a|ü){0,14}",
        limit in 600..9000_usize,
    ) {
        let found = vec![finding(Level::Error, &name), finding(Level::Info, &name)];
        let mut review = review(vec![item(&name, 3, true, found.clone()), item("other", 1, false, vec![])]);
        review.findings = found;
        for text in [markdown(&review), markdown_within(&review, limit)] {
            let text_outside = outside_of_code(&text);
            let count = |what: &str| text_outside.matches(what).count();
            if text.len() == markdown(&review).len() {
                prop_assert_eq!(count("<details"), count("</details>"));
                prop_assert_eq!(count("<details"), 3);
            }
            prop_assert_eq!(count("<summary>"), count("</summary>"));
            prop_assert_eq!(count("<!--"), 0);
            prop_assert_eq!(count("@all"), 0);
            prop_assert_eq!(count("#77"), 0);
            prop_assert_eq!(count("!2"), 0);
            prop_assert_eq!(count("](y)"), count("\\](y)"));
            prop_assert!(!text_outside.lines().any(|l| l.trim_start().starts_with('/')));
            prop_assert!(!text.contains(TURNED));
            for row in text_outside.lines().filter(|l| l.starts_with('|')) {
                let cells = row.replace("\\\\", "").replace("\\|", "").matches('|').count();
                prop_assert!(cells == 4 || cells == 5, "{}", row);
            }
        }
    }
}

#[test]
fn what_changed_stands_before_what_was_only_saved_again() {
    let noted = item("noted", 0, false, vec![finding(Level::Info, "a")]);
    let mut items = [
        item("saved again", 0, false, Vec::new()),
        Item::default(),
        item("changed", 1, false, Vec::new()),
        noted,
        item("risky", 1, true, Vec::new()),
        item("wrong", 0, false, vec![finding(Level::Error, "b")]),
    ];
    items.sort_by_key(|item| std::cmp::Reverse(item.verdict()));
    let names: Vec<&str> = items.iter().map(|i| i.name.as_str()).collect();
    assert_eq!(
        names,
        ["wrong", "risky", "changed", "noted", "saved again", ""]
    );
}
