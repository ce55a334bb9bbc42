//! The style sheet and the one script.

use std::sync::LazyLock;

use hyper::StatusCode;

use super::cache;
use crate::response::{HttpResponse, response};

struct Asset {
    /// Named after its contents, so that a browser may keep it for ever.
    name: String,
    content_type: &'static str,
    text: &'static str,
}

impl Asset {
    fn new(stem: &str, extension: &str, content_type: &'static str, text: &'static str) -> Self {
        let hash = blake3::hash(text.as_bytes()).to_hex();
        Self {
            name: format!("{stem}-{}.{extension}", &hash[..12]),
            content_type,
            text,
        }
    }
}

static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "style",
        "css",
        "text/css; charset=utf-8",
        include_str!("style.css"),
    )
});
static REQUESTS: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "requests",
        "js",
        "text/javascript; charset=utf-8",
        include_str!("requests.js"),
    )
});
static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icon", "svg", "image/svg+xml", include_str!("icon.svg")));

pub(super) fn style() -> String {
    format!("/assets/{}", STYLE.name)
}

pub(super) fn requests_script() -> String {
    format!("/assets/{}", REQUESTS.name)
}

pub(super) fn icon() -> String {
    format!("/assets/{}", ICON.name)
}

pub(super) fn get(name: &str) -> Option<HttpResponse> {
    let asset = [&*STYLE, &*REQUESTS, &*ICON]
        .into_iter()
        .find(|asset| asset.name == name)?;
    let mut response = response(
        StatusCode::OK,
        asset.content_type,
        asset.text.as_bytes().to_vec(),
    );
    cache(&mut response, "public, max-age=31536000, immutable");
    Some(response)
}
