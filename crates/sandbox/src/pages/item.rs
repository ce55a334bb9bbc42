//! The page of a workbook, data source or flow.

use maud::{Markup, html};

use super::layout::{Page, Tab, empty, kind_icon, section, sheet_icon, size, table, tags, time};
use super::permissions::{self, Names};
use super::{Found, address, jobs, lineage, project};
use crate::app::App;
use crate::error::ApiError;
use crate::model::{
    CustomView, Frequency, Item, Job, Kind, Project, QualityWarning, Revision, Rule, Schedule,
    Site, Subscription, Task, View, When,
};
use crate::rights;
use crate::store::Tx;

/// All that the page shows, read in one transaction.
struct Shown {
    item: Item,
    trail: Vec<(String, String)>,
    names: Names,
    views: Vec<View>,
    jobs: Vec<Job>,
    tasks: Vec<(Task, String)>,
    custom_views: Vec<CustomView>,
    subscriptions: Vec<Subscription>,
    warnings: Vec<QualityWarning>,
    locked_by: Option<Project>,
    rules: Vec<Rule>,
}

pub(super) fn page(app: &App, site: &Site, kind: Kind, number: i64) -> Found {
    let Some(shown) = app.store.transact(|tx| read(tx, site, kind, number))? else {
        return Ok(None);
    };
    let lineage = lineage::of(app, site, &shown.item)?;
    let parts = parts(site, &shown, &lineage);
    let body = html! {
        (head(site, &shown))
        nav.contents aria-label="On this page" {
            @for part in &parts { a href={ "#" (part.id) } { (part.title) @if let Some(number) = part.number { " " span.number { (number) } } } }
        }
        @for part in &parts { (section(part.id, part.title, part.number, &part.body)) }
    };
    let mut trail = shown.trail;
    trail.push((shown.item.name.clone(), address::item(site, &shown.item)));
    Ok(Some(
        Page::new(&shown.item.name, body)
            .on(site, Tab::Content)
            .trail(trail),
    ))
}

fn read(tx: &Tx<'_>, site: &Site, kind: Kind, number: i64) -> Result<Option<Shown>, ApiError> {
    let Some(item) = tx
        .items(&site.id, kind)?
        .into_iter()
        .find(|item| item.number == number)
    else {
        return Ok(None);
    };
    let views = tx.children::<View>(&item.id)?;
    let mut subscriptions = tx.children::<Subscription>(&item.id)?;
    for view in &views {
        subscriptions.extend(tx.children::<Subscription>(&view.id)?);
    }
    let mut tasks = Vec::new();
    for task in tx.children::<Task>(&item.id)? {
        let when = when(tx, &task.when)?;
        tasks.push((task, when));
    }
    let mut jobs = tx.children::<Job>(&item.id)?;
    jobs.reverse();
    let (locked_by, rules) = rights::effective(tx, &item)?;
    Ok(Some(Shown {
        trail: project::trail(tx, site, &item.project)?,
        names: Names::load(tx, site)?,
        custom_views: tx.children::<CustomView>(&item.id)?,
        warnings: tx.children::<QualityWarning>(&item.id)?,
        item,
        views,
        jobs,
        tasks,
        subscriptions,
        locked_by,
        rules,
    }))
}

/// A schedule in words.
fn when(tx: &Tx<'_>, when: &When) -> Result<String, ApiError> {
    Ok(match when {
        When::Schedule(id) => match tx.get::<Schedule>(id)? {
            Some(schedule) => format!("{} ({})", schedule.name, frequency(&schedule.frequency)),
            None => "a schedule that is gone".to_owned(),
        },
        When::Own(own) => frequency(own),
    })
}

fn frequency(frequency: &Frequency) -> String {
    let days = frequency
        .intervals
        .iter()
        .map(|(_, value)| value.as_str())
        .collect::<Vec<_>>();
    let days = if days.is_empty() {
        String::new()
    } else {
        format!(", {}", days.join(" "))
    };
    format!("{} at {}{days}", frequency.name, frequency.start)
}

