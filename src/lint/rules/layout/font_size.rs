//! `layout/font-size`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::content::style::Property;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::lint::style_policy::{settings, subjects};

rule! {
    /// ## What it does
    /// Reports sizes of text outside of what you allow.
    ///
    /// ## Why is this bad?
    /// Sizes say what belongs together and what matters more. With nine of them they say nothing.
    ///
    /// ## Example
    /// ```yaml
    /// rules:
    ///   layout/font-size: { level: warning, sizes: [9, 11, 14, 20] }
    /// ```
    ///
    /// ## Options
    /// `min`, `max`: points. `sizes`: the only sizes that there may be. Text whose size nobody chose has Tableau's own.
    FontSize, "layout/font-size", "size of text is not allowed", Levels::CONFIGURED, Options, check
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// In points.
    min: Option<f64>,
    /// In points.
    max: Option<f64>,
    /// In points; empty allows any between `min` and `max`.
    sizes: Vec<f64>,
}

impl Options {
    fn breach(&self, size: f64) -> Option<String> {
        if let Some(min) = self.min.filter(|min| size < *min) {
            return Some(format!("less than {min}"));
        }
        if let Some(max) = self.max.filter(|max| size > *max) {
            return Some(format!("more than {max}"));
        }
        let listed = self.sizes.is_empty() || self.sizes.iter().any(|s| (s - size).abs() < 0.01);
        (!listed).then(|| {
            let sizes: Vec<String> = self.sizes.iter().map(f64::to_string).collect();
            format!("none of {}", sizes.join(", "))
        })
    }
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for setting in settings(file.styles(document), Property::FontSize) {
        let Ok(size) = setting.value.value.parse::<f64>() else { continue };
        let Some(breach) = options.breach(size) else { continue };
        sink.report(setting.value.span, subjects(setting.owner), format!("the text size {size} of {} is {breach}", setting.place())).help("choose a size that is allowed");
    }
}
