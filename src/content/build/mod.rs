//! From the tree to the model, by one pass over each part of the document.

mod action;
mod dashboard;
mod datasource;
mod worksheet;

use std::collections::BTreeSet;

use super::model::{
    Element, Extension, Fit, MapSource, Model, Palette, Parameter, ParameterMember, ProductVersion,
    RepositoryLocation, Text, Thumbnail, Window, Worksheet,
};
use super::tree::{NodeId, Tree};
use crate::parallel;

impl Model {
    /// Reads the model of a whole document; nothing in a document makes it fail.
    pub(super) fn of(tree: &Tree) -> Self {
        let root = tree.root();
        if tree.local(root) == "datasource" {
            let mut model = empty(tree, root);
            model.datasources.push(datasource::read(tree, root));
            return model;
        }
        let parts = || tree.children(root);
        let sheets = parts().filter(|part| tree.local(*part) == "worksheets");
        let sheets: Vec<NodeId> = sheets
            .flat_map(|part| tree.named(part, "worksheet"))
            .collect();
        // A model costs about as much as its tree: on all cores, where there is very much.
        let threads = if sheets.len() > MANY {
            parallel::cores()
        } else {
            1
        };
        let others = || {
            let mut model = empty(tree, root);
            parts().for_each(|child| part(tree, child, &mut model));
            model
        };
        let (worksheets, mut model) =
            parallel::both(threads, || worksheets(tree, &sheets, threads), others);
        model.worksheets = worksheets;
        model
    }
}

fn empty(tree: &Tree, root: NodeId) -> Model {
    let source_build = tree.attribute(root, "source-build");
    let saved_by = source_build
        .as_ref()
        .and_then(|t| ProductVersion::parse(&t.value))
        .or_else(|| from_comment(tree));
    Model {
        root: element(tree, root),
        format_version: tree.attribute(root, "version"),
        saved_by,
        source_build,
        source_platform: tree.attribute(root, "source-platform"),
        base: tree.attribute(root, "xml:base"),
        repository_location: repository_location(tree, root),
        declared_features: declared(tree, root),
        used_features: used(tree),
        datasources: Vec::new(),
        parameters: Vec::new(),
        worksheets: Vec::new(),
        dashboards: Vec::new(),
        windows: Vec::new(),
        actions: Vec::new(),
        palettes: Vec::new(),
        blends: Vec::new(),
        thumbnails: Vec::new(),
        map_sources: Vec::new(),
        extensions: extensions(tree, root),
        shapes: Vec::new(),
        optimizer_ignored: Vec::new(),
    }
}

fn part(tree: &Tree, part: NodeId, model: &mut Model) {
    match tree.local(part) {
        "datasources" => datasources(tree, part, model),
        "dashboards" => model.dashboards.extend(
            tree.named(part, "dashboard")
                .map(|n| dashboard::read(tree, n)),
        ),
        "windows" => model
            .windows
            .extend(counted(tree, part, "window").map(|n| window(tree, n))),
        "actions" => model
            .actions
            .extend(tree.children(part).map(|n| action::read(tree, n))),
        "preferences" => model
            .palettes
            .extend(tree.named(part, "color-palette").map(|n| palette(tree, n))),
        "datasource-relationships" => {
            model
                .blends
                .extend(tree.named(part, "datasource-relationship").map(|n| {
                    (
                        tree.get(n, "source").unwrap_or_default(),
                        tree.get(n, "target").unwrap_or_default(),
                    )
                }))
        }
        "thumbnails" => model
            .thumbnails
            .extend(tree.named(part, "thumbnail").map(|n| Thumbnail {
                name: tree.get(n, "name").unwrap_or_default(),
                span: tree.content(n),
            })),
        "mapsources" => model
            .map_sources
            .extend(tree.named(part, "mapsource").map(|n| {
                MapSource {
                    element: element(tree, n),
                    name: tree.get(n, "name").unwrap_or_default(),
                    api_key: tree
                        .descendants(n)
                        .chain([n])
                        .find_map(|d| tree.attribute(d, "api-key")),
                }
            })),
        "external" => {
            let shapes = tree.descendants(part).filter(|n| tree.local(*n) == "shape");
            model
                .shapes
                .extend(shapes.filter_map(|n| tree.get(n, "name")));
        }
        "workbook-optimizer" => {
            let rules = tree
                .descendants(part)
                .filter(|n| tree.local(*n) == "rule" && tree.is(*n, "ignored", "true"));
            model
                .optimizer_ignored
                .extend(rules.filter_map(|n| tree.get(n, "ruleID")?.parse::<u32>().ok()));
        }
        _ => {}
    }
}

/// Worksheets from which on a second thread is worth its start.
const MANY: usize = 256;

