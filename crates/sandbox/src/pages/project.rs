//! A project: what is in it, and who may do what there.

use maud::{Markup, html};

use super::layout::{Page, Tab, count, empty, kind_icon, project_icon, section, tags, time};
use super::permissions::{self, Names};
use super::{Found, address};
use crate::app::App;
use crate::error::ApiError;
use crate::model::{Item, Kind, Project, Site};
use crate::store::Tx;

/// The projects down to `id`, outermost first, as name and address.
pub(super) fn trail(tx: &Tx<'_>, site: &Site, id: &str) -> Result<Vec<(String, String)>, ApiError> {
    let mut trail = Vec::new();
    let mut current = tx.get::<Project>(id)?;
    while let Some(project) = current {
        current = tx.get::<Project>(&project.parent)?;
        trail.push((project.name.clone(), address::project(site, &project)));
    }
    trail.reverse();
    Ok(trail)
}

pub(super) fn page(app: &App, site: &Site, id: &str) -> Found {
    app.store.transact(|tx| {
        let Some(project) = tx.get_on::<Project>(&site.id, id)? else { return Ok(None) };
        let mut inner = tx.children::<Project>(&project.id)?;
        inner.sort_by_key(|project| project.name.to_lowercase());
        let mut items = tx.children::<Item>(&project.id)?;
        items.sort_by_key(|item| (item.kind.plural(), item.name.to_lowercase()));
        let names = Names::load(tx, site)?;
        let body = html! {
            h1 { (project_icon()) (project.name) }
            @if !project.description.is_empty() { p.lead { (project.description) } }
            dl.facts {
                div { dt { "Content permissions" } dd { (project.content_permissions.as_str()) } }
                div { dt { "Owner" } dd { (names.user(&project.owner)) } }
                div { dt { "LUID" } dd { code { (project.id) } } }
                div { dt { "Changed" } dd { (time(project.updated_at)) } }
            }
            @if !inner.is_empty() {
                (section("projects", "Projects", Some(inner.len()), &html! {
                    ul.tree { @for project in &inner {
                        li { a href=(address::project(site, project)) { (project_icon()) (project.name) } }
                    } }
                }))
            }
            (section("content", "Content", Some(items.len()), &html! {
                @if items.is_empty() { (empty("Nothing has been published here.")) }
                @else { (rows(site, &items)) }
            }))
            (section("permissions", "Permissions of the project", None, &permissions::table(&names, &project.permissions)))
            @for (content, rules) in &project.default_permissions {
                @if !rules.is_empty() {
                    @let words = if content == "datasources" { "data sources" } else { content };
                    (section(&format!("default-{content}"), &format!("Defaults for {words}"), None, &permissions::table(&names, rules)))
                }
            }
        };
        let trail = trail(tx, site, &project.parent)?;
        let mut whole = trail;
        whole.push((project.name.clone(), address::project(site, &project)));
        Ok(Some(Page::new(&project.name, body).on(site, Tab::Content).trail(whole)))
    })
}

/// Items as a list of links.
pub(super) fn rows(site: &Site, items: &[Item]) -> Markup {
    html! { ul.rows { @for item in items { li { (row(site, item)) } } } }
}

pub(super) fn row(site: &Site, item: &Item) -> Markup {
    html! {
        (kind_icon(item.kind))
        div {
            a href=(address::item(site, item)) { (item.name) }
            span.soft { (summary(item)) }
            (tags(&item.tags))
        }
        span.soft.when { (time(item.updated_at)) }
    }
}

fn summary(item: &Item) -> String {
    let mut words = vec![address::kind_name(item.kind).to_owned()];
    match item.kind {
        Kind::Workbook => words.push(count(item.sheet_count, "sheet", "sheets")),
        Kind::Datasource => words.push(item.class.clone()),
        Kind::Flow => words.push(count(item.output_steps.len(), "output", "outputs")),
    }
    if item.has_extracts {
        words.push("extract".to_owned());
    }
    if item.certified {
        words.push("certified".to_owned());
    }
    if let Some(revision) = item.current() {
        words.push(format!("revision {}", revision.number));
    }
    words.join(" · ")
}
