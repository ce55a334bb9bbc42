//! What the manifest and the files at this commit want a target to hold.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::blocked::Allow;
use super::project_path::ProjectPath;
pub use crate::manifest::{Certified, Verify};

/// The kinds of content that are published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ItemKind {
    /// First: workbooks and flows use them.
    Datasource,
    Workbook,
    Flow,
}

impl ItemKind {
    /// In the order in which they are published.
    pub const ALL: [Self; 3] = [Self::Datasource, Self::Workbook, Self::Flow];
}

impl fmt::Display for ItemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Datasource => "data source",
            Self::Workbook => "workbook",
            Self::Flow => "flow",
        })
    }
}

/// What identifies an item on a site: its kind, the path of its project and its name, without regard to case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    pub kind: ItemKind,
    project: Vec<String>,
    name: String,
}

impl Key {
    pub fn new(kind: ItemKind, project: &ProjectPath, name: &str) -> Self {
        Self {
            kind,
            project: project.folded(),
            name: name.to_lowercase(),
        }
    }

    /// It is called so, and in a project whose path ends like that, where one is named.
    pub fn fits(&self, name: &str, project: Option<&ProjectPath>) -> bool {
        self.name == name.to_lowercase()
            && project.is_none_or(|p| self.project.ends_with(&p.folded()))
    }
}

/// Everything that one run wants one target to hold.
#[derive(Debug, Clone, Default)]
pub struct Desired {
    pub items: Vec<Item>,
    /// What is true of the run as a whole and worth knowing.
    pub notes: Vec<String>,
}

/// One workbook, data source or flow as it is to be.
#[derive(Debug, Clone)]
pub struct Item {
    pub kind: ItemKind,
    pub name: String,
    pub project: ProjectPath,
    /// Relative to the repository root; of a promotion, empty.
    pub file: PathBuf,
    /// What will be uploaded, in bytes.
    pub bytes: u64,
    /// Digest of the content as it will be sent and of [`Settings`]: hex.
    pub fingerprint: String,
    /// Names of the sheets that the file itself does not hide.
    pub sheets: Vec<String>,
    /// Whether the file carries an extract that is switched on; `None` when it has no data of its own
    /// (a workbook on published data sources only, a flow).
    pub has_extract: Option<bool>,
    /// Published data sources that it reads, as rewritten for the target.
    pub published: Vec<PublishedReference>,
    /// Published data sources that a flow writes each time that it runs.
    pub writes: Vec<Written>,
    /// What was rewritten for the target.
    pub rewrites: Vec<Rewrite>,
    /// What the plan should say of it.
    pub notes: Vec<String>,
    pub settings: Settings,
}

impl Item {
    pub fn key(&self) -> Key {
        Key::new(self.kind, &self.project, &self.name)
    }
}

/// A reference to a published data source of the target's site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedReference {
    pub content_url: String,
    pub name: String,
    /// The item of this run that will be it, when it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provided_by: Option<Key>,
    /// The manifest wants it certified.
    pub require_certified: bool,
    /// No rewrite says which one it is on the target: the file's own words are what the site goes by.
    #[serde(skip)]
    pub as_written: bool,
}

/// A published data source that an output of a flow writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub name: String,
    /// The end of its project's path, where the flow says it.
    pub project: Option<ProjectPath>,
}

impl Written {
    /// It is what `item` publishes.
    pub fn is(&self, item: &Item) -> bool {
        item.kind == ItemKind::Datasource
            && item.name.to_lowercase() == self.name.to_lowercase()
            && self
                .project
                .as_ref()
                .is_none_or(|p| item.project.folded().ends_with(&p.folded()))
    }
}

/// One thing that was rewritten for the target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rewrite {
    /// In words: `server of data source "Orders"`.
    pub what: String,
    pub old: String,
    pub new: String,
    /// In how many places of the document.
    pub count: usize,
}

/// What the manifest says of an item beyond its content. An absent value means: keep what is live.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub tags: Vec<String>,
    /// User name.
    pub owner: Option<String>,
    pub description: Option<String>,
    pub tabs: Option<bool>,
    pub views: Option<ViewChoice>,
    pub certified: Option<Certified>,
    pub verify: Verify,
    /// Credentials to embed; names of secrets, never their values.
    pub credentials: Vec<Credential>,
    pub skip_connection_check: bool,
    /// Blocked changes that the manifest allows for this item.
    pub allow: Vec<Allow>,
}

/// Which sheets are published as views. Patterns are globs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ViewChoice {
    Include(Vec<String>),
    Exclude(Vec<String>),
}

/// Credentials for the connections that match; a `None` matches all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    pub class: Option<String>,
    /// Server address, compared without regard to case.
    pub server: Option<String>,
    pub username: Option<String>,
    /// `env:NAME` or `file:PATH`; read when it is used and never written anywhere.
    pub secret: Option<String>,
    pub embed: bool,
}
