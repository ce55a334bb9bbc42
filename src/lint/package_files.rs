//! Which members of its package a document speaks of (format reference, A.1).

use percent_encoding::percent_decode_str;

use crate::content::Document;
use crate::content::model::{Connection, Text, ZoneKind};
use crate::content::package::{Member, Package};
use crate::diagnostic::{Span, Subject};
use crate::hash::{HashMap, HashSet};

/// A file that the document says is in its package.
#[derive(Debug)]
pub(super) struct Needed {
    /// As a member is called: `Data/Extracts/x.hyper`.
    pub(super) path: String,
    /// What it is to the document: `extract`, `image`, `file`.
    pub(super) what: &'static str,
    pub(super) span: Span,
    pub(super) subjects: Vec<Subject>,
}

/// The form in which names are compared: Windows wrote `\`, and the case differs.
pub(super) fn normal(name: &str) -> String {
    name.replace('\\', "/").to_lowercase()
}

/// The files that the document names by a path inside the package: extracts that are in use, data files, images.
pub(super) fn needed(document: &Document) -> Vec<Needed> {
    let mut found = Vec::new();
    for datasource in &document.model.datasources {
        let subjects = || vec![Subject::new("data source", datasource.display_name())];
        let mut add = |path: String, what, span| {
            if is_inside(&path) {
                let path = path.replace('\\', "/");
                found.push(Needed {
                    path,
                    what,
                    span,
                    subjects: subjects(),
                });
            }
        };
        // A data source that reads its extract needs nothing else of the package.
        if let Some(extract) = datasource.extract.as_ref().filter(|e| e.enabled) {
            if let Some(file) = &extract.file {
                add(file.value.clone(), "extract", file.span);
            }
            continue;
        }
        for (path, place) in datasource.connections.iter().filter_map(data_file) {
            add(path, "file", place);
        }
    }
    found.extend(zone_images(document));
    found.extend(button_images(document));
    found.extend(background_images(document));
    found
}

/// An image, if it is one that is packed.
fn image(path: &str, span: Span, of: Subject) -> Option<Needed> {
    is_inside(path).then(|| Needed {
        path: path.replace('\\', "/"),
        what: "image",
        span,
        subjects: vec![of],
    })
}

fn zone_images(document: &Document) -> impl Iterator<Item = Needed> {
    let dashboards = document.model.dashboards.iter();
    dashboards.flat_map(|dashboard| {
        let of = || Subject::new(dashboard.kind(), &*dashboard.name.value);
        let images = dashboard.zones.iter().filter(|z| z.kind == ZoneKind::Image);
        let paths = images.filter_map(|z| z.param.as_ref());
        paths.filter_map(move |path| image(&path.value, path.span, of()))
    })
}

fn button_images(document: &Document) -> impl Iterator<Item = Needed> {
    let tree = &document.tree;
    let dashboards = document.model.dashboards.iter();
    dashboards.flat_map(move |dashboard| {
        let of = || Subject::new(dashboard.kind(), &*dashboard.name.value);
        let nodes = tree.descendants(dashboard.element.node);
        let paths = nodes.filter(|n| tree.local(*n) == "image-path");
        paths.filter_map(move |node| {
            let text = tree.text(node);
            image(text.value.trim(), text.span, of())
        })
    })
}

/// What maps and plans are drawn upon.
fn background_images(document: &Document) -> impl Iterator<Item = Needed> {
    let tree = &document.tree;
    let datasources = document.model.datasources.iter();
    datasources.flat_map(move |datasource| {
        let of = || Subject::new("data source", datasource.display_name());
        let nodes = tree.descendants(datasource.element.node);
        let images = nodes.filter(|n| tree.local(*n) == "mapped-image");
        images.filter_map(move |node| {
            let written = tree.attribute(node, "expression")?;
            image(&background_image(&written.value), written.span, of())
        })
    })
}

/// The path in `file:Image/Ground%20Floor.png`.
fn background_image(written: &str) -> String {
    let path = written.strip_prefix("file:").unwrap_or(written);
    percent_decode_str(path).decode_utf8_lossy().into_owned()
}

