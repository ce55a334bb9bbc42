//! `structure/duplicate-id`.

use crate::content::model::Text;
use crate::diagnostic::{Level, Subject};
use crate::hash::{HashMap, HashSet};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports two sheets with one internal id (`simple-id`), and two zones of one dashboard with one id.
    ///
    /// ## Why is this bad?
    /// Buttons and show/hide containers find their target by these ids: with two of them they may act on the wrong one.
    /// Tableau never writes two; a sheet or zone was copied in the file.
    DuplicateId, "structure/duplicate-id", "two sheets or zones have one id", Levels::always(Level::Warning), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let model = &document.model;
    let sheets = model.worksheets.iter().filter_map(|w| Some(("worksheet", &w.name, w.simple_id.as_ref()?)));
    let dashboards = model.dashboards.iter().filter_map(|d| Some((d.kind(), &d.name, d.simple_id.as_ref()?)));
    let mut seen: HashMap<&str, &Text> = HashMap::default();
    for (kind, name, id) in sheets.chain(dashboards) {
        if let Some(first) = seen.insert(&id.value, name) {
            sink.report(id.span, vec![Subject::new(kind, &*name.value)], format!("`{}` and `{}` have one internal id", first.value, name.value))
                .help("give one of them a new UUID, or copy the sheet in Tableau instead of in the file");
        }
    }
    for dashboard in &model.dashboards {
        let mut seen: HashSet<&str> = HashSet::default();
        for id in dashboard.zones.iter().filter_map(|z| z.id.as_ref()) {
            if !seen.insert(&id.value) {
                let message = format!("two zones of the {} `{}` have the id {}", dashboard.kind(), dashboard.name.value, id.value);
                sink.report(id.span, vec![Subject::new(dashboard.kind(), &*dashboard.name.value)], message)
                    .help("give one of them an id that no other zone of the dashboard has");
            }
        }
    }
}
