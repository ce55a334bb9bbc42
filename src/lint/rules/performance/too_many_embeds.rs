//! `performance/too-many-embeds`.

use crate::content::model::ZoneKind;
use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::limit::limit;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::lint::zones::too_many;

rule! {
    /// ## What it does
    /// Reports dashboards with more than 3 web pages and extensions.
    ///
    /// ## Why is this bad?
    /// Each is a web page of its own with scripts of its own, and the dashboard is ready when the slowest of them is.
    ///
    /// ## Options
    /// `max`: web pages and extensions.
    TooManyEmbeds, "performance/too-many-embeds", "dashboard embeds very many web pages and extensions", Levels::strict(Level::Info), Limit, check
}

limit! {
    /// The most web pages and extensions on a dashboard.
    3
}

fn check(options: &Limit, file: &File<'_>, sink: &mut Sink<'_>) {
    too_many(file, sink, options.max, "web page or extension", "link to pages instead of embedding them", |zone| matches!(zone.kind, ZoneKind::Web | ZoneKind::Extension));
}
