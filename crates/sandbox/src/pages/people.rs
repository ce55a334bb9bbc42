//! Users and groups of a site.

use maud::html;

use super::layout::{Page, Tab, section, table, time};
use crate::app::App;
use crate::error::ApiError;
use crate::model::{Group, Site, User};

pub(super) fn page(app: &App, site: &Site) -> Result<Page, ApiError> {
    let (users, groups) = app
        .store
        .transact(|tx| Ok((tx.all::<User>(&site.id)?, tx.all::<Group>(&site.id)?)))?;
    let user_rows = html! { @for user in &users { tr {
        th scope="row" { (user.name) @if !user.full_name.is_empty() { " " span.soft { (user.full_name) } } }
        td { (user.site_role.as_str()) }
        td { @let names = groups.iter().filter(|group| group.has(&user.id)).map(|group| group.name.as_str()).collect::<Vec<_>>();
            (names.join(", ")) }
        td { @if let Some(last) = user.last_login { (time(last)) } @else { span.soft { "never" } } }
    } } };
    let group_rows = html! { @for group in &groups { tr {
        th scope="row" { (group.name) }
        td { (users.iter().filter(|user| group.has(&user.id)).count()) }
        td { @if let Some(role) = group.minimum_site_role { (role.as_str()) } @else { span.soft { "–" } } }
    } } };
    let body = html! {
        h1 { "People" }
        (section("users", "Users", Some(users.len()), &table("Users", &["Name", "Site role", "Groups", "Last sign-in"], &user_rows)))
        (section("groups", "Groups", Some(groups.len()), &table("Groups", &["Name", "Members", "Minimum site role"], &group_rows)))
    };
    Ok(Page::new("People", body).on(site, Tab::People))
}
