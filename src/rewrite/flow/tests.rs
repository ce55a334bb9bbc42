use super::*;
use crate::content::edit;
use crate::manifest::raw::{Match, Replacement};

/// As Prep writes it: a connection, a data connection made from it, and steps, one of them inside a container.
const FLOW: &str = r#"{
  "nodes" : {
    "n1" : { "nodeType" : ".v1.LoadSql", "name" : "orders", "id" : "n1", "baseType" : "input", "connectionId" : "d1",
      "connectionAttributes" : { "dbname" : "sales", "schema" : "dev" },
      "relation" : { "type" : "table", "table" : "[dev].[orders]" } },
    "n2" : { "nodeType" : ".v1.Container", "name" : "c", "loomContainer" : { "nodes" : {
      "n3" : { "nodeType" : ".v1.LoadSql", "name" : "sql", "connectionId" : "c1", "connectionAttributes" : { "dbname" : "sales" },
        "relation" : { "type" : "query", "query" : "select \"a\", '\u00e9'\nfrom dev.orders" } } } } },
    "n4" : { "nodeType" : ".v2019_3_1.LoadSqlProxy", "name" : "Sales (Data)", "connectionId" : "d2", "baseType" : "input",
      "connectionAttributes" : { "dbname" : "Sales_17", "projectName" : "Data", "datasourceName" : "Sales" },
      "relation" : { "type" : "table", "table" : "[sqlproxy]" } },
    "n5" : { "nodeType" : ".v1.PublishExtract", "datasourceName" : "Out", "projectLuid" : "x", "serverUrl" : "https://dev.example/#/site/dev" }
  },
  "connections" : {
    "c1" : { "connectionType" : ".v1.SqlConnection", "id" : "c1", "name" : "pg-dev",
      "connectionAttributes" : { "class" : "postgres", "server" : "pg-dev", "port" : "5432", "dbname" : "sales", "username" : "u" } },
    "c2" : { "connectionType" : ".v1.SqlConnection", "id" : "c2", "name" : "dev (dev)",
      "connectionAttributes" : { "class" : "sqlproxy", "server" : "https://dev.example", "port" : "443", "siteUrlName" : "dev", "channel" : "https" } }
  },
  "dataConnections" : {
    "d1" : { "baseConnectionId" : "c1", "modifiedConnectionAttributes" : { "dbname" : "sales", "username" : "u" } },
    "d2" : { "baseConnectionId" : "c2", "modifiedConnectionAttributes" : { "dbname" : "Sales_17", "projectName" : "Data", "datasourceName" : "Sales" } }
  }
}"#;

fn one(
    matching: &Match,
    to: &Replacement,
    published: Option<PublishedTarget>,
) -> (String, Rewritten) {
    let read = Flow::parse(FLOW.to_owned()).unwrap();
    let rule = Rule {
        number: 0,
        matching,
        to,
        published,
    };
    let rewritten = flow(&read, &[rule]);
    let text = edit::apply(FLOW, &rewritten.edits).unwrap();
    Flow::parse(text.clone()).unwrap();
    (text, rewritten)
}

fn postgres() -> Match {
    Match {
        class: Some("postgres".into()),
        server: Some("PG-dev".into()),
        ..Match::default()
    }
}

