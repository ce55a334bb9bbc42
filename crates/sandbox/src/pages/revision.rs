//! What a revision of an item changed.

use std::collections::BTreeMap;
use std::io::BufReader;

use maud::{Markup, html};

use super::layout::{Page, Tab, empty, section, table, time};
use super::{Found, address, project};
use crate::app::App;
use crate::error::ApiError;
use crate::metadata::{self, Line};
use crate::model::{Item, Kind, Revision, Site};
use crate::query::Query;
use crate::reading;

/// The order of the page.
const SORTS: [&str; 7] = [
    "Sheets",
    "Hidden sheets",
    "Data sources",
    "Connections",
    "Tables",
    "Fields",
    "Output steps",
];

/// Name, before, after.
type Change = (String, Option<String>, Option<String>);

/// `with` in the query names the revision to compare with; otherwise it is the one before.
pub(super) fn page(
    app: &App,
    site: &Site,
    kind: Kind,
    [number, revision]: [&str; 2],
    query: &Query,
) -> Found {
    let (Ok(number), Ok(revision)) = (number.parse::<i64>(), revision.parse::<u32>()) else {
        return Ok(None);
    };
    let found = app.store.transact(|tx| {
        let mut items = tx.items(&site.id, kind)?.into_iter();
        let Some(item) = items.find(|item| item.number == number) else {
            return Ok(None);
        };
        let trail = project::trail(tx, site, &item.project)?;
        Ok(Some((item, trail)))
    })?;
    let Some((item, mut trail)) = found else {
        return Ok(None);
    };
    let with = query.get("with").and_then(|text| text.parse::<u32>().ok());
    let Some((before, after)) = pair(&item, revision, with) else {
        return Ok(None);
    };
    let title = format!("{}: revision {}", item.name, after.number);
    let body = html! {
        h1 { "Revision " (after.number) " of " (item.name) }
        p.soft {
            "Published " (time(after.published_at)) ", compared with revision " (before.number)
            ", published " (time(before.published_at)) "."
        }
        (others(site, &item, before, after))
        (changes(&lines(app, &item, before)?, &lines(app, &item, after)?))
    };
    trail.push((item.name.clone(), address::item(site, &item)));
    trail.push((
        format!("Revision {}", after.number),
        address::revision(site, &item, after.number),
    ));
    Ok(Some(
        Page::new(&title, body).on(site, Tab::Content).trail(trail),
    ))
}

/// The revision, and what it is compared with; removed ones have no file any more.
fn pair(item: &Item, revision: u32, with: Option<u32>) -> Option<(&Revision, &Revision)> {
    let kept = || item.revisions.iter().filter(|revision| !revision.deleted);
    let after = kept().find(|kept| kept.number == revision)?;
    let before = match with {
        Some(with) => kept().find(|kept| kept.number == with),
        None => kept().rfind(|kept| kept.number < revision),
    };
    Some((before?, after))
}

fn others(site: &Site, item: &Item, before: &Revision, after: &Revision) -> Markup {
    let others: Vec<u32> = item
        .revisions
        .iter()
        .filter(|one| !one.deleted && ![before.number, after.number].contains(&one.number))
        .map(|one| one.number)
        .collect();
    html! {
        @if !others.is_empty() {
            p { "Compare with revision" @for number in others {
                " " a href={ (address::revision(site, item, after.number)) "?with=" (number) } { (number) }
            } }
        }
    }
}

/// What the file of a revision holds.
fn lines(app: &App, item: &Item, revision: &Revision) -> Result<Vec<Line>, ApiError> {
    let mut lines = metadata::describe(app, item.kind, revision);
    let reader = BufReader::new(app.blobs.reader(&revision.content));
    let newest = app.options.document_version();
    let reading = reading::read(item.kind, &revision.file_type, reader, newest)
        .map_err(|error| ApiError::internal(format!("Revision {}: {error}.", revision.number)))?;
    let line = |sort, name: &str, text: String| Line {
        sort,
        name: name.to_owned(),
        text,
    };
    for sheet in reading.sheets.iter().filter(|sheet| sheet.hidden) {
        lines.push(line("Hidden sheets", &sheet.name, "hidden".to_owned()));
    }
    for source in &reading.sources {
        let name = match source.caption.as_str() {
            "" => &source.name,
            caption => caption,
        };
        for connection in &source.connections {
            let place = [
                &connection.server,
                &connection.port,
                &connection.database,
                &connection.user_name,
            ];
            let place: Vec<&str> = place
                .into_iter()
                .map(String::as_str)
                .filter(|part| !part.is_empty())
                .collect();
            let name = format!("{name} / {}", connection.class);
            lines.push(line("Connections", &name, place.join(" ")));
        }
    }
    for (id, name) in &reading.outputs {
        lines.push(line("Output steps", name, id.clone()));
    }
    Ok(lines)
}

fn changes(before: &[Line], after: &[Line]) -> Markup {
    let parts: Vec<(&str, Vec<Change>)> = SORTS
        .into_iter()
        .map(|sort| (sort, compare(&of(before, sort), &of(after, sort))))
        .filter(|(_, changes)| !changes.is_empty())
        .collect();
    html! {
        @if parts.is_empty() {
            (empty("Nothing that the sandbox reads is different: neither sheets, data sources, connections, tables nor fields."))
        }
        @for (sort, changes) in &parts {
            (section(&sort.to_lowercase().replace(' ', "-"), sort, Some(changes.len()), &rows(sort, changes)))
        }
    }
}

/// The lines of one sort by name; those of the same name together.
fn of<'a>(lines: &'a [Line], sort: &str) -> BTreeMap<&'a str, String> {
    let mut named: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.sort == sort) {
        named.entry(&line.name).or_default().push(&line.text);
    }
    named
        .into_iter()
        .map(|(name, mut texts)| {
            texts.sort_unstable();
            texts.dedup();
            (name, texts.join("; "))
        })
        .collect()
}

fn compare(before: &BTreeMap<&str, String>, after: &BTreeMap<&str, String>) -> Vec<Change> {
    let mut names: Vec<&str> = before.keys().chain(after.keys()).copied().collect();
    names.sort_unstable();
    names.dedup();
    names
        .into_iter()
        .map(|name| {
            let at = |side: &BTreeMap<&str, String>| side.get(name).cloned();
            (name.to_owned(), at(before), at(after))
        })
        .filter(|(_, before, after)| before != after)
        .collect()
}

fn rows(sort: &str, changes: &[Change]) -> Markup {
    table(
        sort,
        &["Name", "Change", "Before", "After"],
        &html! {
            @for (name, before, after) in changes { tr {
                th scope="row" { (name) }
                td { @match (before, after) {
                    (None, _) => { span.state.good { "added" } }
                    (_, None) => { span.state.bad { "removed" } }
                    _ => { span.state { "changed" } }
                } }
                td { @if let Some(text) = before { (text) } @else { span.soft { "–" } } }
                td { @if let Some(text) = after { (text) } @else { span.soft { "–" } } }
            } }
        },
    )
}
