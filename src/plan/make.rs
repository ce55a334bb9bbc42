//! From desired and live to a plan.

use std::collections::{BTreeSet, HashSet};

use super::blocked::{Allow, Block};
use super::desired::{Desired, Item, ItemKind, Key, Settings};
use super::document::{Action, Allowance, Bound, Estimate, Planned, Preserved};
use super::live::{Detail, Live, LiveItem};
use super::project_path::ProjectPath;
use super::stamp::Stamp;
use super::views::{self, ViewPlan};

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
    /// Publish also what has not changed.
    pub republish: bool,
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
    pub notes: Vec<String>,
    pub estimate: Estimate,
}

/// LUIDs of the live items that would be touched: the ones whose [`Detail`] a plan needs.
pub fn outline(desired: &Desired, live: &Live, policy: &Policy) -> Vec<String> {
    let mut luids = Vec::new();
    for item in &desired.items {
        let Some(there) = whereabouts(item, desired, live, policy).item() else {
            continue;
        };
        let same = there
            .stamp(&policy.prefix)
            .is_some_and(|s| s.fingerprint == item.fingerprint);
        if !same || policy.republish {
            luids.push(there.luid.clone());
        }
    }
    luids
}

/// Makes the plan. [`Live::details`] holds at least what [`outline`] named.
pub fn build(desired: &Desired, live: &Live, policy: &Policy) -> Outcome {
    let mut outcome = Outcome::default();
    let mut kinds: Vec<&Item> = desired.items.iter().collect();
    kinds.sort_by_key(|i| i.key());
    for item in kinds {
        outcome.items.push(plan_item(item, desired, live, policy));
    }
    block_dependents(&mut outcome.items, desired);
    let retired = retired(desired, live, policy);
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
    }
    outcome.projects = missing_projects(&outcome.items, live);
    outcome.estimate = estimate(&outcome.items, outcome.projects.len());
    outcome
}

/// Where an item is on the site now.
enum Whereabouts<'l> {
    Nowhere,
    /// Where it is wanted.
    Here(&'l LiveItem),
    /// In another project, left there by tabship.
    Elsewhere(&'l LiveItem),
}

impl<'l> Whereabouts<'l> {
    fn item(&self) -> Option<&'l LiveItem> {
        match self {
            Self::Nowhere => None,
            Self::Here(item) | Self::Elsewhere(item) => Some(item),
        }
    }
}

/// A move is only seen where it is certain: one item of ours with this name, in a project that the run speaks of, that
/// nothing else of this run wants.
fn whereabouts<'l>(
    item: &Item,
    desired: &Desired,
    live: &'l Live,
    policy: &Policy,
) -> Whereabouts<'l> {
    if let Some(here) = live.find(&item.key()) {
        return Whereabouts::Here(here);
    }
    let wanted: HashSet<Key> = desired.items.iter().map(Item::key).collect();
    let mut candidates = live.items.iter().filter(|l| {
        l.kind == item.kind
            && l.name.to_lowercase() == item.name.to_lowercase()
            && l.stamp(&policy.prefix).is_some()
            && l.project
                .as_ref()
                .is_some_and(|p| policy.prune_in.contains(p))
            && l.key().is_some_and(|k| !wanted.contains(&k))
    });
    match (candidates.next(), candidates.next()) {
        (Some(only), None) => Whereabouts::Elsewhere(only),
        _ => Whereabouts::Nowhere,
    }
}

fn plan_item(item: &Item, desired: &Desired, live: &Live, policy: &Policy) -> Planned {
    let place = whereabouts(item, desired, live, policy);
    let mut planned = blank(item);
    missing_sources(item, desired, live, &mut planned);
    match &place {
        Whereabouts::Nowhere => create(item, live, &mut planned),
        Whereabouts::Here(there) | Whereabouts::Elsewhere(there) => {
            let moved = matches!(place, Whereabouts::Elsewhere(_));
            existing(item, there, moved, live, policy, &mut planned);
        }
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
        notes: Vec::new(),
        published: item.published.clone(),
        settings: item.settings.clone(),
    }
}

