//! How a workbook looks: its fonts, font sizes and colours, each with its place.
//!
//! Not part of the [`Model`](super::model::Model): few ask, and there are thousands in a workbook. What cannot be seen
//! is left out: transparent colours, the colours of borders and lines that are not drawn, the fonts of blank lines. So are
//! device layouts, whose objects repeat the dashboard's.

use std::sync::Arc;

use super::model::Text;
use super::tree::{NodeId, Tree};

/// A setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    pub property: Property,
    pub value: Text,
    pub owner: Arc<Owner>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Property {
    Font,
    /// In points.
    FontSize,
    /// `#rrggbb` or `#rrggbbaa`.
    Color,
    /// Degrees.
    Orientation,
}

/// What a setting belongs to, as people call it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Owner {
    Workbook,
    Datasource(String),
    Worksheet(String),
    Dashboard(String),
}

/// Colours by the values of a field: one palette, and the colours that values were given.
#[derive(Debug, Clone)]
pub struct ColorEncoding {
    pub palette: Option<Text>,
    pub colors: Vec<Text>,
    pub owner: Arc<Owner>,
}

#[derive(Debug, Clone, Default)]
pub struct Styles {
    pub settings: Vec<Style>,
    pub encodings: Vec<ColorEncoding>,
}

impl Styles {
    /// Everything that the document sets, in its order.
    pub fn of(tree: &Tree) -> Self {
        let mut styles = Self::default();
        for part in tree.children(tree.root()) {
            match tree.local(part) {
                "style" => styles.add(tree, part, &Owner::Workbook.into()),
                "datasources" => styles.add_each(tree, part, "datasource", Owner::Datasource),
                "worksheets" => styles.add_each(tree, part, "worksheet", Owner::Worksheet),
                "dashboards" => styles.add_each(tree, part, "dashboard", Owner::Dashboard),
                _ => {}
            }
        }
        styles
    }

    fn add_each(&mut self, tree: &Tree, part: NodeId, local: &str, owner: fn(String) -> Owner) {
        for node in tree.named(part, local) {
            let name = tree.get(node, "caption").or_else(|| tree.get(node, "name"));
            self.add(tree, node, &owner(name.unwrap_or_default()).into());
        }
    }

    fn add(&mut self, tree: &Tree, node: NodeId, owner: &Arc<Owner>) {
        for child in tree.children(node) {
            match tree.local(child) {
                // A sheet repeats the columns of the data source, and a device layout the dashboard.
                "devicelayouts" | "datasource-dependencies" | "connection" | "metadata-records" => {
                    continue;
                }
                "format" => self.add_format(tree, child, owner),
                "run" | "button-caption-font-style" => self.add_run(tree, child, owner),
                "encoding"
                    if tree
                        .value(child, "attr")
                        .is_some_and(|a| a.ends_with("color")) =>
                {
                    self.encodings.push(encoding(tree, child, owner));
                    continue;
                }
                _ => {}
            }
            self.add(tree, child, owner);
        }
    }

    fn add_format(&mut self, tree: &Tree, node: NodeId, owner: &Arc<Owner>) {
        let Some(name) = tree.value(node, "attr") else {
            return;
        };
        let property = match &*name {
            "font-family" => Property::Font,
            "font-size" => Property::FontSize,
            "text-orientation" => Property::Orientation,
            "fill-above" | "fill-below" => Property::Color,
            other if other == "color" || other.ends_with("-color") => Property::Color,
            _ => return,
        };
        if property != Property::Color || is_drawn(tree, node, &name) {
            self.push(property, tree.attribute(node, "value"), owner);
        }
    }

    fn add_run(&mut self, tree: &Tree, node: NodeId, owner: &Arc<Owner>) {
        let blank = |c: char| c.is_whitespace() || c == 'Æ';
        if tree.local(node) == "run" && tree.text(node).value.chars().all(blank) {
            return;
        }
        self.push(Property::Font, tree.attribute(node, "fontname"), owner);
        self.push(Property::FontSize, tree.attribute(node, "fontsize"), owner);
        self.push(Property::Color, tree.attribute(node, "fontcolor"), owner);
    }

    fn push(&mut self, property: Property, value: Option<Text>, owner: &Arc<Owner>) {
        let visible = |v: &Text| {
            property != Property::Color || Color::parse(&v.value).is_some_and(|c| c.alpha > 0)
        };
        if let Some(value) = value.filter(visible) {
            self.settings.push(Style {
                property,
                value,
                owner: Arc::clone(owner),
            });
        }
    }
}

