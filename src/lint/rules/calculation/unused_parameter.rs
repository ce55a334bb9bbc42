//! `calculation/unused-parameter`.

use crate::content::model::{Parameter, unbracket};
use crate::content::{Document, Kind};
use crate::diagnostic::{Level, Span, Subject};
use crate::hash::HashMap;
use crate::lint::File;
use crate::lint::parameter_references::{only_shows, parameter_references};
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports parameters that nothing computes with, filters by or shows: neither a calculation that is used, nor custom SQL, a
    /// filter, a title. It says so too where users can see the parameter's control.
    ///
    /// ## Why is this bad?
    /// A control that does nothing makes users doubt all the others. One that nobody sees is one more name in the list.
    ///
    /// ## Use instead
    /// Delete it; or use it.
    UnusedParameter, "calculation/unused-parameter", "parameter that does nothing", Levels::always(Level::Warning), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document().filter(|_| file.content.kind == Kind::Workbook) else { return };
    if document.model.parameters.is_empty() || document.model.worksheets.is_empty() {
        return;
    }
    let mut idle: Vec<Span> = file.used(document).unused_calculations(file.formulas()).map(|f| f.field.formula.span).collect();
    idle.sort();
    let uses = uses(document, &idle);
    for parameter in &document.model.parameters {
        let why = match uses.get(&unbracket(&parameter.name.value)) {
            Some(Use::Computed) => continue,
            Some(Use::Shown) => "users can set it, and nothing comes of it",
            Some(Use::Idle) => "only calculated fields that nothing uses read it",
            None => "nothing uses it",
        };
        let name = parameter.display_name();
        sink.report(place(parameter), vec![Subject::new("parameter", &*name)], format!("the parameter `{name}` does nothing: {why}"))
            .help("delete it, with its controls; or use it in a calculation, a filter or a title");
    }
}

fn place(parameter: &Parameter) -> Span {
    parameter.caption.as_ref().unwrap_or(&parameter.name).span
}

/// What a parameter is to the document, the least first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    /// A calculated field that nothing uses reads it.
    Idle,
    /// A control shows it, or an action sets it.
    Shown,
    Computed,
}

/// Each `[Parameters].[x]` of the document; the formulas at `idle` (sorted) compute nothing.
fn uses(document: &Document, idle: &[Span]) -> HashMap<String, Use> {
    let text = document.source().text();
    let mut found: HashMap<String, Use> = HashMap::default();
    for (place, name) in parameter_references(text) {
        let before = idle.partition_point(|s| s.start <= place.start);
        let is_idle = before.checked_sub(1).and_then(|n| idle.get(n)).is_some_and(|s| place.start < s.end);
        let how = match text.get(..place.start as usize) {
            _ if is_idle => Use::Idle,
            Some(before) if only_shows(before) => Use::Shown,
            _ => Use::Computed,
        };
        let most = found.entry(name).or_insert(how);
        *most = (*most).max(how);
    }
    found
}
