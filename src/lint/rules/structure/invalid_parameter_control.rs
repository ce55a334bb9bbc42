//! `structure/invalid-parameter-control`.

use crate::content::model::{ZoneKind, unbracket};
use crate::diagnostic::{Level, Subject};
use crate::hash::HashSet;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::shelf::references;
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports parameter controls on a dashboard that do not say how they look (`mode`), or that show a parameter which the
    /// workbook does not have.
    ///
    /// ## Why is this bad?
    /// Tableau Desktop stops with an internal error (CB5AF9D4) when it opens such a dashboard. A script wrote the control, or
    /// the parameter was removed by hand.
    InvalidParameterControl, "structure/invalid-parameter-control", "parameter control that Tableau cannot show", Levels { recommended: Some(Level::Warning), strict: Some(Level::Error), optimizer: Some(Level::Warning) }, check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let model = &document.model;
    let known: HashSet<String> = model.parameters.iter().map(|p| unbracket(&p.name.value)).collect();
    // Before 2018 Tableau itself wrote controls without a mode; a site that saves such a workbook again keeps its format.
    let recent = model.saved_by.is_some_and(|v| v.year >= 2018) && model.format().is_none_or(|f| f >= 18);
    for dashboard in &model.dashboards {
        let subjects = || vec![Subject::new(dashboard.kind(), &*dashboard.name.value)];
        for zone in dashboard.zones.iter().filter(|z| z.kind == ZoneKind::Parameter) {
            let param = zone.param.as_ref();
            let named = param.and_then(|p| references(&p.value).pop()).and_then(|r| r.parts.last().map(ToString::to_string));
            let place = param.map_or(zone.element.tag, |p| p.span);
            let on = format!("on the {} `{}`", dashboard.kind(), dashboard.name.value);
            let Some(name) = named else {
                sink.report(place, subjects(), format!("a parameter control {on} names no parameter")).help("take the control off the dashboard, and add it again in Tableau");
                continue;
            };
            if !known.contains(&name) {
                sink.report(place, subjects(), format!("a parameter control {on} shows the parameter `{name}`, which is not there"))
                    .help("bring the parameter back, or take the control off the dashboard");
            } else if zone.mode.is_none() && recent {
                let caption = model.parameters.iter().find(|p| unbracket(&p.name.value) == name).map_or(name, crate::content::model::Parameter::display_name);
                sink.report(zone.element.tag, subjects(), format!("the control of the parameter `{caption}` {on} does not say how it looks (`mode`)"))
                    .help("add a mode, such as `mode='compact'`, or add the control again in Tableau");
            }
        }
    }
}
