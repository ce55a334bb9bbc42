//! From desired and live to a plan.

use std::collections::{BTreeSet, HashMap};

use super::blocked::{Allow, Block};
use super::desired::{Desired, Item, ItemKind, Key, PublishedReference, Settings};
use super::document::{Action, Allowance, Estimate, LeftOver, Planned};
use super::live::{Live, LiveItem};
use super::project_path::ProjectPath;
use super::views::{self, ViewPlan};

mod existing;
mod index;
mod prune;

use existing::existing;
use index::{Index, Whereabouts};
use prune::retired;

/// What the caller of a plan decides.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Prefix of the stamps.
    pub prefix: String,
    /// Blocked changes that the command line allows.
    pub allow: BTreeSet<Allow>,
    pub prune: Prune,
    /// Projects in which items that are no longer wanted are looked for; empty when the run is not about everything.
    pub prune_in: Vec<ProjectPath>,
    /// Projects of the same site, and all below them, that other targets and branches of the manifest deploy to.
    pub of_others: Vec<ProjectPath>,
    /// Publish also what has not changed.
    pub republish: bool,
}

impl Policy {
    fn is_of_others(&self, project: &ProjectPath) -> bool {
        let project = project.folded();
        self.of_others
            .iter()
            .any(|root| project.starts_with(&root.folded()))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prune {
    Off,
    Report,
    Recycle,
}

/// The planned part of a run; the caller adds target, git and time.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    pub projects: Vec<ProjectPath>,
    pub items: Vec<Planned>,
    pub left_over: Vec<LeftOver>,
    pub notes: Vec<String>,
    pub estimate: Estimate,
}

/// LUIDs of the live items that would be touched: the ones whose [`Detail`](super::live::Detail) a plan needs.
pub fn outline(desired: &Desired, live: &Live, policy: &Policy) -> Vec<String> {
    let index = Index::new(desired, live, policy);
    let there = desired.items.iter().filter_map(|item| {
        let there = index.whereabouts(item).item()?;
        differs(item, there, policy).then(|| there.luid.clone())
    });
    there.collect()
}

/// User names that items which would be published are to belong to, and of which [`Live`] does not say whether they are
/// there. Each once.
pub fn owners(desired: &Desired, live: &Live, policy: &Policy) -> Vec<String> {
    let index = Index::new(desired, live, policy);
    let published = desired.items.iter().filter(|item| {
        let there = index.whereabouts(item).item();
        there.is_none_or(|there| differs(item, there, policy))
    });
    let names: BTreeSet<&String> = published
        .filter_map(|item| item.settings.owner.as_ref())
        .filter(|name| live.user_named(name).is_none())
        .collect();
    names.into_iter().cloned().collect()
}

/// By the stamp on it, the item is not what it is to be; or it is to be published all the same.
fn differs(item: &Item, there: &LiveItem, policy: &Policy) -> bool {
    let same = there
        .stamp(&policy.prefix)
        .is_some_and(|s| s.fingerprint == item.fingerprint);
    !same || policy.republish
}

/// Makes the plan. [`Live::details`] holds at least what [`outline`] named.
pub fn build(desired: &Desired, live: &Live, policy: &Policy) -> Outcome {
    let index = Index::new(desired, live, policy);
    let mut outcome = Outcome::default();
    let mut kinds: Vec<&Item> = desired.items.iter().collect();
    kinds.sort_by_cached_key(|i| i.key());
    for item in kinds {
        outcome.items.push(plan_item(item, &index, policy));
    }
    block_dependents(&mut outcome.items, &index);
    let retired = retired(&index, policy);
    if policy.prune == Prune::Recycle {
        outcome.items.extend(retired);
    } else {
        outcome.notes.extend(retired.iter().map(|r| {
            format!(
                "{} was {}; it is left alone (`prune: recycle` would delete it)",
                r.title(),
                r.why.join(", ")
            )
        }));
        outcome.left_over = retired.into_iter().map(left_over).collect();
    }
    if outcome.items.iter().any(|i| i.action.changes()) {
        outcome.notes.extend(desired.notes.iter().cloned());
    }
    outcome.projects = missing_projects(&outcome.items, &index);
    outcome.estimate = estimate(&outcome.items, outcome.projects.len());
    outcome
}

fn left_over(item: Planned) -> LeftOver {
    LeftOver {
        kind: item.kind,
        name: item.name,
        project: item.project,
        luid: item.luid,
    }
}

fn plan_item(item: &Item, index: &Index<'_>, policy: &Policy) -> Planned {
    let place = index.whereabouts(item);
    let mut planned = blank(item);
    missing_sources(item, index, &mut planned);
    written_twice(item, index, &mut planned);
    match place {
        Whereabouts::Nowhere => create(item, index, &mut planned),
        Whereabouts::Here(there) | Whereabouts::Elsewhere(there) => {
            let moved = matches!(place, Whereabouts::Elsewhere(_));
            existing(item, there, moved, index.live, policy, &mut planned);
        }
    }
    if planned.publish {
        missing_owner(item, index.live, &mut planned);
    }
    settle_blocks(&mut planned, policy);
    planned
}

fn blank(item: &Item) -> Planned {
    Planned {
        name: item.name.clone(),
        project: item.project.clone(),
        kind: item.kind,
        action: Action::Create,
        luid: None,
        why: Vec::new(),
        file: (!item.file.as_os_str().is_empty()).then(|| item.file.clone()),
        bytes: item.bytes,
        fingerprint: item.fingerprint.clone(),
        publish: true,
        live: None,
        preserved: Vec::new(),
        rewrites: item.rewrites.clone(),
        views: ViewPlan::default(),
        broken_custom_views: Vec::new(),
        broken_subscriptions: Vec::new(),
        blocked: Vec::new(),
        allowed: Vec::new(),
        notes: item.notes.clone(),
        published: item.published.clone(),
        settings: item.settings.clone(),
    }
}

fn create(item: &Item, index: &Index<'_>, planned: &mut Planned) {
    planned.action = Action::Create;
    planned.why.push("it is not on the site".to_owned());
    planned.views = views::choose(&item.sheets, item.settings.views.as_ref(), None, false);
    if let Some(left) = index.left_behind(item) {
        let (at, url) = (place(left), left.content_url.as_deref());
        planned.blocked.push(Block {
            allow: Some(Allow::ContentUrl),
            message: format!(
                "its content URL would change{}: tabship deployed it to {at}, nothing here wants it there any more, and links, permissions, subscriptions and custom views stay with that one",
                url.map_or_else(String::new, |url| format!(" from `{url}`"))
            ),
            help: format!(
                "move it on the site, from {at} to {}, and plan again; when it is another one, give it another `name:`",
                item.project
            ),
        });
        return;
    }
    let url = expected_content_url(&item.name);
    if let Some(other) = index.with_content_url(item.kind, &url) {
        planned.notes.push(format!(
            "its content URL will not be `{url}`: {} \"{}\" in {} has that one, so the site adds a suffix",
            other.kind,
            other.name,
            place(other)
        ));
    }
}

fn place(there: &LiveItem) -> String {
    let project = there.project.as_ref();
    project.map_or_else(|| "a personal space".to_owned(), ToString::to_string)
}

/// What Tableau makes of a name: letters, digits, `_` and `-` stay (reference: REST corrections, 3.7).
pub fn expected_content_url(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
        .collect()
}

/// Published data sources that will not be there are no matter of allowing.
fn missing_sources(item: &Item, index: &Index<'_>, planned: &mut Planned) {
    for reference in &item.published {
        let provider = reference
            .provided_by
            .as_ref()
            .and_then(|key| index.wanted(key));
        let there = index.datasource(&reference.content_url);
        if provider.is_none() && there.is_none() {
            planned.blocked.push(Block {
                allow: None,
                message: format!(
                    "it reads the published data source \"{}\" (`{}`), which is not on the site",
                    reference.name, reference.content_url
                ),
                help: not_there_help(reference, index),
            });
        }
        another_source(reference, index, planned);
        let certified = provider.map_or_else(
            || there.and_then(|l| l.certified) == Some(true),
            |p| p.settings.certified.is_some() || there.and_then(|l| l.certified) == Some(true),
        );
        if reference.require_certified && !certified && (provider.is_some() || there.is_some()) {
            planned.blocked.push(Block {
                allow: None,
                message: format!(
                    "it must read a certified data source, and \"{}\" is not certified on the site",
                    reference.name
                ),
                help: "certify it (`certified:` in its content entry), or drop `require_certified`"
                    .to_owned(),
            });
        }
    }
}

/// A data source has its address from its name, and where that is taken already, another one: what is written in the file
/// then means somebody else's.
fn another_source(reference: &PublishedReference, index: &Index<'_>, planned: &mut Planned) {
    let Some(provider) = reference
        .provided_by
        .as_ref()
        .filter(|_| reference.as_written)
    else {
        return;
    };
    let url = reference.content_url.as_str();
    let (own, named) = (index.there(provider), index.datasource(url));
    let is_meant = match own {
        Some(own) => own.content_url.as_deref() == Some(url),
        None => named.is_none(),
    };
    let Some(wanted) = index.wanted(provider).filter(|_| !is_meant) else {
        return;
    };
    let instead = named.map_or_else(
        || "no data source of the site".to_owned(),
        |other| format!("the data source \"{}\" in {}", other.name, place(other)),
    );
    planned.blocked.push(Block {
        allow: None,
        message: format!(
            "it reads `{url}`, which is {instead}, and not the one in {} that is deployed from here",
            wanted.project
        ),
        help: format!(
            "say in the manifest which one it is: `rewrite: [{{ match: {{ published: \"{}\" }}, to: {{ TARGET: {{ project: \"{}\" }} }} }}]`",
            reference.name, wanted.project
        ),
    });
}

/// A flow of this run may be what will write it, and not before it runs on the site.
fn not_there_help(reference: &PublishedReference, index: &Index<'_>) -> String {
    let name = reference.name.to_lowercase();
    let writes = |i: &&Item| i.writes.iter().any(|w| w.name.to_lowercase() == name);
    match index.desired.items.iter().find(writes) {
        Some(flow) => format!(
            "the flow \"{0}\" writes it when it runs: deploy the flow (`--select \"{0}\"`), run it on the site, and deploy again",
            flow.name
        ),
        None => {
            "deploy the data source to this target first, or rewrite the reference under `rewrite:`"
                .to_owned()
        }
    }
}

/// What a flow writes and this run publishes is two hands at one item.
fn written_twice(item: &Item, index: &Index<'_>, planned: &mut Planned) {
    for written in &item.writes {
        if let Some(other) = index.desired.items.iter().find(|other| written.is(other)) {
            planned.notes.push(format!(
                "each time that it runs it publishes over the data source \"{}\" in {}, which is deployed from here too: that will read as drift",
                other.name, other.project
            ));
        }
    }
}

/// Found before anything is published, and not after.
fn missing_owner(item: &Item, live: &Live, planned: &mut Planned) {
    let Some(owner) = &item.settings.owner else {
        return;
    };
    if live.nobody.contains(owner) {
        planned.blocked.push(Block {
            allow: None,
            message: format!(
                "it is to belong to \"{owner}\", and the site has no user of that name"
            ),
            help: "correct `owner:` in the manifest, or add the user to the site".to_owned(),
        });
    }
}

fn allowed_by(allow: Allow, settings: &Settings, policy: &Policy) -> Option<&'static str> {
    if policy.allow.contains(&allow) {
        Some("--allow")
    } else if settings.allow.contains(&allow) {
        Some("tabship.yml")
    } else {
        None
    }
}

