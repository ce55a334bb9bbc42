//! The site as a person looks at it. Server-rendered, usable without scripts.

use std::fmt::Write;

use hyper::{Method, StatusCode};

use crate::app::App;
use crate::error::ApiError;
use crate::model::{Kind, Project, Site, View};
use crate::removal;
use crate::response::{HttpResponse, response};
use crate::server;

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}\
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #8884}\
code{font-size:.9em}";

/// Text for an HTML body or a quoted attribute.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

fn page(status: StatusCode, title: &str, body: &str) -> HttpResponse {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{title}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>\n",
        title = escape(title)
    );
    response(status, "text/html; charset=utf-8", html.into_bytes())
}

pub(crate) fn handle(app: &App, method: &Method, path: &str) -> HttpResponse {
    if !server::is_read(method) {
        return page(
            StatusCode::METHOD_NOT_ALLOWED,
            "Method not allowed",
            "<h1>Pages can only be read</h1>",
        );
    }
    if path == "/" {
        return index(app);
    }
    match item_page(app, path) {
        Ok(Some((title, body))) => page(StatusCode::OK, &title, &body),
        Ok(None) => page(
            StatusCode::NOT_FOUND,
            "Not found",
            "<h1>Not found</h1><p><a href=\"/\">Start page</a></p>",
        ),
        Err(error) => page(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Error",
            &format!("<h1>{}</h1>", escape(&error.detail)),
        ),
    }
}

/// The item that a `webpageUrl` leads to: `/site/SITE/workbooks/7`, or `/workbooks/7` on the default site.
fn item_page(app: &App, path: &str) -> Result<Option<(String, String)>, ApiError> {
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let (site, kind, number) = match segments.as_slice() {
        ["site", site, kind, number] => (*site, *kind, *number),
        [kind, number] => ("", *kind, *number),
        _ => return Ok(None),
    };
    let (Some(kind), Ok(number)) = (Kind::from_plural(kind), number.parse::<i64>()) else {
        return Ok(None);
    };
    app.store.transact(|tx| {
        let Some(site) = tx.by_url::<Site>("", &site.to_lowercase())? else { return Ok(None) };
        let Some(item) = tx.items(&site.id, kind)?.into_iter().find(|item| item.number == number) else {
            return Ok(None);
        };
        let mut body = format!(
            "<p><a href=\"/\">Start page</a></p><h1>{}</h1><p>{} in {} on the site {}</p><p>LUID <code>{}</code></p>",
            escape(&item.name),
            kind.title(),
            escape(&removal::project_path(tx, &item.project)?),
            escape(&site.name),
            item.id
        );
        let views = tx.children::<View>(&item.id)?;
        list(&mut body, "Views", views.iter().filter(|view| !view.hidden).map(|view| view.name.clone()));
        list(&mut body, "Tags", item.tags.iter().map(|tag| tag.label.clone()));
        let connection = |c: &crate::model::Connection| format!("{} {} {}", c.class, c.server, c.database);
        list(&mut body, "Connections", item.connections.iter().map(connection));
        let revision = |r: &crate::model::Revision| format!("{} of {}", r.number, crate::clock::iso(r.published_at));
        list(&mut body, "Revisions", item.revisions.iter().map(revision));
        Ok(Some((item.name.clone(), body)))
    })
}

fn list(body: &mut String, title: &str, items: impl Iterator<Item = String>) {
    let mut items = items.peekable();
    if items.peek().is_none() {
        return;
    }
    let _ = write!(body, "<h2>{title}</h2><ul>");
    for item in items {
        let _ = write!(body, "<li>{}</li>", escape(item.trim()));
    }
    body.push_str("</ul>");
}

fn index(app: &App) -> HttpResponse {
    let rows = app.store.transact(|tx| {
        let mut rows = String::new();
        for site in tx.everywhere::<Site>()? {
            let count = |kind| Ok::<_, ApiError>(tx.items(&site.id, kind)?.len());
            let _ = write!(
                rows,
                "<tr><td>{}</td><td><code>{}</code></td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                escape(&site.name),
                escape(&site.content_url),
                tx.all::<Project>(&site.id)?.len(),
                count(Kind::Workbook)?,
                count(Kind::Datasource)?,
                count(Kind::Flow)?,
            );
        }
        Ok(rows)
    });
    match rows {
        Ok(rows) => page(
            StatusCode::OK,
            "tabship sandbox",
            &format!(
                "<h1>tabship sandbox</h1><p>A Tableau-compatible site for rehearsals: REST API {} of product {}. \
                 It renders no data.</p><table><thead><tr><th>Site</th><th>Content URL</th><th>Projects</th>\
                 <th>Workbooks</th><th>Data sources</th><th>Flows</th></tr></thead><tbody>{rows}</tbody></table>",
                app.options.api_version,
                escape(&app.options.product_version)
            ),
        ),
        Err(error) => page(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Error",
            &format!("<h1>{}</h1>", escape(&error.detail)),
        ),
    }
}
