//! `accessibility/red-green-palette`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::glob::Names;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::lint::style_policy::{describe, subjects};

rule! {
    /// ## What it does
    /// Reports fields that are coloured by one of Tableau's palettes from red to green.
    ///
    /// ## Why is this bad?
    /// One man in twelve sees both ends as the same brown.
    ///
    /// ## Use instead
    /// From orange to blue, or a shape beside the colour.
    ///
    /// ## Options
    /// `palettes`: names of palettes that are not to be used; globs. Add your own here.
    RedGreenPalette, "accessibility/red-green-palette", "palette from red to green", Levels::strict(Level::Info), Options, check
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// Names of palettes, globs.
    palettes: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self { palettes: ["*red[-_]green*", "*green[-_]red*", "traffic*light*"].map(str::to_owned).to_vec() }
    }
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let palettes = Names::of(&options.palettes);
    for encoding in &file.styles(document).encodings {
        let Some(palette) = encoding.palette.as_ref().filter(|p| palettes.have(&p.value)) else { continue };
        let message = format!("a field of {} is coloured by the palette `{}`", describe(&encoding.owner), palette.value);
        sink.report(palette.span, subjects(&encoding.owner), message).help("use a palette from orange to blue, or a shape beside the colour");
    }
}
