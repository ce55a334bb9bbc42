//! `structure/empty-dashboard`.

use crate::content::model::ZoneKind;
use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports dashboards that hold nothing but containers and blanks, and stories without points.
    ///
    /// ## Why is this bad?
    /// It becomes an empty view on the site. Mostly somebody began it and never came back.
    EmptyDashboard, "structure/empty-dashboard", "dashboard shows nothing", Levels::always(Level::Warning), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for dashboard in &document.model.dashboards {
        let blank = |kind: &ZoneKind| matches!(kind, ZoneKind::Container | ZoneKind::Blank | ZoneKind::Title);
        let empty = if dashboard.story { dashboard.story_points.is_empty() } else { dashboard.zones.iter().all(|z| blank(&z.kind)) };
        if empty {
            let (kind, name) = (dashboard.kind(), &dashboard.name);
            sink.report(name.span, vec![Subject::new(kind, &*name.value)], format!("the {kind} `{}` is empty", name.value)).help("delete it, or put sheets on it");
        }
    }
}
