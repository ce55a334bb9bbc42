//! A pull request as a reviewer reads it: what changed, what is wrong with it, what a deployment of it would do.

mod human;
mod json;
mod markdown;
mod sections;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use crate::diagnostic::{Finding, Level, NotChecked};
use crate::diff::{Changes, RiskNote};
use crate::plan::{Action, Plan, Planned};
use crate::report::findings::Checked;

pub use human::human;
pub use json::json;
pub use markdown::{markdown, markdown_within};

/// Everything that is said about one pull request.
#[derive(Debug, Clone)]
pub struct Review {
    /// What the changes are compared with, as people call it: `main`.
    pub base: String,
    /// The merge base, 40 hex digits.
    pub base_commit: String,
    /// The commit that was looked at; `None` before the first.
    pub commit: Option<String>,
    /// The worst first; of equals changed files, then what else a deployment would touch.
    pub items: Vec<Item>,
    /// About the manifest, and about anything else that is none of the items.
    pub findings: Vec<Finding>,
    pub not_checked: Vec<NotChecked>,
    pub deployment: Deployment,
    /// Where the job that made this says more.
    pub job: Option<String>,
}

/// A file that the pull request changes, or an item that a deployment of it would touch.
#[derive(Debug, Clone, Default)]
pub struct Item {
    /// What people call it.
    pub name: String,
    /// Relative to the top of the repository; absent for what only the site has.
    pub file: Option<PathBuf>,
    /// Absent where the pull request does not change the file.
    pub changes: Option<Changes>,
    /// Why the two versions could not be compared.
    pub not_compared: Option<String>,
    /// Those that the merge base does not have.
    pub findings: Vec<Finding>,
    /// How many findings the merge base has too.
    pub known: usize,
    /// What a deployment would do with it.
    pub planned: Option<Planned>,
    /// The file is gone, and a deployment would leave on the site what came of it.
    pub left_over: bool,
}

/// What a deployment would do.
#[derive(Debug, Clone)]
pub enum Deployment {
    /// Nobody asked.
    NotAsked,
    /// It was asked for, and could not be made.
    NotPlanned {
        target: Option<String>,
        why: String,
        /// A fork has no secrets, so that nothing else was to be expected.
        expected: bool,
    },
    Planned(Box<Plan>),
}

/// What a reviewer should do, the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing of Tableau's changed.
    Untouched,
    /// Nothing stands out.
    Ready,
    /// Risks or warnings.
    LookTwice,
    /// Errors, or a plan that is blocked or missing.
    NotReady,
}

impl Item {
    /// What it adds to the verdict by itself.
    pub fn verdict(&self) -> Verdict {
        let has = |level| self.findings.iter().any(|f| f.level == level);
        let blocked = self.planned.as_ref().map(|p| p.action) == Some(Action::Blocked);
        let risks = self.changes.as_ref().is_some_and(|c| !c.risks.is_empty());
        let goes = self.retires() || self.left_over;
        if has(Level::Error) || blocked {
            Verdict::NotReady
        } else if risks || goes || has(Level::Warning) || self.not_compared.is_some() {
            Verdict::LookTwice
        } else if !self.findings.is_empty() || self.changes.as_ref().is_some_and(|c| !c.is_empty())
        {
            Verdict::Ready
        } else {
            Verdict::Untouched
        }
    }

    fn retires(&self) -> bool {
        self.planned.as_ref().map(|p| p.action) == Some(Action::Retire)
    }

    /// What a deployment would do, in a word.
    fn action(&self) -> Option<&'static str> {
        match &self.planned {
            Some(planned) => Some(planned.action.name()),
            None => self.left_over.then_some("left over"),
        }
    }
}

impl Review {
    pub fn verdict(&self) -> Verdict {
        if !self.stops().is_empty() {
            Verdict::NotReady
        } else if !self.doubts().is_empty() {
            Verdict::LookTwice
        } else if self.items.iter().all(|i| i.changes.is_none()) {
            Verdict::Untouched
        } else {
            Verdict::Ready
        }
    }

