//! `tabship cleanup`.

use crate::plan::{Live, LiveItem, ProjectPath};
use crate::publish::lock::{self, Lock};
use crate::publish::{self, Calls};
use crate::repository::slug;

use super::Session;
use super::failure::{Failure, Kind};
use super::locking::{self, Locking, not_locked};
use super::options::Sites;
use super::ready::{self, Ready};
use super::site::asked;
use super::target;

/// Remove the preview of a branch: what tabship put there, and nothing else
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The branch whose preview goes
    #[arg(long = "of", value_name = "BRANCH")]
    of: String,

    /// Say what would go, and do nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    locking: Locking,

    #[command(flatten)]
    sites: Sites,
}

pub(crate) fn run(session: &Session, arguments: &Arguments) -> Result<(), Failure> {
    let first = session.workspace(&[], Some(&arguments.of))?;
    let rule = target::rule_for(&first.manifest, &arguments.of).filter(|(_, rule)| rule.ephemeral);
    let Some((_, rule)) = rule else {
        return Err(Failure::usage(format!(
            "the branch `{}` has no preview: no ephemeral rule under `branches:` maps it",
            arguments.of
        ))
        .hint("only what an ephemeral branch published is removed"));
    };
    let name = rule.target.clone();
    let workspace = session.workspace(arguments.sites.used(&[&name]), Some(&arguments.of))?;
    let chosen = target::choose(&workspace, Some(&name))?;
    let prefix = chosen.stamp.clone();
    if !chosen.ephemeral || !prefix.ends_with(&slug(&arguments.of)) {
        return Err(Failure::new(
            Kind::Refused,
            format!("the branch `{}` has no preview on `{name}`", arguments.of),
        ));
    }
    ready::block_on(async {
        let ready = ready::ready(session, &workspace, chosen, &arguments.sites).await?;
        let removed = if arguments.dry_run {
            let ours = ours(&ready.live, &prefix);
            ours.iter().for_each(|item| would(session, item));
            Ok(ours.len())
        } else {
            locked(session, &ready, arguments, &prefix).await
        };
        ready.close().await;
        if removed? == 0 {
            session.streams.result(&format!(
                "the preview of {} is gone already\n",
                arguments.of
            ));
        }
        Ok(())
    })
}

/// Removes it while nobody deploys there. Comes back with how many items went.
async fn locked(
    session: &Session,
    ready: &Ready,
    arguments: &Arguments,
    prefix: &str,
) -> Result<usize, Failure> {
    let calls = Calls::new(ready.signed.site.clone());
    let does = format!("removes the preview of {}", arguments.of);
    let holder = lock::holder(&does, "cleanup");
    let lock = lock::take(&calls, arguments.locking.mode(), &holder)
        .await
        .map_err(not_locked)?;
    if let Lock::Without(why) = &lock {
        session.streams.warn(&locking::without(why));
    }
    let removed = remove_all(session, ready, prefix).await;
    if let Err(why) = lock.release(&calls).await {
        session.streams.warn(&locking::still_there(&why));
    }
    removed
}

async fn remove_all(session: &Session, ready: &Ready, prefix: &str) -> Result<usize, Failure> {
    // Somebody may have deployed until the lock was taken.
    let live = publish::observe(&ready.signed.site)
        .await
        .map_err(|e| asked("reading what the site holds", &e))?;
    let ours = ours(&live, prefix);
    for item in &ours {
        remove(session, ready, item).await?;
    }
    empty_projects(session, ready, &live, &ours).await?;
    Ok(ours.len())
}

/// What carries the preview's own stamp; what reads goes before what is read.
fn ours(live: &Live, prefix: &str) -> Vec<LiveItem> {
    let all = live.items.iter();
    let mut ours: Vec<LiveItem> = all.filter(|i| i.stamp(prefix).is_some()).cloned().collect();
    ours.sort_by_key(|i| std::cmp::Reverse(i.kind));
    ours
}

fn title(item: &LiveItem) -> String {
    let project = item.project.as_ref();
    let project = project.map(ToString::to_string).unwrap_or_default();
    format!("{} \"{}\" in {project}", item.kind, item.name)
}

fn would(session: &Session, item: &LiveItem) {
    let text = format!("would remove {}\n", title(item));
    session.streams.result(&text);
}

async fn remove(session: &Session, ready: &Ready, item: &LiveItem) -> Result<(), Failure> {
    let title = title(item);
    let of = publish::api_item(item).map_err(|e| asked(&format!("removing {title}"), &e))?;
    ready
        .signed
        .site
        .delete(of)
        .await
        .map_err(|e| asked(&format!("removing {title}"), &e))?;
    session.streams.result(&format!("removed {title}\n"));
    Ok(())
}

/// Projects below the preview's root that nothing is left in, deepest first.
async fn empty_projects(
    session: &Session,
    ready: &Ready,
    live: &Live,
    gone: &[LiveItem],
) -> Result<(), Failure> {
    let Some(root) = &ready.chosen.root else {
        return Ok(());
    };
    let left: Vec<&ProjectPath> = live
        .items
        .iter()
        .filter(|i| !gone.iter().any(|g| g.luid == i.luid))
        .filter_map(|i| i.project.as_ref())
        .collect();
    let mut inside: Vec<_> = live
        .projects
        .iter()
        .filter(|p| p.path.folded().starts_with(&root.folded()))
        .collect();
    inside.sort_by_key(|p| std::cmp::Reverse(p.path.names().len()));
    for project in inside.iter().filter(|p| {
        !left
            .iter()
            .any(|l| l.folded().starts_with(&p.path.folded()))
    }) {
        let luid = project.luid.parse().map_err(|e: crate::api::NotALuid| {
            Failure::usage("the site names a project wrongly").because(&e)
        })?;
        ready
            .signed
            .site
            .delete_project(luid)
            .await
            .map_err(|e| asked(&format!("removing the project {}", project.path), &e))?;
        session
            .streams
            .result(&format!("removed project {}\n", project.path));
    }
    Ok(())
}
