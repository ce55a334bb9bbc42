//! `structure/duplicate-name`.

use crate::diagnostic::{Level, Subject};
use crate::hash::{HashMap, HashSet};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports two sheets, dashboards or stories with one name, two data sources with one internal name, and two entries of
    /// `windows` for one sheet.
    ///
    /// ## Why is this bad?
    /// They are referred to by these names. Tableau never writes two with one name: a merge or a script did, and the file
    /// will not open, or shows one of them twice.
    DuplicateName, "structure/duplicate-name", "two sheets or data sources have one name", Levels::always(Level::Error), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let model = &document.model;
    let sheets = model.worksheets.iter().map(|w| ("worksheet", &w.name));
    let dashboards = model.dashboards.iter().map(|d| (d.kind(), &d.name));
    let mut seen: HashMap<&str, &'static str> = HashMap::default();
    for (kind, name) in sheets.chain(dashboards) {
        if let Some(first) = seen.insert(&name.value, kind) {
            let who = if first == kind { format!("two {kind}s") } else { format!("a {first} and a {kind}") };
            let message = format!("{who} are both called `{}`", name.value);
            sink.report(name.span, vec![Subject::new(kind, &*name.value)], message).help("rename one of them in every place that names it, or take an earlier version from git");
        }
    }
    let mut seen: HashSet<&str> = HashSet::default();
    for datasource in model.datasources.iter().filter(|d| !seen.insert(&d.name.value)) {
        let subjects = vec![Subject::new("data source", datasource.display_name())];
        sink.report(datasource.name.span, subjects, format!("two data sources have the internal name `{}`", datasource.name.value))
            .help("take one of them out, or take an earlier version from git");
    }
    let mut seen: HashSet<&str> = HashSet::default();
    for window in model.windows.iter().filter(|w| !w.name.value.is_empty() && !seen.insert(&w.name.value)) {
        let subjects = vec![Subject::new("window", &*window.name.value)];
        sink.report(window.name.span, subjects, format!("`windows` has two entries for `{}`", window.name.value)).help("take one of them out");
    }
}
