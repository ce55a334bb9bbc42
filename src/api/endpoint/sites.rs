//! The site itself.

use reqwest::Method;

use super::{Endpoint, Path, Query, Reply};
use crate::api::{
    error::Error,
    json::Unreadable,
    luid::Luid,
    paging::{Identified, Listing, Page, Paged},
    retry::Replay,
    site::Site,
};

/// What is known about a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteInfo {
    /// Its LUID.
    pub id: Luid,
    /// Its name.
    pub name: Option<String>,
    /// Its part of web addresses; empty for the Default site of a Server.
    pub content_url: String,
    /// `Active` or `Suspended`.
    pub state: Option<String>,
    /// Whether earlier revisions of content are kept; a rollback needs them.
    pub revision_history: Option<bool>,
    /// How many; -1 for all.
    pub revision_limit: Option<i64>,
    /// `enforced`, `enabled` or `disabled`.
    pub extract_encryption: Option<String>,
    /// Whether deleted content goes to a bin and keeps its content URL.
    pub recycle_bin: Option<bool>,
    /// The most tags of an item.
    pub tag_limit: Option<u64>,
    /// In MB.
    pub storage_quota: Option<u64>,
}

impl SiteInfo {
    fn parse(node: crate::api::json::Node<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            id: node.need_luid("id")?,
            name: node.filled("name"),
            content_url: node.text("contentUrl").unwrap_or_default(),
            state: node.filled("state"),
            revision_history: node.flag("revisionHistoryEnabled"),
            revision_limit: node.integer("revisionLimit"),
            extract_encryption: node.filled("extractEncryptionMode"),
            recycle_bin: node.flag("recycleBinEnabled"),
            tag_limit: node.number("tagLimit"),
            storage_quota: node.number("storageQuota"),
        })
    }
}

impl Identified for SiteInfo {
    fn id(&self) -> Luid {
        self.id
    }
}

/// `GET /sites/{site}`: the site of the session.
pub struct GetSite;

impl Endpoint for GetSite {
    type Answer = SiteInfo;
    const METHOD: Method = Method::GET;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        Path::own_site()
    }

    fn parse(&self, reply: &Reply) -> Result<SiteInfo, Unreadable> {
        SiteInfo::parse(reply.document()?.root().need("site")?)
    }
}

/// `GET /sites`: the sites of the account. Tableau Cloud answers 403069 to everybody.
#[derive(Clone)]
pub struct QuerySites(pub Listing);

impl Endpoint for QuerySites {
    type Answer = Page<SiteInfo>;
    const METHOD: Method = Method::GET;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        Path::versioned("sites")
    }

    fn query(&self, query: &mut Query) {
        self.0.write(query);
    }

    fn parse(&self, reply: &Reply) -> Result<Page<SiteInfo>, Unreadable> {
        Page::parse(reply, ("sites", "site"), SiteInfo::parse)
    }
}

impl Paged for QuerySites {
    type Item = SiteInfo;

    fn at(&self, page: u32) -> Self {
        Self(self.0.at(page))
    }
}

impl Site {
    /// What is known about this site.
    pub async fn info(&self) -> Result<SiteInfo, Error> {
        self.run(&GetSite).await
    }

    /// The sites of the account; Tableau Cloud refuses (403069).
    pub async fn sites(&self) -> Result<Vec<SiteInfo>, Error> {
        self.all(&QuerySites(Listing::default())).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::endpoint::testing::{address, luid, reply};

    #[test]
    fn reads_a_site() {
        assert_eq!(address(&GetSite), format!("/api/3.29/sites/{}", luid(0xaa)));
        let site = GetSite.parse(&reply(
            200,
            include_str!("../../../fixtures/wire/site.json"),
        ));
        let site = site.unwrap();
        assert_eq!((&*site.content_url, site.revision_limit), ("dev", Some(25)));
        assert_eq!(
            (site.revision_history, site.recycle_bin),
            (Some(true), Some(false))
        );
    }
}
