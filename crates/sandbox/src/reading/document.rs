//! Workbooks and data sources: sheets and sources of their XML.

use roxmltree::Node;

use super::{Source, SourceConnection};
use crate::model::{Sheet, SheetKind};

/// A name without its feature-flag prefix (`_.fcp.Feature.true...relation` is `relation`).
fn plain(name: &str) -> &str {
    name.rsplit_once("...").map_or(name, |(_, plain)| plain)
}

fn attribute<'a>(node: Node<'a, '_>, name: &str) -> &'a str {
    node.attribute(name)
        .or_else(|| {
            node.attributes()
                .find(|a| plain(a.name()) == name)
                .map(|a| a.value())
        })
        .unwrap_or_default()
}

fn children<'a, 'input: 'a>(
    node: Node<'a, 'input>,
    name: &'a str,
) -> impl Iterator<Item = Node<'a, 'input>> + use<'a, 'input> {
    node.children()
        .filter(move |child| child.is_element() && plain(child.tag_name().name()) == name)
}

/// The elements `item` of the root's lists `list`, by their exact names.
pub(crate) fn of_list<'a, 'input>(
    root: Node<'a, 'input>,
    list: &'static str,
    item: &'static str,
) -> impl Iterator<Item = Node<'a, 'input>> {
    root.children()
        .filter(move |node| node.has_tag_name(list))
        .flat_map(|list| list.children())
        .filter(move |node| node.has_tag_name(item))
}

pub(super) fn sheets(root: Node<'_, '_>) -> Vec<Sheet> {
    let hidden: Vec<&str> = children(root, "windows")
        .flat_map(|windows| children(windows, "window"))
        .filter(|window| {
            window.attribute("hidden") == Some("true")
                || attribute(*window, "class") == "hidden-worksheet"
        })
        .map(|window| attribute(window, "name"))
        .collect();
    let order: Vec<&str> = children(root, "windows")
        .flat_map(|windows| children(windows, "window"))
        .map(|window| attribute(window, "name"))
        .collect();
    let sheet = |node: Node<'_, '_>, kind| {
        let name = attribute(node, "name").to_owned();
        let hidden = hidden.contains(&name.as_str());
        Sheet { name, kind, hidden }
    };
    let mut sheets: Vec<Sheet> = children(root, "worksheets")
        .flat_map(|list| children(list, "worksheet"))
        .map(|node| sheet(node, SheetKind::Worksheet))
        .collect();
    sheets.extend(
        children(root, "dashboards")
            .flat_map(|list| children(list, "dashboard"))
            .map(|node| {
                let story = attribute(node, "type") == "storyboard";
                sheet(
                    node,
                    if story {
                        SheetKind::Story
                    } else {
                        SheetKind::Dashboard
                    },
                )
            }),
    );
    let place = |name: &str| {
        order
            .iter()
            .position(|other| *other == name)
            .unwrap_or(usize::MAX)
    };
    sheets.sort_by_key(|sheet| place(&sheet.name));
    sheets
}

pub(super) fn sources(root: Node<'_, '_>) -> Vec<Source> {
    children(root, "datasources")
        .flat_map(|list| children(list, "datasource"))
        .filter(|node| attribute(*node, "name") != "Parameters")
        .map(source)
        .collect()
}

pub(super) fn source(node: Node<'_, '_>) -> Source {
    let mut source = Source {
        name: attribute(node, "name").to_owned(),
        caption: attribute(node, "caption").to_owned(),
        has_extract: children(node, "extract")
            .any(|extract| attribute(extract, "enabled") == "true"),
        ..Source::default()
    };
    if source.caption.is_empty() {
        source.caption.clone_from(&source.name);
    }
    for outer in children(node, "connection") {
        let named: Vec<_> = children(outer, "named-connections")
            .flat_map(|list| children(list, "named-connection"))
            .flat_map(|named| children(named, "connection"))
            .collect();
        let leaves = if named.is_empty() { vec![outer] } else { named };
        source.connections.extend(
            leaves
                .into_iter()
                .map(connection)
                .filter(|c| c.class != "federated"),
        );
    }
    if let Some(proxy) = source
        .connections
        .iter()
        .find(|connection| connection.class == "sqlproxy")
    {
        source.published = Some(proxy.database.clone());
    }
    source.has_extract |= source
        .connections
        .iter()
        .any(|c| matches!(c.class.as_str(), "hyper" | "dataengine"));
    source
}

fn connection(node: Node<'_, '_>) -> SourceConnection {
    let text = |name| attribute(node, name).to_owned();
    SourceConnection {
        class: text("class"),
        server: text("server").to_lowercase(),
        port: text("port"),
        database: text("dbname"),
        user_name: text("username"),
        authentication: text("authentication"),
    }
}
