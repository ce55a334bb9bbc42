//! `layout/default-title`.

use crate::content::model::{Worksheet, ZoneKind};
use crate::diagnostic::{Level, Subject};
use crate::hash::HashMap;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::rules::naming::default_name::is_default;
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports sheets on dashboards whose title says `Sheet 3`: the title is the sheet's name, and the name is the one that
    /// Tableau gave it.
    ///
    /// ## Why is this bad?
    /// Everybody who opens the dashboard reads it, also where the sheet itself is hidden.
    ///
    /// ## Use instead
    /// A title of its own, a name for the sheet, or no title.
    DefaultTitle, "layout/default-title", "dashboard shows the title `Sheet 1`", Levels::always(Level::Warning), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let model = &document.model;
    let nameless: HashMap<&str, &Worksheet> =
        model.worksheets.iter().filter(|w| is_default(&w.name.value, "Sheet") && shows_its_name(w)).map(|w| (w.name.value.as_str(), w)).collect();
    for dashboard in model.dashboards.iter().filter(|d| !d.story) {
        for zone in dashboard.zones.iter().filter(|z| z.kind == ZoneKind::Sheet && z.show_title) {
            let Some(name) = zone.name.as_ref().filter(|n| nameless.contains_key(n.value.as_str())) else { continue };
            let subjects = vec![Subject::new("dashboard", &*dashboard.name.value), Subject::new("worksheet", &*name.value)];
            sink.report(name.span, subjects, format!("the dashboard `{}` shows the title `{}`", dashboard.name.value, name.value))
                .help("give the sheet a title or a name that says what it shows, or hide its title");
        }
    }
}

/// The title as Tableau makes it: none of its own, or one that begins with the sheet's name.
fn shows_its_name(sheet: &Worksheet) -> bool {
    sheet.title.as_ref().is_none_or(|t| t.value.trim().starts_with("<Sheet Name>"))
}
