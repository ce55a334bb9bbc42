//! Where the pages are.

use crate::model::{Item, Kind, Project, Site, View};

/// A path segment, or a value in a query.
pub(super) fn encode(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes())
        .collect::<String>()
        .replace('+', "%20")
}

/// `rest` on a site.
fn on(site: &Site, rest: &str) -> String {
    if site.content_url.is_empty() {
        format!("/{rest}")
    } else {
        format!("/site/{}/{rest}", encode(&site.content_url))
    }
}

pub(super) fn home(site: &Site) -> String {
    on(site, "home")
}

pub(super) fn jobs(site: &Site) -> String {
    on(site, "jobs")
}

pub(super) fn people(site: &Site) -> String {
    on(site, "people")
}

pub(super) fn webhooks(site: &Site) -> String {
    on(site, "webhooks")
}

pub(super) fn project(site: &Site, project: &Project) -> String {
    on(site, &format!("projects/{}", project.id))
}

pub(super) fn item(site: &Site, item: &Item) -> String {
    on(site, &format!("{}/{}", item.kind.plural(), item.number))
}

pub(super) fn revision(site: &Site, item: &Item, number: u32) -> String {
    format!("{}/revisions/{number}", self::item(site, item))
}

/// The real one has it too: `views/WORKBOOK/SHEET`, made from the content URL `WORKBOOK/sheets/SHEET`.
pub(super) fn view(site: &Site, view: &View) -> String {
    on(
        site,
        &format!("views/{}", view.content_url.replacen("/sheets/", "/", 1)),
    )
}

/// The picture changes with each publish: the revision makes it another address.
pub(super) fn picture(site: &Site, view: &View, item: &Item) -> String {
    let revision = item.current().map_or(0, |revision| revision.number);
    on(site, &format!("images/{}?revision={revision}", view.id))
}

/// As people say it.
pub(super) fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Workbook => "Workbook",
        Kind::Datasource => "Data source",
        Kind::Flow => "Flow",
    }
}
