//! Shelves, marks and table calculations.

use tabship::content::Document;
use tabship::content::model::Worksheet;
use tabship::diff::{Action, Kind};

use super::{Edit, Maker, one, pick, said};

pub(super) const MAKERS: &[(&str, Maker)] = &[
    ("change a mark", change_a_mark),
    ("drop from rows", drop_from_rows),
    ("change an encoding", change_an_encoding),
    (
        "compute a table calculation otherwise",
        compute_a_table_calculation_otherwise,
    ),
];

fn only_pane(document: &Document, rng: &mut fastrand::Rng) -> Option<Worksheet> {
    let single = document
        .model
        .worksheets
        .iter()
        .filter(|w| w.panes.len() == 1);
    pick(rng, single).cloned()
}

fn change_a_mark(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let sheet = only_pane(document, rng)?;
    let mark = sheet.panes[0].mark.clone()?;
    let other = if mark.value == "Circle" {
        "Square"
    } else {
        "Circle"
    };
    one(
        mark.span,
        other,
        said(Kind::Mark, Action::Changed, "mark type"),
    )
}

fn drop_from_rows(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let sheet = pick(
        rng,
        document
            .model
            .worksheets
            .iter()
            .filter(|w| w.rows.is_some()),
    )?;
    one(
        sheet.rows.as_ref()?.span,
        "",
        said(Kind::Shelf, Action::Changed, "rows"),
    )
}

fn change_an_encoding(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let sheet = only_pane(document, rng)?;
    let of_color = sheet.panes[0].encodings.iter().filter(|e| e.0 == "color");
    let colors: Vec<_> = of_color.collect();
    let [(_, column)] = colors.as_slice() else {
        return None;
    };
    one(
        column.span,
        "[elsewhere].[sum:Something:qk]",
        said(Kind::Encoding, Action::Changed, "color"),
    )
}

fn compute_a_table_calculation_otherwise(
    document: &Document,
    rng: &mut fastrand::Rng,
) -> Option<Edit> {
    let tree = &document.tree;
    let nodes = document
        .model
        .worksheets
        .iter()
        .flat_map(|w| tree.descendants(w.element.node).collect::<Vec<_>>());
    let settings: Vec<_> = nodes
        .filter(|n| tree.local(*n) == "table-calc")
        .filter(|n| {
            tree.parent(*n)
                .is_some_and(|p| tree.local(p) == "column-instance")
        })
        .filter_map(|n| tree.attribute(n, "ordering-type"))
        .collect();
    let setting = pick(rng, &settings)?;
    let other = if setting.value == "Rows" {
        "Columns"
    } else {
        "Rows"
    };
    one(
        setting.span,
        other,
        said(Kind::TableCalculation, Action::Changed, "table calculation"),
    )
}
