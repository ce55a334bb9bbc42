//! The plan as a document: printed, saved, read again.

use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::blocked::{Allow, Block};
use super::desired::{ItemKind, Key, PublishedReference, Rewrite, Settings};
use super::live::{CustomView, Subscription};
use super::project_path::ProjectPath;
use super::views::ViewPlan;

/// The version of the document's form; it grows when a reader of the old form would misread the new one.
pub const SCHEMA_VERSION: u32 = 1;

/// What a run would do to one target, bound to what the target held when it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub schema_version: u32,
    /// Version of tabship that made it.
    pub tabship: String,
    pub made_at: Timestamp,
    pub target: Target,
    /// Of a promotion: where the content comes from.
    pub source: Option<Source>,
    pub git: Option<Git>,
    /// Globs that narrowed the run; without any it was about everything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub select: Vec<String>,
    /// Projects that do not exist yet, parents first.
    pub projects: Vec<ProjectPath>,
    /// In the order in which they are carried out: data sources, workbooks, flows.
    pub items: Vec<Planned>,
    /// What was deployed from here once, is wanted no more, and is left where it is (`prune: report`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_over: Vec<LeftOver>,
    /// What is true of the run as a whole and worth knowing.
    pub notes: Vec<String>,
    pub estimate: Estimate,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    pub name: String,
    pub server: String,
    /// Content URL; empty for the Default site.
    pub site: String,
    pub protected: bool,
    /// Prefix of the stamps: previews of a branch have their own.
    pub stamp: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    pub target: String,
    pub server: String,
    pub site: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Git {
    pub commit: String,
    pub branch: Option<String>,
    /// The working tree has changes that are in no commit.
    pub dirty: bool,
}

/// An item of the site that a run leaves alone though nothing wants it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOver {
    pub kind: ItemKind,
    pub name: String,
    pub project: ProjectPath,
    pub luid: Option<String>,
}

/// About how much a run will ask of the site and the line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimate {
    pub requests: u64,
    pub bytes: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    Create,
    Update,
    /// To another project of the site; updated as well when the content changed.
    Move,
    Unchanged,
    /// Once deployed from here, and no longer wanted.
    Retire,
    Blocked,
}

impl Action {
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Move => "move",
            Self::Unchanged => "unchanged",
            Self::Retire => "retire",
            Self::Blocked => "blocked",
        }
    }

    /// The run would change something on the site.
    pub fn changes(self) -> bool {
        matches!(
            self,
            Self::Create | Self::Update | Self::Move | Self::Retire
        )
    }
}

/// One item of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    pub name: String,
    pub project: ProjectPath,
    pub kind: ItemKind,
    pub action: Action,
    /// Of the item that is there.
    pub luid: Option<String>,
    /// Reasons for the action, most telling first.
    pub why: Vec<String>,
    pub file: Option<PathBuf>,
    pub bytes: u64,
    pub fingerprint: String,
    /// Publish (not only move).
    pub publish: bool,
    pub live: Option<Bound>,
    /// Server state that a publish drops, and how it is put back.
    pub preserved: Vec<Preserved>,
    pub rewrites: Vec<Rewrite>,
    pub views: ViewPlan,
    /// Custom views and subscriptions that a removed view breaks.
    pub broken_custom_views: Vec<CustomView>,
    pub broken_subscriptions: Vec<Subscription>,
    pub blocked: Vec<Block>,
    /// Changes that would be blocked and were allowed, and by what.
    pub allowed: Vec<Allowance>,
    pub notes: Vec<String>,
    pub published: Vec<PublishedReference>,
    pub settings: Settings,
}

