//! Search over all sites: names, descriptions, tags, content URLs and LUIDs of projects, items and views.

use maud::{Markup, html};

use super::layout::{Page, count, empty, kind_icon, project_icon, section, sheet_icon};
use super::{address, site};
use crate::app::App;
use crate::error::ApiError;
use crate::model::{Item, Project, Site, Tag, View};
use crate::store::Tx;

/// The most that is shown of one site.
const MOST: usize = 100;

struct Hit {
    icon: Markup,
    name: String,
    href: String,
    what: String,
}

pub(super) fn page(app: &App, query: &str) -> Result<Page, ApiError> {
    let wanted = query.trim().to_lowercase();
    let mut sites = Vec::new();
    if !wanted.is_empty() {
        sites = app.store.transact(|tx| {
            let mut sites = Vec::new();
            for site in tx.everywhere::<Site>()? {
                let hits = hits(tx, &site, &wanted)?;
                if !hits.is_empty() {
                    sites.push((site, hits));
                }
            }
            Ok(sites)
        })?;
    }
    let total: usize = sites.iter().map(|(_, hits)| hits.len()).sum();
    let body = html! {
        h1 { "Search" }
        @if wanted.is_empty() {
            p.lead { "Type a name, a tag, a content URL or a LUID into the box above." }
        } @else {
            p.lead role="status" { (count(total, "hit", "hits")) " for “" (query.trim()) "”" }
            @if total == 0 { (empty("Names, descriptions, tags, content URLs and LUIDs were searched on every site.")) }
        }
        @for (site, hits) in &sites {
            (section(&format!("site-{}", site.id), &site.name, Some(hits.len()), &html! {
                ul.rows { @for hit in hits.iter().take(MOST) { li { (hit.icon) div { a href=(hit.href) { (hit.name) } span.soft { (hit.what) } } } } }
                @if hits.len() > MOST { (empty(&format!("and {} more", hits.len() - MOST))) }
            }))
        }
    };
    Ok(Page::new("Search", body).query(query.trim()))
}

fn hits(tx: &Tx<'_>, site: &Site, wanted: &str) -> Result<Vec<Hit>, ApiError> {
    let says = |texts: &[&str], tags: &[Tag]| {
        texts
            .iter()
            .any(|text| text.to_lowercase().contains(wanted))
            || tags
                .iter()
                .any(|tag| tag.label.to_lowercase().contains(wanted))
    };
    let mut hits = Vec::new();
    for project in tx.all::<Project>(&site.id)? {
        if says(&[&project.name, &project.description, &project.id], &[]) {
            hits.push(Hit {
                icon: project_icon(),
                href: address::project(site, &project),
                what: "Project".to_owned(),
                name: project.name,
            });
        }
    }
    let items = site::items(tx, site)?;
    for item in &items {
        if says(
            &[&item.name, &item.description, &item.content_url, &item.id],
            &item.tags,
        ) {
            hits.push(of_item(tx, site, item)?);
        }
    }
    for view in tx.all::<View>(&site.id)? {
        if !view.hidden && says(&[&view.name, &view.id], &view.tags) {
            let workbook = items.iter().find(|item| item.id == view.workbook);
            hits.push(Hit {
                icon: sheet_icon(view.kind),
                href: address::view(site, &view),
                what: format!(
                    "{} of {}",
                    view.kind.as_str(),
                    workbook.map_or("", |item| &item.name)
                ),
                name: view.name,
            });
        }
    }
    Ok(hits)
}

fn of_item(tx: &Tx<'_>, site: &Site, item: &Item) -> Result<Hit, ApiError> {
    let project = crate::removal::project_path(tx, &item.project)?;
    Ok(Hit {
        icon: kind_icon(item.kind),
        href: address::item(site, item),
        what: format!("{} in {project}", address::kind_name(item.kind)),
        name: item.name.clone(),
    })
}
