//! `layout/fixed-size`.

use crate::content::model::SizeMode;
use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports dashboards whose size is not fixed.
    ///
    /// ## Why is this bad?
    /// The site caches a dashboard by its size. With an automatic size or a range nearly every browser window has a size of
    /// its own, and nearly every opening is a new rendering.
    ///
    /// ## References
    /// Tableau's Workbook Optimizer, guideline "Dashboard size not fixed".
    FixedSize, "layout/fixed-size", "dashboard's size is not fixed", Levels::optimizer(Level::Info), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for dashboard in document.model.dashboards.iter().filter(|d| !d.story) {
        let mode = dashboard.size.as_ref().map_or(SizeMode::Automatic, |s| s.mode);
        if mode == SizeMode::Fixed {
            continue;
        }
        let how = match mode {
            SizeMode::Automatic => "automatic",
            SizeMode::Range => "a range",
            _ => "not fixed",
        };
        sink.report(dashboard.name.span, vec![Subject::new("dashboard", &*dashboard.name.value)], format!("the size of the dashboard `{}` is {how}", dashboard.name.value))
            .help("choose a fixed size in the layout pane, and device layouts for phones and tablets");
    }
}
