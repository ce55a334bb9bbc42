//! `accessibility/contrast`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::content::Document;
use crate::content::model::{Dashboard, Text, ZoneKind};
use crate::content::style::Color;
use crate::content::tree::{NodeId, Tree};
use crate::diagnostic::{Level, Subject};
use crate::hash::HashSet;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports text that is hard to read before its background: with a contrast of less than 4.5, or 3 where the text is
    /// large (18 points, or 14 and bold).
    ///
    /// ## Why is this bad?
    /// Who does not see well cannot read it, nor can anybody on a projector.
    ///
    /// ## Options
    /// `ratio`, `large_ratio`: the least contrast, from 1 to 21.
    ///
    /// ## How sure is it?
    /// Only pairs are compared of which the file says both: the colour of a text, title or button on a dashboard and that of
    /// the innermost object around it that has one, and the two colours of one part of a worksheet. What a floating object
    /// lies on is not known.
    ///
    /// ## References
    /// WCAG 2.2, success criterion 1.4.3, "Contrast (Minimum)".
    Contrast, "accessibility/contrast", "text is hard to read before its background", Levels::strict(Level::Warning), Options, check
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// The least contrast of text.
    ratio: f64,
    /// The least contrast of large text.
    large_ratio: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self { ratio: 4.5, large_ratio: 3.0 }
    }
}

/// A text and what is behind it.
struct Pair {
    text: Text,
    background: Text,
    large: bool,
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for dashboard in &document.model.dashboards {
        report(options, pairs(document, dashboard), &Subject::new("dashboard", &*dashboard.name.value), sink);
    }
    for sheet in &document.model.worksheets {
        let pairs = style_pairs(&document.tree, sheet.element.node);
        report(options, pairs, &Subject::new("worksheet", &*sheet.name.value), sink);
    }
}

fn report(options: &Options, pairs: Vec<Pair>, subject: &Subject, sink: &mut Sink<'_>) {
    let mut said: HashSet<(String, String)> = HashSet::default();
    for pair in pairs {
        let Some((text, background)) = opaque(&pair.text).zip(opaque(&pair.background)) else { continue };
        let least = if pair.large { options.large_ratio } else { options.ratio };
        let contrast = text.contrast(background);
        if contrast >= least || !said.insert((pair.text.value.clone(), pair.background.value.clone())) {
            continue;
        }
        let message = format!(
            "text of the {} `{}` in `{}` on `{}` has a contrast of {contrast:.1}; {least} is the least",
            subject.kind, subject.name, pair.text.value, pair.background.value
        );
        sink.report(pair.text.span, vec![subject.clone()], message).help("make the text darker or the background lighter, or the other way round");
    }
}

fn opaque(text: &Text) -> Option<Color> {
    Color::parse(&text.value).filter(|c| c.alpha == 255)
}

/// Texts, titles and buttons. Zones are in the order of the document, so those around one are the last ones of lesser depth.
fn pairs(document: &Document, dashboard: &Dashboard) -> Vec<Pair> {
    let tree = &document.tree;
    let mut around: Vec<(u16, Option<&Text>)> = Vec::new();
    let mut found = Vec::new();
    for zone in &dashboard.zones {
        while around.last().is_some_and(|(depth, _)| *depth >= zone.depth) {
            around.pop();
        }
        // A transparent zone shows what is around it.
        let own = zone.background.as_ref().filter(|b| Color::parse(&b.value).is_none_or(|c| c.alpha > 0));
        let background = own.or_else(|| around.last().and_then(|(_, b)| *b));
        around.push((zone.depth, background));
        let holder = match zone.kind {
            ZoneKind::Text => Some(zone.element.node),
            ZoneKind::Title => tree.path(dashboard.element.node, &["layout-options", "title"]),
            ZoneKind::Button => {
                found.extend(button_pairs(tree, zone.element.node));
                None
            }
            _ => None,
        };
        if let Some((holder, background)) = holder.zip(background) {
            found.extend(run_pairs(tree, holder, background));
        }
    }
    found
}

fn run_pairs(tree: &Tree, holder: NodeId, background: &Text) -> Vec<Pair> {
    let blank = |c: char| c.is_whitespace() || c == 'Æ';
    let runs = tree.descendants(holder).filter(|n| tree.local(*n) == "run" && !tree.text(*n).value.chars().all(blank));
    runs.filter_map(|run| {
        Some(Pair {
            text: tree.attribute(run, "fontcolor")?,
            background: background.clone(),
            large: is_large(tree.get(run, "fontsize").as_deref(), tree.is(run, "bold", "true")),
        })
    })
    .collect()
}

fn button_pairs(tree: &Tree, zone: NodeId) -> Vec<Pair> {
    let states = tree.descendants(zone).filter(|n| tree.local(*n) == "button-visual-state");
    states
        .filter_map(|state| {
            let font = tree.child(state, "button-caption-font-style")?;
            Some(Pair {
                text: tree.attribute(font, "fontcolor")?,
                background: format(tree, state, "background-color", None)?,
                large: is_large(tree.get(font, "fontsize").as_deref(), tree.is(font, "bold", "true")),
            })
        })
        .collect()
}

/// Both colours of one part of a worksheet, set for the same scope.
fn style_pairs(tree: &Tree, sheet: NodeId) -> Vec<Pair> {
    let rules = tree.descendants(sheet).filter(|n| tree.local(*n) == "style-rule" && matches!(tree.get(*n, "element").as_deref(), Some("header" | "cell" | "title" | "label" | "field-labels" | "tooltip")));
    let mut found = Vec::new();
    for rule in rules {
        for node in tree.named(rule, "format").filter(|n| tree.is(*n, "attr", "color")) {
            let background = format(tree, rule, "background-color", Some(node));
            let size = format(tree, rule, "font-size", Some(node));
            let bold = format(tree, rule, "font-weight", Some(node)).is_some_and(|w| w.value == "bold");
            if let Some((text, background)) = tree.attribute(node, "value").zip(background) {
                found.push(Pair { text, background, large: is_large(size.as_ref().map(|s| s.value.as_str()), bold) });
            }
        }
    }
    found
}

/// A setting beside another one: of the same scope, field and data type.
fn format(tree: &Tree, holder: NodeId, attr: &str, beside: Option<NodeId>) -> Option<Text> {
    let same = |n: NodeId| beside.is_none_or(|b| ["scope", "field", "data-class"].iter().all(|a| tree.get(n, a) == tree.get(b, a)));
    let node = tree.named(holder, "format").find(|n| tree.is(*n, "attr", attr) && same(*n))?;
    tree.attribute(node, "value")
}

fn is_large(size: Option<&str>, bold: bool) -> bool {
    let points: f64 = size.and_then(|s| s.parse().ok()).unwrap_or(0.0);
    points >= 18.0 || (bold && points >= 14.0)
}
