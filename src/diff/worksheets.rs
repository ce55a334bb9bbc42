//! Worksheets: what is on the shelves, the marks, the filters, the texts.

use crate::content::model::{Dependency, Instance, Sort, Text, Worksheet, unbracket};
use crate::diagnostic::Subject;

use super::change::{Action, Kind};
use super::comparison::{Comparison, What, both, first, second};
use super::identity::{Key, Matched};
use super::names::Names;
use super::{filters, hunks, marks, residual};

pub(super) fn compare(at: &mut Comparison<'_>, matched: &Matched<'_, Worksheet>) {
    for sheet in &matched.removed {
        let reaches = at.before.reach.of_sheet(&sheet.name.value);
        let what = What::new(Kind::Worksheet, Action::Removed, &[subject(sheet)]).reaches(reaches);
        at.say(what, first(sheet.element));
    }
    for sheet in &matched.added {
        let hidden = !at.after.reach.is_visible(&sheet.name.value);
        let reaches = at.after.reach.of_sheet(&sheet.name.value);
        let mut what =
            What::new(Kind::Worksheet, Action::Added, &[subject(sheet)]).reaches(reaches);
        if hidden {
            what = what.after("hidden");
        }
        at.say(what, second(sheet.element));
    }
    for (before, after) in &matched.pairs {
        pair(at, before, after);
    }
}

pub(super) fn subject(sheet: &Worksheet) -> Subject {
    Subject::new("worksheet", &sheet.name.value)
}

fn pair(at: &mut Comparison<'_>, old: &Worksheet, new: &Worksheet) {
    let subject = [subject(new)];
    let reaches = at.after.reach.of_sheet(&new.name.value);
    let said = at.changes.len();
    if old.name.value != new.name.value {
        let what = What::new(Kind::Worksheet, Action::Renamed, &subject)
            .from_to(&old.name.value, &new.name.value);
        at.say(what, both(old.element, new.element));
    }
    for (aspect, from, to) in [
        ("title", &old.title, &new.title),
        ("caption", &old.caption, &new.caption),
        ("alternative text", &old.alt_text, &new.alt_text),
    ] {
        text(at, &subject, aspect, from.as_ref(), to.as_ref());
    }
    used_datasources(at, (old, new), &subject);
    for (aspect, from, to) in [
        ("columns", &old.cols, &new.cols),
        ("rows", &old.rows, &new.rows),
        ("pages", &old.pages, &new.pages),
    ] {
        shelf(at, (&subject, aspect), from.as_ref(), to.as_ref());
    }
    marks::compare(at, old, new, &subject);
    filters::compare(
        at,
        (&old.filters, &new.filters),
        ("", ""),
        &filters::Scope {
            kind: Kind::Filter,
            subject: &subject,
            reaches: reaches.clone(),
            ..filters::Scope::new("filter")
        },
    );
    sorts(at, (old, new), &subject);
    table_calculations(at, (old, new), &subject);
    if old.aggregated != new.aggregated {
        let words = |on: bool| if on { "aggregated" } else { "row by row" };
        let what = What::changed(Kind::Worksheet, &subject)
            .aspect("measures")
            .from_to(words(old.aggregated), words(new.aggregated));
        at.say(what, both(old.element, new.element));
    }
    residual::worksheet(at, old, new, &subject);
    at.seen_on(said, &reaches);
}

/// A text with references in it; the one that is absent is Tableau's own.
pub(super) fn text(
    at: &mut Comparison<'_>,
    subject: &[Subject],
    aspect: &str,
    from: Option<&Text>,
    to: Option<&Text>,
) {
    let value = |t: Option<&Text>| t.map(|t| t.value.trim().to_owned());
    let (raw_from, raw_to) = (value(from), value(to));
    if at.same_option(raw_from.as_deref(), raw_to.as_deref()) {
        return;
    }
    let before = at
        .before
        .names
        .in_text(&raw_from.clone().unwrap_or_default());
    let after = at.after.names.in_text(&raw_to.clone().unwrap_or_default());
    let what = match (raw_from, raw_to) {
        (None, _) => What::new(Kind::Text, Action::Added, subject).after(after),
        (_, None) => What::new(Kind::Text, Action::Removed, subject).before(before),
        _ => {
            let detail = hunks::of(&before, &after);
            What::changed(Kind::Text, subject).detail(detail)
        }
    };
    at.say(
        what.aspect(aspect),
        (from.map(|t| t.span), to.map(|t| t.span)),
    );
}

