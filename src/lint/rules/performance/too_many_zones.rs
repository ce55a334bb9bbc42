//! `performance/too-many-zones`.

use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::limit::limit;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::lint::zones::too_many;

rule! {
    /// ## What it does
    /// Reports dashboards of more than 40 objects of all kinds. Those of device layouts do not count.
    ///
    /// ## Why is this bad?
    /// The browser places and draws each of them. Nobody can read that many things, either.
    ///
    /// ## Options
    /// `max`: objects.
    TooManyZones, "performance/too-many-zones", "dashboard has very many objects", Levels::strict(Level::Info), Limit, check
}

limit! {
    /// The most objects on a dashboard.
    40
}

fn check(options: &Limit, file: &File<'_>, sink: &mut Sink<'_>) {
    too_many(file, sink, options.max, "object", "make several dashboards that lead from the overview to the detail", |_| true);
}
