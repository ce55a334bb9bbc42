//! People, and what they sign in with.

use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Record;

/// A server-wide account; its [`User`]s are its seats on sites.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Account {
    /// The lower-cased user name.
    pub(crate) id: String,
    pub(crate) salt: String,
    pub(crate) password_hash: String,
}

impl Record for Account {
    const KIND: &'static str = "account";
    fn id(&self) -> &str {
        &self.id
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum SiteRole {
    Creator,
    Explorer,
    ExplorerCanPublish,
    Guest,
    ServerAdministrator,
    SiteAdministratorCreator,
    SiteAdministratorExplorer,
    SupportUser,
    Unlicensed,
    Viewer,
    Interactor,
    Publisher,
    SiteAdministrator,
    ViewerWithPublish,
    UnlicensedWithPublish,
    ReadOnly,
}

impl SiteRole {
    const ALL: [(Self, &'static str); 16] = [
        (Self::Creator, "Creator"),
        (Self::Explorer, "Explorer"),
        (Self::ExplorerCanPublish, "ExplorerCanPublish"),
        (Self::Guest, "Guest"),
        (Self::ServerAdministrator, "ServerAdministrator"),
        (Self::SiteAdministratorCreator, "SiteAdministratorCreator"),
        (Self::SiteAdministratorExplorer, "SiteAdministratorExplorer"),
        (Self::SupportUser, "SupportUser"),
        (Self::Unlicensed, "Unlicensed"),
        (Self::Viewer, "Viewer"),
        (Self::Interactor, "Interactor"),
        (Self::Publisher, "Publisher"),
        (Self::SiteAdministrator, "SiteAdministrator"),
        (Self::ViewerWithPublish, "ViewerWithPublish"),
        (Self::UnlicensedWithPublish, "UnlicensedWithPublish"),
        (Self::ReadOnly, "ReadOnly"),
    ];

    pub(crate) fn as_str(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(role, _)| *role == self)
            .map_or("Unlicensed", |(_, name)| name)
    }

    pub(crate) fn is_server_admin(self) -> bool {
        self == Self::ServerAdministrator
    }

    /// Administers the site (a server administrator administers every site).
    pub(crate) fn is_admin(self) -> bool {
        matches!(
            self,
            Self::ServerAdministrator
                | Self::SiteAdministratorCreator
                | Self::SiteAdministratorExplorer
                | Self::SiteAdministrator
        )
    }

    pub(crate) fn may_publish(self) -> bool {
        self.is_admin()
            || matches!(
                self,
                Self::Creator | Self::ExplorerCanPublish | Self::Publisher
            )
    }

    pub(crate) fn may_sign_in(self) -> bool {
        !matches!(
            self,
            Self::Unlicensed | Self::UnlicensedWithPublish | Self::Guest
        )
    }
}

impl FromStr for SiteRole {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .iter()
            .find(|(_, name)| *name == text)
            .map(|(role, _)| *role)
            .ok_or(())
    }
}

/// A seat on one site. Its LUID differs from site to site.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) site: String,
    pub(crate) name: String,
    pub(crate) site_role: SiteRole,
    #[serde(default)]
    pub(crate) full_name: String,
    #[serde(default)]
    pub(crate) email: String,
    #[serde(default)]
    pub(crate) auth_setting: String,
    #[serde(default)]
    pub(crate) last_login: Option<Timestamp>,
}

impl Record for User {
    const KIND: &'static str = "user";
    fn id(&self) -> &str {
        &self.id
    }
    fn site(&self) -> &str {
        &self.site
    }
    fn name_key(&self) -> String {
        self.name.to_lowercase()
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Group {
    pub(crate) id: String,
    pub(crate) site: String,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) minimum_site_role: Option<SiteRole>,
    /// LUIDs of its users. "All Users" has no list: everybody is in it.
    #[serde(default)]
    pub(crate) members: Vec<String>,
    #[serde(default)]
    pub(crate) everybody: bool,
}

impl Group {
    pub(crate) fn has(&self, user: &str) -> bool {
        self.everybody || self.members.iter().any(|member| member == user)
    }
}

impl Record for Group {
    const KIND: &'static str = "group";
    fn id(&self) -> &str {
        &self.id
    }
    fn site(&self) -> &str {
        &self.site
    }
    fn name_key(&self) -> String {
        self.name.to_lowercase()
    }
}

/// Groups that permission rules can name together.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct GroupSet {
    pub(crate) id: String,
    pub(crate) site: String,
    pub(crate) name: String,
    /// LUIDs of its groups.
    pub(crate) groups: Vec<String>,
}

impl Record for GroupSet {
    const KIND: &'static str = "group-set";
    fn id(&self) -> &str {
        &self.id
    }
    fn site(&self) -> &str {
        &self.site
    }
    fn name_key(&self) -> String {
        self.name.to_lowercase()
    }
}

/// A personal access token. It has one live session at a time.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Token {
    /// Its name, which is unique on the server here.
    pub(crate) id: String,
    pub(crate) salt: String,
    pub(crate) secret_hash: String,
    pub(crate) user_name: String,
    pub(crate) expires_at: Timestamp,
}

impl Record for Token {
    const KIND: &'static str = "token";
    fn id(&self) -> &str {
        &self.id
    }
}

/// A connected app with direct trust: a client that signs JWTs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TableauApp {
    /// The client id, the `iss` of its tokens.
    pub(crate) id: String,
    /// The `kid` of its tokens.
    pub(crate) secret_id: String,
    pub(crate) secret_value: String,
}

impl Record for TableauApp {
    const KIND: &'static str = "connected-app";
    fn id(&self) -> &str {
        &self.id
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Session {
    /// Hash of the credentials token that the client sends.
    pub(crate) id: String,
    pub(crate) site: String,
    pub(crate) user: String,
    /// The PAT that it was opened with.
    pub(crate) token_name: Option<String>,
    /// The scopes of the JWT that it was opened with.
    pub(crate) scopes: Option<Vec<String>>,
    pub(crate) used_at: Timestamp,
}

impl Record for Session {
    const KIND: &'static str = "session";
    fn id(&self) -> &str {
        &self.id
    }
    fn site(&self) -> &str {
        &self.site
    }
    fn parent(&self) -> &str {
        self.token_name.as_deref().unwrap_or("")
    }
}
