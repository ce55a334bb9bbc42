//! Dashboards and stories.

use crate::content::model::{
    Dashboard, DeviceLayout, Size, SizeMode, StoryPoint, Text, Zone, ZoneKind,
};
use crate::content::tree::{NodeId, Tree};

use super::worksheet::layout_text;
use super::{element, formatted_text, simple_id};

pub(super) fn read(tree: &Tree, node: NodeId) -> Dashboard {
    let mut zones = Vec::new();
    if let Some(all) = tree.child(node, "zones") {
        for (n, zone) in tree.named(all, "zone").enumerate() {
            // The tiled root is the first layout-basic; every other top-level zone floats.
            let tiled = n == 0 && zone_type(tree, zone).as_deref() == Some("layout-basic");
            add_zone(tree, zone, !tiled, 0, &mut zones);
        }
    }
    Dashboard {
        element: element(tree, node),
        name: tree.attribute(node, "name").unwrap_or_default(),
        simple_id: simple_id(tree, node),
        story: tree.is(node, "type", "storyboard"),
        title: layout_text(tree, node, "title"),
        size: tree.child(node, "size").map(|n| size(tree, n)),
        zones,
        device_layouts: device_layouts(tree, node),
        tab_order_by_zone: tree.is(node, "enable-sort-zone-taborder", "true"),
        story_points: story_points(tree, node),
    }
}

fn size(tree: &Tree, node: NodeId) -> Size {
    let number = |name: &str| tree.get(node, name).and_then(|v| v.parse().ok());
    let min = (number("minwidth"), number("minheight"));
    let max = (number("maxwidth"), number("maxheight"));
    let mode = match tree.get(node, "sizing-mode").as_deref() {
        Some("fixed") => SizeMode::Fixed,
        Some("automatic") => SizeMode::Automatic,
        Some("range") => SizeMode::Range,
        Some("vscroll") => SizeMode::VerticalScroll,
        Some(_) => SizeMode::Unspecified,
        // Without a word the bounds decide.
        None if min == (None, None) && max == (None, None) => SizeMode::Automatic,
        None if min == max => SizeMode::Fixed,
        None => SizeMode::Range,
    };
    Size { mode, min, max }
}

fn zone_type(tree: &Tree, node: NodeId) -> Option<String> {
    tree.get(node, "type-v2")
        .or_else(|| tree.get(node, "type"))
        .filter(|t| !t.is_empty())
}

fn add_zone(tree: &Tree, node: NodeId, floating: bool, depth: u16, zones: &mut Vec<Zone>) {
    let number = |name: &str| {
        tree.get(node, name)
            .and_then(|v| v.parse().ok())
            .unwrap_or(0)
    };
    let button = tree.child(node, "button");
    zones.push(Zone {
        element: element(tree, node),
        id: tree.attribute(node, "id"),
        kind: kind(tree, node),
        name: tree.attribute(node, "name"),
        param: tree.attribute(node, "param"),
        alt_text: tree
            .attribute(node, "alt-text")
            .or_else(|| button.and_then(|b| tree.attribute(b, "alt-text"))),
        url: tree.attribute(node, "url"),
        values: tree.attribute(node, "values"),
        mode: tree.attribute(node, "mode"),
        text: tree
            .child(node, "formatted-text")
            .map(|n| formatted_text(tree, n)),
        button_action: button.and_then(|b| {
            tree.attribute(b, "action")
                .or_else(|| tree.child(b, "toggle-action").map(|n| tree.text(n)))
        }),
        button_image: button.and_then(|b| button_text(tree, b, &["image-path"])),
        button_label: button.and_then(|b| button_text(tree, b, &["caption", "tooltip-text"])),
        show_title: !tree.is(node, "show-title", "false"),
        background: background(tree, node),
        friendly_name: tree.attribute(node, "friendly-name"),
        x: number("x"),
        y: number("y"),
        w: number("w"),
        h: number("h"),
        floating,
        hidden: tree.is(node, "hidden-by-user", "true"),
        depth,
    });
    for child in tree.named(node, "zone") {
        add_zone(tree, child, floating, depth.saturating_add(1), zones);
    }
}

/// The first of these elements that says something.
fn button_text(tree: &Tree, button: NodeId, names: &[&str]) -> Option<Text> {
    tree.descendants(button)
        .filter(|n| names.contains(&tree.local(*n)))
        .map(|n| tree.text(n))
        .find(|text| !text.value.trim().is_empty())
}

fn background(tree: &Tree, zone: NodeId) -> Option<Text> {
    let style = tree.child(zone, "zone-style")?;
    let format = tree
        .named(style, "format")
        .find(|n| tree.is(*n, "attr", "background-color"))?;
    tree.attribute(format, "value")
}

fn kind(tree: &Tree, node: NodeId) -> ZoneKind {
    let Some(kind) = zone_type(tree, node) else {
        return if tree.attribute(node, "name").is_some() {
            ZoneKind::Sheet
        } else {
            ZoneKind::Container
        };
    };
    match kind.as_str() {
        "layout-basic" | "layout-flow" => ZoneKind::Container,
        "text" => ZoneKind::Text,
        "title" => ZoneKind::Title,
        "bitmap" => ZoneKind::Image,
        "web" => ZoneKind::Web,
        "filter" => ZoneKind::Filter,
        "paramctrl" => ZoneKind::Parameter,
        "color" | "shape" | "size" | "map" => ZoneKind::Legend,
        "dashboard-object" => ZoneKind::Button,
        "add-in" => ZoneKind::Extension,
        "empty" => ZoneKind::Blank,
        _ => ZoneKind::Other(kind),
    }
}

fn device_layouts(tree: &Tree, node: NodeId) -> Vec<DeviceLayout> {
    let Some(all) = tree.child(node, "devicelayouts") else {
        return Vec::new();
    };
    tree.named(all, "devicelayout")
        .map(|n| DeviceLayout {
            element: element(tree, n),
            name: tree.get(n, "name").unwrap_or_default(),
            auto_generated: tree.is(n, "auto-generated", "true"),
        })
        .collect()
}

fn story_points(tree: &Tree, node: NodeId) -> Vec<StoryPoint> {
    tree.descendants(node)
        .filter(|n| tree.local(*n) == "story-point")
        .map(|n| StoryPoint {
            caption: tree.get(n, "caption"),
            sheet: tree.attribute(n, "captured-sheet"),
        })
        .collect()
}
