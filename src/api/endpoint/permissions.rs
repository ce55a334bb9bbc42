//! Permissions, read only.

use reqwest::Method;

use super::{Endpoint, Path, Reply, content::Item};
use crate::api::{
    error::Error,
    json::{Node, Unreadable},
    luid::Luid,
    retry::Replay,
    site::Site,
};

/// What can have permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permitted {
    /// A workbook, a data source or a flow.
    Item(Item),
    /// A view.
    View(Luid),
    /// A project.
    Project(Luid),
}

impl From<Item> for Permitted {
    fn from(item: Item) -> Self {
        Self::Item(item)
    }
}

impl Permitted {
    fn path(self) -> Path {
        match self {
            Self::Item(item) => item.path(),
            Self::View(view) => Path::site("views").then(view),
            Self::Project(project) => Path::site("projects").then(project),
        }
    }
}

/// Who a rule is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grantee {
    /// A user.
    User(Luid),
    /// A group.
    Group(Luid),
    /// A group set.
    GroupSet(Luid),
}

/// One rule of an item. The rights of owners and administrators are not among them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permission {
    /// Who.
    pub grantee: Grantee,
    /// Such as `Read` or `ExportXml`; an open set.
    pub capability: String,
    /// Whether it is allowed, or denied.
    pub allow: bool,
}

/// The rules of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permissions {
    /// The locked project that they come from, if they do.
    pub from_project: Option<Luid>,
    /// Each grantee with each capability.
    pub rules: Vec<Permission>,
}

/// `GET /sites/{site}/{kind}/{id}/permissions`.
pub struct QueryPermissions(pub Permitted);

impl Endpoint for QueryPermissions {
    type Answer = Permissions;
    const METHOD: Method = Method::GET;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        self.0.path().then("permissions")
    }

    fn parse(&self, reply: &Reply) -> Result<Permissions, Unreadable> {
        let document = reply.document()?;
        let Some(permissions) = document.root().child("permissions") else {
            return Ok(Permissions {
                from_project: None,
                rules: Vec::new(),
            });
        };
        let mut rules = Vec::new();
        for entry in permissions.repeated("granteeCapabilities") {
            let grantee = grantee(entry)?;
            for capability in entry.list("capabilities", "capability") {
                rules.push(Permission {
                    grantee,
                    capability: capability.need_text("name")?,
                    allow: capability.need_text("mode")? == "Allow",
                });
            }
        }
        let from_project = permissions
            .child("parent")
            .and_then(|parent| parent.luid("id"));
        Ok(Permissions {
            from_project,
            rules,
        })
    }
}

fn grantee(entry: Node<'_>) -> Result<Grantee, Unreadable> {
    let of = |name| entry.child(name).and_then(|grantee| grantee.luid("id"));
    of("user")
        .map(Grantee::User)
        .or_else(|| of("group").map(Grantee::Group))
        .or_else(|| of("groupSet").map(Grantee::GroupSet))
        .ok_or_else(|| Unreadable::missing("granteeCapabilities"))
}

impl Site {
    /// The rules of an item, a view or a project.
    pub async fn permissions(&self, of: impl Into<Permitted>) -> Result<Permissions, Error> {
        self.run(&QueryPermissions(of.into())).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::endpoint::testing::{luid, reply};

    #[test]
    fn reads_rules_of_groups_and_users() {
        let call = QueryPermissions(Item::workbook(luid(0x10)).into());
        let body = include_str!("../../../fixtures/wire/permissions.json");
        let permissions = call.parse(&reply(200, body)).unwrap();
        assert_eq!(permissions.from_project, Some(luid(0x40)));
        let rules: Vec<_> = permissions
            .rules
            .iter()
            .map(|rule| (rule.grantee, &*rule.capability, rule.allow))
            .collect();
        assert_eq!(
            rules,
            [
                (Grantee::Group(luid(0x90)), "Read", true),
                (Grantee::Group(luid(0x90)), "ExportXml", false),
                (Grantee::User(luid(1)), "Write", true),
            ]
        );
    }

    #[test]
    fn no_rules_are_no_error() {
        let call = QueryPermissions(Permitted::Project(luid(1)));
        let body = r#"{"permissions":{"project":{"id":"00000000-0000-4000-8000-000000000001"}}}"#;
        assert_eq!(call.parse(&reply(200, body)).unwrap().rules, []);
    }
}
