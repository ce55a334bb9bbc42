//! Connections, extracts, tables, joins and SQL.

use tabship::content::Document;
use tabship::diagnostic::Span;
use tabship::diff::{Action, Kind};

use super::{Edit, Maker, one, pick, said};

pub(super) const MAKERS: &[(&str, Maker)] = &[
    ("repoint a server", repoint_a_server),
    ("repoint a published source", repoint_a_published_source),
    ("go live", go_live),
    ("change custom SQL", change_custom_sql),
    ("change a table", change_a_table),
    ("another database", another_database),
    ("go extract", go_extract),
    ("space in custom SQL", space_in_custom_sql),
    ("change a join", change_a_join),
    ("change a relationship", change_a_relationship),
];

fn repoint_a_server(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let connections: Vec<_> = document
        .model
        .datasources
        .iter()
        .flat_map(|d| &d.connections)
        .collect();
    let connection = *pick(
        rng,
        connections.iter().filter(|c| c.get("server").is_some()),
    )?;
    let kind = if connection.class.value == "sqlproxy" {
        Kind::PublishedReference
    } else {
        Kind::Connection
    };
    one(
        connection.attribute("server")?.span,
        "db.elsewhere.example",
        said(kind, Action::Changed, "server"),
    )
}

fn repoint_a_published_source(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let published = document
        .model
        .datasources
        .iter()
        .filter(|d| d.published().is_some());
    let datasource = pick(rng, published)?;
    let name = datasource.published()?.attribute("dbname")?;
    let mut splices = vec![(name.span, "OtherSource".to_owned())];
    if let Some(id) = datasource
        .repository_location
        .as_ref()
        .and_then(|l| l.id.as_ref())
    {
        splices.push((id.span, "OtherSource".to_owned()));
    }
    Some(Edit {
        splices,
        said: vec![said(
            Kind::PublishedReference,
            Action::Changed,
            "published data source",
        )],
    })
}

fn go_live(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let extracts: Vec<_> = document
        .model
        .datasources
        .iter()
        .filter_map(|d| d.extract.as_ref())
        .filter(|e| e.enabled)
        .collect();
    let extract = *pick(rng, &extracts)?;
    let span = document
        .tree
        .attribute(extract.element.node, "enabled")?
        .span;
    one(
        span,
        "false",
        said(Kind::Extract, Action::Changed, "data access"),
    )
}

fn change_custom_sql(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let relations: Vec<_> = document
        .model
        .datasources
        .iter()
        .flat_map(|d| &d.relations)
        .collect();
    let relation = *pick(rng, relations.iter().filter(|r| r.custom_sql.is_some()))?;
    let end = relation.custom_sql.as_ref()?.span.end;
    one(
        Span::new(end, end),
        "\n-- and one more line",
        said(Kind::CustomSql, Action::Changed, "query"),
    )
}

fn change_a_table(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let tables: Vec<_> = document
        .model
        .datasources
        .iter()
        .flat_map(|d| &d.relations)
        .filter(|r| r.kind == "table" && r.name.is_some())
        .filter_map(|r| r.table.as_ref())
        .filter(|t| t.value != "[sqlproxy]")
        .collect();
    let table = *pick(rng, &tables)?;
    one(
        table.span,
        "[other].[place]",
        said(Kind::Table, Action::Changed, "table"),
    )
}

fn another_database(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let connections = document
        .model
        .datasources
        .iter()
        .flat_map(|d| &d.connections);
    let named: Vec<_> = connections
        .filter(|c| c.class.value != "sqlproxy")
        .filter_map(|c| c.attribute("dbname"))
        .collect();
    one(
        pick(rng, named)?.span,
        "elsewhere",
        said(Kind::Connection, Action::Changed, "database"),
    )
}

fn go_extract(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let extracts = document
        .model
        .datasources
        .iter()
        .filter_map(|d| d.extract.as_ref());
    let live: Vec<_> = extracts
        .filter(|e| !e.enabled)
        .filter_map(|e| document.tree.attribute(e.element.node, "enabled"))
        .collect();
    one(
        pick(rng, &live)?.span,
        "true",
        said(Kind::Extract, Action::Changed, "data access"),
    )
}

fn space_in_custom_sql(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let relations = document.model.datasources.iter().flat_map(|d| &d.relations);
    let texts = relations.filter_map(|r| {
        let span = r.custom_sql.as_ref()?.span;
        let raw = document.source().slice(span);
        let (line, _) = raw.trim_start().split_once('\n')?;
        // Between two lines, and not in a text.
        let plain = !line.contains(['\'', '"', '`', '&', '[']) && !line.trim().is_empty();
        let at = span.start + (raw.len() - raw.trim_start().len() + line.len()) as u32;
        plain.then_some(at)
    });
    let places: Vec<u32> = texts.collect();
    let at = *pick(rng, &places)?;
    one(
        Span::new(at, at),
        "\n\n   ",
        said(Kind::CustomSql, Action::Changed, "white space in the query"),
    )
}

fn change_a_join(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let relations = document.model.datasources.iter().flat_map(|d| &d.relations);
    let joins: Vec<_> = relations.filter_map(|r| r.join.as_ref()).collect();
    let join = *pick(rng, &joins)?;
    let other = if join.value == "full" { "left" } else { "full" };
    one(
        join.span,
        other,
        said(Kind::Table, Action::Changed, "join type"),
    )
}

fn change_a_relationship(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let tree = &document.tree;
    let relationships: Vec<_> = document
        .model
        .datasources
        .iter()
        .flat_map(|d| &d.relationships)
        .collect();
    let node = pick(rng, relationships)?.element.node;
    let outer = tree.child(node, "expression")?;
    let inner = tree.named(outer, "expression").last()?;
    one(
        tree.attribute(inner, "op")?.span,
        "[Another field]",
        said(Kind::Relationship, Action::Changed, "condition"),
    )
}
