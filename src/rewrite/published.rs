//! References to published data sources (format reference, A.7.3 and B.2).

use crate::content::Document;
use crate::content::model::Connection;
use crate::content::tree::NodeId;

use super::connection::copies;
use super::{Changes, PublishedTarget, Rule};

pub(super) fn apply(document: &Document, rule: &Rule<'_>, changes: &mut Changes<'_>) {
    let Some(wanted) = &rule.matching.published else {
        return;
    };
    let tree = &document.tree;
    for datasource in &document.model.datasources {
        let proxies = datasource.connections.iter();
        let proxies: Vec<_> = proxies.filter(|c| c.class.value == "sqlproxy").collect();
        let found = proxies.iter().filter(|c| is_called(c, wanted));
        let found: Vec<_> = found.copied().collect();
        if found.is_empty() {
            continue;
        }
        changes.matched();
        let Some(target) = &rule.published else {
            continue;
        };
        let label = format!("of published data source \"{}\"", datasource.display_name());
        let node = datasource.element.node;
        for connection in &found {
            // The published data source's own text inside a CDATA section is no copy: the site writes it anew.
            for copy in copies(document, datasource, connection, &["dbname"]) {
                rewrite_connection(copy, target, &label, changes);
            }
        }
        let locations = tree
            .all_children(node)
            .filter(|n| tree.local(*n) == "repository-location");
        for location in locations {
            // Where only one is read, the location is its own, even with the name that it once had.
            let id = tree.get(location, "id");
            let named = |c: &&Connection| id.as_deref() == c.get("dbname");
            if proxies.len() == 1 || found.iter().any(named) {
                rewrite_location(location, target, &label, changes);
            }
        }
        let what = "`xml:base` of the file";
        changes.set(tree.root(), "xml:base", &target.address(), what);
    }
}

fn is_called(connection: &Connection, wanted: &str) -> bool {
    ["dbname", "server-ds-friendly-name"]
        .iter()
        .any(|attribute| connection.get(attribute) == Some(wanted))
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
    let what = |word: &str| format!("{word} {label}");
    changes.set(node, "id", &target.content_url, &what("content URL"));
    changes.set(node, "path", &target.path(), &what("path"));
    if target.site.is_empty() {
        changes.remove(node, "site", &what("site"));
    } else {
        changes.set_or_add(node, "site", &target.site, &what("site"));
    }
    changes.change(node, "derived-from", &what("origin"), |old| {
        let revision = old.find('?').map_or("", |at| &old[at..]);
        let (address, path) = (target.address(), target.path());
        (!old.is_empty()).then(|| format!("{address}{path}/{}{revision}", target.content_url))
    });
}
