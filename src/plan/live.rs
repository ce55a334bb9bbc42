//! What the target holds now, as plain data.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::desired::{ItemKind, Key};
use super::project_path::ProjectPath;
use super::stamp::Stamp;

/// A site as its listings show it.
#[derive(Debug, Clone, Default)]
pub struct Live {
    pub projects: Vec<LiveProject>,
    pub items: Vec<LiveItem>,
    /// More about some of the items, by LUID.
    pub details: HashMap<String, Detail>,
    /// The site keeps revisions.
    pub revision_history: bool,
    /// Names of users of the site by LUID: those who own something, and those who were looked up.
    pub users: HashMap<String, String>,
    /// User names that were looked up, and that no user of the site has.
    pub nobody: HashSet<String>,
}

#[derive(Debug, Clone)]
pub struct LiveProject {
    pub luid: String,
    pub path: ProjectPath,
    /// Whether the account may publish into it, where the site tells.
    pub writeable: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveItem {
    pub kind: ItemKind,
    pub luid: String,
    pub name: String,
    /// Of its project; `None` in a personal space.
    pub project: Option<ProjectPath>,
    pub content_url: Option<String>,
    pub webpage_url: Option<String>,
    pub owner_luid: Option<String>,
    pub tags: Vec<String>,
    pub updated_at: Option<Timestamp>,
    pub description: Option<String>,
    pub show_tabs: Option<bool>,
    pub certified: Option<bool>,
    pub certification_note: Option<String>,
    pub has_extracts: Option<bool>,
    /// Whole megabytes, as the site says.
    pub size_mb: Option<u64>,
}

/// What costs requests of its own, so it is known only for items that would be touched.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// The current revision; `None` where the site keeps no history.
    pub revision: Option<u64>,
    pub views: Vec<LiveView>,
    pub connections: Vec<LiveConnection>,
    pub custom_views: Vec<CustomView>,
    pub subscriptions: Vec<Subscription>,
    /// Planned refreshes of the item, as far as the account may see them.
    pub refresh_tasks: usize,
    /// What the site did not tell, and why: `subscriptions (403004: ...)`. Nothing found is then not the same as nothing
    /// there.
    #[serde(default)]
    pub not_known: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveView {
    pub luid: String,
    pub name: String,
    pub content_url: Option<String>,
    pub tags: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveConnection {
    pub luid: String,
    pub class: String,
    pub server: Option<String>,
    pub port: Option<String>,
    pub username: Option<String>,
    /// As the site says; after somebody's overwrite it may read true though the password is gone.
    pub embedded: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomView {
    pub name: String,
    pub view: String,
    pub owner: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    pub subject: String,
    pub user: Option<String>,
    /// LUID of the view or workbook.
    pub content: String,
}

impl Live {
    /// Its items by their identity. Names are compared without regard to case, as Tableau does; of several with one
    /// identity, the first counts.
    pub fn by_key(&self) -> HashMap<Key, &LiveItem> {
        let mut found = HashMap::with_capacity(self.items.len());
        for item in &self.items {
            if let Some(key) = item.key() {
                found.entry(key).or_insert(item);
            }
        }
        found
    }

    /// LUID of the user of this name, as far as it is known. Names are compared without regard to case.
    pub fn user_named(&self, name: &str) -> Option<&str> {
        let mut users = self.users.iter();
        let found = users.find(|(_, user)| user.eq_ignore_ascii_case(name));
        found.map(|(luid, _)| luid.as_str())
    }

    pub fn detail(&self, item: &LiveItem) -> Option<&Detail> {
        self.details.get(&item.luid)
    }
}

impl LiveItem {
    pub fn key(&self) -> Option<Key> {
        self.project
            .as_ref()
            .map(|project| Key::new(self.kind, project, &self.name))
    }

    pub fn stamp(&self, prefix: &str) -> Option<Stamp> {
        Stamp::find(&self.tags, prefix)
    }

    /// The tags that are the users', not ours.
    pub fn own_tags(&self, prefix: &str) -> Vec<String> {
        self.tags
            .iter()
            .filter(|t| !Stamp::is_ours(t, prefix))
            .cloned()
            .collect()
    }
}
