//! `structure/window-mismatch`.

use crate::diagnostic::{Level, Subject};
use crate::hash::HashSet;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports sheets that have no entry in `windows`, and entries in `windows` without a sheet.
    ///
    /// ## Why is this bad?
    /// The entry says whether the sheet has a tab, in which order and in which colour. Without one, Tableau decides anew: a
    /// hidden sheet becomes a view on the site. A merge took one half of a new or removed sheet.
    WindowMismatch, "structure/window-mismatch", "sheet and window do not go together", Levels::always(Level::Warning), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let model = &document.model;
    // A document made without windows at all is whole in its way.
    if model.windows.is_empty() {
        return;
    }
    let windows: HashSet<&str> = model.windows.iter().map(|w| w.name.value.as_str()).collect();
    let sheets = model.worksheets.iter().map(|w| ("worksheet", &w.name));
    let all: Vec<_> = sheets.chain(model.dashboards.iter().map(|d| (d.kind(), &d.name))).collect();
    for (kind, name) in all.iter().filter(|(_, name)| !windows.contains(name.value.as_str())) {
        sink.report(name.span, vec![Subject::new(kind, &*name.value)], format!("the {kind} `{}` has no entry in `windows`", name.value))
            .help("take the missing `window` element from the side of the merge that has it, or save the workbook in Tableau");
    }
    let names: HashSet<&str> = all.iter().map(|(_, name)| name.value.as_str()).collect();
    for window in model.windows.iter().filter(|w| !w.name.value.is_empty() && !names.contains(w.name.value.as_str())) {
        sink.report(window.name.span, vec![Subject::new("window", &*window.name.value)], format!("`windows` has an entry for `{}`, and there is no such sheet", window.name.value))
            .help("bring the sheet back, or take the `window` element out");
    }
}
