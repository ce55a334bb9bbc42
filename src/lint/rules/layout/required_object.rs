//! `layout/required-object`.

use globset::Glob;
use regex::Regex;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use crate::content::model::{Dashboard, ZoneKind};
use crate::diagnostic::Subject;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Wants objects on each dashboard: a logo, a note on confidentiality, a contact.
    ///
    /// ## Why is this bad?
    /// What everybody must add is forgotten by somebody.
    ///
    /// ## Example
    /// ```yaml
    /// rules:
    ///   layout/required-object:
    ///     level: error
    ///     objects:
    ///       - { name: "the logo", image: "Image/logo*.png" }
    ///       - { name: "the note on confidentiality", text: "(?i)internal use only" }
    /// ```
    ///
    /// ## Options
    /// `objects`: each with a `name` for people and `image` (glob over the image's path) or `text` (a regular expression that
    /// matches somewhere in a text or title). Hidden dashboards and stories are left alone.
    RequiredObject, "layout/required-object", "dashboard lacks an object that each must have", Levels::CONFIGURED, Options, check
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// What each dashboard must have.
    objects: Vec<Wanted>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// What people call it.
    name: String,
    /// Glob over the path of an image.
    #[serde(default)]
    image: Option<String>,
    /// Regular expression over a text.
    #[serde(default, deserialize_with = "pattern")]
    #[schemars(with = "Option<String>")]
    text: Option<Regex>,
}

fn pattern<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Regex>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|t| Regex::new(&t).map_err(|_| serde::de::Error::custom(format!("`{t}` is no regular expression")))).transpose()
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for dashboard in document.model.dashboards.iter().filter(|d| !d.story && !file.is_hidden(&d.name.value)) {
        for wanted in options.objects.iter().filter(|w| !has(dashboard, w)) {
            let name = dashboard.name.value.as_str();
            sink.report(dashboard.name.span, vec![Subject::new("dashboard", name)], format!("the dashboard `{name}` lacks {}", wanted.name))
                .help(format!("add {} to the dashboard", wanted.name));
        }
    }
}

fn has(dashboard: &Dashboard, wanted: &Wanted) -> bool {
    let image = wanted.image.as_ref().and_then(|i| Glob::new(i).ok()).map(|g| g.compile_matcher());
    let title = dashboard.title.as_ref().filter(|_| dashboard.zones.iter().any(|z| z.kind == ZoneKind::Title));
    let mut texts = dashboard.zones.iter().filter_map(|z| z.text.as_ref()).chain(title);
    let by_text = wanted.text.as_ref().is_some_and(|r| texts.any(|t| r.is_match(&t.value)));
    let mut images = dashboard.zones.iter().filter(|z| z.kind == ZoneKind::Image).filter_map(|z| z.param.as_ref());
    by_text || image.is_some_and(|g| images.any(|p| g.is_match(&p.value)))
}