fn used_datasources(
    at: &mut Comparison<'_>,
    (old, new): (&Worksheet, &Worksheet),
    subject: &[Subject],
) {
    let list = |sheet: &Worksheet, names: &Names<'_>| {
        let words = sheet.datasources.iter().map(|d| names.datasource(&d.value));
        words.collect::<Vec<_>>().join(", ")
    };
    let from: Vec<_> = old.datasources.iter().map(|d| d.value.clone()).collect();
    let to = new.datasources.iter();
    let to: Vec<_> = to
        .map(|d| at.renames.earlier(&d.value).into_owned())
        .collect();
    if from != to {
        let what = What::changed(Kind::Worksheet, subject)
            .aspect("data sources")
            .from_to(list(old, &at.before.names), list(new, &at.after.names));
        at.say(what, both(old.element, new.element));
    }
}

fn shelf(
    at: &mut Comparison<'_>,
    (subject, aspect): (&[Subject], &str),
    from: Option<&Text>,
    to: Option<&Text>,
) {
    let value = |t: Option<&Text>| t.map_or(String::new(), |t| t.value.trim().to_owned());
    let (raw_from, raw_to) = (value(from), value(to));
    // Ordinal and nominal are both discrete: Tableau writes now the one, now the other.
    let discrete = |text: &str| text.replace(":ok]", ":nk]");
    if at.same(&discrete(&raw_from), &discrete(&raw_to)) {
        return;
    }
    let mut before = at.before.names.shelf(&raw_from);
    let mut after = at.after.names.shelf(&raw_to);
    if before == after {
        // Same fields, but discrete became continuous, or the arrangement differs.
        before = exact(&at.before.names, &raw_from);
        after = exact(&at.after.names, &raw_to);
    }
    let what = What::changed(Kind::Shelf, subject).aspect(aspect);
    let what = if before == after {
        what.note("other fields of the same names, or another arrangement")
    } else {
        what.list(&before, &after)
    };
    at.say(what, (from.map(|t| t.span), to.map(|t| t.span)));
}

/// With operators, and with what makes a field an axis.
fn exact(names: &Names<'_>, text: &str) -> String {
    let mut out = String::new();
    let mut at = 0;
    for reference in super::reference::references(text) {
        out.push_str(&text[at..reference.range.start]);
        out.push_str(&names.reference(&reference.parts, ""));
        let last = reference.parts.last().copied().unwrap_or_default();
        if let Some(parts) = super::reference::instance(last) {
            out.push_str(if parts.continuous {
                " (continuous)"
            } else {
                " (discrete)"
            });
        }
        at = reference.range.end;
    }
    out.push_str(&text[at..]);
    out
}

fn sorts(at: &mut Comparison<'_>, (old, new): (&Worksheet, &Worksheet), subject: &[Subject]) {
    let matched = {
        let before = |s: &Sort| Some(s.column.clone());
        let after = |s: &Sort| Some(at.renames.earlier(&s.column).into_owned());
        let key = Key {
            before: &before,
            after: &after,
        };
        Matched::by(&old.sorts, &new.sorts, &[key])
    };
    let named = |names: &Names<'_>, sort: &Sort| {
        let mut subject = subject.to_vec();
        subject.push(Subject::new("sort", names.shelf(&sort.column)));
        subject
    };
    for sort in &matched.removed {
        let what = What::new(Kind::Sort, Action::Removed, &named(&at.before.names, sort))
            .before(sort_words(&at.before.names, sort));
        at.say(what, first(sort.element));
    }
    for sort in &matched.added {
        let what = What::new(Kind::Sort, Action::Added, &named(&at.after.names, sort))
            .after(sort_words(&at.after.names, sort));
        at.say(what, second(sort.element));
    }
    for (from, to) in matched.pairs {
        if at.same(&form_of_sort(&from.signature), &form_of_sort(&to.signature)) {
            continue;
        }
        let (before, after) = (
            sort_words(&at.before.names, from),
            sort_words(&at.after.names, to),
        );
        let what = What::changed(Kind::Sort, &named(&at.after.names, to));
        let what = if before == after {
            what.aspect("order of the values")
        } else {
            what.from_to(before, after)
        };
        at.say(what, both(from.element, to.element));
    }
}

