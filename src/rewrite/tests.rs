//! What rules do to documents.

use super::*;
use crate::content::edit;

fn apply(text: &str, rules: &[Rule<'_>]) -> (String, Rewritten) {
    let before = Document::parse(text.to_owned()).unwrap();
    let rewritten = document(&before, rules);
    (edit::apply(text, &rewritten.edits).unwrap(), rewritten)
}

fn target(site: &str) -> PublishedTarget {
    PublishedTarget {
        host: "prod.example".into(),
        port: "443".into(),
        channel: "https".into(),
        site: site.into(),
        content_url: "Sales_1".into(),
        name: "Sales".into(),
    }
}

const PUBLISHED: &str = "<workbook xml:base='http://dev.example'><datasources><datasource caption='My Sales' name='sqlproxy.0'>\
    <repository-location derived-from='http://dev.example/t/dev/datasources/Sales?rev=1.0' id='Sales' path='/t/dev/datasources' revision='1.0' site='dev' />\
    <connection channel='http' class='sqlproxy' dbname='Sales' directory='dataserver' port='80' server='dev.example' server-ds-friendly-name='Sales'>\
    <relation name='sqlproxy' /></connection></datasource></datasources></workbook>";

#[test]
fn a_published_reference_is_rewritten_in_every_place() {
    let matching = Match {
        published: Some("Sales".into()),
        ..Match::default()
    };
    let to = Replacement::default();
    let rule = Rule {
        number: 0,
        matching: &matching,
        to: &to,
        published: Some(target("prod")),
    };
    let (text, rewritten) = apply(PUBLISHED, std::slice::from_ref(&rule));
    assert!(
        text.contains("id='Sales_1' path='/t/prod/datasources' revision='1.0' site='prod'"),
        "{text}"
    );
    assert!(
        text.contains("derived-from='https://prod.example/t/prod/datasources/Sales_1?rev=1.0'")
            && text.contains("<workbook xml:base='https://prod.example'>"),
        "{text}"
    );
    assert!(text.contains("channel='https' class='sqlproxy' dbname='Sales_1' directory='dataserver' port='443' server='prod.example' server-ds-friendly-name='Sales'"), "{text}");
    assert_eq!(rewritten.matched, [0]);
    assert!(
        rewritten
            .hits
            .iter()
            .any(|h| h.what == "server of published data source \"My Sales\""
                && h.new == "prod.example"),
        "{:?}",
        rewritten.hits
    );
}

#[test]
fn the_default_site_has_no_site_attribute_and_back() {
    let matching = Match {
        published: Some("Sales".into()),
        ..Match::default()
    };
    let to = Replacement::default();
    let (on_default, _) = apply(
        PUBLISHED,
        &[Rule {
            number: 0,
            matching: &matching,
            to: &to,
            published: Some(target("")),
        }],
    );
    assert!(
        on_default.contains("derived-from='https://prod.example/datasources/Sales_1?rev=1.0'")
            && on_default.contains("path='/datasources' revision='1.0' />"),
        "{on_default}"
    );
    let by_url = Match {
        published: Some("Sales_1".into()),
        ..Match::default()
    };
    let (back, _) = apply(
        &on_default,
        &[Rule {
            number: 0,
            matching: &by_url,
            to: &to,
            published: Some(target("prod")),
        }],
    );
    assert!(
        back.contains("path='/t/prod/datasources' revision='1.0' site='prod' />"),
        "{back}"
    );
}

#[test]
fn a_data_source_beside_it_keeps_its_reference() {
    let text = "<workbook><datasources><datasource caption='Both' name='federated.1'>\
        <repository-location id='Sales' path='/t/dev/datasources' site='dev' />\
        <repository-location id='Stock' path='/t/dev/datasources' site='dev' />\
        <connection class='federated'><named-connections>\
        <named-connection name='sqlproxy.1'><connection class='sqlproxy' dbname='Sales' server='dev' /></named-connection>\
        <named-connection name='sqlproxy.2'><connection class='sqlproxy' dbname='Stock' server='dev' /></named-connection>\
        </named-connections></connection></datasource></datasources></workbook>";
    let matching = Match {
        published: Some("Stock".into()),
        ..Match::default()
    };
    let rule = Rule {
        number: 0,
        matching: &matching,
        to: &Replacement::default(),
        published: Some(target("prod")),
    };
    let (text, rewritten) = apply(text, &[rule]);
    assert_eq!(rewritten.matched, [0]);
    assert!(
        text.contains("<repository-location id='Sales' path='/t/dev/datasources' site='dev' />")
            && text.contains("dbname='Sales' server='dev'")
            && text.contains(
                "<repository-location id='Sales_1' path='/t/prod/datasources' site='prod' />"
            )
            && text.contains("dbname='Sales_1' server='prod.example'"),
        "{text}"
    );
}

const DATABASE: &str = "<workbook><document-format-change-manifest><_.fcp.F.true...F /></document-format-change-manifest><datasources><datasource caption='Orders' name='federated.1'>\
    <connection class='federated'><named-connections><named-connection caption='pg-dev' name='postgres.1'>\
    <connection class='postgres' dbname='sales' port='5432' schema='dev' server='pg-dev' username='u' /></named-connection></named-connections>\
    <_.fcp.F.false...relation connection='postgres.1' name='orders' table='[dev].[orders]' type='table' />\
    <_.fcp.F.true...relation connection='postgres.1' name='orders' table='[dev].[orders]' type='table' />\
    <relation connection='postgres.1' name='sql' type='text'>select * from dev.orders where a &lt;&lt; 1</relation></connection></datasource></datasources></workbook>";

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
fn custom_sql_is_rewritten_where_asked() {
    let matching = Match {
        class: Some("postgres".into()),
        ..Match::default()
    };
    let to = Replacement {
        schema: Some("public".into()),
        custom_sql: true,
        ..Replacement::default()
    };
    let (text, _) = apply(
        DATABASE,
        &[Rule {
            number: 0,
            matching: &matching,
            to: &to,
            published: None,
        }],
    );
    assert!(
        text.contains("select * from public.orders where a &lt;&lt; 1"),
        "{text}"
    );
}

#[test]
fn custom_sql_that_is_kept_is_said() {
    let matching = Match {
        class: Some("postgres".into()),
        ..Match::default()
    };
    let to = Replacement {
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
    assert!(text.contains("from dev.orders"), "{text}");
    let kept = Kept {
        rule: 3,
        what: "custom SQL of data source \"Orders\" names \"dev\"".to_owned(),
    };
    assert_eq!(rewritten.kept, [kept]);
}

#[test]
fn a_parameter_has_its_value_in_two_places() {
    let text = "<workbook><datasources><datasource name='Parameters'><column caption='Environment' name='[Parameter 1]' param-domain-type='any' value='&quot;Dev&quot;'><calculation class='tableau' formula='&quot;Dev&quot;' /></column></datasource></datasources></workbook>";
    let matching = Match {
        parameter: Some("Environment".into()),
        ..Match::default()
    };
    let to = Replacement {
        value: Some("\"Production\"".into()),
        ..Replacement::default()
    };
    let (text, rewritten) = apply(
        text,
        &[Rule {
            number: 0,
            matching: &matching,
            to: &to,
            published: None,
        }],
    );
    assert_eq!(text.matches("&quot;Production&quot;").count(), 2, "{text}");
    assert_eq!(rewritten.hits[0].count, 2);
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
    let (_, rewritten) = apply(
        DATABASE,
        &[Rule {
            number: 0,
            matching: &matching,
            to: &to,
            published: None,
        }],
    );
    assert!(rewritten.matched.is_empty() && rewritten.edits.is_empty());
}

/// The Postgres of the real files: no `schema` on the connection, the schema only in the names of tables.
const QUALIFIED: &str = "<workbook><document-format-change-manifest><_.fcp.F.true...F /></document-format-change-manifest><datasources><datasource caption='Orders' name='federated.1'>\
    <connection class='federated'><named-connections><named-connection caption='pg-dev' name='postgres.1'>\
    <connection class='postgres' dbname='dev' port='5432' server='pg-dev' username='u' /></named-connection></named-connections>\
    <_.fcp.F.false...relation connection='postgres.1' name='orders' table='[dev].[orders]' type='table' />\
    <_.fcp.F.true...relation type='collection'><relation connection='postgres.1' name='orders' table='[dev].[orders]' type='table' />\
    <relation connection='postgres.1' name='dev' table='[dev].[dev].[dev]' type='table' /></_.fcp.F.true...relation>\
    <metadata-records><metadata-record class='column'><parent-name>[dev].[dev].[orders]</parent-name></metadata-record>\
    <metadata-record class='column'><parent-name>[orders]</parent-name></metadata-record></metadata-records></connection>\
    <extract enabled='true'><connection class='hyper' dbname='x.hyper' schema='Extract'><relation name='Extract' table='[Extract].[Extract]' type='table' />\
    <metadata-records><metadata-record class='column'><parent-name>[Extract].[orders]</parent-name></metadata-record></metadata-records></connection></extract>\
    <object-graph><objects><object><properties context=''><relation connection='postgres.1' name='orders' table='[dev].[orders]' type='table' /></properties>\
    <properties context='extract'><relation name='orders' table='[Extract].[orders]' type='table' /></properties></object></objects></object-graph>\
    </datasource></datasources></workbook>";

fn postgres() -> Match {
    Match {
        class: Some("postgres".into()),
        ..Match::default()
    }
}

fn schema(new: &str) -> Replacement {
    Replacement {
        schema: Some(new.into()),
        ..Replacement::default()
    }
}

/// One rule, and what it made of the text.
fn one(text: &str, matching: &Match, to: &Replacement) -> (String, Rewritten) {
    let rule = Rule {
        number: 0,
        matching,
        to,
        published: None,
    };
    apply(text, &[rule])
}

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
fn a_stored_procedure_has_a_schema_too() {
    let text = QUALIFIED.replace(
        "<object-graph>",
        "<object-graph><relation connection='postgres.1' name='p' stored-proc='[dev].[refresh]' type='stored-proc' />",
    );
    let (text, _) = one(&text, &postgres(), &schema("prod"));
    assert!(text.contains("stored-proc='[prod].[refresh]'"), "{text}");
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

const PARAMETER: &str = "<workbook><datasources><datasource name='Parameters'><column alias='Development' caption='Environment' name='[Parameter 1]' param-domain-type='list' value='&quot;Dev&quot;'><calculation class='tableau' formula='&quot;Dev&quot;' />\
    <aliases><alias key='&quot;Dev&quot;' value='Development' /><alias key='&quot;Prod&quot;' value='Live &amp; loud' /></aliases>\
    <members><member value='&quot;Dev&quot;' /><member value='&quot;Prod&quot;' /><member value='&quot;Test&quot;' /><member alias='Own' value='&quot;Own&quot;' /></members></column></datasource></datasources>\
    <worksheets><worksheet name='S'><table><view><datasource-dependencies datasource='Parameters'><column alias='Development' caption='Environment' name='[Parameter 1]' param-domain-type='list' value='&quot;Dev&quot;'><calculation class='tableau' formula='&quot;Dev&quot;' /></column></datasource-dependencies></view></table></worksheet></worksheets></workbook>";

fn parameter(value: &str) -> (String, Rewritten) {
    let matching = Match {
        parameter: Some("Environment".into()),
        ..Match::default()
    };
    let to = Replacement {
        value: Some(value.into()),
        ..Replacement::default()
    };
    one(PARAMETER, &matching, &to)
}

#[test]
fn the_alias_of_a_parameter_goes_with_its_value() {
    let (text, _) = parameter("\"Prod\"");
    assert_eq!(
        text.matches("<column alias='Live &amp; loud' caption")
            .count(),
        2,
        "{text}"
    );
    let (text, _) = parameter("\"Own\"");
    assert_eq!(
        text.matches("<column alias='Own' caption").count(),
        2,
        "{text}"
    );
    let (text, _) = parameter("\"Test\"");
    assert_eq!(text.matches("<column caption").count(), 2, "{text}");
}

#[test]
fn a_value_that_is_not_in_the_list_is_no_match() {
    let (_, rewritten) = parameter("\"Production\"");
    assert!(
        rewritten.matched.is_empty() && rewritten.unmet[0].why.contains("list"),
        "{:?}",
        rewritten.unmet
    );
}
