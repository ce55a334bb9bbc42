//! Database connections.

use super::*;

#[test]
fn a_connection_is_rewritten_with_the_tables_of_its_schema() {
    let matching = Match {
        class: Some("postgres".into()),
        server: Some("PG-DEV".into()),
        ..Match::default()
    };
    let to = Replacement {
        server: Some("pg'prod".into()),
        schema: Some("public".into()),
        ..Replacement::default()
    };
    let rule = Rule {
        number: 3,
        matching: &matching,
        to: &to,
        published: None,
    };
    let (text, rewritten) = apply(DATABASE, &[rule]);
    assert!(
        text.contains("caption='pg&apos;prod' name='postgres.1'"),
        "{text}"
    );
    assert!(
        text.contains("schema='public' server='pg&apos;prod' username='u'"),
        "{text}"
    );
    assert_eq!(
        text.matches("table='[public].[orders]'").count(),
        2,
        "{text}"
    );
    assert!(
        text.contains("from dev.orders where a &lt;&lt; 1"),
        "custom SQL is not touched unless asked"
    );
    let tables = rewritten
        .hits
        .iter()
        .find(|h| h.what.starts_with("table"))
        .unwrap();
    assert_eq!((tables.count, tables.rule), (2, 3));
    let again = Document::parse(text).unwrap();
    let renamed = Match {
        server: Some("pg'prod".into()),
        ..matching
    };
    assert!(
        document(
            &again,
            &[Rule {
                number: 3,
                matching: &renamed,
                to: &to,
                published: None
            }]
        )
        .edits
        .is_empty()
    );
}

#[test]
fn what_is_not_there_is_not_matched() {
    let matching = Match {
        class: Some("mysql".into()),
        ..Match::default()
    };
    let to = Replacement {
        server: Some("x".into()),
        ..Replacement::default()
    };
    let (_, rewritten) = one(DATABASE, &matching, &to);
    assert!(rewritten.matched.is_empty() && rewritten.edits.is_empty());
}

#[test]
fn a_url_that_repeats_the_server_is_not_left_behind() {
    let text = DATABASE.replace(
        "class='postgres'",
        "class='genericjdbc' jdbcurl='jdbc:postgresql://PG-dev:5432/sales'",
    );
    let matching = Match {
        server: Some("pg-dev".into()),
        ..Match::default()
    };
    let mut to = Replacement {
        server: Some("pg-prod".into()),
        ..Replacement::default()
    };
    let (_, rewritten) = one(&text, &matching, &to);
    assert!(
        rewritten.matched.is_empty() && rewritten.unmet[0].why.contains("`jdbcurl`"),
        "{:?}",
        rewritten.unmet
    );
    to.attributes.insert(
        "jdbcurl".into(),
        "jdbc:postgresql://pg-prod:5432/sales".into(),
    );
    let (text, rewritten) = one(&text, &matching, &to);
    assert!(
        rewritten.matched == [0] && !text.to_lowercase().contains("pg-dev"),
        "{text}"
    );
}

#[test]
fn a_plain_address_goes_with_the_server() {
    let text = DATABASE.replace(
        "dbname='sales'",
        "dbname='sales' instanceurl='https://PG-dev/x?a' vendor='host=pg-devil;a=pg-dev2'",
    );
    let to = Replacement {
        server: Some("pg-prod".into()),
        ..Replacement::default()
    };
    let (text, rewritten) = one(&text, &postgres(), &to);
    assert_eq!(rewritten.matched, [0], "{:?}", rewritten.unmet);
    assert!(text.contains("instanceurl='https://pg-prod/x?a'"), "{text}");

    let text = text.replace("pg-devil", "pg-prod");
    let to = Replacement {
        server: Some("other".into()),
        ..Replacement::default()
    };
    let (_, rewritten) = one(&text, &postgres(), &to);
    assert!(
        rewritten.unmet[0].why.contains("`vendor`"),
        "{:?}",
        rewritten.unmet
    );
}

#[test]
fn both_sides_of_a_feature_are_rewritten_wherever_it_forks() {
    let forked = |side: &str| {
        format!(
            "<_.fcp.F.{side}...named-connection caption='pg-dev' name='postgres.1'>\
             <connection class='postgres' dbname='sales' port='5432' schema='dev' server='pg-dev' /></_.fcp.F.{side}...named-connection>"
        )
    };
    let start = DATABASE.find("<named-connection ").unwrap();
    let end = DATABASE.find("</named-connections>").unwrap();
    let (before, after) = (&DATABASE[..start], &DATABASE[end..]);
    let text = format!("{before}{}{}{after}", forked("false"), forked("true"));
    let to = Replacement {
        server: Some("pg-prod".into()),
        ..Replacement::default()
    };
    let (text, _) = one(&text, &postgres(), &to);
    assert_eq!(text.matches("server='pg-prod'").count(), 2, "{text}");
    assert_eq!(text.matches("caption='pg-prod'").count(), 2, "{text}");
}

#[test]
fn added_attributes_are_in_order() {
    let to = Replacement {
        username: Some("u".into()),
        port: Some("1".into()),
        attributes: [("v-b".into(), "b".into()), ("sslmode".into(), "s".into())].into(),
        ..Replacement::default()
    };
    let text = DATABASE.replace(
        "class='postgres' dbname='sales' port='5432' schema='dev' server='pg-dev' username='u'",
        "class='postgres' z='1'",
    );
    let (text, _) = one(&text, &postgres(), &to);
    assert!(
        text.contains("class='postgres' port='1' sslmode='s' username='u' v-b='b' z='1'"),
        "{text}"
    );
}

#[test]
fn what_may_hold_a_password_is_not_shown() {
    let text = QUALIFIED.replace(
        "dbname='dev'",
        "dbname='dev' odbc-connect-string-extras='PWD=old'",
    );
    let to = Replacement {
        attributes: [("odbc-connect-string-extras".into(), "PWD=new".into())].into(),
        ..Replacement::default()
    };
    let (text, rewritten) = one(&text, &postgres(), &to);
    assert!(text.contains("PWD=new"), "{text}");
    assert!(
        !format!("{:?}", rewritten.hits).contains("PWD"),
        "{:?}",
        rewritten.hits
    );
}

#[test]
fn an_attribute_is_rewritten_on_both_sides_of_a_feature() {
    let forked = "_.fcp.F.false...server='pg-dev' _.fcp.F.true...server='pg-dev'";
    let text = DATABASE.replace("server='pg-dev'", forked);
    let to = Replacement {
        server: Some("pg-prod".into()),
        ..Replacement::default()
    };
    let (text, rewritten) = one(&text, &postgres(), &to);
    assert_eq!(rewritten.matched, [0]);
    let sides = forked.replace("pg-dev", "pg-prod");
    assert!(text.contains(&sides), "{text}");
}
