//! Custom SQL and initial SQL.

use super::*;

#[test]
fn custom_sql_is_rewritten_where_asked() {
    let to = Replacement {
        schema: Some("public".into()),
        custom_sql: true,
        ..Replacement::default()
    };
    let (text, _) = one(DATABASE, &postgres(), &to);
    assert!(
        text.contains("select * from public.orders where a &lt;&lt; 1"),
        "{text}"
    );
}

#[test]
fn custom_sql_that_is_kept_is_said() {
    let to = Replacement {
        schema: Some("public".into()),
        ..Replacement::default()
    };
    let rule = Rule {
        number: 3,
        matching: &postgres(),
        to: &to,
        published: None,
    };
    let (text, rewritten) = apply(DATABASE, &[rule]);
    assert!(text.contains("from dev.orders"), "{text}");
    let kept = Kept {
        rule: 3,
        what: "custom SQL of data source \"Orders\" names \"dev\"".to_owned(),
    };
    assert_eq!(rewritten.kept, [kept]);
}

const SQL: &str = "<datasource><connection class='federated'><named-connections><named-connection caption='pg' name='p.1'>\
    <connection class='postgres' dbname='sales' one-time-sql='set search_path = dev.x' schema='dev' server='pg' /></named-connection></named-connections>\
    <relation connection='p.1' name='sql' type='text'>SELECT 'dev.orders', &quot;dev&quot;.orders.a &lt;&lt; 1 -- dev.orders&#13;\nFROM DEV.orders, sales . dev.other, x.dev.y WHERE n = &lt;[Parameters].[P 1]&gt;</relation>\
    <relation connection='p.1' name='c' type='text'><![CDATA[select * from dev.t]]></relation></connection></datasource>";

#[test]
fn names_in_sql_are_renamed_and_escaped() {
    let to = Replacement {
        custom_sql: true,
        ..schema("a&<b")
    };
    let (text, rewritten) = one(SQL, &postgres(), &to);
    assert!(text.contains("SELECT 'dev.orders', &quot;a&amp;&lt;&lt;b&quot;.orders.a &lt;&lt; 1 -- dev.orders&#13;\nFROM &quot;a&amp;&lt;&lt;b&quot;.orders, sales . &quot;a&amp;&lt;&lt;b&quot;.other, x.dev.y WHERE"), "{text}");
    assert!(
        text.contains("<![CDATA[select * from \"a&<<b\".t]]>"),
        "{text}"
    );
    assert!(
        text.contains("one-time-sql='set search_path = &quot;a&amp;&lt;b&quot;.x'"),
        "{text}"
    );
    assert!(Document::parse(text).is_ok());
    assert!(
        rewritten
            .hits
            .iter()
            .any(|h| h.what.starts_with("custom SQL") && h.old == "dev" && h.new == "a&<b"),
        "{:?}",
        rewritten.hits
    );
}

#[test]
fn two_names_are_renamed_at_once() {
    let text = SQL.replace(
        "SELECT 'dev.orders'",
        "SELECT 1 from sales.dev.a, dev.b, dev.sales.c",
    );
    let to = Replacement {
        custom_sql: true,
        database: Some("dev".into()),
        ..schema("sales")
    };
    let (text, _) = one(&text, &postgres(), &to);
    assert!(
        text.contains("from dev.sales.a, sales.b, sales.sales.c"),
        "{text}"
    );
}

#[test]
fn sql_alone_is_no_silent_match() {
    let (_, rewritten) = one(SQL, &postgres(), &schema("prod"));
    assert!(rewritten.matched.is_empty());
    assert!(
        rewritten.unmet[0].why.contains("custom_sql"),
        "{:?}",
        rewritten.unmet
    );
}
