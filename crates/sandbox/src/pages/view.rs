//! The page of a view.

use maud::html;

use super::layout::{Page, Tab, section, sheet_icon, tags, time};
use super::permissions::{self, Names};
use super::{Found, address, project};
use crate::app::App;
use crate::model::{CustomView, Item, Site, View};

pub(super) fn page(app: &App, site: &Site, workbook: &str, sheet: &str) -> Found {
    app.store.transact(|tx| {
        let url = format!("{workbook}/sheets/{sheet}");
        let Some(view) = tx.by_url::<View>(&site.id, &url)? else { return Ok(None) };
        let Some(item) = tx.get::<Item>(&view.workbook)? else { return Ok(None) };
        let names = Names::load(tx, site)?;
        let siblings = tx.children::<View>(&item.id)?;
        let mut custom = tx.children::<CustomView>(&item.id)?;
        custom.retain(|custom| custom.view == view.id);
        let body = html! {
            p.soft { (view.kind.as_str()) " of " a href=(address::item(site, &item)) { (item.name) } }
            h1 { (sheet_icon(view.kind)) (view.name) }
            (tags(&view.tags))
            img.large src=(address::picture(site, &view, &item)) alt={ "The view " (view.name) } width="640" height="360";
            dl.facts {
                div { dt { "Created" } dd { (time(view.created_at)) } }
                div { dt { "Changed" } dd { (time(view.updated_at)) } }
                div { dt { "Content URL" } dd { code { (view.content_url) } } }
                div { dt { "LUID" } dd { code { (view.id) } } }
            }
            (section("siblings", "Views of the workbook", None, &html! {
                ul.plain { @for other in siblings.iter().filter(|other| !other.hidden) { li {
                    a href=(address::view(site, other)) aria-current=[(other.id == view.id).then_some("page")] { (sheet_icon(other.kind)) (other.name) }
                } } }
            }))
            @if !custom.is_empty() {
                (section("custom-views", "Custom views", Some(custom.len()), &html! {
                    ul.plain { @for custom in &custom { li { (custom.name) " " span.soft { "of " (names.user(&custom.owner)) @if custom.shared { ", shared" } } } } }
                }))
            }
            (section("permissions", "Permissions", None, &permissions::table(&names, &view.permissions)))
        };
        let mut trail = project::trail(tx, site, &item.project)?;
        trail.push((item.name.clone(), address::item(site, &item)));
        trail.push((view.name.clone(), address::view(site, &view)));
        Ok(Some(Page::new(&view.name, body).on(site, Tab::Content).trail(trail)))
    })
}
