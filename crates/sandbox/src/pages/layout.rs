//! The frame around each page, and the pieces that several pages share.

use jiff::Timestamp;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{address, assets};
use crate::app::App;
use crate::clock::iso;
use crate::model::{Kind, SheetKind, Site, Tag};

/// Which entry of the main navigation a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Area {
    Sites,
    Requests,
    None,
}

/// Which of a site's own pages it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    Content,
    Jobs,
    People,
    Webhooks,
}

pub(super) struct Page {
    title: String,
    area: Area,
    site: Option<(Site, Tab)>,
    /// What leads here, outermost first, as name and address.
    trail: Vec<(String, String)>,
    query: String,
    script: bool,
    body: Markup,
}

impl Page {
    pub(super) fn new(title: &str, body: Markup) -> Self {
        Self {
            title: title.to_owned(),
            area: Area::None,
            site: None,
            trail: Vec::new(),
            query: String::new(),
            script: false,
            body,
        }
    }

    pub(super) fn area(mut self, area: Area) -> Self {
        self.area = area;
        self
    }

    pub(super) fn on(mut self, site: &Site, tab: Tab) -> Self {
        self.area = Area::Sites;
        self.site = Some((site.clone(), tab));
        self
    }

    /// The pages between the site and this one.
    pub(super) fn trail(mut self, trail: Vec<(String, String)>) -> Self {
        self.trail = trail;
        self
    }

    /// What the search box says.
    pub(super) fn query(mut self, query: &str) -> Self {
        query.clone_into(&mut self.query);
        self
    }

    /// With the script that keeps the request log going.
    pub(super) fn live(mut self) -> Self {
        self.script = true;
        self
    }

    pub(super) fn render(&self, app: &App) -> Markup {
        let suffix = self
            .site
            .as_ref()
            .map_or(String::new(), |(site, _)| format!(" – {}", site.name));
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) (suffix) " – tabship sandbox" }
                    link rel="icon" type="image/svg+xml" href=(assets::icon());
                    link rel="stylesheet" href=(assets::style());
                    @if self.script {
                        script src=(assets::requests_script()) defer {}
                        noscript { meta http-equiv="refresh" content="5"; }
                    }
                }
                body {
                    a.skip href="#main" { "Skip to the content" }
                    (self.header())
                    main #main tabindex="-1" { (self.place()) (self.body) }
                    (footer(app))
                }
            }
        }
    }

    fn header(&self) -> Markup {
        let current = |area| (self.area == area).then_some("page");
        html! {
            header {
                p.banner role="note" {
                    strong { "Sandbox" }
                    span { "A rehearsal of a Tableau site. It holds nothing real and renders no data." }
                }
                div.bar {
                    a.brand href="/" { img src=(assets::icon()) alt="" width="28" height="28"; span { "tabship sandbox" } }
                    nav aria-label="Main" {
                        a href="/" aria-current=[current(Area::Sites)] { "Sites" }
                        a href="/requests" aria-current=[current(Area::Requests)] { "Requests" }
                    }
                    form role="search" action="/search" {
                        label.hidden for="q" { "Search names, tags and LUIDs" }
                        input #q type="search" name="q" value=(self.query) placeholder="Search" autocomplete="off";
                        button { "Search" }
                    }
                }
            }
        }
    }

    /// Where on a site the page is.
    fn place(&self) -> Markup {
        let Some((site, tab)) = &self.site else {
            return html! {};
        };
        let tabs = [
            (Tab::Content, "Content", address::home(site)),
            (Tab::Jobs, "Jobs", address::jobs(site)),
            (Tab::People, "People", address::people(site)),
            (Tab::Webhooks, "Webhooks", address::webhooks(site)),
        ];
        let current = |other| (*tab == other && self.trail.is_empty()).then_some("page");
        html! {
            nav.trail aria-label="Breadcrumb" {
                ol {
                    li { a href="/" { "Sites" } }
                    li { a href=(address::home(site)) aria-current=[current(Tab::Content)] { (site.name) } }
                    @for (name, href) in &self.trail { li { a href=(href) { (name) } } }
                }
            }
            nav.tabs aria-label={ "Site " (site.name) } {
                @for (other, name, href) in tabs {
                    a href=(href) aria-current=[current(other).or((*tab == other).then_some("true"))] { (name) }
                }
            }
        }
    }
}

