//! Databases and schemas in the names of tables.

use super::*;

#[test]
fn the_old_schema_is_read_from_the_tables() {
    let (text, rewritten) = one(QUALIFIED, &postgres(), &schema("prod"));
    assert_eq!(rewritten.matched, [0]);
    assert_eq!(text.matches("table='[prod].[orders]'").count(), 3, "{text}");
    assert!(text.contains("table='[dev].[prod].[dev]'"), "{text}");
    assert!(
        text.contains("<parent-name>[dev].[prod].[orders]</parent-name>"),
        "{text}"
    );
    assert_eq!(text.matches("[Extract].[").count(), 3, "{text}");
    assert!(
        text.contains(
            "<connection class='postgres' dbname='dev' port='5432' server='pg-dev' username='u' />"
        ),
        "no attribute is made up: {text}"
    );
    let (again, rewritten) = one(&text, &postgres(), &schema("prod"));
    assert_eq!((again, rewritten.matched), (text, vec![0]));
}

#[test]
fn a_schema_and_a_database_of_one_name_are_told_apart() {
    let to = Replacement {
        database: Some("sales".into()),
        ..Replacement::default()
    };
    let (text, _) = one(QUALIFIED, &postgres(), &to);
    assert_eq!(text.matches("table='[dev].[orders]'").count(), 3, "{text}");
    assert!(text.contains("table='[sales].[dev].[dev]'"), "{text}");
    assert!(
        text.contains("<parent-name>[sales].[dev].[orders]</parent-name>"),
        "{text}"
    );
    assert!(text.contains("dbname='sales'"), "{text}");
}

#[test]
fn a_rule_looks_for_the_schema_of_the_tables() {
    let of = |name: &str| Match {
        schema: Some(name.into()),
        ..Match::default()
    };
    let (text, rewritten) = one(QUALIFIED, &of("dev"), &schema("prod"));
    assert_eq!(rewritten.matched, [0]);
    assert!(text.contains("table='[prod].[orders]'"), "{text}");
    let (text, rewritten) = one(QUALIFIED, &of("test"), &schema("prod"));
    assert!(rewritten.matched.is_empty() && text == QUALIFIED);
    let database = Match {
        database: Some("dev".into()),
        ..Match::default()
    };
    assert_eq!(one(QUALIFIED, &database, &schema("prod")).1.matched, [0]);
}

#[test]
fn a_stated_schema_changes_no_other() {
    let text = QUALIFIED
        .replace(
            "class='postgres' dbname='dev' port='5432'",
            "class='snowflake' dbname='DB' schema='PUBLIC'",
        )
        .replace("table='[dev].[dev].[dev]'", "table='[audit].[log]'");
    let matching = Match {
        schema: Some("dev".into()),
        ..Match::default()
    };
    let (text, rewritten) = one(&text, &matching, &schema("prod"));
    assert!(
        text.contains("schema='PUBLIC'")
            && text.contains("[audit].[log]")
            && text.contains("[prod].[orders]"),
        "{text}"
    );
    assert_eq!(rewritten.matched, [0]);
}

#[test]
fn a_schema_that_cannot_be_told_is_no_match() {
    let two = QUALIFIED.replace("[dev].[dev].[dev]", "[dev].[audit].[log]");
    let (_, rewritten) = one(&two, &postgres(), &schema("prod"));
    assert!(rewritten.matched.is_empty());
    assert!(
        rewritten.unmet[0].why.contains("`audit`, `dev`"),
        "{:?}",
        rewritten.unmet
    );

    let none = QUALIFIED
        .replace("[dev].[dev].[dev]", "[log]")
        .replace("'[dev].[orders]'", "'[orders]'");
    let (_, rewritten) = one(&none, &postgres(), &schema("prod"));
    assert!(rewritten.matched.is_empty());
    assert!(
        rewritten.unmet[0].why.contains("schema"),
        "{:?}",
        rewritten.unmet
    );

    let to = Replacement {
        role: Some("READER".into()),
        ..Replacement::default()
    };
    let (text, rewritten) = one(QUALIFIED, &postgres(), &to);
    assert!(text == QUALIFIED && rewritten.matched.is_empty() && rewritten.unmet.len() == 1);
    let to = Replacement {
        warehouse: Some("WH".into()),
        ..Replacement::default()
    };
    assert!(one(QUALIFIED, &postgres(), &to).1.matched.is_empty());
}

#[test]
fn a_database_of_other_tables_stays() {
    let text = QUALIFIED.replace("[dev].[dev].[dev]", "[archive].[dev].[log]");
    let to = Replacement {
        database: Some("sales".into()),
        ..Replacement::default()
    };
    let (text, _) = one(&text, &postgres(), &to);
    assert!(
        text.contains("table='[archive].[dev].[log]'") && text.contains("dbname='sales'"),
        "{text}"
    );
    assert!(text.contains("[sales].[dev].[orders]"), "{text}");
}

#[test]
fn a_stored_procedure_has_a_schema_too() {
    let text = QUALIFIED.replace(
        "<object-graph>",
        "<object-graph><relation connection='postgres.1' name='p' stored-proc='[dev].[refresh]' type='stored-proc' />",
    );
    let (text, _) = one(&text, &postgres(), &schema("prod"));
    assert!(text.contains("stored-proc='[prod].[refresh]'"), "{text}");
}
