//! `layout/color`.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use crate::content::style::{Color, ColorEncoding, Property, Styles};
use crate::lint::File;
use crate::lint::glob::Names;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use crate::lint::style_policy::{describe, settings, subjects};

rule! {
    /// ## What it does
    /// Reports colours that are not in your palette: of text, backgrounds, borders, lines and marks, and those that values
    /// of a field were given.
    ///
    /// ## Why is this bad?
    /// Corporate colours that are nearly right look wrong side by side, and a colour that means "actual" in one workbook
    /// should not mean "plan" in the next.
    ///
    /// ## Example
    /// ```yaml
    /// rules:
    ///   layout/color: { level: error, colors: ["#1a3e5c", "#f28e2b", "#ffffff"], palettes: ["Acme*"], tolerance: 2 }
    /// ```
    ///
    /// ## Options
    /// `colors`: the colours that may be set. `palettes`: names of the palettes that fields may be coloured by; globs.
    /// `tolerance`: by how much red, green and blue may each differ, 0 to 255. Without `colors` no colour is held to
    /// anything, without `palettes` no palette.
    ///
    /// ## How sure is it?
    /// Colours that nobody set are Tableau's own and not in the file. Transparent colours and the colours of borders that
    /// are not drawn do not count, and how transparent a colour is does not either. A colour is reported once for each
    /// sheet, at its first place.
    ColorPolicy, "layout/color", "colour is not in the palette", Levels::CONFIGURED, Options, check
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// `#rrggbb`.
    #[serde(deserialize_with = "colors")]
    #[schemars(with = "Vec<String>")]
    colors: Vec<Color>,
    /// Names of palettes, globs.
    palettes: Vec<String>,
    /// The most that red, green and blue may each differ.
    tolerance: u8,
}

fn colors<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Color>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let parse = |text: &String| Color::parse(text).ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no colour such as `#1a3e5c`")));
    texts.iter().map(parse).collect()
}

impl Options {
    fn allows(&self, text: &str) -> bool {
        Color::parse(text).is_none_or(|color| self.colors.iter().any(|c| c.distance(color) <= self.tolerance))
    }
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let styles = file.styles(document);
    if !options.colors.is_empty() {
        set_colors(options, styles, sink);
    }
    let palettes = Names::of(&options.palettes);
    for encoding in &styles.encodings {
        field_colors(options, &palettes, encoding, sink);
    }
}

fn set_colors(options: &Options, styles: &Styles, sink: &mut Sink<'_>) {
    for setting in settings(styles, Property::Color).iter().filter(|s| !options.allows(&s.value.value)) {
        let message = format!("the colour `{}` of {} is not in the palette", setting.value.value, setting.place());
        sink.report(setting.value.span, subjects(setting.owner), message).help(nearest(options, &setting.value.value));
    }
}

/// A palette that may be used may give any of its colours; else each given colour counts.
fn field_colors(options: &Options, palettes: &Names<'_>, encoding: &ColorEncoding, sink: &mut Sink<'_>) {
    if let Some(palette) = encoding.palette.as_ref().filter(|_| !options.palettes.is_empty()) {
        if !palettes.have(&palette.value) {
            let message = format!("a field of {} is coloured by the palette `{}`", describe(&encoding.owner), palette.value);
            sink.report(palette.span, subjects(&encoding.owner), message).help(format!("use one of {}", options.palettes.join(", ")));
        }
        return;
    }
    let wrong: Vec<_> = encoding.colors.iter().filter(|c| !options.colors.is_empty() && !options.allows(&c.value)).collect();
    let Some(first) = wrong.first() else { return };
    let rest = if wrong.len() > 1 { format!(" and {} more", wrong.len() - 1) } else { String::new() };
    let message = format!("the colour `{}`{rest}, given to values of a field of {}, is not in the palette", first.value, describe(&encoding.owner));
    sink.report(first.span, subjects(&encoding.owner), message).help(nearest(options, &first.value));
}

fn nearest(options: &Options, text: &str) -> String {
    let nearest = Color::parse(text).and_then(|color| options.colors.iter().min_by_key(|c| c.distance(color)));
    nearest.map_or_else(
        || "use a colour of the palette".to_owned(),
        |c| format!("the nearest colour of the palette is `#{:02x}{:02x}{:02x}`", c.red, c.green, c.blue),
    )
}
