//! What the server says about itself.

use bytes::Bytes;
use quick_xml::events::Event;
use reqwest::Method;

use super::{Endpoint, Path, Reply};
use crate::api::{json::Unreadable, retry::Replay, version::ApiVersion};

/// What a server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerInfo {
    /// Such as `2026.2.0`.
    pub product_version: String,
    /// Such as `20262.26.0610.1014`.
    pub build: Option<String>,
    /// The newest version of the REST API that it offers.
    pub rest_api_version: ApiVersion,
}

/// `GET /api/{version}/serverinfo`: needs no session.
pub struct GetServerInfo;

impl Endpoint for GetServerInfo {
    type Answer = ServerInfo;
    const METHOD: Method = Method::GET;
    const REPLAY: Replay = Replay::Safe;

    fn since(&self) -> ApiVersion {
        ApiVersion::PROBE
    }

    fn path(&self) -> Path {
        Path::versioned("serverinfo")
    }

    fn parse(&self, reply: &Reply) -> Result<ServerInfo, Unreadable> {
        let Ok(document) = reply.document() else {
            return from_xml(&reply.body);
        };
        let info = document.root().need("serverInfo")?;
        Ok(ServerInfo {
            product_version: info.need_text("productVersion")?,
            build: info
                .child("productVersion")
                .and_then(|version| version.filled("build")),
            rest_api_version: version(&info.need_text("restApiVersion")?)?,
        })
    }
}

/// Servers from before the JSON form answer in XML, whatever they are asked for.
fn from_xml(body: &Bytes) -> Result<ServerInfo, Unreadable> {
    let text = std::str::from_utf8(body).map_err(|_| Unreadable::NotJson)?;
    let mut reader = quick_xml::Reader::from_str(text);
    let (mut product, mut api, mut build) = (None, None, None);
    let mut within = String::new();
    loop {
        match reader.read_event().map_err(|_| Unreadable::NotJson)? {
            Event::Start(start) => {
                start.local_name().as_ref().clone_into(&mut within);
                if within == "productVersion" {
                    let attribute = start.try_get_attribute("build").ok().flatten();
                    build = attribute.map(|attribute| attribute.value.into_owned());
                }
            }
            Event::Text(text) if within == "productVersion" => product = Some(text.to_string()),
            Event::Text(text) if within == "restApiVersion" => api = Some(version(&text)?),
            Event::End(_) => within.clear(),
            Event::Eof => break,
            _ => {}
        }
    }
    match (product, api) {
        (Some(product_version), Some(rest_api_version)) => Ok(ServerInfo {
            product_version,
            build,
            rest_api_version,
        }),
        _ => Err(Unreadable::NotJson),
    }
}

fn version(text: &str) -> Result<ApiVersion, Unreadable> {
    text.trim()
        .parse()
        .map_err(|_| Unreadable::missing("restApiVersion"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::endpoint::testing::reply;

    #[test]
    fn reads_a_server() {
        let reply = reply(200, include_str!("../../../fixtures/wire/serverinfo.json"));
        let info = GetServerInfo.parse(&reply).unwrap();
        assert_eq!(info.product_version, "2026.2.0");
        assert_eq!(info.build.as_deref(), Some("20262.26.0610.1014"));
        assert_eq!(info.rest_api_version, ApiVersion::NEWEST);
    }

    #[test]
    fn reads_an_old_server() {
        let reply = reply(
            200,
            include_str!("../../../fixtures/wire/serverinfo-old.xml"),
        );
        let info = GetServerInfo.parse(&reply).unwrap();
        assert_eq!(info.product_version, "10.1.3");
        assert_eq!(info.build.as_deref(), Some("10100.16.1103.2319"));
        assert_eq!(info.rest_api_version, ApiVersion::new(2, 4));
    }

    #[test]
    fn a_page_is_no_server() {
        let parsed = GetServerInfo.parse(&reply(200, "<html><title>Hi</title></html>"));
        assert_eq!(parsed, Err(Unreadable::NotJson));
    }
}
