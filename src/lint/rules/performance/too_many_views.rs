//! `performance/too-many-views`.

use crate::content::model::ZoneKind;
use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::limit::limit;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::lint::zones::too_many;

rule! {
    /// ## What it does
    /// Reports dashboards that show more than 8 worksheets.
    ///
    /// ## Why is this bad?
    /// Each worksheet is at least one query, and the dashboard is ready when the last has answered.
    ///
    /// ## Use instead
    /// Several dashboards that lead from the overview to the detail.
    ///
    /// ## Options
    /// `max`: worksheets. Tableau does not publish a limit; 8 is ours.
    ///
    /// ## References
    /// Tableau's Workbook Optimizer, guideline "Number of views in a dashboard".
    TooManyViews, "performance/too-many-views", "dashboard shows very many worksheets", Levels::optimizer(Level::Info), Limit, check
}

limit! {
    /// The most worksheets on a dashboard.
    8
}

fn check(options: &Limit, file: &File<'_>, sink: &mut Sink<'_>) {
    too_many(file, sink, options.max, "worksheet", "make several dashboards that lead from the overview to the detail", |zone| zone.kind == ZoneKind::Sheet);
}
