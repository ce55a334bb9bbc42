//! `accessibility/text-size`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::content::style::Property;
use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::lint::style_policy::{settings, subjects};

rule! {
    /// ## What it does
    /// Reports text of less than 9 points.
    ///
    /// ## Why is this bad?
    /// A dashboard of fixed size does not grow with the reader's settings: what is too small stays too small.
    ///
    /// ## Options
    /// `min`: points. Only text whose size somebody chose counts.
    TextSize, "accessibility/text-size", "text is very small", Levels::strict(Level::Info), Options, check
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// The least size in points.
    min: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self { min: 9.0 }
    }
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for setting in settings(file.styles(document), Property::FontSize) {
        let Some(size) = setting.value.value.parse::<f64>().ok().filter(|s| *s < options.min) else { continue };
        sink.report(setting.value.span, subjects(setting.owner), format!("text of {} has {size} points; {} are the least", setting.place(), options.min)).help("make it larger");
    }
}
