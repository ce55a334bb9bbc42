//! What a run did, item by item: printed, and written as JSON.

use serde::{Deserialize, Serialize};

use crate::plan::document::Allowance;
use crate::plan::{Action, Plan, Planned};

/// The version of the document's form.
pub const SCHEMA_VERSION: u32 = 1;

/// The end of a deployment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Deployment {
    pub schema_version: u32,
    /// Names the folder of its journal; `None` when nothing was to be done.
    pub id: Option<String>,
    pub verdict: Verdict,
    /// Requests that were sent to the site.
    pub requests: u64,
    /// Wall time.
    pub seconds: f64,
    pub target: crate::plan::document::Target,
    pub source: Option<crate::plan::document::Source>,
    pub git: Option<crate::plan::document::Git>,
    /// In the order of the plan.
    pub items: Vec<Done>,
    pub notes: Vec<String>,
}

/// How a deployment ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Everything is as the plan wanted.
    Deployed,
    /// Nothing had to be done.
    Unchanged,
    /// Something failed, and what had been changed is as it was before.
    Restored,
    /// A deployment was to be taken back, and is.
    RolledBack,
    /// Something failed, and the rest was deployed (`--on-error continue`).
    Partial,
    /// Something failed, and not everything could be put back: a person must look.
    Incomplete,
    /// Stopped by a signal.
    Interrupted,
}

impl Verdict {
    /// As in the JSON document and the journal.
    pub fn name(self) -> &'static str {
        match self {
            Self::Deployed => "deployed",
            Self::Unchanged => "unchanged",
            Self::Restored => "restored",
            Self::RolledBack => "rolled-back",
            Self::Partial => "partial",
            Self::Incomplete => "incomplete",
            Self::Interrupted => "interrupted",
        }
    }
}

/// One item, as it is now.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Done {
    pub name: String,
    pub project: crate::plan::ProjectPath,
    pub kind: crate::plan::ItemKind,
    pub action: Action,
    pub luid: Option<String>,
    pub state: State,
    pub content_url: Option<String>,
    pub webpage_url: Option<String>,
    /// Now; `None` where the site keeps no history.
    pub revision: Option<u64>,
    pub bytes: u64,
    /// What failed, with its causes.
    pub error: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
    /// Changes that would have been blocked and were allowed, and by what.
    #[serde(default)]
    pub allowed: Vec<Allowance>,
    pub notes: Vec<String>,
}

/// What holds of an item at the end of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Nothing was to be done, or nothing was begun.
    Untouched,
    Created,
    Updated,
    Moved,
    Retired,
    Blocked,
    /// Not begun, because something that it depends on failed or the run ended before.
    Skipped,
    /// Failed. Nothing of it is changed, unless the run was interrupted: then it is to be gone on with, or taken back.
    Failed,
    /// Changed, and put back to what it was.
    Restored,
    /// Created, and deleted again.
    Removed,
    /// Changed, and could not be put back whole.
    Broken,
}

impl Done {
    /// The item as the plan has it, with nothing done.
    pub fn planned(item: &Planned, state: State) -> Self {
        Self {
            name: item.name.clone(),
            project: item.project.clone(),
            kind: item.kind,
            action: item.action,
            luid: item.luid.clone(),
            state,
            content_url: item.live.as_ref().and_then(|l| l.content_url.clone()),
            webpage_url: None,
            revision: item.live.as_ref().and_then(|l| l.revision),
            bytes: 0,
            error: None,
            help: None,
            allowed: item.allowed.clone(),
            notes: Vec::new(),
        }
    }

    /// `workbook "Sales" in Finance/Executive`.
    pub fn title(&self) -> String {
        format!("{} \"{}\" in {}", self.kind, self.name, self.project)
    }
}

impl Deployment {
    /// Of a plan with nothing to do.
    pub fn unchanged(plan: &Plan, requests: u64, seconds: f64) -> Self {
        let state = |item: &Planned| {
            if item.action == Action::Blocked {
                State::Blocked
            } else {
                State::Untouched
            }
        };
        Self {
            schema_version: SCHEMA_VERSION,
            id: None,
            verdict: Verdict::Unchanged,
            requests,
            seconds,
            target: plan.target.clone(),
            source: plan.source.clone(),
            git: plan.git.clone(),
            items: plan
                .items
                .iter()
                .map(|i| Done::planned(i, state(i)))
                .collect(),
            notes: plan.notes.clone(),
        }
    }

    pub fn count(&self, state: State) -> usize {
        self.items.iter().filter(|i| i.state == state).count()
    }
}