#[test]
fn a_connection_is_rewritten_wherever_it_stands() {
    let to = Replacement {
        server: Some("pg \"prod\"".into()),
        database: Some("live".into()),
        schema: Some("public".into()),
        username: Some("svc".into()),
        custom_sql: true,
        ..Replacement::default()
    };
    let (text, rewritten) = one(&postgres(), &to, None);
    let expected = FLOW
        .replace("\"server\" : \"pg-dev\"", r#""server" : "pg \"prod\"""#)
        .replace("\"name\" : \"pg-dev\"", r#""name" : "pg \"prod\"""#)
        .replace("\"dbname\" : \"sales\"", "\"dbname\" : \"live\"")
        .replace("\"schema\" : \"dev\"", "\"schema\" : \"public\"")
        .replace("[dev].[orders]", "[public].[orders]")
        .replace("from dev.orders", "from public.orders")
        .replace("\"username\" : \"u\"", "\"username\" : \"svc\"");
    assert_eq!(text, expected);
    assert_eq!(
        (rewritten.matched.as_slice(), rewritten.unmet.len()),
        ([0].as_slice(), 0)
    );
    let database = rewritten
        .hits
        .iter()
        .find(|h| h.what.starts_with("database"))
        .unwrap();
    assert_eq!((database.count, database.old.as_str()), (4, "sales"));
}

#[test]
fn what_a_flow_has_not_is_unmet() {
    for to in [
        Replacement {
            warehouse: Some("WH".into()),
            ..Replacement::default()
        },
        Replacement {
            role: Some("R".into()),
            ..Replacement::default()
        },
    ] {
        let (text, rewritten) = one(&postgres(), &to, None);
        assert!(text == FLOW && rewritten.matched.is_empty() && rewritten.unmet.len() == 1);
    }
    let (_, rewritten) = one(
        &Match {
            class: Some("mysql".into()),
            ..Match::default()
        },
        &Replacement::default(),
        None,
    );
    assert!(rewritten.matched.is_empty() && rewritten.unmet.is_empty());
}

#[test]
fn a_published_data_source_moves_with_its_site() {
    let target = PublishedTarget {
        host: "prod.example".into(),
        port: "8443".into(),
        channel: "https".into(),
        site: "prod".into(),
        content_url: "Sales_2".into(),
        name: "Sales".into(),
    };
    let matching = |name: &str| Match {
        published: Some(name.into()),
        ..Match::default()
    };
    let to = Replacement {
        project: Some("Certified".into()),
        ..Replacement::default()
    };
    let (text, rewritten) = one(&matching("Sales"), &to, Some(target.clone()));
    let expected = FLOW
        .replace("\"Sales_17\"", "\"Sales_2\"")
        .replace(
            "\"projectName\" : \"Data\"",
            "\"projectName\" : \"Certified\"",
        )
        .replace("\"https://dev.example\"", "\"https://prod.example:8443\"")
        .replace("\"443\"", "\"8443\"")
        .replace("\"siteUrlName\" : \"dev\"", "\"siteUrlName\" : \"prod\"");
    assert_eq!(text, expected);
    assert_eq!(rewritten.matched, [0]);
    assert_eq!(
        one(&matching("Sales_17"), &to, Some(target.clone()))
            .1
            .matched,
        [0]
    );
    let (text, rewritten) = one(&matching("Out"), &to, Some(target));
    assert!(text == FLOW && rewritten.unmet[0].why.contains("output"));
}

#[test]
fn two_rules_may_rename_two_parts_of_one_name() {
    let text = FLOW.replace("[dev].[orders]", "[sales].[dev].[orders\\u00e9]");
    let read = Flow::parse(text.clone()).unwrap();
    let database = Match {
        database: Some("sales".into()),
        ..Match::default()
    };
    let live = Replacement {
        database: Some("live".into()),
        ..Replacement::default()
    };
    let dev = Match {
        schema: Some("dev".into()),
        ..Match::default()
    };
    let prod = Replacement {
        schema: Some("prod".into()),
        custom_sql: true,
        ..Replacement::default()
    };
    let rules = [(&database, &live), (&dev, &prod)];
    let rules = rules.map(|(matching, to)| Rule {
        number: 0,
        matching,
        to,
        published: None,
    });
    let rewritten = flow(&read, &rules);
    assert!(rewritten.unmet.is_empty(), "{:?}", rewritten.unmet);
    let text = edit::apply(&text, &rewritten.edits).unwrap();
    assert!(text.contains(r"[live].[prod].[orders\u00e9]"), "{text}");
    assert!(text.contains(r"'\u00e9'\nfrom prod.orders"), "{text}");
}