/// A sort without its form: since 2018.1 `<computed-sort ..>` stands for `<sort class='computed' ..>`.
fn form_of_sort(signature: &str) -> String {
    let Some((element, rest)) = signature.split_once(' ') else {
        return signature.to_owned();
    };
    match element.strip_suffix("-sort") {
        Some(class) => format!("sort class=\"{class}\" {rest}"),
        None => signature.to_owned(),
    }
}

fn sort_words(names: &Names<'_>, sort: &Sort) -> String {
    let get = |name: &str| in_signature(&sort.signature, name);
    let direction = match get("direction").as_deref() {
        Some("DESC" | "desc") => "descending",
        Some(_) => "ascending",
        None => "by hand",
    };
    match get("using").or_else(|| get("measure-to-sort-by")) {
        Some(by) => format!("{direction} by {}", names.shelf(&by)),
        None => direction.to_owned(),
    }
}

/// The value of an attribute in a canonical rendering.
pub(super) fn in_signature(signature: &str, name: &str) -> Option<String> {
    let rest = signature.split_once(&format!(" {name}=\""))?.1;
    rest.split_once('"').map(|(value, _)| value.to_owned())
}

fn table_calculations(
    at: &mut Comparison<'_>,
    (old, new): (&Worksheet, &Worksheet),
    subject: &[Subject],
) {
    let mut found = Vec::new();
    for (dependency, instance) in instances(new) {
        let home = at.renames.earlier(&dependency.datasource.value);
        let earlier = instances(old)
            .find(|(d, i)| d.datasource.value == home && i.name.value == instance.name.value);
        let Some((_, earlier)) = earlier else {
            continue;
        };
        if at.same(&earlier.table_calculation, &instance.table_calculation) {
            continue;
        }
        let mut subject = subject.to_vec();
        let pill = at
            .after
            .names
            .pill(&dependency.datasource.value, &instance.name.value);
        subject.push(Subject::new("field", pill));
        let what = What::changed(Kind::TableCalculation, &subject)
            .aspect("table calculation")
            .from_to(
                table_calculation_words(&at.before.names, &earlier.table_calculation),
                table_calculation_words(&at.after.names, &instance.table_calculation),
            );
        found.push((what, (Some(earlier.name.span), Some(instance.name.span))));
    }
    for (what, places) in found {
        at.say(what, places);
    }
}

fn instances(sheet: &Worksheet) -> impl Iterator<Item = (&Dependency, &Instance)> {
    sheet
        .dependencies
        .iter()
        .flat_map(|d| d.instances.iter().map(move |i| (d, i)))
}

/// `running total, computed along Rows`.
pub(super) fn table_calculation_words(names: &Names<'_>, signature: &str) -> String {
    if signature.is_empty() {
        return "none".to_owned();
    }
    let kind = in_signature(signature, "type").map(|t| match t.as_str() {
        "CumTotal" => "running total".to_owned(),
        "PctTotal" => "percent of total".to_owned(),
        "Difference" => "difference".to_owned(),
        "PctDiff" => "percent difference".to_owned(),
        "WindowTotal" => "moving calculation".to_owned(),
        "Rank" => "rank".to_owned(),
        "PctRank" => "percentile".to_owned(),
        other => other.to_owned(),
    });
    let along = in_signature(signature, "ordering-type").map(|t| match t.as_str() {
        "Field" => in_signature(signature, "ordering-field")
            .map_or_else(|| "chosen fields".to_owned(), |f| names.shelf(&f)),
        other => unbracket(other),
    });
    let mut parts: Vec<String> = kind.into_iter().collect();
    parts.extend(along.map(|a| format!("computed along {a}")));
    if let Some(level) =
        in_signature(signature, "level-break").or_else(|| in_signature(signature, "level-address"))
    {
        parts.push(format!("at {}", names.shelf(&level)));
    }
    if parts.is_empty() {
        parts.push("set".to_owned());
    }
    parts.join(", ")
}