fn create(item: &Item, live: &Live, planned: &mut Planned) {
    planned.action = Action::Create;
    planned.why.push("it is not on the site".to_owned());
    planned.views = views::choose(&item.sheets, item.settings.views.as_ref(), None, false);
    let url = expected_content_url(&item.name);
    let taken = live.items.iter().find(|l| {
        l.kind == item.kind
            && l.content_url
                .as_deref()
                .is_some_and(|u| u.eq_ignore_ascii_case(&url))
    });
    if let Some(other) = taken {
        let at = other
            .project
            .as_ref()
            .map_or_else(|| "a personal space".to_owned(), ToString::to_string);
        planned.notes.push(format!(
            "its content URL will not be `{url}`: {} \"{}\" in {at} has that one, so the site adds a suffix",
            other.kind, other.name
        ));
    }
}

/// What Tableau makes of a name: letters, digits, `_` and `-` stay (reference: REST corrections, 3.7).
pub fn expected_content_url(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
        .collect()
}

fn existing(
    item: &Item,
    there: &LiveItem,
    moved: bool,
    live: &Live,
    policy: &Policy,
    planned: &mut Planned,
) {
    let stamp = there.stamp(&policy.prefix);
    let detail = live.detail(there);
    planned.luid = Some(there.luid.clone());
    planned.live = Some(bound(there, detail, stamp.as_ref()));
    let same = stamp
        .as_ref()
        .is_some_and(|s| s.fingerprint == item.fingerprint);
    if moved {
        planned.action = Action::Move;
        planned.why.push(format!(
            "it is in {} now",
            there
                .project
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default()
        ));
    }
    let drifted = drift(there, detail, stamp.as_ref());
    if same && drifted.is_none() && !policy.republish {
        planned.publish = false;
        planned.bytes = 0;
        if !moved {
            planned.action = Action::Unchanged;
            planned.why.push(format!(
                "content and settings are those of commit {}",
                stamp.map_or_else(String::new, |s| s.commit)
            ));
        }
        return;
    }
    if !moved {
        planned.action = Action::Update;
    }
    planned.why.push(match &stamp {
        Some(_) if same => "asked to publish again".to_owned(),
        Some(s) => format!("content or settings differ from commit {}", s.commit),
        None => "tabship has not published it yet".to_owned(),
    });
    if let Some(message) = drifted {
        planned.blocked.push(Block {
            allow: Some(Allow::Drift),
            message,
            help: "look at what is live, bring it into git, or allow to overwrite it".to_owned(),
        });
    }
    let detail = detail.cloned().unwrap_or_default();
    choose_views(item, &detail, policy, planned);
    extract_loss(item, there, planned);
    ownership(item, there, &detail, live, planned);
    preserve(item, there, &detail, policy, planned);
}

fn bound(there: &LiveItem, detail: Option<&Detail>, stamp: Option<&Stamp>) -> Bound {
    Bound {
        project: there.project.clone().unwrap_or_default(),
        content_url: there.content_url.clone(),
        updated_at: there.updated_at,
        revision: detail.and_then(|d| d.revision),
        fingerprint: stamp.map(|s| s.fingerprint.clone()),
        commit: stamp.map(|s| s.commit.clone()),
    }
}

/// Why the item is not as tabship left it; `None` when it is.
fn drift(there: &LiveItem, detail: Option<&Detail>, stamp: Option<&Stamp>) -> Option<String> {
    let Some(stamp) = stamp else {
        return Some("it is there already without tabship's stamp: somebody else published it, or published over it".to_owned());
    };
    match detail.and_then(|d| d.revision) {
        Some(revision) if stamp.revision > 0 && revision != stamp.revision => {
            return Some(format!(
                "it is at revision {revision}; tabship left it at revision {}",
                stamp.revision
            ));
        }
        _ => {}
    }
    match there.published_at {
        Some(at) if at > stamp.at => Some(format!(
            "it was published again at {at}, after tabship's deployment of {}",
            stamp.at
        )),
        _ => None,
    }
}