    /// `Not ready: 1 error, 1 risk`.
    pub fn headline(&self) -> String {
        let reasons = [self.stops(), self.doubts()].concat().join(", ");
        match self.verdict() {
            Verdict::Untouched => "Nothing of Tableau's changed".to_owned(),
            Verdict::Ready => "Ready: no risks, no new findings".to_owned(),
            Verdict::LookTwice => format!("Look twice: {reasons}"),
            Verdict::NotReady => format!("Not ready: {reasons}"),
        }
    }

    /// New findings of a level, everywhere.
    pub fn count(&self, level: Level) -> usize {
        self.all_findings().filter(|f| f.level == level).count()
    }

    /// Of the items and of everything else.
    pub fn all_findings(&self) -> impl Iterator<Item = &Finding> {
        let own = self.items.iter().flat_map(|i| &i.findings);
        self.findings.iter().chain(own)
    }

    /// With the item that it is about, the worst first.
    pub fn risks(&self) -> Vec<(&Item, &RiskNote)> {
        let mut risks: Vec<(&Item, &RiskNote)> = self
            .items
            .iter()
            .flat_map(|item| {
                let changes = item.changes.iter();
                changes.flat_map(move |c| c.risks.iter().map(move |risk| (item, risk)))
            })
            .collect();
        risks.sort_by_key(|(_, risk)| risk.risk);
        risks
    }

    /// Files and what changed in them, as reports of changes take it.
    pub fn changed(&self) -> Vec<(String, Changes)> {
        let files = self.items.iter();
        files
            .filter_map(|i| Some((slashed(i.file.as_ref()?), i.changes.clone()?)))
            .collect()
    }

    /// The new findings, as reports of findings take them; without the rules' pages.
    pub fn checked(&self) -> Checked {
        Checked {
            findings: self.all_findings().cloned().collect(),
            not_checked: self.not_checked.clone(),
            files: self.items.iter().filter(|i| i.file.is_some()).count(),
            known: self.items.iter().map(|i| i.known).sum(),
            ..Checked::default()
        }
    }

    fn stops(&self) -> Vec<String> {
        let mut stops = Vec::new();
        said(&mut stops, self.count(Level::Error), "error", "errors");
        match &self.deployment {
            Deployment::Planned(plan) => {
                let blocked = plan.count(Action::Blocked);
                said(&mut stops, blocked, "blocked item", "blocked items");
            }
            Deployment::NotPlanned {
                expected: false, ..
            } => stops.push("no plan".to_owned()),
            Deployment::NotPlanned { .. } | Deployment::NotAsked => {}
        }
        stops
    }

    fn doubts(&self) -> Vec<String> {
        let mut doubts = Vec::new();
        said(&mut doubts, self.risks().len(), "risk", "risks");
        let warnings = self.count(Level::Warning);
        said(&mut doubts, warnings, "warning", "warnings");
        let blind = self.items.iter().filter(|i| i.not_compared.is_some());
        let blind = blind.count();
        said(
            &mut doubts,
            blind,
            "file that could not be compared",
            "files that could not be compared",
        );
        let retired = self.items.iter().filter(|i| i.retires()).count();
        said(
            &mut doubts,
            retired,
            "item that would be deleted",
            "items that would be deleted",
        );
        let stays = self.items.iter().filter(|i| i.left_over).count();
        said(
            &mut doubts,
            stays,
            "item left over on the site",
            "items left over on the site",
        );
        doubts
    }
}

fn said(words: &mut Vec<String>, count: usize, one: &str, many: &str) {
    match count {
        0 => {}
        1 => words.push(format!("1 {one}")),
        n => words.push(format!("{n} {many}")),
    }
}

/// `2 errors, 1 warning`; empty for none.
fn tally(findings: &[Finding]) -> String {
    let mut words = Vec::new();
    for (level, one, many) in [
        (Level::Error, "error", "errors"),
        (Level::Warning, "warning", "warnings"),
        (Level::Info, "note", "notes"),
    ] {
        let count = findings.iter().filter(|f| f.level == level).count();
        said(&mut words, count, one, many);
    }
    words.join(", ")
}

/// `/` on every system, as reports are read elsewhere.
fn slashed(file: &Path) -> String {
    file.to_string_lossy().replace('\\', "/")
}
