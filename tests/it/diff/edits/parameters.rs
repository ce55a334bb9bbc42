//! Parameters.

use tabship::content::Document;
use tabship::diagnostic::Span;
use tabship::diff::{Action, Kind};

use super::{Edit, Maker, one, pick, said};

pub(super) const MAKERS: &[(&str, Maker)] = &[
    ("change a parameter", change_a_parameter),
    ("add a parameter", add_a_parameter),
    ("remove a parameter", remove_a_parameter),
    ("rename a parameter", rename_a_parameter),
];

fn change_a_parameter(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let with_value = document
        .model
        .parameters
        .iter()
        .filter(|p| p.value.is_some());
    let parameter = pick(rng, with_value)?;
    let text = parameter.datatype.as_ref()?.value == "string";
    one(
        parameter.value.as_ref()?.span,
        if text {
            "&quot;something else&quot;"
        } else {
            "123456789"
        },
        said(Kind::Parameter, Action::Changed, "value"),
    )
}

fn add_a_parameter(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let beside = pick(rng, &document.model.parameters)?;
    let start = document.tree.span(beside.element.node).start;
    let column = "<column caption='Added by hand' datatype='integer' name='[Parameter 98765]' param-domain-type='any' \
                  role='measure' type='quantitative' value='1'><calculation class='tableau' formula='1' /></column>";
    one(
        Span::new(start, start),
        column,
        said(Kind::Parameter, Action::Added, ""),
    )
}

fn remove_a_parameter(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let parameter = pick(rng, &document.model.parameters)?;
    one(
        document.tree.span(parameter.element.node),
        "",
        said(Kind::Parameter, Action::Removed, ""),
    )
}

fn rename_a_parameter(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let captions: Vec<_> = document
        .model
        .parameters
        .iter()
        .filter_map(|p| p.caption.as_ref())
        .collect();
    one(
        pick(rng, captions)?.span,
        "Another caption",
        said(Kind::Parameter, Action::Renamed, ""),
    )
}
