//! `layout/floating`.

use crate::diagnostic::Subject;
use crate::lint::File;
use crate::lint::limit::limit;
use crate::words::count;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports dashboards with more floating objects than you allow.
    ///
    /// ## Why is this bad?
    /// A floating object has a place of its own in pixels or percent: it covers others when the window is narrower, the text
    /// longer or the language another one.
    ///
    /// ## Options
    /// `max`: floating objects. Without it none is allowed. What is inside a floating container floats with it and does not
    /// count.
    Floating, "layout/floating", "dashboard has floating objects", Levels::CONFIGURED, Limit, check
}

limit! {
    /// The most floating objects on a dashboard.
    0
}

fn check(options: &Limit, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for dashboard in document.model.dashboards.iter().filter(|d| !d.story) {
        let floating: Vec<_> = dashboard.zones.iter().filter(|z| z.floating && z.depth == 0).collect();
        let Some(extra) = floating.get(options.max) else { continue };
        let name = dashboard.name.value.as_str();
        let message = format!("the dashboard `{name}` has {}; {}", count(floating.len(), "floating object"), if options.max == 0 { "none is allowed".to_owned() } else { format!("more than {} are too many", options.max) });
        sink.report(extra.element.tag, vec![Subject::new("dashboard", name)], message).help("put them into containers");
    }
}
