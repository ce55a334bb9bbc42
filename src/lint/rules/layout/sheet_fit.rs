//! `layout/sheet-fit`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::content::model::ZoneKind;
use crate::diagnostic::Subject;
use crate::hash::HashSet;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports sheets on dashboards that do not fill their place as you want it.
    ///
    /// ## Why is this bad?
    /// A sheet that is fitted "standard" is as large as its cells are: it has scroll bars when there are more rows than on
    /// the day it was made, and empty space when there are fewer.
    ///
    /// ## Options
    /// `allow`: `standard`, `width`, `height`, `entire`. Without it all but `standard`.
    SheetFit, "layout/sheet-fit", "sheet does not fill its place", Levels::CONFIGURED, Options, check
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// How sheets may fill their places.
    allow: Vec<Kind>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Standard,
    Width,
    Height,
    Entire,
}

impl Kind {
    fn read(text: Option<&str>) -> Option<Self> {
        match text {
            None | Some("") => Some(Self::Standard),
            Some("fit-width") => Some(Self::Width),
            Some("fit-height") => Some(Self::Height),
            Some("entire-view") => Some(Self::Entire),
            Some(_) => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Width => "to the width",
            Self::Height => "to the height",
            Self::Entire => "to the entire view",
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self { allow: vec![Kind::Width, Kind::Height, Kind::Entire] }
    }
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let sheets = document.model.dashboards.iter().flat_map(|d| {
        let zones = d.zones.iter().filter(|z| z.kind == ZoneKind::Sheet);
        zones.filter_map(|z| Some((d.name.value.as_str(), z.name.as_ref()?.value.as_str())))
    });
    let shown: HashSet<(&str, &str)> = sheets.collect();
    for window in document.model.windows.iter().filter(|w| w.class == "dashboard") {
        let dashboard = window.name.value.as_str();
        for fit in window.fits.iter().filter(|f| shown.contains(&(dashboard, f.sheet.as_str()))) {
            let Some(kind) = Kind::read(fit.kind.as_ref().map(|k| k.value.as_str())).filter(|k| !options.allow.contains(k)) else { continue };
            let span = fit.kind.as_ref().map_or(fit.element.tag, |k| k.span);
            let subjects = vec![Subject::new("dashboard", dashboard), Subject::new("worksheet", &*fit.sheet)];
            let wanted: Vec<&str> = options.allow.iter().map(|k| k.name()).collect();
            sink.report(span, subjects, format!("the sheet `{}` on the dashboard `{dashboard}` is fitted {}", fit.sheet, kind.name()))
                .help(format!("choose another \"Fit\" in the sheet's menu: {}", wanted.join(", ")));
        }
    }
}