struct Part {
    id: &'static str,
    title: &'static str,
    number: Option<usize>,
    body: Markup,
}

/// The sections of the page; those that can have nothing to say are left out.
fn parts(site: &Site, shown: &Shown, lineage: &lineage::Lineage) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut add = |id, title, number: Option<usize>, body| {
        if number != Some(0) {
            parts.push(Part {
                id,
                title,
                number,
                body,
            });
        }
    };
    let item = &shown.item;
    add(
        "views",
        "Views",
        Some(shown.views.len()),
        views(site, shown),
    );
    add("lineage", "Lineage", None, lineage.markup(site, item.kind));
    add(
        "connections",
        "Connections",
        Some(item.connections.len()),
        connections(item),
    );
    add(
        "outputs",
        "Output steps",
        Some(item.output_steps.len()),
        html! {
            ul.plain { @for (_, name) in &item.output_steps { li { (name) } } }
        },
    );
    add(
        "permissions",
        "Permissions",
        None,
        html! {
            @if let Some(project) = &shown.locked_by {
                p.soft { "Locked: the defaults of the project " a href=(address::project(site, project)) { (project.name) } " are in force." }
            }
            (permissions::table(&shown.names, &shown.rules))
        },
    );
    add(
        "revisions",
        "Revisions",
        Some(item.revisions.len()),
        revisions(site, shown),
    );
    add(
        "jobs",
        "Jobs",
        None,
        html! {
            @if shown.jobs.is_empty() { (empty("No job has been about it.")) } @else { (jobs::table(&shown.jobs)) }
        },
    );
    let tasks_title = if item.kind == Kind::Flow {
        "Flow tasks"
    } else {
        "Refresh tasks"
    };
    add("tasks", tasks_title, Some(shown.tasks.len()), tasks(shown));
    add(
        "custom-views",
        "Custom views",
        Some(shown.custom_views.len()),
        html! {
            ul.plain { @for custom in &shown.custom_views { li {
                (custom.name) " " span.soft { "of " (shown.names.user(&custom.owner)) @if custom.shared { ", shared" } }
            } } }
        },
    );
    add(
        "subscriptions",
        "Subscriptions",
        Some(shown.subscriptions.len()),
        html! {
            ul.plain { @for subscription in &shown.subscriptions { li {
                (subscription.subject) " " span.soft { "for " (shown.names.user(&subscription.user)) @if subscription.suspended { ", suspended" } }
            } } }
        },
    );
    add(
        "warnings",
        "Data quality warnings",
        Some(shown.warnings.len()),
        html! {
            ul.plain { @for warning in &shown.warnings { li {
                span.state.bad { (warning.kind) } " " (warning.message) @if !warning.active { " " span.soft { "not active" } }
            } } }
        },
    );
    parts
}

fn head(site: &Site, shown: &Shown) -> Markup {
    let item = &shown.item;
    let first = shown.views.iter().find(|view| !view.hidden);
    html! {
        div.head {
            @if let Some(view) = first {
                a.thumbnail href=(address::view(site, view)) { img src=(address::picture(site, view, item)) alt={ "The view " (view.name) } width="320" height="180"; }
            }
            div {
                p.soft { (address::kind_name(item.kind)) }
                h1 { (kind_icon(item.kind)) (item.name) }
                @if !item.description.is_empty() { p.lead { (item.description) } }
                p.badges {
                    @if item.certified { span.state.good { "Certified" } }
                    @if item.has_extracts { span.state { "Extract" } } @else if item.kind != Kind::Flow { span.state { "Live" } }
                    @if item.encrypt_extracts { span.state { "Encrypted" } }
                    @if item.show_tabs { span.state { "Tabs" } }
                }
                @if !item.certification_note.is_empty() { p { (item.certification_note) } }
                (tags(&item.tags))
            }
        }
        dl.facts {
            div { dt { "Owner" } dd { (shown.names.user(&item.owner)) } }
            div { dt { "Created" } dd { (time(item.created_at)) } }
            div { dt { "Changed" } dd { (time(item.updated_at)) } }
            @if let Some(time_of) = item.extract_refreshed_at { div { dt { "Extract refreshed" } dd { (time(time_of)) } } }
            @if let Some(revision) = item.current() {
                div { dt { "File" } dd { (revision.file_type) ", " (size(revision.content.bytes())) } }
            }
            div { dt { "Content URL" } dd { code { (item.content_url) } } }
            div { dt { "LUID" } dd { code { (item.id) } } }
        }
    }
}

