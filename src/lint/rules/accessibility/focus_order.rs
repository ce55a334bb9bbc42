//! `accessibility/focus-order`.

use crate::content::model::{Dashboard, Zone, ZoneKind};
use crate::diagnostic::Subject;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::lint::zones::describe;

rule! {
    /// ## What it does
    /// Reports dashboards on which the Tab key jumps back up: it reaches an object right after one that is below it.
    ///
    /// ## Why is this bad?
    /// Who works by keyboard, or has the page read aloud, gets it in an order that nobody meant.
    ///
    /// ## How sure is it?
    /// Where the dashboard does not say that Tableau sorts its objects (`enable-sort-zone-taborder`), they are reached in the
    /// order of their ids, which is the order in which they were put there. A jump to the top of the next
    /// column is none.
    FocusOrder, "accessibility/focus-order", "Tab key jumps back up", Levels::CONFIGURED, check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let names = file.names(document);
    for dashboard in document.model.dashboards.iter().filter(|d| !d.story && !d.tab_order_by_zone) {
        let Some((before, after)) = jump(dashboard) else { continue };
        let message = format!("on the dashboard `{}` the Tab key reaches {} after {}, which is below it", dashboard.name.value, describe(after, names), describe(before, names));
        sink.report(after.element.tag, vec![Subject::new("dashboard", &*dashboard.name.value)], message).help("put the objects on the dashboard anew, in the order in which they are read");
    }
}

fn jump(dashboard: &Dashboard) -> Option<(&Zone, &Zone)> {
    let reached = |z: &&Zone| !z.hidden && matches!(z.kind, ZoneKind::Sheet | ZoneKind::Filter | ZoneKind::Parameter | ZoneKind::Button | ZoneKind::Web | ZoneKind::Extension);
    let mut zones: Vec<(u32, &Zone)> = dashboard.zones.iter().filter(reached).filter_map(|z| Some((z.id.as_ref()?.value.parse().ok()?, z))).collect();
    zones.sort_by_key(|(id, _)| *id);
    let pairs = zones.windows(2).filter_map(|pair| match pair {
        [(_, before), (_, after)] => Some((*before, *after)),
        _ => None,
    });
    pairs.into_iter().find(|(before, after)| is_above(after, before))
}

/// In the same column, and wholly above.
fn is_above(upper: &Zone, lower: &Zone) -> bool {
    let end = |start: i32, length: i32| i64::from(start) + i64::from(length);
    let same_column = i64::from(upper.x) < end(lower.x, lower.w) && i64::from(lower.x) < end(upper.x, upper.w);
    same_column && end(upper.y, upper.h) <= i64::from(lower.y)
}