fn choose_views(item: &Item, detail: &Detail, policy: &Policy, planned: &mut Planned) {
    if item.kind != ItemKind::Workbook {
        return;
    }
    let live: Vec<String> = detail.views.iter().map(|v| v.name.clone()).collect();
    let choice = item.settings.views.as_ref();
    let show_new = allowed_by(Allow::NewlyVisible, &item.settings, policy).is_some();
    planned.views = views::choose(&item.sheets, choice, Some(&live), show_new);
    let unnamed: Vec<&String> = planned
        .views
        .newly_visible
        .iter()
        .filter(|s| !views::named_literally(choice, s))
        .collect();
    if !unnamed.is_empty() {
        let names = quoted(unnamed.iter().map(|s| s.as_str()));
        planned.blocked.push(Block {
            allow: Some(Allow::NewlyVisible),
            message: format!("{names} would become visible to everybody who may see the workbook"),
            help: "name the sheet itself in `views: {include: [...]}`, or leave it out".to_owned(),
        });
    }
    if !planned.views.kept_hidden.is_empty() {
        planned.notes.push(format!(
            "{} stay hidden as they are now; `views: {{include: [...]}}` shows them",
            quoted(planned.views.kept_hidden.iter().map(String::as_str))
        ));
    }
    let gone = |name: &str| planned.views.removed.iter().any(|r| r == name);
    planned.broken_custom_views = detail
        .custom_views
        .iter()
        .filter(|c| gone(&c.view))
        .cloned()
        .collect();
    let gone_luids: Vec<&str> = detail
        .views
        .iter()
        .filter(|v| gone(&v.name))
        .map(|v| v.luid.as_str())
        .collect();
    planned.broken_subscriptions = detail
        .subscriptions
        .iter()
        .filter(|s| gone_luids.contains(&s.content.as_str()))
        .cloned()
        .collect();
}

fn extract_loss(item: &Item, there: &LiveItem, planned: &mut Planned) {
    if there.has_extracts == Some(true) && item.has_extract == Some(false) {
        planned.blocked.push(Block {
            allow: Some(Allow::ExtractLoss),
            message: "the file has no extract and the item on the site has one: its data would be gone".to_owned(),
            help: "commit the packaged file with its extract, or allow it and refresh after the publish".to_owned(),
        });
    }
}

/// Credentials and owner: what a publish drops and whether the manifest can put it back.
fn ownership(item: &Item, there: &LiveItem, detail: &Detail, live: &Live, planned: &mut Planned) {
    let lost: Vec<String> = detail
        .connections
        .iter()
        .filter(|c| {
            c.embedded
                && c.class != "sqlproxy"
                && !covered(&item.settings, &c.class, c.server.as_deref())
        })
        .map(|c| {
            format!(
                "{} {}",
                c.class,
                c.server.as_deref().unwrap_or("without a server")
            )
            .trim()
            .to_owned()
        })
        .collect();
    let old = there.owner_luid.as_ref().and_then(|l| live.users.get(l));
    let changed = item
        .settings
        .owner
        .as_ref()
        .filter(|new| old.is_some_and(|o| !o.eq_ignore_ascii_case(new)));
    let (allow, message) = match (lost.is_empty(), changed) {
        (true, _) => return,
        (false, Some(owner)) => (
            Allow::OwnerChange,
            format!(
                "the owner changes to {owner}, which drops the embedded credentials of {}",
                lost.join(", ")
            ),
        ),
        (false, None) => (
            Allow::CredentialLoss,
            format!(
                "a publish drops the embedded credentials of {}, and the manifest does not name them",
                lost.join(", ")
            ),
        ),
    };
    let help = "name them under `credentials:` of the content entry, with the password as a secret reference".to_owned();
    planned.blocked.push(Block {
        allow: Some(allow),
        message,
        help,
    });
}