fn views(site: &Site, shown: &Shown) -> Markup {
    html! {
        ul.cards.views { @for view in &shown.views {
            @if view.hidden {
                li.card.is-hidden { p { (sheet_icon(view.kind)) (view.name) } p.soft { (view.kind.as_str()) ", hidden" } }
            } @else {
                li.card {
                    img src=(address::picture(site, view, &shown.item)) alt="" width="320" height="180" loading="lazy";
                    h3 { a.cover href=(address::view(site, view)) { (view.name) } }
                    p.soft { (view.kind.as_str()) }
                    (tags(&view.tags))
                }
            }
        } }
    }
}

fn connections(item: &Item) -> Markup {
    let password = |connection: &crate::model::Connection| match (
        connection.has_password || connection.oauth,
        connection.embed_password,
        connection.needs_credentials(),
    ) {
        (true, ..) => ("good", "embedded"),
        (false, true, _) => ("bad", "was dropped"),
        (false, false, true) => ("open", "not embedded"),
        (false, false, false) => ("", "not needed"),
    };
    table(
        "Connections",
        &[
            "Data source",
            "Type",
            "Server",
            "Database",
            "User",
            "Password",
        ],
        &html! {
            @for connection in &item.connections {
                @let (class, words) = password(connection);
                tr {
                    th scope="row" { @if connection.source_name.is_empty() { (item.name) } @else { (connection.source_name) } }
                    td { code { (connection.class) } }
                    td { (said(&connection.server)) @if !connection.port.is_empty() { ":" (connection.port) } }
                    td { (said(&connection.database)) }
                    td { (said(&connection.user_name)) }
                    td { @if class.is_empty() { span.soft { (words) } } @else { span.state.(class) { (words) } } }
                }
            }
        },
    )
}

/// A value of a table's cell, and a dash where there is none.
fn said(value: &str) -> &str {
    if value.is_empty() { "–" } else { value }
}

fn revisions(site: &Site, shown: &Shown) -> Markup {
    let current = shown.item.current().map(|revision| revision.number);
    let first = shown
        .item
        .revisions
        .iter()
        .find(|revision| !revision.deleted);
    let compared = |revision: &Revision| {
        !revision.deleted && first.is_some_and(|first| first.number != revision.number)
    };
    table(
        "Revisions",
        &["Revision", "Published", "By", "File", "Changes"],
        &html! {
            @for revision in shown.item.revisions.iter().rev() { tr {
                th scope="row" { (revision.number) @if current == Some(revision.number) { " " span.state.good { "current" } } @else if revision.deleted { " " span.state.bad { "removed" } } }
                td { (time(revision.published_at)) }
                td { (shown.names.user(&revision.publisher)) }
                td { (revision.file_type) ", " (size(revision.content.bytes())) }
                td { @if compared(revision) {
                    a href=(address::revision(site, &shown.item, revision.number)) { "What changed" span.hidden { " in revision " (revision.number) } }
                } @else { span.soft { "–" } } }
            } }
        },
    )
}

fn tasks(shown: &Shown) -> Markup {
    table(
        "Tasks",
        &["Task", "When", "Failures in a row"],
        &html! {
            @for (task, when) in &shown.tasks { tr {
                th scope="row" { (task.kind.as_str()) }
                td { (when) }
                td { @if task.failures > 0 { span.state.bad { (task.failures) } } @else { "0" } }
            } }
        },
    )
}
