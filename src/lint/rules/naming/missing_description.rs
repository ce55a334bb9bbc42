//! `naming/missing-description`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::facts::Formula;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports visible calculated fields without a description (the comment that Tableau shows when the mouse rests on the field).
    ///
    /// ## Why is this bad?
    /// Authors who build on your data see `Net Revenue 2` and have to guess. One sentence in the description answers most questions.
    ///
    /// ## Options
    /// `min_length`: shorter descriptions do not count (1). `parameters`: also parameters (false).
    MissingDescription, "naming/missing-description", "calculated field without a description", Levels::strict(Level::Info), Options, check
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// Characters.
    min_length: usize,
    /// Hold parameters to it too.
    parameters: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { min_length: 1, parameters: false }
    }
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let described = |text: Option<&crate::content::model::Text>| text.is_some_and(|t| t.value.trim().chars().count() >= options.min_length);
    let help = "describe it: data pane, right click, Default Properties, Comment";
    for Formula { field, .. } in file.formulas().iter().filter(|f| !f.field.column.hidden) {
        let column = field.column;
        if !described(column.description.as_ref()) {
            let place = column.caption.as_ref().unwrap_or(&column.name).span;
            sink.report(place, field.subjects(), format!("the calculated field `{}` has no description", column.display_name())).help(help);
        }
    }
    for parameter in document.model.parameters.iter().filter(|p| options.parameters && !described(p.description.as_ref())) {
        let name = parameter.display_name();
        let place = parameter.caption.as_ref().unwrap_or(&parameter.name).span;
        sink.report(place, vec![Subject::new("parameter", &*name)], format!("the parameter `{name}` has no description")).help(help);
    }
}