fn covered(settings: &Settings, class: &str, server: Option<&str>) -> bool {
    settings.credentials.iter().any(|c| {
        c.class.as_deref().is_none_or(|wanted| wanted == class)
            && c.server
                .as_deref()
                .is_none_or(|wanted| server.is_some_and(|s| s.eq_ignore_ascii_case(wanted)))
    })
}

/// Lists what the publish drops and is put back after it.
fn preserve(
    item: &Item,
    there: &LiveItem,
    detail: &Detail,
    policy: &Policy,
    planned: &mut Planned,
) {
    let mut keep = |what: String, how: &str| {
        planned.preserved.push(Preserved {
            what,
            how: how.to_owned(),
        })
    };
    if there.owner_luid.is_some() {
        keep(
            "owner".to_owned(),
            if item.settings.owner.is_some() {
                "set from the manifest"
            } else {
                "set back"
            },
        );
    }
    let tags = there.own_tags(&policy.prefix).len();
    if tags > 0 {
        keep(format!("{tags} tags"), "added again");
    }
    let view_tags: usize = detail.views.iter().map(|v| v.tags.len()).sum();
    if view_tags > 0 {
        keep(format!("{view_tags} tags of views"), "added again");
    }
    if !planned.views.hidden.is_empty() {
        keep(
            "choice of published sheets".to_owned(),
            "sent with the publish",
        );
    }
    if there.description.as_deref().is_some_and(|d| !d.is_empty())
        && item.settings.description.is_none()
    {
        keep("description".to_owned(), "sent with the publish");
    }
    if there.certified == Some(true) && item.settings.certified.is_none() {
        keep("certification".to_owned(), "set again");
    }
    let embedded = detail.connections.iter().filter(|c| c.embedded).count();
    if embedded > 0 && !item.settings.credentials.is_empty() {
        keep(
            format!("credentials of {embedded} connections"),
            "embedded again from the manifest's secrets",
        );
    }
}

