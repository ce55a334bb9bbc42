//! `layout/font`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::content::style::Property;
use crate::lint::File;
use crate::lint::glob::Names;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::lint::style_policy::{settings, subjects};

rule! {
    /// ## What it does
    /// Reports fonts that are not on your list.
    ///
    /// ## Why is this bad?
    /// A font that the server or the reader does not have is replaced by another one, and texts no longer fit their places.
    /// And a set of dashboards reads as one only in one font.
    ///
    /// ## Example
    /// ```yaml
    /// rules:
    ///   layout/font: { level: error, allow: ["Tableau *", "Arial"] }
    /// ```
    ///
    /// ## Options
    /// `allow`: names of fonts; globs, large and small letters alike. Text for which nobody chose a font has Tableau's own.
    /// Of a list (`Courier New,courier`) the first counts.
    Font, "layout/font", "font is not on the list", Levels::CONFIGURED, Options, check
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// Names of fonts, globs.
    allow: Vec<String>,
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    if options.allow.is_empty() {
        return;
    }
    let allowed = Names::of(&options.allow);
    for setting in settings(file.styles(document), Property::Font) {
        let font = setting.value.value.split(',').next().unwrap_or_default().trim();
        if font.is_empty() || allowed.have(font) {
            continue;
        }
        let message = format!("the font `{font}` of {} is not on the list", setting.place());
        sink.report(setting.value.span, subjects(setting.owner), message).help(format!("use one of {}", options.allow.join(", ")));
    }
}
