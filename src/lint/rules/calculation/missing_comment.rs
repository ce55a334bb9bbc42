//! `calculation/missing-comment`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::facts::Formula;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports long formulas without a comment.
    ///
    /// ## Why is this bad?
    /// A long formula says how, and not why. The next person who changes it guesses.
    ///
    /// ## Example
    /// ```text
    /// // Returns count against the month of the sale, not of the return (finance, 2024-03).
    /// SUM(IF [Type] = 'sale' THEN ...
    /// ```
    ///
    /// ## Options
    /// `min_length`: from how many characters on, comments not counted (200). A description of the field counts as a comment.
    MissingComment, "calculation/missing-comment", "long formula without a comment", Levels::strict(Level::Info), Options, check
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// Characters.
    min_length: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { min_length: 200 }
    }
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    for Formula { field, parsed } in file.formulas() {
        if parsed.length < options.min_length || !parsed.comments.is_empty() || field.column.description.is_some() {
            continue;
        }
        let message = format!("the formula of `{}` has {} characters and no comment", field.column.display_name(), parsed.length);
        sink.report(field.formula.span, field.subjects(), message).help("say in a line (`// ...`) what it is for and what is special about it");
    }
}