/// Published data sources that will not be there are no matter of allowing.
fn missing_sources(item: &Item, desired: &Desired, live: &Live, planned: &mut Planned) {
    for reference in &item.published {
        let provider = reference
            .provided_by
            .as_ref()
            .and_then(|key| desired.items.iter().find(|i| &i.key() == key));
        let there = live.datasource(&reference.content_url);
        if provider.is_none() && there.is_none() {
            planned.blocked.push(Block {
                allow: None,
                message: format!("it reads the published data source \"{}\" (`{}`), which is not on the site", reference.name, reference.content_url),
                help: "deploy the data source to this target first, or rewrite the reference under `rewrite:`".to_owned(),
            });
        }
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
fn block_dependents(items: &mut [Planned], desired: &Desired) {
    let blocked: Vec<(Key, String)> = items
        .iter()
        .filter(|i| i.action == Action::Blocked)
        .map(|i| (Key::new(i.kind, &i.project, &i.name), i.title()))
        .collect();
    for planned in items.iter_mut().filter(|i| i.action.changes()) {
        let key = Key::new(planned.kind, &planned.project, &planned.name);
        let Some(item) = desired.items.iter().find(|i| i.key() == key) else {
            continue;
        };
        for reference in &item.published {
            let Some((_, title)) = blocked
                .iter()
                .find(|(key, _)| Some(key) == reference.provided_by.as_ref())
            else {
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

fn retired(desired: &Desired, live: &Live, policy: &Policy) -> Vec<Planned> {
    if policy.prune == Prune::Off {
        return Vec::new();
    }
    let wanted: HashSet<Key> = desired.items.iter().map(Item::key).collect();
    let moved: HashSet<&str> = desired
        .items
        .iter()
        .filter_map(|i| match whereabouts(i, desired, live, policy) {
            Whereabouts::Elsewhere(l) => Some(l.luid.as_str()),
            _ => None,
        })
        .collect();
    let mut retired: Vec<Planned> = live
        .items
        .iter()
        .filter(|l| {
            !moved.contains(l.luid.as_str()) && l.key().is_some_and(|k| !wanted.contains(&k))
        })
        .filter(|l| {
            l.project
                .as_ref()
                .is_some_and(|p| policy.prune_in.contains(p))
        })
        .filter_map(|l| l.stamp(&policy.prefix).map(|stamp| retire(l, &stamp)))
        .collect();
    // What reads goes before what is read.
    retired.sort_by(|a, b| (b.kind, &a.name).cmp(&(a.kind, &b.name)));
    retired
}

fn retire(there: &LiveItem, stamp: &Stamp) -> Planned {
    let item = Item {
        kind: there.kind,
        name: there.name.clone(),
        project: there.project.clone().unwrap_or_default(),
        file: std::path::PathBuf::new(),
        bytes: 0,
        fingerprint: stamp.fingerprint.clone(),
        sheets: Vec::new(),
        has_extract: None,
        published: Vec::new(),
        rewrites: Vec::new(),
        settings: Settings::default(),
    };
    let mut planned = blank(&item);
    planned.luid = Some(there.luid.clone());
    planned.live = Some(bound(there, None, Some(stamp)));
    planned.publish = false;
    planned.why.push(format!(
        "deployed from commit {} and no longer in the repository",
        stamp.commit
    ));
    planned.action = Action::Retire;
    planned
}

fn missing_projects(items: &[Planned], live: &Live) -> Vec<ProjectPath> {
    let mut missing: BTreeSet<ProjectPath> = BTreeSet::new();
    for item in items
        .iter()
        .filter(|i| matches!(i.action, Action::Create | Action::Move | Action::Update))
    {
        missing.extend(
            item.project
                .ancestry()
                .filter(|p| live.project(p).is_none()),
        );
    }
    // Parents sort before their children.
    missing.into_iter().collect()
}

/// Rough on purpose: sign-in and listings, then what each action asks for.
fn estimate(items: &[Planned], projects: usize) -> Estimate {
    const CHUNK: u64 = 32 << 20;
    let mut estimate = Estimate {
        requests: 8 + projects as u64,
        bytes: 0,
    };
    for item in items {
        let chunks = if item.publish {
            2 + item.bytes.div_ceil(CHUNK)
        } else {
            0
        };
        estimate.requests += match item.action {
            Action::Create => chunks + 4,
            Action::Update | Action::Move => chunks + 8 + item.preserved.len() as u64,
            Action::Retire => 1,
            Action::Unchanged | Action::Blocked => 0,
        };
        if item.action.changes() && item.publish {
            estimate.bytes += item.bytes;
        }
    }
    estimate
}

fn quoted<'s>(names: impl Iterator<Item = &'s str>) -> String {
    names
        .map(|n| format!("\"{n}\""))
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::plan::desired::{Certified, Credential, PublishedReference, ViewChoice};
    use crate::plan::live::{CustomView, LiveConnection, LiveProject, LiveView};

    fn path(text: &str) -> ProjectPath {
        text.parse().unwrap()
    }

    fn item(kind: ItemKind, project: &str, name: &str) -> Item {
        Item {
            kind,
            name: name.to_owned(),
            project: path(project),
            file: "f.twb".into(),
            bytes: 10,
            fingerprint: "aa".to_owned(),
            sheets: vec!["One".to_owned(), "Two".to_owned()],
            has_extract: Some(true),
            published: Vec::new(),
            rewrites: Vec::new(),
            settings: Settings::default(),
        }
    }

    fn live_item(
        kind: ItemKind,
        project: &str,
        name: &str,
        stamp: Option<(&str, u64)>,
    ) -> LiveItem {
        let at = Timestamp::from_second(1000).unwrap();
        let tags = stamp.map(|(fingerprint, revision)| {
            Stamp {
                fingerprint: fingerprint.to_owned(),
                commit: "c0ffee".to_owned(),
                revision,
                at,
            }
            .label("tabship")
        });
        LiveItem {
            kind,
            luid: format!("luid-{name}"),
            name: name.to_owned(),
            project: Some(path(project)),
            content_url: Some(expected_content_url(name)),
            webpage_url: None,
            owner_luid: Some("owner-1".to_owned()),
            tags: tags.into_iter().collect(),
            updated_at: Some(at),
            published_at: None,
            description: None,
            show_tabs: None,
            certified: None,
            certification_note: None,
            has_extracts: Some(true),
            size_mb: None,
        }
    }

    fn live(items: Vec<LiveItem>) -> Live {
        let mut live = Live {
            items,
            revision_history: true,
            ..Live::default()
        };
        live.projects = ["A", "B"]
            .iter()
            .map(|p| LiveProject {
                luid: (*p).to_owned(),
                path: path(p),
            })
            .collect();
        live.users.insert("owner-1".to_owned(), "ann".to_owned());
        live
    }

    fn with_detail(mut live: Live, luid: &str, detail: Detail) -> Live {
        live.details.insert(luid.to_owned(), detail);
        live
    }

    fn policy() -> Policy {
        Policy {
            prefix: "tabship".to_owned(),
            allow: BTreeSet::new(),
            prune: Prune::Report,
            prune_in: vec![path("A"), path("B")],
            republish: false,
        }
    }

    fn only(desired: Item, live: &Live, policy: &Policy) -> Planned {
        let outcome = build(
            &Desired {
                items: vec![desired],
            },
            live,
            policy,
        );
        outcome.items.into_iter().next().unwrap()
    }

    fn view(name: &str) -> LiveView {
        LiveView {
            luid: format!("view-{name}"),
            name: name.to_owned(),
            content_url: None,
            tags: vec![],
        }
    }

    fn allows(planned: &Planned) -> Vec<Option<Allow>> {
        planned.blocked.iter().map(|b| b.allow).collect()
    }

    #[test]
    fn what_is_not_there_is_created_with_its_projects() {
        let outcome = build(
            &Desired {
                items: vec![item(ItemKind::Workbook, "A/New/Deep", "Sales")],
            },
            &live(vec![]),
            &policy(),
        );
        assert_eq!(outcome.items[0].action, Action::Create);
        assert_eq!(outcome.projects, [path("A/New"), path("A/New/Deep")]);
    }

    #[test]
    fn the_same_fingerprint_is_unchanged_and_asks_for_no_detail() {
        let desired = Desired {
            items: vec![item(ItemKind::Workbook, "A", "Sales")],
        };
        let live = live(vec![live_item(
            ItemKind::Workbook,
            "a",
            "SALES",
            Some(("aa", 1)),
        )]);
        assert!(outline(&desired, &live, &policy()).is_empty());
        let outcome = build(&desired, &live, &policy());
        assert_eq!(outcome.items[0].action, Action::Unchanged);
        assert_eq!(outcome.estimate.bytes, 0);
    }

    #[test]
    fn another_fingerprint_is_an_update_of_that_luid() {
        let live = live(vec![live_item(
            ItemKind::Workbook,
            "A",
            "Sales",
            Some(("bb", 4)),
        )]);
        let desired = Desired {
            items: vec![item(ItemKind::Workbook, "A", "Sales")],
        };
        assert_eq!(outline(&desired, &live, &policy()), ["luid-Sales"]);
        let live = with_detail(
            live,
            "luid-Sales",
            Detail {
                revision: Some(4),
                views: vec![view("One"), view("Two")],
                ..Detail::default()
            },
        );
        let planned = only(item(ItemKind::Workbook, "A", "Sales"), &live, &policy());
        assert_eq!(
            (planned.action, planned.luid.as_deref()),
            (Action::Update, Some("luid-Sales"))
        );
    }

    #[test]
    fn an_item_without_a_stamp_is_drift_and_can_be_allowed() {
        let live = live(vec![live_item(ItemKind::Datasource, "A", "Sales", None)]);
        let planned = only(item(ItemKind::Datasource, "A", "Sales"), &live, &policy());
        assert_eq!(
            (planned.action, allows(&planned)),
            (Action::Blocked, vec![Some(Allow::Drift)])
        );
        let mut allowing = policy();
        allowing.allow.insert(Allow::Drift);
        let planned = only(item(ItemKind::Datasource, "A", "Sales"), &live, &allowing);
        assert_eq!(planned.action, Action::Update);
        assert_eq!(planned.allowed[0].by, "--allow");
    }

    #[test]
    fn a_later_revision_is_drift() {
        let live = live(vec![live_item(
            ItemKind::Datasource,
            "A",
            "Sales",
            Some(("bb", 4)),
        )]);
        let live = with_detail(
            live,
            "luid-Sales",
            Detail {
                revision: Some(6),
                ..Detail::default()
            },
        );
        assert_eq!(
            allows(&only(
                item(ItemKind::Datasource, "A", "Sales"),
                &live,
                &policy()
            )),
            [Some(Allow::Drift)]
        );
    }

    #[test]
    fn a_sheet_that_a_pattern_would_show_is_blocked_but_not_one_that_is_named() {
        let live = live(vec![live_item(
            ItemKind::Workbook,
            "A",
            "Sales",
            Some(("bb", 1)),
        )]);
        let live = with_detail(
            live,
            "luid-Sales",
            Detail {
                revision: Some(1),
                views: vec![view("One")],
                ..Detail::default()
            },
        );
        let mut desired = item(ItemKind::Workbook, "A", "Sales");
        desired.settings.views = Some(ViewChoice::Include(vec!["*".to_owned()]));
        let planned = only(desired.clone(), &live, &policy());
        assert_eq!(allows(&planned), [Some(Allow::NewlyVisible)]);
        desired.settings.views = Some(ViewChoice::Include(vec![
            "One".to_owned(),
            "Two".to_owned(),
        ]));
        let planned = only(desired, &live, &policy());
        assert_eq!(
            (planned.action, planned.views.newly_visible),
            (Action::Update, vec!["Two".to_owned()])
        );
    }

    #[test]
    fn losing_an_extract_is_blocked() {
        let live = live(vec![live_item(
            ItemKind::Datasource,
            "A",
            "Sales",
            Some(("bb", 1)),
        )]);
        let mut desired = item(ItemKind::Datasource, "A", "Sales");
        desired.has_extract = Some(false);
        assert_eq!(
            allows(&only(desired, &live, &policy())),
            [Some(Allow::ExtractLoss)]
        );
    }

    #[test]
    fn credentials_that_nobody_restores_block() {
        let connection = LiveConnection {
            luid: "c".into(),
            class: "postgres".into(),
            server: Some("PG".into()),
            port: None,
            username: None,
            embedded: true,
        };
        let live = live(vec![live_item(
            ItemKind::Datasource,
            "A",
            "Sales",
            Some(("bb", 1)),
        )]);
        let live = with_detail(
            live,
            "luid-Sales",
            Detail {
                revision: Some(1),
                connections: vec![connection],
                ..Detail::default()
            },
        );
        let mut desired = item(ItemKind::Datasource, "A", "Sales");
        assert_eq!(
            allows(&only(desired.clone(), &live, &policy())),
            [Some(Allow::CredentialLoss)]
        );
        desired.settings.owner = Some("bob".to_owned());
        assert_eq!(
            allows(&only(desired.clone(), &live, &policy())),
            [Some(Allow::OwnerChange)]
        );
        desired.settings.credentials = vec![Credential {
            class: None,
            server: Some("pg".into()),
            username: None,
            secret: Some("env:P".into()),
            embed: true,
        }];
        assert_eq!(only(desired, &live, &policy()).action, Action::Update);
    }

    #[test]
    fn a_missing_published_data_source_blocks_and_nothing_allows_it() {
        let mut desired = item(ItemKind::Workbook, "A", "Report");
        desired.published = vec![PublishedReference {
            content_url: "Sales".into(),
            name: "Sales".into(),
            provided_by: None,
            require_certified: false,
        }];
        let planned = only(desired.clone(), &live(vec![]), &policy());
        assert_eq!(
            (planned.action, allows(&planned)),
            (Action::Blocked, vec![None])
        );
        let there = live(vec![live_item(ItemKind::Datasource, "B", "Sales", None)]);
        assert_eq!(
            only(desired.clone(), &there, &policy()).action,
            Action::Create
        );
        desired.published[0].require_certified = true;
        assert_eq!(only(desired, &there, &policy()).action, Action::Blocked);
    }

    #[test]
    fn what_reads_a_blocked_data_source_is_blocked_with_it() {
        let source = item(ItemKind::Datasource, "A", "Sales");
        let mut report = item(ItemKind::Workbook, "A", "Report");
        report.published = vec![PublishedReference {
            content_url: "Sales".into(),
            name: "Sales".into(),
            provided_by: Some(source.key()),
            require_certified: true,
        }];
        let live = live(vec![live_item(ItemKind::Datasource, "A", "Sales", None)]);
        let outcome = build(
            &Desired {
                items: vec![report.clone(), source.clone()],
            },
            &live,
            &policy(),
        );
        assert!(outcome.items.iter().all(|i| i.action == Action::Blocked));
        let mut certified = source;
        certified.settings.certified = Some(Certified { note: None });
        certified.settings.allow = vec![Allow::Drift];
        let outcome = build(
            &Desired {
                items: vec![report, certified],
            },
            &live,
            &policy(),
        );
        assert_eq!(
            outcome
                .items
                .iter()
                .map(|i| (i.kind, i.action))
                .collect::<Vec<_>>(),
            [
                (ItemKind::Datasource, Action::Update),
                (ItemKind::Workbook, Action::Create)
            ]
        );
    }

    #[test]
    fn an_item_of_ours_in_another_project_is_moved() {
        let live = live(vec![live_item(
            ItemKind::Workbook,
            "B",
            "Sales",
            Some(("aa", 1)),
        )]);
        let planned = only(item(ItemKind::Workbook, "A", "Sales"), &live, &policy());
        assert_eq!((planned.action, planned.publish), (Action::Move, false));
        let mut elsewhere = policy();
        elsewhere.prune_in = vec![path("A")];
        assert_eq!(
            only(item(ItemKind::Workbook, "A", "Sales"), &live, &elsewhere).action,
            Action::Create
        );
    }

    #[test]
    fn only_what_tabship_put_there_is_retired_and_only_when_asked() {
        let live = live(vec![
            live_item(ItemKind::Workbook, "A", "Old", Some(("cc", 1))),
            live_item(ItemKind::Workbook, "A", "Theirs", None),
        ]);
        let report = build(&Desired::default(), &live, &policy());
        assert!(report.items.is_empty());
        assert_eq!(report.notes.len(), 1);
        let mut recycle = policy();
        recycle.prune = Prune::Recycle;
        let outcome = build(&Desired::default(), &live, &recycle);
        assert_eq!(
            outcome
                .items
                .iter()
                .map(|i| (i.name.as_str(), i.action))
                .collect::<Vec<_>>(),
            [("Old", Action::Retire)]
        );
        recycle.prune_in = vec![path("B")];
        assert!(build(&Desired::default(), &live, &recycle).items.is_empty());
    }

    #[test]
    fn custom_views_of_a_removed_view_are_named() {
        let live = live(vec![live_item(
            ItemKind::Workbook,
            "A",
            "Sales",
            Some(("bb", 1)),
        )]);
        let custom = CustomView {
            name: "Mine".into(),
            view: "Gone".into(),
            owner: None,
        };
        let detail = Detail {
            revision: Some(1),
            views: vec![view("One"), view("Gone")],
            custom_views: vec![custom.clone()],
            ..Detail::default()
        };
        let planned = only(
            item(ItemKind::Workbook, "A", "Sales"),
            &with_detail(live, "luid-Sales", detail),
            &policy(),
        );
        assert_eq!(
            (planned.views.removed, planned.broken_custom_views),
            (vec!["Gone".to_owned()], vec![custom])
        );
    }
}
