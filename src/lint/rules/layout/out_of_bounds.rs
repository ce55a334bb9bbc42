//! `layout/out-of-bounds`.

use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::lint::zones::describe;

rule! {
    /// ## What it does
    /// Reports floating objects that reach over the dashboard's edge.
    ///
    /// ## Why is this bad?
    /// What is outside is not shown. It got there when the dashboard was made smaller.
    ///
    /// ## How sure is it?
    /// Up to one percent of the dashboard is taken for a matter of rounding. Objects that are hidden are left alone.
    OutOfBounds, "layout/out-of-bounds", "object reaches over the dashboard's edge", Levels { recommended: None, strict: Some(Level::Warning), optimizer: None }, check
}

/// The dashboard, in the unit of zones.
const WHOLE: i64 = 100_000;
const ROUNDING: i64 = 1_000;

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let names = file.names(document);
    for dashboard in document.model.dashboards.iter().filter(|d| !d.story) {
        for zone in dashboard.zones.iter().filter(|z| z.floating && z.depth == 0 && !z.hidden) {
            let (x, y, w, h) = (i64::from(zone.x), i64::from(zone.y), i64::from(zone.w), i64::from(zone.h));
            let outside = [(-x, "left"), (-y, "upper"), (x + w - WHOLE, "right"), (y + h - WHOLE, "lower")];
            let Some((_, edge)) = outside.into_iter().find(|(over, _)| *over > ROUNDING) else { continue };
            let message = format!("{} of the dashboard `{}` reaches over its {edge} edge", describe(zone, names), dashboard.name.value);
            sink.report(zone.element.tag, vec![Subject::new("dashboard", &*dashboard.name.value)], message).help("move it back, or make it smaller");
        }
    }
}
