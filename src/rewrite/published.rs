//! References to published data sources (format reference, A.7.3 and B.2).

use crate::content::Document;
use crate::content::tree::NodeId;

use super::{Changes, PublishedTarget, Rule};

pub(super) fn apply(document: &Document, rule: &Rule<'_>, changes: &mut Changes<'_>) {
    let Some(wanted) = &rule.matching.published else {
        return;
    };
    let tree = &document.tree;
    for datasource in &document.model.datasources {
        let Some(connection) = datasource.published() else {
            continue;
        };
        let names = [
            connection.get("dbname"),
            connection.get("server-ds-friendly-name"),
        ];
        if !names.into_iter().flatten().any(|name| name == wanted) {
            continue;
        }
        changes.matched();
        let Some(target) = &rule.published else {
            continue;
        };
        let label = format!("of published data source \"{}\"", datasource.display_name());
        let node = datasource.element.node;
        // All copies, on both sides of every feature; the published data source's own text inside a CDATA section is none.
        let all = tree
            .all_descendants(node)
            .filter(|n| tree.local(*n) == "connection" && tree.is(*n, "class", "sqlproxy"));
        for connection in all.collect::<Vec<_>>() {
            rewrite_connection(connection, target, &label, changes);
        }
        let locations = tree
            .all_children(node)
            .filter(|n| tree.local(*n) == "repository-location");
        for location in locations.collect::<Vec<_>>() {
            rewrite_location(location, target, &label, changes);
        }
    }
}

fn rewrite_connection(
    node: NodeId,
    target: &PublishedTarget,
    label: &str,
    changes: &mut Changes<'_>,
) {
    for (attribute, value, word) in [
        ("server", &target.host, "server"),
        ("port", &target.port, "port"),
        ("channel", &target.channel, "channel"),
        ("dbname", &target.content_url, "content URL"),
        ("server-ds-friendly-name", &target.name, "name"),
    ] {
        changes.set(node, attribute, value, &format!("{word} {label}"));
    }
}

fn rewrite_location(
    node: NodeId,
    target: &PublishedTarget,
    label: &str,
    changes: &mut Changes<'_>,
) {
    changes.set(
        node,
        "id",
        &target.content_url,
        &format!("content URL {label}"),
    );
    if target.site.is_empty() {
        changes.set(node, "path", "/datasources", &format!("path {label}"));
        changes.remove(node, "site", &format!("site {label}"));
    } else {
        changes.set(
            node,
            "path",
            &format!("/t/{}/datasources", target.site),
            &format!("path {label}"),
        );
        changes.set_or_add(node, "site", &target.site, &format!("site {label}"));
    }
}
