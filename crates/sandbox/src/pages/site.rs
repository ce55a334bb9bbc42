//! A site: its projects as a tree with counts, what changed last, what ran last.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::layout::{Page, Tab, count, empty, project_icon, section};
use super::{address, jobs, project};
use crate::app::App;
use crate::error::ApiError;
use crate::model::{Item, Job, Kind, Project, Site};
use crate::store::Tx;

/// How many of the latest are shown.
const LATEST: usize = 8;

/// The items of a site, of all kinds.
pub(super) fn items(tx: &Tx<'_>, site: &Site) -> Result<Vec<Item>, ApiError> {
    let mut all = Vec::new();
    for kind in [Kind::Workbook, Kind::Datasource, Kind::Flow] {
        all.extend(tx.items(&site.id, kind)?);
    }
    Ok(all)
}

pub(super) fn page(app: &App, site: &Site) -> Result<Page, ApiError> {
    let (projects, mut items, mut latest_jobs) = app.store.transact(|tx| {
        Ok((
            tx.all::<Project>(&site.id)?,
            items(tx, site)?,
            tx.all::<Job>(&site.id)?,
        ))
    })?;
    let tree = Tree::new(site, &projects, &items).below("");
    let total = items.len();
    items.sort_by_key(|item| std::cmp::Reverse(item.updated_at));
    items.truncate(LATEST);
    latest_jobs.reverse();
    latest_jobs.truncate(LATEST);
    let body = html! {
        h1 { (site.name) }
        p.lead {
            @if site.content_url.is_empty() { "The default site" } @else { "Content URL " code { (site.content_url) } }
            ", LUID " code { (site.id) }
        }
        div.columns {
            (section("projects", "Projects", Some(projects.len()), &html! { nav aria-label="Projects" { (tree) } }))
            div {
                (section("latest", "Changed last", Some(total), &html! {
                    @if items.is_empty() { (empty("Nothing has been published yet.")) }
                    @else { (project::rows(site, &items)) }
                }))
                (section("jobs", "Latest jobs", None, &html! {
                    @if latest_jobs.is_empty() { (empty("No job has run yet.")) }
                    @else { (jobs::table(&latest_jobs)) p { a href=(address::jobs(site)) { "All jobs" } } }
                }))
            }
        }
    };
    Ok(Page::new(&site.name, body).on(site, Tab::Content))
}

/// Projects by the one that they are in; at top level by the empty name.
struct Tree<'a> {
    site: &'a Site,
    inner: BTreeMap<&'a str, Vec<&'a Project>>,
    /// Workbooks, data sources and flows right in a project.
    counts: BTreeMap<&'a str, [usize; 3]>,
}

impl<'a> Tree<'a> {
    fn new(site: &'a Site, projects: &'a [Project], items: &'a [Item]) -> Self {
        let mut tree = Self {
            site,
            inner: BTreeMap::new(),
            counts: BTreeMap::new(),
        };
        for project in projects {
            tree.inner.entry(&project.parent).or_default().push(project);
        }
        for siblings in tree.inner.values_mut() {
            siblings.sort_by_key(|project| project.name.to_lowercase());
        }
        for item in items {
            let counts = tree.counts.entry(&item.project).or_default();
            match item.kind {
                Kind::Workbook => counts[0] += 1,
                Kind::Datasource => counts[1] += 1,
                Kind::Flow => counts[2] += 1,
            }
        }
        tree
    }

    fn below(&self, parent: &str) -> Markup {
        let Some(projects) = self.inner.get(parent) else {
            return html! {};
        };
        html! {
            ul.tree {
                @for project in projects {
                    li {
                        a href=(address::project(self.site, project)) { (project_icon()) (project.name) }
                        " " span.soft { (self.counted(&project.id)) }
                        (self.below(&project.id))
                    }
                }
            }
        }
    }

    fn counted(&self, project: &str) -> String {
        let [workbooks, datasources, flows] = self.counts.get(project).copied().unwrap_or_default();
        let words = [
            (workbooks, count(workbooks, "workbook", "workbooks")),
            (
                datasources,
                count(datasources, "data source", "data sources"),
            ),
            (flows, count(flows, "flow", "flows")),
        ];
        let words: Vec<String> = words
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(_, word)| word)
            .collect();
        match (words.as_slice(), self.inner.get(project)) {
            ([], None) => "empty".to_owned(),
            ([], Some(inner)) => count(inner.len(), "project", "projects"),
            (words, _) => words.join(", "),
        }
    }
}
