//! `structure/required-sheet`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::content::Kind;
use crate::diagnostic::Subject;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::manifest::glob;

rule! {
    /// ## What it does
    /// Wants worksheets, dashboards or stories with given names.
    ///
    /// ## Why is this bad?
    /// Portals, subscriptions and bookmarks name views. A renamed dashboard is gone for all of them, and only users notice.
    ///
    /// ## Example
    /// ```yaml
    /// rules:
    ///   structure/required-sheet:
    ///     level: error
    ///     sheets:
    ///       - { name: "About", in: "workbooks/**" }
    ///       - { name: "Overview*" }
    /// ```
    ///
    /// ## Options
    /// `sheets`: a list of `name` (glob) and `in` (glob over files; without it all workbooks). A hidden sheet does not count.
    RequiredSheet, "structure/required-sheet", "required sheet or dashboard is missing", Levels::CONFIGURED, Options, check
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// The sheets that must be there.
    sheets: Vec<Wanted>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Name of a worksheet, dashboard or story; a glob.
    name: String,
    /// Glob over files. Without it: all workbooks.
    #[serde(default, rename = "in")]
    files: Option<String>,
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document().filter(|_| file.content.kind == Kind::Workbook) else { return };
    let model = &document.model;
    let concerns = |wanted: &Wanted| wanted.files.as_ref().is_none_or(|f| glob::path(f).is_ok_and(|g| g.is_match(file.path)));
    let names: Vec<&str> = model.worksheets.iter().map(|w| w.name.value.as_str()).chain(model.dashboards.iter().map(|d| d.name.value.as_str())).collect();
    for wanted in options.sheets.iter().filter(|w| concerns(w)) {
        let glob = glob::name(&wanted.name);
        let is_wanted = |name: &str| wanted.name == name || glob.as_ref().is_ok_and(|g| g.is_match(name));
        let found: Vec<&&str> = names.iter().filter(|n| is_wanted(n)).collect();
        let message = match found.first() {
            None => format!("the workbook has no sheet `{}`", wanted.name),
            Some(name) if found.iter().all(|n| file.is_hidden(n)) => format!("the sheet `{name}` is hidden, and it must be there for users"),
            Some(_) => continue,
        };
        sink.report(model.root.tag, vec![Subject::new("sheet", &*wanted.name)], message).help("add it, or rename the one that was meant; `structure/required-sheet` in the manifest lists what must be there");
    }
}
