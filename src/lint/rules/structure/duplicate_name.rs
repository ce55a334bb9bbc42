//! `structure/duplicate-name`.

use std::collections::HashMap;

use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::rule::{Levels, NoOptions, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports two sheets, dashboards or stories with one name.
    ///
    /// ## Why is this bad?
    /// Sheets are referred to by their names. Tableau never writes two with one name: a merge or a script did, and the file
    /// will not open, or shows one of them twice.
    DuplicateName, "structure/duplicate-name", "two sheets have one name", Levels::always(Level::Error), NoOptions, check
}

fn check(_options: &NoOptions, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let sheets = document.model.worksheets.iter().map(|w| ("worksheet", &w.name));
    let dashboards = document.model.dashboards.iter().map(|d| (if d.story { "story" } else { "dashboard" }, &d.name));
    let mut seen: HashMap<&str, &'static str> = HashMap::new();
    for (kind, name) in sheets.chain(dashboards) {
        if let Some(first) = seen.insert(&name.value, kind) {
            let message = format!("a {first} and a {kind} are both called `{}`", name.value);
            sink.report(name.span, vec![Subject::new(kind, &*name.value)], message).help("rename one of them in every place that names it, or take an earlier version from git");
        }
    }
}
