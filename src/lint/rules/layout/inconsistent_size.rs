//! `layout/inconsistent-size`.

use crate::content::model::SizeMode;
use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::majority::outliers;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports dashboards of another fixed size than most dashboards of the workbook. There must be three or more, and most
    /// is two thirds.
    ///
    /// ## Why is this bad?
    /// The page jumps when people go from one to the next, and what they were looking at is somewhere else.
    InconsistentSize, "layout/inconsistent-size", "dashboard has another size than the others", Levels::strict(Level::Info), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let visible = document.model.dashboards.iter().filter(|d| !d.story && !file.is_hidden(&d.name.value));
    let sized: Vec<_> = visible
        .filter_map(|d| match d.size.as_ref() {
            Some(size) if size.mode == SizeMode::Fixed => Some((d, (size.max.0?, size.max.1?))),
            _ => None,
        })
        .collect();
    let Some((most, others)) = outliers(&sized) else { return };
    for (dashboard, (width, height)) in others {
        let name = dashboard.name.value.as_str();
        let message = format!("the dashboard `{name}` is {width}x{height}, most others are {}x{}", most.0, most.1);
        sink.report(dashboard.name.span, vec![Subject::new("dashboard", name)], message).help("give the dashboards of a workbook one size");
    }
}