fn worksheets(tree: &Tree, nodes: &[NodeId], threads: usize) -> Vec<Worksheet> {
    let pieces: Vec<&[NodeId]> = nodes.chunks(MANY / 4).collect();
    let read = |piece: &&[NodeId]| -> Vec<Worksheet> {
        piece.iter().map(|n| worksheet::read(tree, *n)).collect()
    };
    let read = parallel::map(&pieces, threads, read);
    let mut all = Vec::with_capacity(nodes.len());
    all.extend(read.into_iter().flatten());
    all
}

fn datasources(tree: &Tree, part: NodeId, model: &mut Model) {
    for node in tree.named(part, "datasource") {
        if tree.is(node, "name", "Parameters") {
            model
                .parameters
                .extend(tree.named(node, "column").map(|n| parameter(tree, n)));
        } else {
            model.datasources.push(datasource::read(tree, node));
        }
    }
}

/// [`Tree::named`] with its length known: a list of thousands is then not moved as it grows.
fn counted(tree: &Tree, node: NodeId, local: &str) -> std::vec::IntoIter<NodeId> {
    tree.named(node, local).collect::<Vec<_>>().into_iter()
}

pub(super) fn element(tree: &Tree, node: NodeId) -> Element {
    Element {
        node,
        tag: tree.tag(node),
    }
}

/// `<!-- build 20262.26.0804.1806 -->` of files without `source-build`: the year and release are in the first number.
fn from_comment(tree: &Tree) -> Option<ProductVersion> {
    let head = tree
        .source()
        .text()
        .get(..tree.tag(tree.root()).start as usize)?;
    let build = head.split_once("<!-- build ")?.1.split(['.', ' ']).next()?;
    let year = build
        .get(..4)?
        .parse()
        .ok()
        .filter(|y| (2018..2100).contains(y))?;
    let release = build.get(4..5)?.parse().ok()?;
    Some(ProductVersion {
        year,
        release,
        patch: 0,
    })
}

fn declared(tree: &Tree, root: NodeId) -> Vec<Text> {
    let Some(manifest) = tree
        .all_children(root)
        .find(|n| tree.local(*n) == "document-format-change-manifest")
    else {
        return Vec::new();
    };
    tree.all_children(manifest)
        .map(|n| Text {
            value: tree.local(n).to_owned(),
            span: tree.tag(n),
        })
        .collect()
}

/// Each feature once, at its first use outside of the manifest.
fn used(tree: &Tree) -> Vec<Text> {
    let mut seen: Vec<Text> = Vec::new();
    let mut left: BTreeSet<&str> = tree
        .names()
        .flat_map(|name| &name.features)
        .map(|(feature, _)| feature.as_str())
        .collect();
    let manifest = tree
        .all_children(tree.root())
        .find(|n| tree.local(*n) == "document-format-change-manifest");
    for node in tree.all_descendants(tree.root()) {
        if left.is_empty() {
            break;
        }
        let inside = manifest.is_some_and(|m| m == node || tree.parent(node) == Some(m));
        let names = std::iter::once(tree.name(node)).chain(tree.attribute_names(node));
        for (feature, _) in names.filter(|_| !inside).flat_map(|name| &name.features) {
            if left.remove(feature.as_str()) {
                seen.push(Text {
                    value: feature.clone(),
                    span: tree.tag(node),
                });
            }
        }
    }
    seen
}

pub(super) fn repository_location(tree: &Tree, node: NodeId) -> Option<RepositoryLocation> {
    let location = tree.child(node, "repository-location")?;
    Some(RepositoryLocation {
        element: element(tree, location),
        id: tree.attribute(location, "id"),
        path: tree.attribute(location, "path"),
        site: tree.attribute(location, "site"),
        revision: tree.attribute(location, "revision"),
        derived_from: tree.attribute(location, "derived-from"),
    })
}

fn parameter(tree: &Tree, node: NodeId) -> Parameter {
    let calculation = tree.child(node, "calculation");
    let members = tree
        .child(node, "members")
        .map(|m| tree.named(m, "member").collect::<Vec<_>>())
        .unwrap_or_default();
    let aliases: Vec<(Option<String>, Option<String>)> = tree
        .child(node, "aliases")
        .map(|a| {
            tree.named(a, "alias")
                .map(|n| (tree.get(n, "key"), tree.get(n, "value")))
                .collect()
        })
        .unwrap_or_default();
    let alias = |n: NodeId, value: &str| {
        tree.get(n, "alias").or_else(|| {
            aliases
                .iter()
                .find(|(key, _)| key.as_deref() == Some(value))
                .and_then(|(_, v)| v.clone())
        })
    };
    Parameter {
        element: element(tree, node),
        name: tree.attribute(node, "name").unwrap_or_default(),
        caption: tree.attribute(node, "caption"),
        datatype: tree.attribute(node, "datatype"),
        domain: tree.attribute(node, "param-domain-type"),
        value: tree.attribute(node, "value"),
        formula: calculation.and_then(|c| tree.attribute(c, "formula")),
        members: members
            .into_iter()
            .map(|n| {
                let value = tree.get(n, "value").unwrap_or_default();
                ParameterMember {
                    alias: alias(n, &value),
                    value,
                }
            })
            .collect(),
        range: tree.child(node, "range").map(|n| {
            (
                tree.get(n, "min"),
                tree.get(n, "max"),
                tree.get(n, "granularity"),
            )
        }),
        dynamic: tree.attribute(node, "default-value-field").is_some()
            || tree.attribute(node, "source-field").is_some(),
        description: description(tree, node),
    }
}