/// The live state that the plan was made for. When it has moved, the plan is stale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    pub project: ProjectPath,
    pub content_url: Option<String>,
    pub updated_at: Option<Timestamp>,
    /// `None` where the site keeps no history.
    pub revision: Option<u64>,
    /// The fingerprint that tabship left, if it did.
    pub fingerprint: Option<String>,
    pub commit: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preserved {
    /// `owner`, `tags`, `credentials of 2 connections`.
    pub what: String,
    pub how: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowance {
    pub allow: Allow,
    /// `--allow` or `tabship.yml`.
    pub by: String,
    pub message: String,
}

impl Plan {
    /// Items that would change something.
    pub fn changes(&self) -> impl Iterator<Item = &Planned> {
        self.items.iter().filter(|i| i.action.changes())
    }

    pub fn blocked(&self) -> impl Iterator<Item = &Planned> {
        self.items.iter().filter(|i| i.action == Action::Blocked)
    }

    pub fn count(&self, action: Action) -> usize {
        self.items.iter().filter(|i| i.action == action).count()
    }

    /// What differs between this plan and one made now for the same content: why it is stale. Empty when it still holds.
    pub fn moved_since(&self, now: &Plan) -> Vec<String> {
        let mut moved = Vec::new();
        if (&self.target.server, &self.target.site) != (&now.target.server, &now.target.site) {
            moved.push(format!(
                "the plan is for {} of {}",
                site_name(&self.target.site),
                self.target.server
            ));
        }
        for then in &self.items {
            match now.items.iter().find(|i| i.is(then)) {
                None => moved.push(format!("{} is no longer wanted", then.title())),
                Some(item) => moved.extend(then.moved_since(item)),
            }
        }
        for item in &now.items {
            if !self.items.iter().any(|then| then.is(item)) {
                moved.push(format!("{} was not in the plan", item.title()));
            }
        }
        moved
    }
}

impl Planned {
    /// `workbook "Sales" in Finance/Executive`.
    pub fn title(&self) -> String {
        format!("{} \"{}\" in {}", self.kind, self.name, self.project)
    }

    /// What it is called at the target.
    pub fn key(&self) -> Key {
        Key::new(self.kind, &self.project, &self.name)
    }

    /// It is published though nothing of it has changed.
    pub fn republished(&self) -> bool {
        let live = self.live.as_ref().and_then(|l| l.fingerprint.as_ref());
        self.publish && live == Some(&self.fingerprint)
    }

    fn is(&self, other: &Planned) -> bool {
        (self.kind, &self.name, &self.project) == (other.kind, &other.name, &other.project)
    }

    fn moved_since(&self, now: &Planned) -> Vec<String> {
        let mut moved = Vec::new();
        let title = self.title();
        if self.fingerprint != now.fingerprint {
            moved.push(format!(
                "{title}: the content or its settings changed since the plan was made"
            ));
        }
        match (&self.live, &now.live) {
            (None, Some(_)) => moved.push(format!("{title} was not there and is now")),
            (Some(_), None) => moved.push(format!("{title} was there and is no longer")),
            (Some(then), Some(live)) if self.luid != now.luid || then != live => {
                moved.push(format!(
                    "{title} changed on the site ({})",
                    difference(then, live)
                ));
            }
            _ => {}
        }
        if moved.is_empty() && self.action != now.action {
            moved.push(format!(
                "{title} was to be {}, now {}",
                self.action.name(),
                now.action.name()
            ));
        }
        moved
    }
}

fn difference(then: &Bound, now: &Bound) -> String {
    if then.revision != now.revision {
        let show = |r: Option<u64>| r.map_or("none".to_owned(), |r| r.to_string());
        return format!(
            "revision {} then, {} now",
            show(then.revision),
            show(now.revision)
        );
    }
    match (then.updated_at, now.updated_at) {
        (Some(a), Some(b)) if a != b => format!("updated {a} then, {b} now"),
        _ => "another item, project or URL".to_owned(),
    }
}

/// `site "analytics"`, `the Default site`.
pub fn site_name(content_url: &str) -> String {
    if content_url.is_empty() {
        "the Default site".to_owned()
    } else {
        format!("site \"{content_url}\"")
    }
}
