//! Dashboards and what is on them.

use tabship::content::Document;
use tabship::content::model::{Zone, ZoneKind};
use tabship::diagnostic::Span;
use tabship::diff::{Action, Kind};

use super::{Edit, Maker, Splice, in_tag, one, pick, quiet, said, spliced, without_window};

pub(super) const MAKERS: &[(&str, Maker)] = &[
    ("resize a dashboard", resize_a_dashboard),
    ("remove a zone", remove_a_zone),
    ("move a zone", move_a_zone),
    ("nudge a zone", nudge_a_zone),
    ("retarget a zone", retarget_a_zone),
    ("remove a dashboard", remove_a_dashboard),
    ("add a zone", add_a_zone),
    ("hide a zone", hide_a_zone),
];

fn resize_a_dashboard(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let tree = &document.tree;
    let sizes: Vec<_> = document
        .model
        .dashboards
        .iter()
        .filter(|d| !tree.is(d.element.node, "type", "storyboard"))
        .filter_map(|d| tree.attribute(tree.child(d.element.node, "size")?, "maxheight"))
        .collect();
    let height = pick(rng, &sizes)?;
    // The height alone says nothing where the dashboard takes any.
    let document_before = document.source().text();
    let after = Document::parse(spliced(
        document_before,
        &[(height.span, "4321".to_owned())],
    ))
    .ok()?;
    let changed = document
        .model
        .dashboards
        .iter()
        .zip(&after.model.dashboards)
        .any(|(a, b)| a.size.as_ref().map(|s| s.mode) != b.size.as_ref().map(|s| s.mode))
        || document.model.dashboards.iter().any(|d| {
            d.size
                .as_ref()
                .is_some_and(|s| s.mode != tabship::content::model::SizeMode::Automatic)
                && Some(height.span)
                    == tree
                        .child(d.element.node, "size")
                        .and_then(|n| tree.attribute(n, "maxheight"))
                        .map(|t| t.span)
        });
    changed.then(|| Edit {
        splices: vec![(height.span, "4321".to_owned())],
        said: vec![said(Kind::Size, Action::Changed, "size")],
    })
}

/// Zones without zones inside, of a sheet, filter, parameter or image, that no other zone of the dashboard equals.
fn plain_zones(document: &Document) -> Vec<Zone> {
    let tree = &document.tree;
    let key = |z: &Zone| {
        let text = |t: &Option<tabship::content::model::Text>| t.as_ref().map(|t| t.value.clone());
        (z.kind.clone(), text(&z.name), text(&z.param))
    };
    let mut found = Vec::new();
    for dashboard in &document.model.dashboards {
        for zone in &dashboard.zones {
            let single = dashboard
                .zones
                .iter()
                .filter(|z| key(z) == key(zone))
                .count()
                == 1;
            let leaf = tree.child(zone.element.node, "zone").is_none();
            let meant = matches!(
                zone.kind,
                ZoneKind::Sheet | ZoneKind::Filter | ZoneKind::Parameter | ZoneKind::Image
            );
            if single && leaf && meant {
                found.push(zone.clone());
            }
        }
    }
    found
}

fn remove_a_zone(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let zones = plain_zones(document);
    let zone = pick(rng, &zones)?;
    one(
        document.tree.span(zone.element.node),
        "",
        said(Kind::Zone, Action::Removed, ""),
    )
}

fn shift(document: &Document, rng: &mut fastrand::Rng, by: i32) -> Option<Splice> {
    let zones = plain_zones(document);
    let zone = pick(rng, &zones)?;
    let x = document.tree.attribute(zone.element.node, "x")?;
    Some((x.span, (zone.x + by).to_string()))
}

fn move_a_zone(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let (span, x) = shift(document, rng, 12_000)?;
    one(span, x, said(Kind::Zone, Action::Moved, ""))
}

fn nudge_a_zone(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    quiet(vec![shift(document, rng, 900)?])
}

fn retarget_a_zone(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let zones = plain_zones(document);
    let sheets: Vec<&Zone> = zones
        .iter()
        .filter(|z| z.kind == ZoneKind::Sheet && z.id.is_some())
        .collect();
    let zone = *pick(rng, &sheets)?;
    let name = zone.name.as_ref()?;
    one(
        name.span,
        "A sheet that no zone shows",
        said(Kind::Zone, Action::Retargeted, ""),
    )
}

fn remove_a_dashboard(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    // A button that leads there would be retargeted: to nowhere.
    let buttons: Vec<String> = document
        .model
        .dashboards
        .iter()
        .flat_map(|d| &d.zones)
        .filter_map(|z| z.button_action.as_ref().map(|t| t.value.to_uppercase()))
        .collect();
    let led_to = |name: &str| {
        let mut windows = document
            .model
            .windows
            .iter()
            .filter(|w| w.name.value == name);
        windows.any(|w| {
            w.simple_id
                .as_ref()
                .is_some_and(|id| buttons.iter().any(|b| b.contains(&id.value.to_uppercase())))
        })
    };
    let free = document
        .model
        .dashboards
        .iter()
        .filter(|d| !d.story && !led_to(&d.name.value));
    let dashboard = pick(rng, free)?;
    let what = said(Kind::Dashboard, Action::Removed, "");
    without_window(
        document,
        &dashboard.name.value,
        dashboard.element.node,
        what,
    )
}

fn add_a_zone(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let tree = &document.tree;
    let dashboards = document.model.dashboards.iter().filter(|d| !d.story);
    let holders: Vec<_> = dashboards
        .filter_map(|d| tree.path(d.element.node, &["zones", "zone"]))
        .filter(|n| tree.child(*n, "zone").is_some())
        .collect();
    let start = tree.content(*pick(rng, &holders)?).start;
    let zone = "<zone h='5000' id='98765' type='text' type-v2='text' w='5000' x='0' y='0'><formatted-text>\
                <run>Nobody wrote this</run></formatted-text></zone>";
    one(
        Span::new(start, start),
        zone,
        said(Kind::Zone, Action::Added, ""),
    )
}

fn hide_a_zone(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let zones = plain_zones(document);
    let open = |z: &&Zone| {
        document
            .tree
            .attribute(z.element.node, "hidden-by-user")
            .is_none()
    };
    let zone = pick(rng, zones.iter().filter(open))?;
    one(
        in_tag(document, zone.element.node),
        " hidden-by-user='true'",
        said(Kind::Zone, Action::Hidden, ""),
    )
}
