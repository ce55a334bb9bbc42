//! `performance/too-many-filters`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::content::model::ZoneKind;
use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::words::count;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::lint::zones::too_many;

rule! {
    /// ## What it does
    /// Reports worksheets with more than 6 filters, and dashboards that show more than 5.
    ///
    /// ## Why is this bad?
    /// Each filter makes the query longer, and each that is shown on a dashboard asks for its list of values before anything
    /// is drawn.
    ///
    /// Filters that Tableau makes for actions, sets and measure names do not count.
    ///
    /// ## Use instead
    /// Actions between views; parameters; a filter in the data source for what never changes.
    ///
    /// ## Options
    /// `worksheet`, `dashboard`: how many each may have. Tableau does not publish limits; these are ours.
    ///
    /// ## References
    /// Tableau's Workbook Optimizer, guideline "Number of filters".
    TooManyFilters, "performance/too-many-filters", "worksheet or dashboard has very many filters", Levels::optimizer(Level::Info), Options, check
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// The most filters of a worksheet.
    worksheet: usize,
    /// The most filters that a dashboard shows.
    dashboard: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { worksheet: 6, dashboard: 5 }
    }
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for sheet in &document.model.worksheets {
        let filters = sheet.filters.iter().filter(|f| !f.internal).count();
        if filters > options.worksheet {
            let message = format!("the worksheet `{}` has {}; more than {} are too many", sheet.name.value, count(filters, "filter"), options.worksheet);
            sink.report(sheet.name.span, vec![Subject::new("worksheet", &*sheet.name.value)], message).help("move filters that never change into the data source, and use actions for those that views can do");
        }
    }
    too_many(file, sink, options.dashboard, "filter", "use actions for what a click in a view can do", |zone| zone.kind == ZoneKind::Filter);
}