fn footer(app: &App) -> Markup {
    html! {
        footer {
            p {
                "REST API " (app.options.api_version) " of product " (app.options.product_version)
                @if let Some(url) = app.url.get() { " at " code { (url) } }
                ". Times are in UTC."
            }
        }
    }
}

pub(super) fn time(time: Timestamp) -> Markup {
    html! { time datetime=(iso(time)) { (time.strftime("%Y-%m-%d %H:%M").to_string()) } }
}

pub(super) fn count(number: usize, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}

pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.2} GB", bytes as f64 / 1e9),
    }
}

pub(super) fn tags(tags: &[Tag]) -> Markup {
    html! { @if !tags.is_empty() { ul.tags { @for tag in tags { li { (tag.label) } } } } }
}

/// A table that may be wider than the screen: its frame scrolls, by keyboard too.
pub(super) fn table(name: &str, heads: &[&str], rows: &Markup) -> Markup {
    html! {
        div.scroll role="region" aria-label=(name) tabindex="0" {
            table {
                thead { tr { @for head in heads { th scope="col" { (head) } } } }
                tbody { (rows) }
            }
        }
    }
}

/// A part of a page under a heading of its own, which links can lead to.
pub(super) fn section(id: &str, title: &str, number: Option<usize>, body: &Markup) -> Markup {
    html! {
        section id=(id) aria-labelledby={ (id) "-title" } {
            h2 id={ (id) "-title" } {
                (title)
                @if let Some(number) = number { " " span.number { (number) } }
            }
            (body)
        }
    }
}

pub(super) fn empty(words: &str) -> Markup {
    html! { p.empty { (words) } }
}

fn icon(class: &str, path: &'static str) -> Markup {
    html! {
        svg.icon.(class) viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false" {
            path d=(PreEscaped(path)) {}
        }
    }
}

pub(super) fn kind_icon(kind: Kind) -> Markup {
    match kind {
        Kind::Workbook => icon(
            "workbook",
            "M2 14V2h2v10h10v2zM6 10V7h2v3zM9 10V4h2v6zM12 10V6h2v4z",
        ),
        Kind::Datasource => icon(
            "datasource",
            "M8 1c3.3 0 6 1 6 2.3v9.4C14 14 11.3 15 8 15s-6-1-6-2.300V3.300C2 2 4.700 1 8 1zM4 6v1.600c.8.5 2.300.9 4 .9s3.200-.4 4-.9V6c-1 .4-2.400.7-4 .7S5 6.400 4 6zm0 4v2c.8.6 2.300 1 4 1s3.200-.4 4-1v-2c-1 .4-2.400.7-4 .7s-3-.3-4-.7z",
        ),
        Kind::Flow => icon(
            "flow",
            "M1 6h4v4H1zM11 2h4v4h-4zM11 10h4v4h-4zM5 7.3h2.5V3.300H11v1.400H8.900v6.600H11v1.400H7.500v-4H5z",
        ),
    }
}

pub(super) fn project_icon() -> Markup {
    icon("project", "M1 3h5l2 2h7v9H1z")
}

pub(super) fn sheet_icon(kind: SheetKind) -> Markup {
    match kind {
        SheetKind::Worksheet => icon("sheet", "M2 14V9h3v5zM6.500 14V5h3v9zM11 14V2h3v12z"),
        SheetKind::Dashboard => icon("sheet", "M2 2h12v4H2zM2 8h5v6H2zM9 8h5v6H9z"),
        SheetKind::Story => icon("sheet", "M1 3h3v10H1zM6 3h9v10H6z"),
    }
}
