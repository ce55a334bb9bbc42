//! `structure/broken-card`.

use crate::content::model::ZoneKind;
use crate::diagnostic::{Level, Subject};
use crate::hash::HashSet;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports filter cards and legends on a dashboard that belong to a worksheet which is not in the workbook.
    ///
    /// ## Why is this bad?
    /// The card is empty, or Tableau refuses the dashboard. A merge or a script renamed or removed the worksheet in one place
    /// only.
    BrokenCard, "structure/broken-card", "filter card or legend of a worksheet that is not there", Levels { recommended: Some(Level::Warning), strict: Some(Level::Error), optimizer: Some(Level::Warning) }, check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let model = &document.model;
    let sheets: HashSet<&str> = model.worksheets.iter().map(|w| w.name.value.as_str()).chain(model.dashboards.iter().map(|d| d.name.value.as_str())).collect();
    for dashboard in &model.dashboards {
        for zone in &dashboard.zones {
            let what = match zone.kind {
                ZoneKind::Filter => "filter card",
                ZoneKind::Legend => "legend",
                _ => continue,
            };
            let Some(name) = zone.name.as_ref().filter(|n| !n.value.is_empty() && !sheets.contains(n.value.as_str())) else { continue };
            let message = format!("a {what} on the {} `{}` belongs to the worksheet `{}`, which is not there", dashboard.kind(), dashboard.name.value, name.value);
            sink.report(name.span, vec![Subject::new(dashboard.kind(), &*dashboard.name.value)], message)
                .help("bring the worksheet back, or take the card off the dashboard");
        }
    }
}