/// A border or a line of width 0 has a colour, too.
fn is_drawn(tree: &Tree, format: NodeId, name: &str) -> bool {
    let off: &[(&str, &str)] = match name {
        "border-color" => &[("border-style", "none"), ("border-width", "0")],
        "stroke-color" | "line-color" => &[
            ("stroke-size", "0"),
            ("line-visibility", "off"),
            ("line-pattern", "none"),
            ("has-stroke", "false"),
        ],
        "band-color" => &[("band-size", "0")],
        _ => return true,
    };
    let Some(parent) = tree.parent(format) else {
        return true;
    };
    let scope = tree.value(format, "scope");
    !tree.named(parent, "format").any(|n| {
        tree.value(n, "scope") == scope
            && off
                .iter()
                .any(|(attr, value)| tree.is(n, "attr", attr) && tree.is(n, "value", value))
    })
}

fn encoding(tree: &Tree, node: NodeId, owner: &Arc<Owner>) -> ColorEncoding {
    let maps = tree
        .named(node, "map")
        .filter_map(|n| tree.attribute(n, "to"));
    let own = tree
        .named(node, "color-palette")
        .flat_map(|p| tree.named(p, "color").collect::<Vec<_>>())
        .map(|n| tree.text(n));
    ColorEncoding {
        palette: tree
            .attribute(node, "palette")
            .filter(|p| !p.value.is_empty()),
        colors: maps
            .chain(own)
            .filter(|t| Color::parse(&t.value).is_some())
            .collect(),
        owner: Arc::clone(owner),
    }
}

/// A colour of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Color {
    pub red: u8,
    pub green: u8,
    pub blue: u8,
    pub alpha: u8,
}

impl Color {
    /// Reads `#4e79a7` and `#4e79a7ff`; `None` for what is neither.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.trim().strip_prefix('#')?;
        if !matches!(digits.len(), 6 | 8) {
            return None;
        }
        let byte = |n: usize| u8::from_str_radix(digits.get(2 * n..2 * n + 2)?, 16).ok();
        Some(Self {
            red: byte(0)?,
            green: byte(1)?,
            blue: byte(2)?,
            alpha: if digits.len() == 8 { byte(3)? } else { 255 },
        })
    }

    /// The largest difference of a channel, 0 to 255; how transparent they are does not count.
    pub fn distance(self, other: Self) -> u8 {
        let channels = [
            self.red.abs_diff(other.red),
            self.green.abs_diff(other.green),
            self.blue.abs_diff(other.blue),
        ];
        channels.into_iter().max().unwrap_or(0)
    }

    /// Contrast of two opaque colours, from 1 (the same) to 21 (black on white).
    ///
    /// Source: WCAG 2.2, "contrast ratio" and "relative luminance".
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.04045 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Document;
    use super::*;

    #[test]
    fn contrast_is_that_of_the_guideline() {
        let color = |t| Color::parse(t).unwrap();
        assert!((color("#000000").contrast(color("#ffffff")) - 21.0).abs() < 0.001);
        assert!((color("#777777").contrast(color("#ffffff")) - 4.478).abs() < 0.01);
        assert_eq!(color("#4e79a7").distance(color("#4E70A8ff")), 9);
        assert_eq!(Color::parse("#fff"), None);
        assert_eq!(Color::parse("#ééé"), None);
    }

    #[test]
    fn what_cannot_be_seen_is_left_out() {
        let text = "<workbook><worksheets><worksheet name='A'><table><style><style-rule element='table'>\
            <format attr='border-color' value='#010101'/><format attr='border-style' value='none'/>\
            <format attr='background-color' value='#02020200'/><format attr='color' value='#030303'/>\
            <format attr='font-size' value='8'/></style-rule></style></table>\
            <layout-options><title><formatted-text><run fontname='Arial' fontcolor='#040404'>x</run><run fontsize='2'>Æ&#10;</run></formatted-text></title></layout-options>\
            </worksheet></worksheets></workbook>";
        let document = Document::parse(text.to_owned()).unwrap();
        let styles = Styles::of(&document.tree);
        let seen: Vec<(Property, &str)> = styles
            .settings
            .iter()
            .map(|s| (s.property, s.value.value.as_str()))
            .collect();
        assert_eq!(
            seen,
            [
                (Property::Color, "#030303"),
                (Property::FontSize, "8"),
                (Property::Font, "Arial"),
                (Property::Color, "#040404")
            ]
        );
        assert_eq!(*styles.settings[0].owner, Owner::Worksheet("A".to_owned()));
    }
}
