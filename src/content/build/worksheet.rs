//! Worksheets.

use crate::content::model::{Dependency, Instance, Pane, Sort, Text, Worksheet};
use crate::content::signature;
use crate::content::tree::{NodeId, Tree};

use super::datasource::filter;
use super::{element, formatted_text, simple_id};

pub(super) fn read(tree: &Tree, node: NodeId) -> Worksheet {
    let table = tree.child(node, "table");
    let view = table.and_then(|t| tree.child(t, "view"));
    let shelf = |name: &str| {
        table
            .and_then(|t| tree.child(t, name))
            .map(|n| tree.text(n))
            .filter(|t| !t.value.trim().is_empty())
    };
    Worksheet {
        element: element(tree, node),
        name: tree.attribute(node, "name").unwrap_or_default(),
        simple_id: simple_id(tree, node),
        title: layout_text(tree, node, "title"),
        caption: layout_text(tree, node, "caption"),
        alt_text: layout_text(tree, node, "alt-text"),
        datasources: view.map(|v| datasources(tree, v)).unwrap_or_default(),
        dependencies: view
            .map(|v| {
                tree.named(v, "datasource-dependencies")
                    .map(|n| dependency(tree, n))
                    .collect()
            })
            .unwrap_or_default(),
        filters: view
            .map(|v| tree.named(v, "filter").map(|n| filter(tree, n)).collect())
            .unwrap_or_default(),
        rows: shelf("rows"),
        cols: shelf("cols"),
        pages: shelf("pages"),
        panes: table
            .and_then(|t| tree.child(t, "panes"))
            .map(|p| tree.named(p, "pane").map(|n| pane(tree, n)).collect())
            .unwrap_or_default(),
        sorts: view.map(|v| sorts(tree, v)).unwrap_or_default(),
        tooltip_sheets: tooltip_sheets(tree, node),
        analytics: analytics(tree, node),
        aggregated: !view
            .and_then(|v| tree.child(v, "aggregation"))
            .is_some_and(|n| tree.is(n, "value", "false")),
    }
}

/// `layout-options/title/formatted-text` and its like.
pub(super) fn layout_text(tree: &Tree, node: NodeId, name: &str) -> Option<Text> {
    tree.path(node, &["layout-options", name])
        .map(|n| formatted_text(tree, n))
}

fn datasources(tree: &Tree, view: NodeId) -> Vec<Text> {
    let Some(all) = tree.child(view, "datasources") else {
        return Vec::new();
    };
    tree.named(all, "datasource")
        .filter_map(|n| tree.attribute(n, "name"))
        .filter(|t| t.value != "Parameters")
        .collect()
}

pub(super) fn dependency(tree: &Tree, node: NodeId) -> Dependency {
    Dependency {
        datasource: tree.attribute(node, "datasource").unwrap_or_default(),
        columns: tree
            .named(node, "column")
            .filter_map(|n| tree.attribute(n, "name"))
            .collect(),
        instances: tree
            .named(node, "column-instance")
            .map(|n| Instance {
                name: tree.attribute(n, "name").unwrap_or_default(),
                column: tree.attribute(n, "column").unwrap_or_default(),
                derivation: tree.get(n, "derivation").unwrap_or_default(),
                table_calculation: tree
                    .named(n, "table-calc")
                    .map(|t| signature::of(tree, t, &[]))
                    .collect::<Vec<_>>()
                    .join("; "),
            })
            .collect(),
    }
}

fn pane(tree: &Tree, node: NodeId) -> Pane {
    let encodings = tree.child(node, "encodings").map(|e| {
        tree.children(e)
            .filter_map(|n| Some((tree.local(n).to_owned(), tree.attribute(n, "column")?)))
            .collect::<Vec<_>>()
    });
    Pane {
        element: element(tree, node),
        mark: tree
            .child(node, "mark")
            .and_then(|n| tree.attribute(n, "class")),
        encodings: encodings.unwrap_or_default(),
        tooltip: tree
            .child(node, "customized-tooltip")
            .map(|n| formatted_text(tree, n)),
        label: tree
            .child(node, "customized-label")
            .map(|n| formatted_text(tree, n)),
    }
}

fn sorts(tree: &Tree, view: NodeId) -> Vec<Sort> {
    let all = tree.children(view).filter(|n| {
        matches!(
            tree.local(*n),
            "sort" | "computed-sort" | "manual-sort" | "shelf-sorts"
        )
    });
    all.flat_map(|n| {
        if tree.local(n) == "shelf-sorts" {
            tree.children(n).collect()
        } else {
            vec![n]
        }
    })
    .map(|n| Sort {
        element: element(tree, n),
        column: tree
            .get(n, "column")
            .or_else(|| tree.get(n, "dimension-to-sort"))
            .unwrap_or_default(),
        signature: signature::of(tree, n, &[]),
    })
    .collect()
}

/// `<Sheet name="X" ...>` inside the text of a tooltip: the sheet is used although nothing else names it.
fn tooltip_sheets(tree: &Tree, node: NodeId) -> Vec<String> {
    let tooltips = tree
        .descendants(node)
        .filter(|n| tree.local(*n) == "customized-tooltip");
    let mut sheets = Vec::new();
    for text in tooltips.map(|n| formatted_text(tree, n).value) {
        for part in text.split("<Sheet ").skip(1) {
            let name = part
                .split_once("name=\"")
                .and_then(|(_, rest)| rest.split_once('"'))
                .map(|(name, _)| super::super::tree::unescape(name).into_owned());
            sheets.extend(name);
        }
    }
    sheets
}

fn analytics(tree: &Tree, node: NodeId) -> Vec<String> {
    let mut found: Vec<String> = tree
        .descendants(node)
        .map(|n| tree.local(n))
        .filter(|n| {
            matches!(
                *n,
                "reference-line" | "trend-line" | "trend-lines" | "forecast" | "clustering"
            )
        })
        .map(str::to_owned)
        .collect();
    found.sort();
    found
}
