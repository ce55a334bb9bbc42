//! Calculated fields and fields of a source.

use tabship::content::Document;
use tabship::content::model::Column;
use tabship::diagnostic::Span;
use tabship::diff::{Action, Kind};

use super::{Edit, Maker, in_tag, one, pick, quiet, said};

pub(super) const MAKERS: &[(&str, Maker)] = &[
    ("change a formula", change_a_formula),
    ("space in a formula", space_in_a_formula),
    ("comment in a formula", comment_in_a_formula),
    ("rename a field", rename_a_field),
    ("hide a field", hide_a_field),
    ("remove a calculated field", remove_a_calculation),
    ("add a calculated field", add_a_calculation),
    ("case in a formula", case_in_a_formula),
];

fn columns(document: &Document) -> Vec<&Column> {
    let datasources = document.model.datasources.iter();
    // Of names that a data source has twice the edit would be ambiguous.
    datasources
        .flat_map(|d| {
            d.columns.iter().filter(|c| {
                !c.internal
                    && d.columns
                        .iter()
                        .filter(|o| o.name.value == c.name.value)
                        .count()
                        == 1
            })
        })
        .collect()
}

fn kind_of(column: &Column) -> Kind {
    if column.formula().is_some() {
        Kind::Calculation
    } else {
        Kind::Field
    }
}

fn calculated<'d>(document: &'d Document, rng: &mut fastrand::Rng) -> Option<(&'d Column, Span)> {
    let parses = |c: &&&Column| {
        c.formula()
            .is_some_and(|f| tabship::formula::parse(&f.value).expression.is_some())
    };
    let all = columns(document);
    let column = *pick(rng, all.iter().filter(parses))?;
    Some((column, column.formula()?.span))
}

fn change_a_formula(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let (_, span) = calculated(document, rng)?;
    let raw = document.source().slice(span);
    one(
        span,
        format!("IFNULL({raw}&#10;, 7)"),
        said(Kind::Calculation, Action::Changed, "formula"),
    )
}

fn space_in_a_formula(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let (_, span) = calculated(document, rng)?;
    let raw = document.source().slice(span);
    quiet(vec![(span, format!("&#10;  {raw}&#13;&#10; "))])
}

fn comment_in_a_formula(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let (_, span) = calculated(document, rng)?;
    let raw = document.source().slice(span);
    one(
        span,
        format!("// who asked for this?&#10;{raw}"),
        said(
            Kind::Calculation,
            Action::Changed,
            "comments in the formula",
        ),
    )
}

fn rename_a_field(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let all = columns(document);
    let column = *pick(rng, all.iter().filter(|c| c.caption.is_some()))?;
    one(
        column.caption.as_ref()?.span,
        "Another caption",
        said(kind_of(column), Action::Renamed, ""),
    )
}

fn hide_a_field(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let all = columns(document);
    let open = |c: &&&Column| document.tree.attribute(c.element.node, "hidden").is_none();
    let column = *pick(rng, all.iter().filter(open))?;
    one(
        in_tag(document, column.element.node),
        " hidden='true'",
        said(kind_of(column), Action::Hidden, ""),
    )
}

/// One that no record of the source repeats.
fn remove_a_calculation(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let (column, _) = calculated(document, rng)?;
    let recorded = document.model.datasources.iter().flat_map(|d| &d.metadata);
    if recorded
        .into_iter()
        .any(|m| m.name.value == column.name.value)
    {
        return None;
    }
    one(
        document.tree.span(column.element.node),
        "",
        said(Kind::Calculation, Action::Removed, ""),
    )
}

fn add_a_calculation(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let all = columns(document);
    let start = document.tree.span(pick(rng, &all)?.element.node).start;
    let column = "<column caption='Added by hand' datatype='real' name='[Calculation_98765]' role='measure' \
                  type='quantitative'><calculation class='tableau' formula='1 + 1' /></column>";
    one(
        Span::new(start, start),
        column,
        said(Kind::Calculation, Action::Added, ""),
    )
}

fn case_in_a_formula(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let (column, span) = calculated(document, rng)?;
    let raw = document.source().slice(span);
    let formula = &column.formula()?.value;
    // Not in a text, a name or a comment.
    let plain = !formula.contains(['\'', '"', '[', '/']) || formula.starts_with("SUM([");
    let once = raw.matches("SUM(").count() == 1;
    (plain && once).then(|| quiet(vec![(span, raw.replace("SUM(", "sum( "))]))?
}
