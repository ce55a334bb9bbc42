//! `structure/unknown-parameter`.

use crate::content::{Document, Kind};
use crate::content::model::unbracket;
use crate::diagnostic::{Level, Span};
use crate::hash::HashSet;
use crate::lint::File;
use crate::lint::owner::owner;
use crate::lint::parameter_references::{only_shows, parameter_references};
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports filters, reference lines, titles and custom SQL that name a parameter which the workbook does not have, once for
    /// each sheet and data source.
    ///
    /// ## Why is this bad?
    /// The filter keeps nothing, the line and the text stay empty. A merge or a script took the parameter out, or gave it another
    /// internal name in one place only.
    ///
    /// Formulas are [calculation/broken-reference](../calculation/broken-reference.md)'s, controls
    /// [structure/invalid-parameter-control](invalid-parameter-control.md)'s, actions
    /// [structure/broken-action](broken-action.md)'s.
    UnknownParameter, "structure/unknown-parameter", "sheet names a parameter that is not there", Levels { recommended: Some(Level::Warning), strict: Some(Level::Error), optimizer: Some(Level::Warning) }, check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document().filter(|_| file.content.kind == Kind::Workbook) else { return };
    let known: HashSet<String> = document.model.parameters.iter().map(|p| unbracket(&p.name.value)).collect();
    let text = document.source().text();
    let unknown = parameter_references(text).filter(|(_, name)| !known.contains(name));
    let mut unknown = unknown.filter(|(place, _)| !text.get(..place.start as usize).is_some_and(only_shows)).peekable();
    if unknown.peek().is_none() {
        return;
    }
    let other = not_of_this_rule(document);
    let mut said = HashSet::default();
    for (place, name) in unknown {
        let subjects = owner(document, place);
        let whole = subjects.first().map(|s| format!("the {} `{}`", s.kind, s.name));
        if other.iter().any(|o| o.start <= place.start && place.end <= o.end) || !said.insert((whole.clone(), name.clone())) {
            continue;
        }
        let whole = whole.as_deref().unwrap_or("the workbook");
        sink.report(place, subjects, format!("{whole} names the parameter `{name}`, which is not there"))
            .help("bring the parameter back from git, or use another one in the filter, reference line or text");
    }
}

/// Formulas, which have a rule of their own; names that people see, which name no parameter; and what Tableau remembers of the
/// windows.
fn not_of_this_rule(document: &Document) -> Vec<Span> {
    let tree = &document.tree;
    let nodes = tree.all_descendants(tree.root());
    let places = nodes.filter_map(|n| match tree.local(n) {
        "calculation" => tree.attribute(n, "formula").map(|t| t.span),
        "column" => tree.attribute(n, "caption").map(|t| t.span),
        "windows" => Some(tree.span(n)),
        _ => None,
    });
    places.collect()
}
