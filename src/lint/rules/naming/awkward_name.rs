//! `naming/awkward-name`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports names of visible worksheets, dashboards and stories that are very long, or hold characters such as `/`, `?` and `:`.
    ///
    /// ## Why is this bad?
    /// The name becomes the tab, the view's address and the name of exported files. Addresses leave such characters out, so two names
    /// may get one address, and file systems refuse them.
    ///
    /// ## Options
    /// `max_length`: in characters (60). `characters`: those that must not be there (`/\:*?"<>|`).
    AwkwardName, "naming/awkward-name", "sheet name that makes trouble in addresses and files", Levels::strict(Level::Info), Options, check
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// Most characters.
    max_length: usize,
    /// Characters that must not be there.
    characters: String,
}

impl Default for Options {
    fn default() -> Self {
        Self { max_length: 60, characters: "/\\:*?\"<>|".to_owned() }
    }
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let model = &document.model;
    let sheets = model.worksheets.iter().map(|w| ("worksheet", &w.name)).chain(model.dashboards.iter().map(|d| (d.kind(), &d.name)));
    for (kind, name) in sheets.filter(|(_, name)| !file.is_hidden(&name.value)) {
        let length = name.value.chars().count();
        let why = match name.value.chars().find(|c| options.characters.contains(*c)) {
            Some(c) => format!("holds `{c}`"),
            None if length > options.max_length => format!("has {length} characters, and {} is the limit", options.max_length),
            None => continue,
        };
        sink.report(name.span, vec![Subject::new(kind, &*name.value)], format!("the name of the {kind} `{}` {why}", name.value)).help("rename it in Tableau");
    }
}
