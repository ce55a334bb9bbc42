//! `layout/inconsistent-title`.

use crate::content::model::{Dashboard, ZoneKind};
use crate::content::tree::{NodeId, Tree};
use crate::diagnostic::{Level, Span, Subject};
use crate::lint::File;
use crate::lint::majority::outliers;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports dashboards whose title has another font, size or colour than the titles of most dashboards of the workbook.
    /// There must be three or more, and most is two thirds.
    ///
    /// ## Why is this bad?
    /// It looks as if it came from somewhere else.
    ///
    /// ## How sure is it?
    /// Only the title object counts: a heading made of a text object is not known as one.
    InconsistentTitle, "layout/inconsistent-title", "dashboard's title looks different from the others", Levels::strict(Level::Info), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let visible = document.model.dashboards.iter().filter(|d| !d.story && !file.is_hidden(&d.name.value));
    let titled: Vec<_> = visible.filter(|d| d.zones.iter().any(|z| z.kind == ZoneKind::Title)).map(|d| (d, look(&document.tree, d.element.node).1)).collect();
    let Some((most, others)) = outliers(&titled) else { return };
    for (dashboard, found) in others {
        let name = dashboard.name.value.as_str();
        let message = format!("the title of the dashboard `{name}` is {found}, most others are {most}");
        sink.report(place(&document.tree, dashboard), vec![Subject::new("dashboard", name)], message).help("give the titles of a workbook's dashboards one look");
    }
}

fn place(tree: &Tree, dashboard: &Dashboard) -> Span {
    look(tree, dashboard.element.node).0.map_or(dashboard.name.span, |run| tree.tag(run))
}

/// The first run of the title, and how it looks: in words.
fn look(tree: &Tree, dashboard: NodeId) -> (Option<NodeId>, String) {
    let run = tree.path(dashboard, &["layout-options", "title", "formatted-text", "run"]);
    let said = |name: &str| run.and_then(|r| tree.get(r, name));
    let parts: Vec<String> = [said("fontname"), said("fontsize").map(|s| format!("{s} points")), said("fontcolor"), said("bold").filter(|b| b == "true").map(|_| "bold".to_owned())]
        .into_iter()
        .flatten()
        .collect();
    let look = if parts.is_empty() { "as Tableau makes it".to_owned() } else { parts.join(", ") };
    (run, look)
}