/// Paths that Tableau writes for what it packs; another relative path may be one on the author's disk.
fn is_inside(path: &str) -> bool {
    let path = normal(path);
    path.starts_with("data/") || path.starts_with("image/")
}

/// Path and place of the file that a connection reads.
fn data_file(connection: &Connection) -> Option<(String, Span)> {
    let written = |name: &str| connection.attribute(name).filter(|t| !t.value.is_empty());
    let file = written("filename");
    match connection.class.value.as_str() {
        "hyper" | "dataengine" => written("dbname").map(|t| (t.value.clone(), t.span)),
        // A text file is a folder and a name.
        _ => match (written("directory"), file) {
            (Some(folder), Some(Text { value, span })) if !value.contains(['/', '\\']) => Some((
                format!("{}/{value}", folder.value.trim_end_matches(['/', '\\'])),
                *span,
            )),
            (_, Some(file)) => Some((file.value.clone(), file.span)),
            _ => None,
        },
    }
}

/// Members that nothing in the document names, in the package's order; without what is no part of the content at all.
pub(super) fn unnamed<'p>(document: &Document, package: &'p Package) -> Vec<&'p Member> {
    let mut by_name: HashMap<String, Vec<usize>> = HashMap::default();
    for (index, member) in package.members.iter().enumerate() {
        by_name
            .entry(base(&normal(&member.name)).to_owned())
            .or_default()
            .push(index);
    }
    let mut named: HashSet<usize> = HashSet::from_iter([package.main]);
    for name in mentions(document) {
        named.extend(by_name.get(&name).into_iter().flatten());
    }
    // A shape file's companions, and other files of one name in one folder, are never named themselves.
    let stems: HashSet<String> = named
        .iter()
        .filter_map(|index| package.members.get(*index))
        .map(|m| stem(&m.name))
        .collect();
    let unnamed = package
        .members
        .iter()
        .enumerate()
        .filter(|(index, member)| {
            !named.contains(index)
                && !member.directory
                && !is_junk(&member.name)
                && !is_cache(&member.name)
                && !is_clipboard(&member.name)
                && !stems.contains(&stem(&member.name))
        });
    unnamed.map(|(_, member)| member).collect()
}

/// File names at the end of attribute values, of button images and of background images, lower case.
fn mentions(document: &Document) -> HashSet<String> {
    let tree = &document.tree;
    let mut names = HashSet::default();
    for node in tree.all_descendants(tree.root()) {
        match tree.local(node) {
            "image-path" => {
                names.insert(base(&normal(&tree.text(node).value)).to_owned());
            }
            "mapped-image" => {
                let written = tree.value(node, "expression").unwrap_or_default();
                names.insert(base(&normal(&background_image(&written))).to_owned());
            }
            _ => {}
        }
        for attribute in tree.attributes(node) {
            if attribute.value.len() < 1024 && attribute.value.contains('.') {
                names.insert(base(&normal(&attribute.value)).to_owned());
            }
        }
    }
    names
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn stem(path: &str) -> String {
    let path = normal(path);
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
    let stem = name.split('.').next().unwrap_or(name);
    format!("{folder}/{stem}")
}

/// What operating systems leave in archives.
pub(super) fn is_junk(name: &str) -> bool {
    let name = normal(name);
    name.starts_with("__macosx/")
        || base(&name).starts_with("._")
        || matches!(base(&name), ".ds_store" | "thumbs.db" | "desktop.ini")
}

/// What was pasted into the workbook; Tableau keeps the text beside the extract that it made of it.
fn is_clipboard(name: &str) -> bool {
    base(&normal(name)).starts_with("clipboard_")
}

/// Query results that Tableau keeps to open the workbook faster.
pub(super) fn is_cache(name: &str) -> bool {
    let name = normal(name);
    name.starts_with("twbxexternalcache/") || name.starts_with("externalcachev1/")
}

/// Extract files, of new and old form.
pub(super) fn is_extract(name: &str) -> bool {
    let name = normal(name);
    name.ends_with(".hyper") || name.ends_with(".tde")
}
