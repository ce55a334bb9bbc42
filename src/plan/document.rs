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

impl std::fmt::Display for Allowance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { allow, by, message } = self;
        write!(f, "{message} ({by} allows {allow})")
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn item(name: &str) -> Planned {
        Planned {
            name: name.to_owned(),
            project: "A".parse().unwrap(),
            kind: ItemKind::Workbook,
            action: Action::Update,
            luid: Some("l".to_owned()),
            why: Vec::new(),
            file: None,
            bytes: 1,
            fingerprint: "aa".to_owned(),
            publish: true,
            live: Some(Bound {
                project: "A".parse().unwrap(),
                content_url: Some(name.to_owned()),
                updated_at: Some(Timestamp::UNIX_EPOCH),
                revision: Some(1),
                fingerprint: None,
                commit: None,
            }),
            preserved: Vec::new(),
            rewrites: Vec::new(),
            views: ViewPlan::default(),
            broken_custom_views: Vec::new(),
            broken_subscriptions: Vec::new(),
            blocked: Vec::new(),
            allowed: Vec::new(),
            notes: Vec::new(),
            published: Vec::new(),
            settings: Settings::default(),
        }
    }

    fn plan(items: Vec<Planned>) -> Plan {
        Plan {
            schema_version: SCHEMA_VERSION,
            tabship: String::new(),
            made_at: Timestamp::UNIX_EPOCH,
            target: Target {
                name: "prod".to_owned(),
                server: "https://t.example".to_owned(),
                site: String::new(),
                protected: false,
                stamp: "tabship".to_owned(),
            },
            source: None,
            git: None,
            select: Vec::new(),
            projects: Vec::new(),
            items,
            left_over: Vec::new(),
            notes: Vec::new(),
            estimate: Estimate::default(),
        }
    }

    /// What makes a plan about one item stale when that item, or the plan, is now what `change` makes of it.
    fn stale(change: impl FnOnce(&mut Plan)) -> Vec<String> {
        let then = plan(vec![item("Sales")]);
        let mut now = then.clone();
        change(&mut now);
        then.moved_since(&now)
    }

    #[test]
    fn a_plan_holds_as_long_as_nothing_that_it_is_bound_to_moves() {
        assert!(stale(|_| ()).is_empty());
        assert!(
            stale(|now| now.items[0].why.push("said otherwise".to_owned())).is_empty(),
            "words are not state"
        );
    }

    #[test]
    fn whatever_moves_makes_it_stale_and_is_named() {
        type Change = fn(&mut Plan);
        let cases: [(Change, &str); 10] = [
            (
                |now| now.target.site = "x".to_owned(),
                "the plan is for the Default site of https://t.example",
            ),
            (
                |now| now.target.server = "https://u.example".to_owned(),
                "the plan is for the Default site of https://t.example",
            ),
            (
                |now| now.items.clear(),
                "workbook \"Sales\" in A is no longer wanted",
            ),
            (
                |now| now.items.push(item("New")),
                "workbook \"New\" in A was not in the plan",
            ),
            (
                |now| now.items[0].fingerprint.push('b'),
                "workbook \"Sales\" in A: the content or its settings changed since the plan was made",
            ),
            (
                |now| now.items[0].live = None,
                "workbook \"Sales\" in A was there and is no longer",
            ),
            (
                |now| now.items[0].live.as_mut().unwrap().revision = Some(2),
                "workbook \"Sales\" in A changed on the site (revision 1 then, 2 now)",
            ),
            (
                |now| {
                    now.items[0].live.as_mut().unwrap().updated_at =
                        Some(Timestamp::from_second(1).unwrap())
                },
                "workbook \"Sales\" in A changed on the site (updated 1970-01-01T00:00:00Z then, 1970-01-01T00:00:01Z now)",
            ),
            (
                |now| now.items[0].luid = Some("m".to_owned()),
                "workbook \"Sales\" in A changed on the site (another item, project or URL)",
            ),
            (
                |now| now.items[0].action = Action::Blocked,
                "workbook \"Sales\" in A was to be update, now blocked",
            ),
        ];
        for (change, expected) in cases {
            assert_eq!(stale(change), [expected]);
        }
        let mut new = item("Sales");
        new.live = None;
        let there = plan(vec![new]).moved_since(&plan(vec![item("Sales")]));
        assert_eq!(there, ["workbook \"Sales\" in A was not there and is now"]);
    }
}
