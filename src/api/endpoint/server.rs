//! What the server says about itself.

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
        let document = reply.document()?;
        let info = document.root().need("serverInfo")?;
        let version = info.need_text("restApiVersion")?;
        Ok(ServerInfo {
            product_version: info.need_text("productVersion")?,
            build: info
                .child("productVersion")
                .and_then(|version| version.filled("build")),
            rest_api_version: version
                .parse()
                .map_err(|_| Unreadable::missing("restApiVersion"))?,
        })
    }
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
    fn a_page_is_no_server() {
        let parsed = GetServerInfo.parse(&reply(200, "<html><title>Hi</title></html>"));
        assert_eq!(parsed, Err(Unreadable::NotJson));
    }
}
