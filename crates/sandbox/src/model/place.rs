//! Sites and projects: where content lives.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Record, Rule};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Site {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) content_url: String,
    /// The other attributes that were set, as they were given.
    #[serde(default)]
    pub(crate) settings: BTreeMap<String, String>,
}

impl Record for Site {
    const KIND: &'static str = "site";
    fn id(&self) -> &str {
        &self.id
    }
    fn name_key(&self) -> String {
        self.name.to_lowercase()
    }
    fn url_key(&self) -> String {
        self.content_url.to_lowercase()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ContentPermissions {
    ManagedByOwner,
    LockedToProject,
    LockedToProjectWithoutNested,
}

impl ContentPermissions {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::ManagedByOwner => "ManagedByOwner",
            Self::LockedToProject => "LockedToProject",
            Self::LockedToProjectWithoutNested => "LockedToProjectWithoutNested",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [
            Self::ManagedByOwner,
            Self::LockedToProject,
            Self::LockedToProjectWithoutNested,
        ]
        .into_iter()
        .find(|value| value.as_str() == text)
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Project {
    pub(crate) id: String,
    pub(crate) site: String,
    pub(crate) name: String,
    pub(crate) description: String,
    /// LUID of the enclosing project; empty at top level.
    pub(crate) parent: String,
    pub(crate) content_permissions: ContentPermissions,
    pub(crate) owner: String,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    /// The project that content goes to when a publish names none.
    #[serde(default)]
    pub(crate) default: bool,
    #[serde(default)]
    pub(crate) permissions: Vec<Rule>,
    /// By content type as it stands in the path (`workbooks`, `datasources`, …).
    #[serde(default)]
    pub(crate) default_permissions: BTreeMap<String, Vec<Rule>>,
}

impl Project {
    /// The name key of a project `name` under `parent`.
    pub(crate) fn key(parent: &str, name: &str) -> String {
        format!("{parent}/{}", name.to_lowercase())
    }
}

impl Record for Project {
    const KIND: &'static str = "project";
    fn id(&self) -> &str {
        &self.id
    }
    fn site(&self) -> &str {
        &self.site
    }
    fn parent(&self) -> &str {
        &self.parent
    }
    fn name_key(&self) -> String {
        Self::key(&self.parent, &self.name)
    }
}
