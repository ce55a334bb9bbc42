//! The start page: every site, and how to get in.

use maud::html;

use super::address;
use super::layout::{Area, Page, count, table};
use crate::app::App;
use crate::error::ApiError;
use crate::model::{Job, JobState, Kind, Project, Site, User};

struct Row {
    site: Site,
    projects: usize,
    items: [usize; 3],
    people: usize,
    failed: usize,
}

pub(super) fn page(app: &App) -> Result<Page, ApiError> {
    let rows = app.store.transact(|tx| {
        let mut rows = Vec::new();
        for site in tx.everywhere::<Site>()? {
            let id = site.id.clone();
            let number = |kind| Ok::<_, ApiError>(tx.items(&id, kind)?.len());
            rows.push(Row {
                projects: tx.all::<Project>(&id)?.len(),
                items: [
                    number(Kind::Workbook)?,
                    number(Kind::Datasource)?,
                    number(Kind::Flow)?,
                ],
                people: tx.all::<User>(&id)?.len(),
                failed: tx
                    .all::<Job>(&id)?
                    .iter()
                    .filter(|job| job.state == JobState::Failed)
                    .count(),
                site,
            });
        }
        Ok(rows)
    })?;
    let url = app.url.get().map_or("", String::as_str);
    let body = html! {
        h1 { "Sites" }
        p.lead { "Each is a Tableau site of its own. Publish to one with tabship, tabcmd or any client of the REST API, then look here at what came of it." }
        ul.cards {
            @for row in &rows {
                li.card.site {
                    h2 { a.cover href=(address::home(&row.site)) { (row.site.name) } }
                    p.soft { @if row.site.content_url.is_empty() { "no content URL" } @else { code { (row.site.content_url) } } }
                    dl.counts {
                        div { dt { "Workbooks" } dd { (row.items[0]) } }
                        div { dt { "Data sources" } dd { (row.items[1]) } }
                        div { dt { "Flows" } dd { (row.items[2]) } }
                    }
                    p.soft {
                        (count(row.projects, "project", "projects")) ", " (count(row.people, "person", "people"))
                        @if row.failed > 0 { ", " strong.bad { (count(row.failed, "failed job", "failed jobs")) } }
                    }
                }
            }
        }
        section aria-labelledby="connect" {
            h2 #connect { "Connect a client" }
            (table("Connect a client", &["Client", "Command"], &html! {
                tr { th scope="row" { "tabship" } td { code { "tabship deploy --target TARGET --sandbox" } } }
                tr { th scope="row" { "tabcmd" } td { code { "tabcmd login -s " (url) " -t SITE --token-name NAME --token-file FILE" } } }
                tr { th scope="row" { "tableauserverclient" } td { code { "TSC.Server(\"" (url) "\", use_server_version=True)" } } }
                tr { th scope="row" { "REST" } td { code { "POST " (url) "/api/" (app.options.api_version) "/auth/signin" } } }
            }))
            p.soft { "Users and tokens are those of the seed; " code { "tabship sandbox --help" } " names the ones that there are without one." }
        }
    };
    Ok(Page::new("Sites", body).area(Area::Sites))
}
