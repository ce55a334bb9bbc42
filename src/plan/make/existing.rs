//! An item that is on the site already: what of it changes, what a publish would drop, and what stands against it.

use crate::plan::blocked::{Allow, Block};
use crate::plan::desired::{Item, ItemKind, Settings};
use crate::plan::document::{Action, Bound, Planned, Preserved};
use crate::plan::live::{Detail, Live, LiveItem};
use crate::plan::stamp::Stamp;
use crate::plan::views;
use crate::words::{count, plural};

use super::{Policy, allowed_by, quoted};

pub(super) fn existing(
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
    let drifted = drift(detail, stamp.as_ref());
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
    tabs(item, there, planned);
    preserve(item, there, &detail, policy, planned);
}

/// Tabs decide whose permissions count.
fn tabs(item: &Item, there: &LiveItem, planned: &mut Planned) {
    let note = match (there.show_tabs, item.settings.tabs) {
        (Some(false), Some(true)) => {
            "tabs are switched on, which changes permissions: those of the workbook count for all its views, and those of single views no longer do"
        }
        (Some(true), Some(false)) => {
            "tabs are switched off, which changes permissions: each view has its own from then on; look at who may see it"
        }
        _ => return,
    };
    planned.notes.push(note.to_owned());
}

pub(super) fn bound(there: &LiveItem, detail: Option<&Detail>, stamp: Option<&Stamp>) -> Bound {
    Bound {
        project: there.project.clone().unwrap_or_default(),
        content_url: there.content_url.clone(),
        updated_at: there.updated_at,
        revision: detail.and_then(|d| d.revision),
        fingerprint: stamp.map(|s| s.fingerprint.clone()),
        commit: stamp.map(|s| s.commit.clone()),
    }
}

/// Why the item is not as tabship left it; `None` when it is, as far as its stamp and its revision tell. No listing has
/// the time of the last publish, and others move with every tag.
fn drift(detail: Option<&Detail>, stamp: Option<&Stamp>) -> Option<String> {
    let Some(stamp) = stamp else {
        return Some("it is there already without tabship's stamp: somebody else published it, or published over it".to_owned());
    };
    let left = stamp.revision;
    let now = detail.and_then(|d| d.revision);
    let now = now.filter(|now| left > 0 && *now != left)?;
    Some(format!(
        "it is at revision {now}; tabship left it at revision {left}"
    ))
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
    if !planned.views.removed.is_empty() && !detail.not_known.is_empty() {
        planned.notes.push(format!(
            "what the views that go take with them is not known whole: the site does not tell the {}",
            detail.not_known.join(", nor the ")
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
        keep(count(tags, "tag"), "added again");
    }
    let view_tags: usize = detail.views.iter().map(|v| v.tags.len()).sum();
    if view_tags > 0 {
        keep(
            plural(view_tags, "tag of a view", "tags of views"),
            "added again",
        );
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
            format!("credentials of {}", count(embedded, "connection")),
            "embedded again from the manifest's secrets",
        );
    }
    if detail.refresh_tasks > 0 {
        keep(
            count(detail.refresh_tasks, "refresh schedule"),
            "stays with the item",
        );
    }
}
