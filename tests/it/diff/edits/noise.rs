//! What Tableau writes anew at every save: no change.

use tabship::content::Document;
use tabship::content::tree::NodeId;
use tabship::diagnostic::Span;

use super::{Edit, Maker, Splice, in_tag, pick, quiet};

pub(super) const MAKERS: &[(&str, Maker)] = &[
    ("save again", save_again),
    ("new thumbnails", new_thumbnails),
    ("other line ends", other_line_ends),
    ("renumber zones", renumber_zones),
    ("other order of attributes", other_order_of_attributes),
    ("new state of windows", new_state_of_windows),
    ("new identities of sheets", new_identities_of_sheets),
];

fn save_again(document: &Document, _: &mut fastrand::Rng) -> Option<Edit> {
    let build = document.model.source_build.as_ref()?;
    let saved = document.model.saved_by?;
    let text = format!(
        "{}.{}.99 ({}{}.11.2222.3333)",
        saved.year, saved.release, saved.year, saved.release
    );
    quiet(vec![(build.span, text)])
}

fn new_thumbnails(document: &Document, _: &mut fastrand::Rng) -> Option<Edit> {
    let thumbnails = document.model.thumbnails.iter();
    quiet(thumbnails.map(|t| (t.span, "AAAA".to_owned())).collect())
}

fn other_line_ends(document: &Document, _: &mut fastrand::Rng) -> Option<Edit> {
    let text = document.source().text();
    let other = if text.contains("\r\n") {
        text.replace("\r\n", "\n")
    } else {
        text.replace('\n', "\r\n")
    };
    quiet(vec![(Span::new(0, text.len() as u32), other)])
}

/// All ids anew, as Tableau does at will.
fn renumber_zones(document: &Document, _: &mut fastrand::Rng) -> Option<Edit> {
    let zones = document.model.dashboards.iter().flat_map(|d| &d.zones);
    let ids = zones.filter_map(|z| z.id.as_ref());
    quiet(ids.map(|id| (id.span, format!("{}7", id.value))).collect())
}

/// The attributes of a few elements in another order.
fn other_order_of_attributes(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let tree = &document.tree;
    let all: Vec<NodeId> = tree.descendants(tree.root()).collect();
    let mut splices: Vec<Splice> = Vec::new();
    for _ in 0..20 {
        let node = *pick(rng, &all)?;
        let span = tree.tag(node);
        let tag = document.source().slice(span);
        let known = splices.iter().any(|(s, _)| s.start == span.start);
        if let Some(turned) = turned(tag).filter(|_| !known) {
            splices.push((span, turned));
        }
    }
    quiet(splices)
}

/// `<a b='1' c="2"/>` -> `<a c="2" b='1'/>`.
fn turned(tag: &str) -> Option<String> {
    let inside = tag.strip_prefix('<')?.trim_end_matches(['/', '>']);
    let end = &tag[1 + inside.len()..];
    let (name, mut rest) = inside.split_once(char::is_whitespace)?;
    let mut attributes = Vec::new();
    while let Some(at) = rest.find(['\'', '"']) {
        let quote = rest[at..].chars().next()?;
        let close = at + 1 + rest[at + 1..].find(quote)?;
        attributes.push(rest[..=close].trim());
        rest = &rest[close + 1..];
    }
    attributes.reverse();
    (attributes.len() > 1).then(|| format!("<{name} {} {end}", attributes.join(" ")))
}

fn new_state_of_windows(document: &Document, _: &mut fastrand::Rng) -> Option<Edit> {
    let tree = &document.tree;
    let windows = document.model.windows.iter().map(|w| w.element.node);
    let free = windows.filter(|n| tree.attribute(*n, "source-height").is_none());
    quiet(
        free.map(|n| (in_tag(document, n), " source-height='31'".to_owned()))
            .collect(),
    )
}

/// Windows have the identities that buttons lead to; those of sheets nobody mentions.
fn new_identities_of_sheets(document: &Document, _: &mut fastrand::Rng) -> Option<Edit> {
    let turn = |id: &str| id.replace('1', "x").replace('2', "1").replace('x', "2");
    let ids = document
        .model
        .worksheets
        .iter()
        .filter_map(|w| w.simple_id.as_ref());
    quiet(ids.map(|id| (id.span, turn(&id.value))).collect())
}