/// `desc/formatted-text`: the comment on a field.
pub(super) fn description(tree: &Tree, node: NodeId) -> Option<Text> {
    tree.child(node, "desc")
        .map(|n| formatted_text(tree, n))
        .filter(|t| !t.value.trim().is_empty())
}

/// The runs of a formatted text, joined. `Æ` marks that the white space after it counts; it is no character of the text.
pub(super) fn formatted_text(tree: &Tree, node: NodeId) -> Text {
    let runs: Vec<NodeId> = tree
        .descendants(node)
        .filter(|n| tree.local(*n) == "run")
        .collect();
    if runs.is_empty() {
        let text = tree.text(node);
        return Text {
            value: text.value.trim().to_owned(),
            span: text.span,
        };
    }
    let value: String = runs.iter().map(|n| tree.text(*n).value).collect();
    let value = if value.is_ascii() {
        value
    } else {
        value.replace('Æ', "")
    };
    let span = crate::diagnostic::Span::new(
        tree.span(runs[0]).start,
        tree.span(runs[runs.len() - 1]).end,
    );
    Text { value, span }
}

fn window(tree: &Tree, node: NodeId) -> Window {
    let class = tree.get(node, "class").unwrap_or_default();
    Window {
        element: element(tree, node),
        name: tree.attribute(node, "name").unwrap_or_default(),
        simple_id: simple_id(tree, node),
        hidden: tree.is(node, "hidden", "true") || class == "hidden-worksheet",
        tab_color: tree.get(node, "tab-color"),
        fits: fits(tree, node),
        class,
    }
}

fn fits(tree: &Tree, window: NodeId) -> Vec<Fit> {
    let Some(all) = tree.child(window, "viewpoints") else {
        return Vec::new();
    };
    tree.named(all, "viewpoint")
        .map(|n| Fit {
            element: element(tree, n),
            sheet: tree.get(n, "name").unwrap_or_default(),
            kind: tree
                .child(n, "zoom")
                .and_then(|z| tree.attribute(z, "type")),
        })
        .collect()
}

pub(super) fn simple_id(tree: &Tree, node: NodeId) -> Option<Text> {
    tree.child(node, "simple-id")
        .and_then(|n| tree.attribute(n, "uuid"))
}

fn palette(tree: &Tree, node: NodeId) -> Palette {
    Palette {
        name: tree.get(node, "name").unwrap_or_default(),
        colors: tree
            .named(node, "color")
            .map(|n| tree.text(n).value.trim().to_owned())
            .collect(),
    }
}

fn extensions(tree: &Tree, root: NodeId) -> Vec<Extension> {
    if !tree.knows("add-in") {
        return Vec::new();
    }
    let all = tree
        .descendants(root)
        .filter(|n| tree.local(*n) == "add-in");
    let full = tree
        .descendants(root)
        .any(|n| tree.local(n) == "permission" && tree.text(n).value.contains("full data"));
    all.filter(|n| {
        tree.attribute(*n, "add-in-id").is_some() || tree.attribute(*n, "extension-url").is_some()
    })
    .map(|n| Extension {
        element: element(tree, n),
        id: tree.attribute(n, "add-in-id"),
        url: tree.attribute(n, "extension-url"),
        settings: tree
            .descendants(n)
            .filter(|d| tree.local(*d) == "setting")
            .filter_map(|d| Some((tree.get(d, "key")?, tree.attribute(d, "value")?)))
            .collect(),
        full_data: full,
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_builds() {
        let version = |y, r, p| {
            Some(ProductVersion {
                year: y,
                release: r,
                patch: p,
            })
        };
        assert_eq!(
            ProductVersion::parse("2024.2.3 (20242.24.0910.1525)"),
            version(2024, 2, 3)
        );
        assert_eq!(ProductVersion::parse("2024.1"), version(2024, 1, 0));
        assert_eq!(ProductVersion::parse("10.5.2"), version(10, 5, 2));
        assert_eq!(ProductVersion::parse("0.0.0 (0000.17.0927.2210)"), None);
        assert_eq!(ProductVersion::parse("x"), None);
    }
}
