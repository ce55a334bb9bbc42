//! Rewrites of real files: only the values that are meant change, and nothing changes twice.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use tabship::content::{self, Body, Document, Limits, edit, flow::Flow};
use tabship::manifest::raw::{Match, Replacement};
use tabship::rewrite::{self, PublishedTarget, Rewritten, Rule};

use crate::harness::{Tabship, project, shared};

fn corpus() -> Vec<PathBuf> {
    let Some(corpus) = shared("corpus") else {
        return Vec::new();
    };
    let mut files: Vec<_> = std::fs::read_dir(corpus.join("files"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    files.sort();
    files
}

fn target() -> PublishedTarget {
    PublishedTarget {
        host: "prod.example".into(),
        port: "8443".into(),
        channel: "https".into(),
        site: "a&b".into(),
        content_url: "Moved<1>".into(),
        name: "Moved 'here'".into(),
    }
}

/// Rules that concern as much as there is: each connection by its class, each published data source, each parameter.
fn rules(document: &Document) -> Vec<(Match, Replacement)> {
    let mut rules: Vec<(Match, Replacement)> = Vec::new();
    let mut add = |matching: Match, to: Replacement| {
        if rules.iter().all(|(m, _)| *m != matching) {
            rules.push((matching, to));
        }
    };
    for connection in document
        .model
        .datasources
        .iter()
        .flat_map(|d| &d.connections)
    {
        let to = Replacement {
            server: Some("new.example".into()),
            database: Some("new \"db\" & <more>".into()),
            schema: Some("new]schema".into()),
            username: Some("o'neil".into()),
            custom_sql: true,
            ..Replacement::default()
        };
        if connection.class.value == "sqlproxy" {
            let published = connection.get("dbname").map(str::to_owned);
            add(
                Match {
                    published,
                    ..Match::default()
                },
                Replacement::default(),
            );
        } else {
            let class = Some(connection.class.value.clone());
            add(
                Match {
                    class,
                    ..Match::default()
                },
                to,
            );
        }
    }
    for parameter in &document.model.parameters {
        let value = parameter
            .members
            .last()
            .map_or("\"new & <other>\"", |m| &m.value);
        add(
            Match {
                parameter: Some(parameter.name.value.clone()),
                ..Match::default()
            },
            Replacement {
                value: Some(value.to_owned()),
                ..Replacement::default()
            },
        );
    }
    rules
}

fn apply(document: &Document, written: &[(Match, Replacement)]) -> Rewritten {
    let rules: Vec<Rule<'_>> = written
        .iter()
        .enumerate()
        .map(|(number, (matching, to))| Rule {
            number,
            matching,
            to,
            published: matching.published.is_some().then(target),
        })
        .collect();
    rewrite::document(document, &rules)
}

/// All values of a document, with the way to them; attributes that a rewrite may change are left out.
fn rest(document: &Document) -> BTreeMap<(usize, String), String> {
    const CHANGED: &[&str] = &[
        "server",
        "port",
        "channel",
        "dbname",
        "schema",
        "username",
        "derived-from",
        "xml:base",
        "instanceurl",
        "caption",
        "table",
        "value",
        "alias",
        "formula",
        "id",
        "path",
        "site",
        "server-ds-friendly-name",
        "one-time-sql",
    ];
    let tree = &document.tree;
    let all = tree.all_descendants(tree.root()).enumerate();
    all.flat_map(|(n, node)| {
        let element = ((n, String::new()), tree.name(node).full.clone());
        let kept = tree
            .attributes(node)
            .filter(|a| !CHANGED.contains(&a.name.local.as_str()))
            .map(move |a| ((n, a.name.full.clone()), a.value.into_owned()))
            .collect::<Vec<_>>();
        kept.into_iter().chain([element])
    })
    .collect()
}

#[test]
fn real_documents_change_only_in_what_is_meant() {
    let (mut changed, mut hits) = (0, BTreeMap::<String, usize>::new());
    for path in corpus() {
        let name = path.display().to_string();
        let opened = content::open(&path, &Limits::default()).unwrap();
        let Some(document) = opened.document() else {
            continue;
        };
        let written = rules(document);
        let rewritten = apply(document, &written);
        if rewritten.edits.is_empty() {
            continue;
        }
        changed += 1;
        for hit in &rewritten.hits {
            let what = hit.what.split(" of ").next().unwrap().to_owned();
            *hits.entry(what).or_default() += hit.count;
        }
        let text = edit::apply(document.source().text(), &rewritten.edits).unwrap();
        let again = Document::parse(text).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(again.tree.len(), document.tree.len(), "{name}");
        assert!(
            rest(&again) == rest(document),
            "{name}: something else changed"
        );
        let second = apply(&again, &written);
        let left: Vec<_> = second
            .hits
            .iter()
            .map(|h| (&h.what, &h.old, &h.new))
            .collect();
        assert!(left.is_empty(), "{name}: changed twice: {left:?}");
    }
    if changed > 0 {
        assert!(changed > 100, "{changed}");
        for what in [
            "server",
            "database",
            "schema",
            "table",
            "custom SQL",
            "value",
            "alias",
            "content URL",
        ] {
            assert!(hits.contains_key(what), "nothing tests {what}: {hits:?}");
        }
    }
}

/// How often Tableau's schema complains.
fn violations(path: &std::path::Path, schema: &std::path::Path) -> usize {
    let output = std::process::Command::new("python3")
        .arg(project("tests/xsd/validate.py"))
        .args([schema, path])
        .output()
        .expect("python3 runs: the tests need it");
    assert_ne!(output.status.code(), Some(2), "{output:?}");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.lines().filter(|line| line.contains(".twb:")).count()
}

/// A sample, because each takes the schema a while.
#[test]
fn rewritten_workbooks_are_as_valid_as_before() {
    let Some(schema) = shared("xsd/twb_2026.2.0.xsd") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut count = 0;
    for path in corpus().into_iter().step_by(3) {
        let opened = content::open(&path, &Limits::default()).unwrap();
        let Some(document) = opened
            .document()
            .filter(|_| opened.kind == content::Kind::Workbook)
        else {
            continue;
        };
        let rewritten = apply(document, &rules(document));
        if rewritten.edits.len() < 20 || count == 6 {
            continue;
        }
        count += 1;
        let (before, after) = (
            folder.path().join("before.twb"),
            folder.path().join("after.twb"),
        );
        let text = document.source().text();
        std::fs::write(&before, text).unwrap();
        std::fs::write(&after, edit::apply(text, &rewritten.edits).unwrap()).unwrap();
        assert_eq!(
            violations(&after, &schema),
            violations(&before, &schema),
            "{}",
            path.display()
        );
    }
    assert_eq!(count, 6);
}

#[test]
fn real_flows_change_only_in_what_is_meant() {
    let mut count = 0;
    for path in corpus() {
        let opened = content::open(&path, &Limits::default()).unwrap();
        let Body::Flow(flow) = &opened.body else {
            continue;
        };
        let mut to = Replacement::default();
        to.attributes.insert("class".into(), "\"new\"\n".into());
        let matching = Match::default();
        let rule = Rule {
            number: 0,
            matching: &matching,
            to: &to,
            published: None,
        };
        let rewritten = rewrite::flow(flow, &[rule]);
        let before = flow.source.text();
        let text = edit::apply(before, &rewritten.edits).unwrap();
        let again = Flow::parse(text.clone()).unwrap();
        assert_eq!(
            rewritten.edits.len(),
            flow.connections.len(),
            "{}",
            path.display()
        );
        assert!(
            again
                .connections
                .iter()
                .all(|c| c.class.as_deref() == Some("\"new\"\n"))
        );
        let back = flow.connections.iter().fold(text, |text, c| {
            text.replacen(
                r#""\"new\"\n""#,
                &format!("\"{}\"", c.class.as_deref().unwrap()),
                1,
            )
        });
        assert!(
            back == before || flow.connections.len() > 1,
            "{}",
            path.display()
        );
        count += 1;
    }
    assert!(count == 0 || count == 9, "{count}");
}

/// From the manifest to the plan, in a package.
#[test]
fn a_flow_is_rewritten_for_its_target() {
    let tabship = Tabship::new();
    let flow = r#"{"nodes":{"n":{"nodeType":".v1.LoadSql","name":"n","baseType":"input","connectionId":"c","connectionAttributes":{},"relation":{"type":"table","table":"[dev].[t]"}}},"connections":{"c":{"name":"pg","connectionAttributes":{"class":"postgres","server":"pg"}}}}"#;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in [
        ("flow", flow),
        ("maestroMetadata", "{}"),
        ("displaySettings", "{}"),
    ] {
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    tabship.write("Clean.tfl", zip.finish().unwrap().into_inner());
    let manifest = "version: 1\ntargets:\n  dev: { server: \"http://127.0.0.1:9\", auth: { token_name: ci, token_secret: { env: TOKEN } } }\n\
        content:\n  - { files: \"*.tfl\", project: P }\nrewrite:\n  - match: { class: postgres }\n    to: { dev: { server: pg.prod, schema: SCHEMA } }\n";
    tabship.write("tabship.yml", manifest.replace("SCHEMA", "live"));
    tabship
        .run(["plan", "-t", "dev", "--sandbox"])
        .code(0)
        .stdout_has("server of connection \"pg\": pg -> pg.prod")
        .stdout_has("[dev].[t] -> [live].[t]");
    tabship.write(
        "tabship.yml",
        manifest.replace("schema: SCHEMA", "warehouse: W"),
    );
    tabship
        .run(["plan", "-t", "dev", "--sandbox"])
        .code(2)
        .stderr_has("`Clean.tfl` cannot be rewritten for dev")
        .stderr_has("warehouse");
}

#[test]
fn files_that_cannot_be_rewritten_are_all_named() {
    let tabship = Tabship::new();
    let workbook = "<?xml version='1.0' encoding='utf-8' ?>\n<workbook version='18.1'><datasources><datasource name='federated.1'>\
        <connection class='federated'><named-connections><named-connection caption='pg' name='postgres.1'>\
        <connection class='postgres' dbname='d' server='pg' /></named-connection></named-connections>\
        <relation connection='postgres.1' name='t' table='[public].[t]' type='table' /></connection></datasource></datasources></workbook>";
    tabship.write("One.twb", workbook);
    tabship.write("Two.twb", workbook);
    tabship.write(
        "tabship.yml",
        "version: 1\ntargets:\n  dev: { server: \"http://127.0.0.1:9\", auth: { token_name: ci, token_secret: { env: TOKEN } } }\n\
         content:\n  - { files: \"*.twb\", project: P }\nrewrite:\n  - match: { class: postgres }\n    to: { dev: { warehouse: W } }\n",
    );
    tabship
        .run(["plan", "-t", "dev", "--sandbox"])
        .code(2)
        .stderr_has("2 files cannot be rewritten for dev")
        .stderr_has("`One.twb`: the rewrite at tabship.yml:7: the warehouse of data source")
        .stderr_has("`Two.twb`: the rewrite at");
}
