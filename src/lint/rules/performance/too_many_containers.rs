//! `performance/too-many-containers`.

use crate::content::model::ZoneKind;
use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::limit::limit;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::lint::zones::too_many;

rule! {
    /// ## What it does
    /// Reports dashboards with more than 15 layout containers.
    ///
    /// ## Why is this bad?
    /// The browser lays out each container in each other at every change of size. And nobody can move a thing in a dashboard
    /// of containers in containers.
    ///
    /// ## Options
    /// `max`: containers, the outermost included. Tableau does not publish a limit; 15 is ours.
    ///
    /// ## References
    /// Tableau's Workbook Optimizer, guideline "Number of layout containers".
    TooManyContainers, "performance/too-many-containers", "dashboard has very many layout containers", Levels::optimizer(Level::Info), Limit, check
}

limit! {
    /// The most containers on a dashboard.
    15
}

fn check(options: &Limit, file: &File<'_>, sink: &mut Sink<'_>) {
    too_many(file, sink, options.max, "layout container", "take containers out that hold a single thing, and those that only make room", |zone| zone.kind == ZoneKind::Container);
}