/// Moves what is allowed from the blocks to the allowances; what is left decides the action.
fn settle_blocks(planned: &mut Planned, policy: &Policy) {
    let settings = planned.settings.clone();
    let mut left = Vec::new();
    for block in planned.blocked.drain(..) {
        match block
            .allow
            .and_then(|allow| allowed_by(allow, &settings, policy).map(|by| (allow, by)))
        {
            Some((allow, by)) => planned.allowed.push(Allowance {
                allow,
                by: by.to_owned(),
                message: block.message,
            }),
            None => left.push(block),
        }
    }
    planned.blocked = left;
    if !planned.blocked.is_empty() {
        planned.action = Action::Blocked;
    }
}

/// What reads a blocked data source is blocked with it.
fn block_dependents(items: &mut [Planned], index: &Index<'_>) {
    let blocked: HashMap<Key, String> = items
        .iter()
        .filter(|i| i.action == Action::Blocked)
        .map(|i| (i.key(), i.title()))
        .collect();
    for planned in items.iter_mut().filter(|i| i.action.changes()) {
        let Some(item) = index.wanted(&planned.key()) else {
            continue;
        };
        for reference in &item.published {
            let provider = reference.provided_by.as_ref();
            let Some(title) = provider.and_then(|key| blocked.get(key)) else {
                continue;
            };
            planned.action = Action::Blocked;
            planned.blocked.push(Block {
                allow: None,
                message: format!("it reads {title}, which is blocked"),
                help: "solve that one first".to_owned(),
            });
        }
    }
}

