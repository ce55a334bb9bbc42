//! `performance/too-many-images`.

use crate::content::model::ZoneKind;
use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::limit::limit;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::lint::zones::too_many;

rule! {
    /// ## What it does
    /// Reports dashboards with more than 6 images.
    ///
    /// ## Why is this bad?
    /// Each is fetched for itself when the dashboard opens.
    ///
    /// ## Options
    /// `max`: images.
    TooManyImages, "performance/too-many-images", "dashboard has very many images", Levels::strict(Level::Info), Limit, check
}

limit! {
    /// The most images on a dashboard.
    6
}

fn check(options: &Limit, file: &File<'_>, sink: &mut Sink<'_>) {
    too_many(file, sink, options.max, "image", "put those that belong together into one image", |zone| zone.kind == ZoneKind::Image);
}
