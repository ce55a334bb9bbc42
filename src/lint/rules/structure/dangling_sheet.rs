//! `structure/dangling-sheet`.

use crate::content::model::ZoneKind;
use crate::diagnostic::{Level, Subject};
use crate::hash::HashSet;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sheet_use::about_missing;
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports dashboards and stories that show a sheet that is not in the workbook.
    ///
    /// ## Why is this bad?
    /// Tableau refuses to open the file, or shows a hole in the dashboard. A merge or a script renamed or removed the sheet
    /// in one place only.
    DanglingSheet, "structure/dangling-sheet", "dashboard shows a sheet that is not there", Levels::always(Level::Error), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let model = &document.model;
    let names: HashSet<&str> =
        model.worksheets.iter().map(|w| w.name.value.as_str()).chain(model.dashboards.iter().map(|d| d.name.value.as_str())).collect();
    for dashboard in &model.dashboards {
        let kind = if dashboard.story { "story" } else { "dashboard" };
        let zones = dashboard.zones.iter().filter(|z| z.kind == ZoneKind::Sheet).filter_map(|z| z.name.as_ref());
        let points = dashboard.story_points.iter().filter_map(|p| p.sheet.as_ref());
        for name in zones.chain(points).filter(|n| !n.value.is_empty() && !names.contains(n.value.as_str())) {
            let subjects = vec![Subject::new(kind, &*dashboard.name.value)];
            sink.report(name.span, subjects, format!("the {kind} `{}` shows the sheet `{}`, which is not there", dashboard.name.value, name.value))
                .help(about_missing(model, &name.value, "bring the sheet back, or take it off the dashboard"));
        }
    }
}
