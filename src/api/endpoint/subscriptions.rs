//! Subscriptions: who gets which view by mail.

use reqwest::Method;

use super::{Endpoint, Path, Query, Reply};
use crate::api::{
    error::Error,
    json::{Node, Unreadable},
    luid::Luid,
    paging::{Identified, Listing, Page, Paged},
    retry::Replay,
    site::Site,
};

/// A subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Its LUID.
    pub id: Luid,
    /// The subject of the mail.
    pub subject: Option<String>,
    /// `Workbook` or `View`.
    pub content_type: Option<String>,
    /// The workbook or view.
    pub content: Option<Luid>,
    /// Who gets it.
    pub user: Option<Luid>,
    /// Whether it is off.
    pub suspended: Option<bool>,
}

impl Subscription {
    fn parse(node: Node<'_>) -> Result<Self, Unreadable> {
        let content = node.child("content");
        Ok(Self {
            id: node.need_luid("id")?,
            subject: node.filled("subject"),
            content_type: content.and_then(|content| content.filled("type")),
            content: content.and_then(|content| content.luid("id")),
            user: node.child("user").and_then(|user| user.luid("id")),
            suspended: node.flag("suspended"),
        })
    }
}

impl Identified for Subscription {
    fn id(&self) -> Luid {
        self.id
    }
}

/// `GET /sites/{site}/subscriptions`.
#[derive(Clone)]
pub struct QuerySubscriptions(pub Listing);

impl Endpoint for QuerySubscriptions {
    type Answer = Page<Subscription>;
    const METHOD: Method = Method::GET;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        Path::site("subscriptions")
    }

    fn query(&self, query: &mut Query) {
        self.0.write(query);
    }

    fn parse(&self, reply: &Reply) -> Result<Page<Subscription>, Unreadable> {
        Page::parse(
            reply,
            ("subscriptions", "subscription"),
            Subscription::parse,
        )
    }
}

impl Paged for QuerySubscriptions {
    type Item = Subscription;

    fn at(&self, page: u32) -> Self {
        Self(self.0.at(page))
    }
}

impl Site {
    /// Subscriptions of the site; there is no filter.
    pub async fn subscriptions(&self) -> Result<Vec<Subscription>, Error> {
        self.all(&QuerySubscriptions(Listing::default())).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::endpoint::testing::{luid, reply};

    #[test]
    fn reads_subscriptions() {
        let reply = reply(
            200,
            include_str!("../../../fixtures/wire/subscriptions.json"),
        );
        let page = QuerySubscriptions(Listing::default())
            .parse(&reply)
            .unwrap();
        assert_eq!(page.items[0].content, Some(luid(0x50)));
        assert_eq!(page.items[0].content_type.as_deref(), Some("View"));
    }
}
