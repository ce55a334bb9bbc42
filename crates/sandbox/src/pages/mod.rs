//! The site as a person looks at it. Server-rendered, usable without scripts, nothing from elsewhere.
//!
//! Addresses are those of `webpageUrl`: `/workbooks/7` on the default site, `/site/SITE/workbooks/7` on another.

mod address;
mod assets;
mod item;
mod jobs;
mod layout;
mod lineage;
mod people;
mod permissions;
mod pictures;
mod project;
mod requests;
mod revision;
mod search;
mod site;
mod start;
mod view;
mod webhooks;

use std::sync::Arc;

use hyper::header::{self, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};
use maud::html;

use crate::app::App;
use crate::error::ApiError;
use crate::model::{Kind, Site};
use crate::query::{Query, percent_decode};
use crate::response::{HttpResponse, response};
use crate::server::blocking;
use crate::store::Tx;
use layout::Page;

const HTML: &str = "text/html; charset=utf-8";
/// Everything that a page may load comes from this very server.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// `None` where there is nothing of that name.
type Found = Result<Option<Page>, ApiError>;

pub(crate) async fn handle(app: &Arc<App>, head: &Parts) -> HttpResponse {
    let mut response = answer(app, head).await;
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
    ] {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn answer(app: &Arc<App>, head: &Parts) -> HttpResponse {
    if head.method != Method::GET && head.method != Method::HEAD {
        let page = said(
            "Pages can only be read",
            "What changes a site is its REST API.",
        );
        return sent(app, StatusCode::METHOD_NOT_ALLOWED, &page);
    }
    let decoded: Vec<String> = head
        .uri
        .path()
        .trim_matches('/')
        .split('/')
        .map(percent_decode)
        .collect();
    let segments: Vec<&str> = decoded.iter().map(String::as_str).collect();
    let query = Query::parse(head.uri.query().unwrap_or_default());
    match segments.as_slice() {
        ["assets", name] => {
            if let Some(asset) = assets::get(name) {
                return asset;
            }
        }
        ["requests", "stream"] => {
            let seen = requests::seen(&head.headers, &query);
            return requests::stream(app, seen, &query);
        }
        _ => {}
    }
    let worker = Arc::clone(app);
    let result = blocking(move || {
        let segments: Vec<&str> = decoded.iter().map(String::as_str).collect();
        find(&worker, &segments, &query)
    })
    .await;
    match result {
        Ok(Some(Shown::Page(page))) => sent(app, StatusCode::OK, &page),
        Ok(Some(Shown::Picture(picture))) => pictures::sent(picture),
        Ok(None) => {
            let page = said(
                "Not found",
                "There is nothing at this address, or it is gone.",
            );
            sent(app, StatusCode::NOT_FOUND, &page)
        }
        Err(error) => {
            let page = said("The sandbox failed", &error.detail);
            sent(app, StatusCode::INTERNAL_SERVER_ERROR, &page)
        }
    }
}

enum Shown {
    Page(Page),
    Picture(pictures::Picture),
}

fn find(app: &App, segments: &[&str], query: &Query) -> Result<Option<Shown>, ApiError> {
    let page = match segments {
        [""] => start::page(app).map(Some),
        ["search"] => search::page(app, query.get("q").unwrap_or_default()).map(Some),
        ["requests"] => Ok(Some(requests::page(app, query))),
        ["site", url, "images", view] => return Ok(picture(app, url, view)?.map(Shown::Picture)),
        ["images", view] => return Ok(picture(app, "", view)?.map(Shown::Picture)),
        ["site", url, rest @ ..] => of_site(app, url, rest, query),
        rest => of_site(app, "", rest, query),
    };
    Ok(page?.map(Shown::Page))
}

fn of_site(app: &App, content_url: &str, rest: &[&str], query: &Query) -> Found {
    let Some(site) = app.store.transact(|tx| site_at(tx, content_url))? else {
        return Ok(None);
    };
    match rest {
        [] | ["home"] => site::page(app, &site).map(Some),
        ["jobs"] => jobs::page(app, &site).map(Some),
        ["people"] => people::page(app, &site).map(Some),
        ["webhooks"] => webhooks::page(app, &site).map(Some),
        ["projects", id] => project::page(app, &site, id),
        ["views", workbook, sheet] => view::page(app, &site, workbook, sheet),
        [kind, number, "revisions", revision] => match Kind::from_plural(kind) {
            Some(kind) => revision::page(app, &site, kind, [number, revision], query),
            None => Ok(None),
        },
        [kind, number] => match (Kind::from_plural(kind), number.parse()) {
            (Some(kind), Ok(number)) => item::page(app, &site, kind, number),
            _ => Ok(None),
        },
        _ => Ok(None),
    }
}

fn picture(
    app: &App,
    content_url: &str,
    view: &str,
) -> Result<Option<pictures::Picture>, ApiError> {
    match app.store.transact(|tx| site_at(tx, content_url))? {
        Some(site) => pictures::of_view(app, &site, view),
        None => Ok(None),
    }
}

fn site_at(tx: &Tx<'_>, content_url: &str) -> Result<Option<Site>, ApiError> {
    tx.by_url::<Site>("", &content_url.to_lowercase())
}

/// A page that says one thing.
fn said(title: &str, words: &str) -> Page {
    Page::new(
        title,
        html! { h1 { (title) } p { (words) } p { a href="/" { "All sites" } } },
    )
}

fn sent(app: &App, status: StatusCode, page: &Page) -> HttpResponse {
    let mut response = response(status, HTML, page.render(app).into_string().into_bytes());
    cache(&mut response, "no-store");
    response
}

fn cache(response: &mut HttpResponse, value: &'static str) {
    let name: HeaderName = header::CACHE_CONTROL;
    response
        .headers_mut()
        .insert(name, HeaderValue::from_static(value));
}
