//! `performance/relevant-values-filter`.

use crate::content::model::ZoneKind;
use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::limit::limit;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports filters on dashboards that show "only relevant values".
    ///
    /// ## Why is this bad?
    /// The list of such a filter depends on all other filters: each click on any of them asks the database for each of these
    /// lists again.
    ///
    /// ## Use instead
    /// "All values in database", or a few context filters; actions, where a click in a view can do what the filter does.
    ///
    /// ## Options
    /// `max`: how many a dashboard may have; with more, each is reported.
    ///
    /// ## References
    /// Tableau's Workbook Optimizer, guideline "Filter uses 'Only relevant values'".
    RelevantValuesFilter, "performance/relevant-values-filter", "filter shows only relevant values", Levels::optimizer(Level::Info), Limit, check
}

limit! {
    /// The most on a dashboard.
    0
}

fn check(options: &Limit, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let names = file.names(document);
    for dashboard in &document.model.dashboards {
        let cards: Vec<_> = dashboard.zones.iter().filter(|z| z.kind == ZoneKind::Filter && z.values.as_ref().is_some_and(|v| v.value == "relevant")).collect();
        if cards.len() <= options.max {
            continue;
        }
        for zone in cards {
            let field = zone.param.as_ref().map_or_else(|| "?".to_owned(), |p| names.field(&p.value));
            let message = format!("the filter `{field}` of the dashboard `{}` shows only relevant values", dashboard.name.value);
            let span = zone.values.as_ref().map_or(zone.element.tag, |v| v.span);
            sink.report(span, vec![Subject::new("dashboard", &*dashboard.name.value), Subject::new("filter", field)], message)
                .help("show all values in the database, or do what the filter does with an action");
        }
    }
}
