//! Users of the site.

use reqwest::Method;

use super::{Endpoint, Path, Query, Reply};
use crate::api::{
    error::Error,
    json::{Node, Unreadable},
    luid::Luid,
    paging::{Filter, Identified, Listing, Page, Paged},
    retry::Replay,
    site::Site,
};

/// A user of the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The LUID on this site.
    pub id: Luid,
    /// The name; on Tableau Cloud the e-mail address.
    pub name: String,
    /// Such as `Creator` or `ExplorerCanPublish`; an open set.
    pub site_role: Option<String>,
    /// The name for people, where the call gives it.
    pub full_name: Option<String>,
}

impl User {
    fn parse(node: Node<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            id: node.need_luid("id")?,
            name: node.need_text("name")?,
            site_role: node.filled("siteRole"),
            full_name: node.filled("fullName"),
        })
    }
}

impl Identified for User {
    fn id(&self) -> Luid {
        self.id
    }
}

/// `GET /sites/{site}/users`: some accounts may not (403133).
#[derive(Clone)]
pub struct QueryUsers(pub Listing);

impl Endpoint for QueryUsers {
    type Answer = Page<User>;
    const METHOD: Method = Method::GET;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        Path::site("users")
    }

    fn query(&self, query: &mut Query) {
        self.0.write(query);
    }

    fn parse(&self, reply: &Reply) -> Result<Page<User>, Unreadable> {
        Page::parse(reply, ("users", "user"), User::parse)
    }
}

impl Paged for QueryUsers {
    type Item = User;

    fn at(&self, page: u32) -> Self {
        Self(self.0.at(page))
    }
}

/// `GET /sites/{site}/users/{user}`.
pub struct GetUser(pub Luid);

impl Endpoint for GetUser {
    type Answer = User;
    const METHOD: Method = Method::GET;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        Path::site("users").then(self.0)
    }

    fn parse(&self, reply: &Reply) -> Result<User, Unreadable> {
        User::parse(reply.document()?.root().need("user")?)
    }
}

impl Site {
    /// Users.
    pub async fn users(&self, filter: Filter) -> Result<Vec<User>, Error> {
        self.all(&QueryUsers(Listing::of(filter))).await
    }

    /// A user.
    pub async fn user(&self, user: Luid) -> Result<User, Error> {
        self.run(&GetUser(user)).await
    }

    /// The user of this name, if the site has one; two domains may have users of one name.
    pub async fn users_named(&self, name: &str) -> Result<Vec<User>, Error> {
        self.users(Filter::all().eq("name", name)?).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::endpoint::testing::{luid, reply};

    #[test]
    fn reads_users() {
        let reply = reply(200, include_str!("../../../fixtures/wire/users.json"));
        let page = QueryUsers(Listing::default()).parse(&reply).unwrap();
        assert_eq!((page.items[0].id, &*page.items[0].name), (luid(1), "admin"));
        assert_eq!(
            page.items[1].site_role.as_deref(),
            Some("ExplorerCanPublish")
        );
    }
}
