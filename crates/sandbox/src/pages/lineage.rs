//! Where an item's data comes from, and where it goes.

use maud::{Markup, html};

use super::layout::{empty, kind_icon};
use super::{address, site};
use crate::app::App;
use crate::error::ApiError;
use crate::metadata::{self, TableFact};
use crate::model::{Item, Kind, Site};

pub(super) struct Lineage {
    /// Published data sources that a workbook reads.
    sources: Vec<Item>,
    /// Tables that the file itself reads.
    tables: Vec<TableFact>,
    /// Workbooks over a published data source, each with the sheets that show it.
    users: Vec<(Item, Vec<String>)>,
}

/// Reads the item's file, and of a data source those of the workbooks over it.
pub(super) fn of(app: &App, site: &Site, item: &Item) -> Result<Lineage, ApiError> {
    let all = app.store.transact(|tx| site::items(tx, site))?;
    let leads_to = |one: &Item, other: &Item| {
        one.connections
            .iter()
            .any(|c| c.class == "sqlproxy" && c.source_id == other.id)
    };
    let sources = all
        .iter()
        .filter(|other| other.kind == Kind::Datasource && leads_to(item, other));
    let users = all
        .iter()
        .filter(|other| other.kind == Kind::Workbook && leads_to(other, item));
    Ok(Lineage {
        sources: sources.cloned().collect(),
        tables: metadata::tables(app, item),
        users: users
            .map(|user| {
                (
                    user.clone(),
                    metadata::sheets_over(app, user, &item.content_url),
                )
            })
            .collect(),
    })
}

impl Lineage {
    pub(super) fn markup(&self, site: &Site, kind: Kind) -> Markup {
        html! {
            div.lineage {
                div {
                    h3 { "Reads" }
                    @if self.sources.is_empty() && self.tables.is_empty() {
                        (empty(if kind == Kind::Flow { "The sandbox does not follow what a flow reads." } else { "Nothing that the file names." }))
                    } @else {
                        ul.nodes {
                            @for source in &self.sources { li { a href=(address::item(site, source)) { (kind_icon(source.kind)) (source.name) } } }
                            @for table in &self.tables { li { code { (table.full_name) } " " span.soft { (table.class) " " (table.database) } } }
                        }
                    }
                }
                div {
                    h3 { "Is used by" }
                    @if self.users.is_empty() { (empty("Nothing on this site.")) } @else {
                        ul.nodes { @for (user, sheets) in &self.users { li {
                            a href=(address::item(site, user)) { (kind_icon(user.kind)) (user.name) }
                            @if !sheets.is_empty() { " " span.soft { (sheets.join(", ")) } }
                        } } }
                    }
                }
            }
        }
    }
}
