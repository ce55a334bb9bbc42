//! The site as a person looks at it. Server-rendered, usable without scripts.

use std::fmt::Write;

use hyper::{Method, StatusCode};

use crate::app::App;
use crate::model::{Kind, Project, Site};
use crate::server::{self, HttpResponse};

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
    server::response(status, "text/html; charset=utf-8", html.into_bytes())
}

pub(crate) fn handle(app: &App, method: &Method, path: &str) -> HttpResponse {
    if !server::is_read(method) {
        return page(
            StatusCode::METHOD_NOT_ALLOWED,
            "Method not allowed",
            "<h1>Pages can only be read</h1>",
        );
    }
    match path {
        "/" => index(app),
        _ => page(
            StatusCode::NOT_FOUND,
            "Not found",
            "<h1>Not found</h1><p><a href=\"/\">Start page</a></p>",
        ),
    }
}

fn index(app: &App) -> HttpResponse {
    let rows = app.store.transact(|tx| {
        let mut rows = String::new();
        for site in tx.everywhere::<Site>()? {
            let count = |kind| Ok::<_, crate::error::ApiError>(tx.items(&site.id, kind)?.len());
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
