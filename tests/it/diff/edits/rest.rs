//! What has no name of its own, and the release.

use tabship::content::Document;
use tabship::diagnostic::Span;
use tabship::diff::{Action, Kind};

use super::{Edit, Maker, one, pick, said};

pub(super) const MAKERS: &[(&str, Maker)] = &[
    ("something unknown", something_unknown),
    ("format something", format_something),
    ("save with a newer Tableau", save_with_a_newer_tableau),
];

fn something_unknown(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let sheet = pick(rng, &document.model.worksheets)?;
    let table = document.tree.child(sheet.element.node, "table")?;
    let start = document.tree.content(table).start;
    one(
        Span::new(start, start),
        "<mystery level='3'><inner deep='1' /></mystery>",
        said(
            Kind::Other,
            Action::Changed,
            "other settings (`inner`, `mystery`)",
        ),
    )
}

fn format_something(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let tree = &document.tree;
    let mut values = Vec::new();
    for sheet in &document.model.worksheets {
        let formats = tree.descendants(sheet.element.node).filter(|n| {
            tree.local(*n) == "format"
                && tree
                    .parent(*n)
                    .is_some_and(|p| tree.local(p) == "style-rule")
        });
        values.extend(formats.filter_map(|n| tree.attribute(n, "value")));
    }
    let value = pick(rng, &values)?;
    one(
        value.span,
        "#123456",
        said(Kind::Formatting, Action::Changed, "formatting (1 setting)"),
    )
}

fn save_with_a_newer_tableau(document: &Document, _: &mut fastrand::Rng) -> Option<Edit> {
    let build = document.model.source_build.as_ref()?;
    document.model.saved_by?;
    one(
        build.span,
        "2031.2.0 (20312.31.0611.2007)",
        said(
            Kind::Workbook,
            Action::Changed,
            "Tableau release that saved it",
        ),
    )
}
