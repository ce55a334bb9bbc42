//! `structure/element-order`.

use crate::content::tree::{NodeId, Tree};
use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::owner::owner;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports parts of a workbook or data source that stand in another order than Tableau's schema has them:
    /// `worksheets` before `datasources`, a `column` after the `layout`.
    ///
    /// ## Why is this bad?
    /// Tableau reads its files against a schema in which the order counts. A file that was merged or written by a script may
    /// be refused, or lose what comes too late.
    ///
    /// ## How sure is it?
    /// Elements that the schema does not name are passed over. Tableau forgives some orders, so it is a warning.
    ElementOrder, "structure/element-order", "parts of the document stand in the wrong order", Levels::always(Level::Warning), check
}

/// Source: the schemas that Tableau publishes (tableau/tableau-document-schemas, twb_2026.2.0.xsd).
const WORKBOOK: [&str; 23] = [
    "document-format-change-manifest", "repository-location", "preferences", "style-theme", "style", "local-data", "datasources", "datasource-relationships",
    "mapsources", "shared-views", "actions", "worksheets", "dashboards", "windows", "datagraph", "thumbnails", "external", "referenced-extensions",
    "explain-data", "data-orientation", "tab-agent-config", "accelerator-details", "workbook-optimizer",
];

const DATASOURCE: [&str; 32] = [
    "document-format-change-manifest", "repository-location", "connection", "utility-dimensions", "dimension", "overridable-settings", "aliases", "column",
    "column-instance", "group", "mapped-images", "drill-paths", "folders-common", "folders-parameters", "actions", "calculated-members", "extract",
    "layout", "style", "semantic-values", "date-options", "default-date-format", "default-sorts", "field-sort-info", "datasource-dependencies",
    "explainability", "filter", "analytic-model", "object-graph", "default-calendar-type", "data-source-tree", "thumbnails",
];

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let tree = &document.tree;
    let mut say = |node: NodeId, order: &[&str]| {
        if let Some((late, before)) = misplaced(tree, node, order) {
            let parent = tree.local(node);
            let message = format!("in `{parent}`, `{}` stands after `{}` and belongs before it", tree.local(late), tree.local(before));
            sink.report(tree.tag(late), owner(document, tree.tag(late)), message).help("move it there, or make the change in Tableau, which writes the right order");
        }
    };
    if tree.local(tree.root()) == "workbook" {
        say(tree.root(), &WORKBOOK);
    }
    for datasource in &document.model.datasources {
        say(datasource.element.node, &DATASOURCE);
    }
}

/// The first child that comes too late, and the one that it belongs before.
fn misplaced(tree: &Tree, node: NodeId, order: &[&str]) -> Option<(NodeId, NodeId)> {
    let mut last: Option<(usize, NodeId)> = None;
    for child in tree.children(node) {
        let Some(place) = order.iter().position(|name| *name == tree.local(child)) else { continue };
        match last {
            Some((highest, before)) if place < highest => return Some((child, before)),
            Some((highest, _)) if place == highest => {}
            _ => last = Some((place, child)),
        }
    }
    None
}
