//! `structure/broken-action`.

use crate::content::Document;
use crate::content::model::{Action, ActionKind, Text, unbracket};
use crate::diagnostic::{Level, Subject};
use crate::hash::HashSet;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::shelf::references;
use crate::lint::sheet_use::about_missing;
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports actions that start from a sheet, or act on a sheet, parameter or set, which the workbook does not have.
    ///
    /// ## Why is this bad?
    /// The click does nothing, and nobody notices before a user does. Actions name sheets by plain text: a rename by a script, or
    /// one half of a merge, leaves them behind.
    BrokenAction, "structure/broken-action", "action names something that is not there", Levels::always(Level::Warning), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let known = Known::of(document);
    for action in &document.model.actions {
        let name = action.caption.as_ref().or(action.name.as_ref()).map_or("?", |t| t.value.as_str());
        let mut say = |place: &Text, what: String, help: String| {
            let message = format!("the action `{name}` {what}, which is not there");
            sink.report(place.span, vec![Subject::new("action", name)], message).help(help);
        };
        let sheet = |name: &str| about_missing(&document.model, name, CHOOSE);
        for source in action.source.iter().filter(|s| !s.value.is_empty() && !known.sheets.contains(s.value.as_str())) {
            say(source, format!("starts from the sheet `{}`", source.value), sheet(&source.value));
        }
        for target in &action.target {
            if let Some(what) = missing(action, target, &known) {
                let other = matches!(action.kind, ActionKind::Parameter | ActionKind::Set);
                let help = if other { CHOOSE.to_owned() } else { sheet(&target.value) };
                say(target, what, help);
            }
        }
    }
}

const CHOOSE: &str = "open the action in Tableau (Dashboard, Actions) and choose again, or remove it";

/// What an action may name.
struct Known<'d> {
    sheets: HashSet<&'d str>,
    windows: HashSet<&'d str>,
    parameters: HashSet<String>,
    sets: HashSet<(&'d str, String)>,
    datasources: HashSet<&'d str>,
}

impl<'d> Known<'d> {
    fn of(document: &'d Document) -> Self {
        let model = &document.model;
        let sets = model.datasources.iter().flat_map(|d| d.groups.iter().map(|g| (d.name.value.as_str(), unbracket(&g.name.value))));
        Self {
            sheets: model.worksheets.iter().map(|w| w.name.value.as_str()).chain(model.dashboards.iter().map(|d| d.name.value.as_str())).collect(),
            windows: model.windows.iter().filter_map(|w| w.simple_id.as_ref()).map(|t| t.value.as_str()).collect(),
            parameters: model.parameters.iter().map(|p| unbracket(&p.name.value)).collect(),
            sets: sets.collect(),
            datasources: model.datasources.iter().map(|d| d.name.value.as_str()).collect(),
        }
    }
}

/// What the target is, when it is not there.
fn missing(action: &Action, target: &Text, known: &Known<'_>) -> Option<String> {
    let value = target.value.as_str();
    let reference = references(value).pop();
    let pair = reference.as_ref().and_then(|r| r.pair());
    match (action.kind, pair) {
        (ActionKind::Parameter, Some((_, name))) => (!known.parameters.contains(name)).then(|| format!("sets the parameter `{name}`")),
        (ActionKind::Set, Some((datasource, name))) => {
            let missing = known.datasources.contains(datasource) && !known.sets.contains(&(datasource, name.to_owned()));
            missing.then(|| format!("changes the set `{name}`"))
        }
        (ActionKind::Filter | ActionKind::Highlight | ActionKind::Navigate, _) => {
            let there = known.sheets.contains(value) || known.windows.contains(value);
            (!there).then(|| format!("acts on the sheet `{value}`"))
        }
        _ => None,
    }
}
