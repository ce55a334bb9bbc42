//! Filters of sheets and of data sources.

use tabship::content::Document;
use tabship::diagnostic::Span;
use tabship::diff::{Action, Kind};

use super::{Edit, Maker, in_tag, one, pick, said};

pub(super) const MAKERS: &[(&str, Maker)] = &[
    ("drop a filter", drop_a_filter),
    ("make a context filter", make_a_context_filter),
    ("add a filter", add_a_filter),
    ("widen a range", widen_a_range),
    ("narrow a list", narrow_a_list),
    (
        "drop a filter of a data source",
        drop_a_filter_of_a_data_source,
    ),
];

fn drop_a_filter(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let filters: Vec<_> = document
        .model
        .worksheets
        .iter()
        .flat_map(|w| &w.filters)
        .collect();
    let filter = *pick(rng, &filters)?;
    one(
        document.tree.span(filter.element.node),
        "",
        said(Kind::Filter, Action::Removed, ""),
    )
}

fn make_a_context_filter(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let filters: Vec<_> = document
        .model
        .worksheets
        .iter()
        .flat_map(|w| &w.filters)
        .filter(|f| !f.column.value.contains("[Action ("))
        .filter(|f| document.tree.attribute(f.element.node, "context").is_none())
        .collect();
    let filter = *pick(rng, &filters)?;
    one(
        in_tag(document, filter.element.node),
        " context='true'",
        said(Kind::Filter, Action::Changed, "context filter"),
    )
}

fn add_a_filter(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let sheet = pick(rng, &document.model.worksheets)?;
    let view = document.tree.path(sheet.element.node, &["table", "view"])?;
    let start = document.tree.content(view).start;
    let empty = document
        .source()
        .slice(document.tree.tag(view))
        .ends_with("/>");
    let filter = "<filter class='quantitative' column='[elsewhere].[sum:Added:qk]' included-values='in-range'>\
                  <min>1</min><max>2</max></filter>";
    (!empty).then(|| {
        one(
            Span::new(start, start),
            filter,
            said(Kind::Filter, Action::Added, ""),
        )
    })?
}

fn widen_a_range(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let tree = &document.tree;
    let filters = document.model.worksheets.iter().flat_map(|w| &w.filters);
    let ranges = filters.filter_map(|f| {
        let inside =
            f.class == "quantitative" && tree.is(f.element.node, "included-values", "in-range");
        let max: f64 = f.max.as_ref()?.parse().ok()?;
        let place = tree.text(tree.child(f.element.node, "max")?).span;
        (inside && !f.column.value.contains("[Action (")).then_some((place, max))
    });
    let ranges: Vec<(Span, f64)> = ranges.collect();
    let (place, max) = *pick(rng, &ranges)?;
    one(
        place,
        format!("{}", max.abs() + 1000.0),
        said(Kind::Filter, Action::Widened, ""),
    )
}

fn narrow_a_list(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let tree = &document.tree;
    let filters = document.model.worksheets.iter().flat_map(|w| &w.filters);
    let lists = filters.filter_map(|f| {
        let plain = !f.exclude
            && !f.top_n
            && !f.conditional
            && !f.all
            && !f.column.value.contains("[Action (");
        let members = tree.descendants(f.element.node);
        let members: Vec<_> = members
            .filter(|n| tree.is(*n, "function", "member"))
            .collect();
        let listed = members.len() > 2 && members.len() == f.members.len();
        (plain && listed).then(|| tree.span(*members.last().unwrap()))
    });
    let lists: Vec<Span> = lists.collect();
    one(
        *pick(rng, &lists)?,
        "",
        said(Kind::Filter, Action::Narrowed, ""),
    )
}

fn drop_a_filter_of_a_data_source(document: &Document, rng: &mut fastrand::Rng) -> Option<Edit> {
    let filters: Vec<_> = document
        .model
        .datasources
        .iter()
        .flat_map(|d| &d.filters)
        .collect();
    let filter = *pick(rng, &filters)?;
    one(
        document.tree.span(filter.element.node),
        "",
        said(Kind::DatasourceFilter, Action::Removed, ""),
    )
}
