//! Rules that meet.

use super::*;

/// Two rules, each with what it looks for and what it makes of it.
fn two(text: &str, first: (&Match, &Replacement), second: (&Match, &Replacement)) -> Rewritten {
    let rules = [first, second].map(|(matching, to)| Rule {
        number: 0,
        matching,
        to,
        published: None,
    });
    let [first, second] = rules;
    let second = Rule {
        number: 1,
        ..second
    };
    document(&Document::parse(text.to_owned()).unwrap(), &[first, second])
}

#[test]
fn two_rules_may_rename_two_parts_of_one_name() {
    let text = QUALIFIED.replace("[dev].[dev].[dev]", "[sales].[dev].[dev]");
    let database = Match {
        database: Some("sales".into()),
        ..Match::default()
    };
    let to_database = Replacement {
        database: Some("live".into()),
        ..Replacement::default()
    };
    let dev = Match {
        schema: Some("dev".into()),
        ..Match::default()
    };
    let prod = schema("prod");
    let rewritten = two(&text, (&database, &to_database), (&dev, &prod));
    assert_eq!(rewritten.matched, [0, 1], "{:?}", rewritten.unmet);
    let text = edit::apply(&text, &rewritten.edits).unwrap();
    assert!(text.contains("table='[live].[prod].[dev]'"), "{text}");
}

#[test]
fn two_rules_that_want_different_things_are_told() {
    let (prod, live) = (schema("prod"), schema("live"));
    let rewritten = two(QUALIFIED, (&postgres(), &prod), (&postgres(), &live));
    assert_eq!(rewritten.matched, [0]);
    assert_eq!(rewritten.unmet[0].rule, 1);
    assert!(
        rewritten.unmet[0].why.contains("another rewrite"),
        "{:?}",
        rewritten.unmet
    );
    let port = |port: &str| Replacement {
        attributes: [("sslmode".into(), port.into())].into(),
        ..Replacement::default()
    };
    let rewritten = two(
        QUALIFIED,
        (&postgres(), &port("a")),
        (&postgres(), &port("b")),
    );
    assert_eq!(rewritten.matched, [0]);
    let same = two(
        QUALIFIED,
        (&postgres(), &port("a")),
        (&postgres(), &port("a")),
    );
    assert_eq!(same.matched, [0, 1]);
}