fn missing_projects(items: &[Planned], index: &Index<'_>) -> Vec<ProjectPath> {
    let mut missing: BTreeSet<ProjectPath> = BTreeSet::new();
    for item in items
        .iter()
        .filter(|i| matches!(i.action, Action::Create | Action::Move | Action::Update))
    {
        missing.extend(item.project.ancestry().filter(|p| !index.has_project(p)));
    }
    // Parents sort before their children.
    missing.into_iter().collect()
}

/// Rough on purpose: sign-in, listings and the lock, then what each action asks for.
fn estimate(items: &[Planned], projects: usize) -> Estimate {
    let mut estimate = Estimate {
        requests: 10 + projects as u64,
        bytes: 0,
    };
    for item in items.iter().filter(|i| i.action.changes()) {
        // Of what is there, it is asked what it was and what it has become.
        let looks = match (item.luid.is_some(), item.kind) {
            (false, _) => 0,
            (true, ItemKind::Workbook) => 7,
            (true, ItemKind::Datasource) => 5,
            (true, ItemKind::Flow) => 3,
        };
        estimate.requests += if item.publish {
            estimate.bytes += item.bytes;
            looks + uploads(item.bytes) + 2
        } else {
            3
        };
    }
    estimate
}

/// Requests before the publish itself: none where that carries the file.
fn uploads(bytes: u64) -> u64 {
    const ALONE: u64 = 60_000_000;
    const CHUNK: u64 = 32_000_000;
    if bytes > ALONE {
        1 + bytes.div_ceil(CHUNK)
    } else {
        0
    }
}

fn quoted<'s>(names: impl Iterator<Item = &'s str>) -> String {
    names
        .map(|n| format!("\"{n}\""))
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests;
