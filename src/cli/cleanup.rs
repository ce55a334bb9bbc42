//! `tabship cleanup`.

use crate::plan::{LiveItem, ProjectPath};
use crate::publish;
use crate::repository::slug;

use super::Session;
use super::failure::{Failure, Kind};
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
        let mut ours: Vec<LiveItem> = ready
            .live
            .items
            .iter()
            .filter(|i| i.stamp(&prefix).is_some())
            .cloned()
            .collect();
        // What reads goes before what is read.
        ours.sort_by_key(|i| std::cmp::Reverse(i.kind));
        for item in &ours {
            remove(session, &ready, item, arguments.dry_run).await?;
        }
        if !arguments.dry_run {
            empty_projects(session, &ready, &ours).await?;
        }
        if ours.is_empty() {
            session.streams.result(&format!(
                "the preview of {} is gone already\n",
                arguments.of
            ));
        }
        ready.close().await;
        Ok(())
    })
}

async fn remove(
    session: &Session,
    ready: &Ready,
    item: &LiveItem,
    dry: bool,
) -> Result<(), Failure> {
    let project = item
        .project
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    let title = format!("{} \"{}\" in {project}", item.kind, item.name);
    if dry {
        session.streams.result(&format!("would remove {title}\n"));
        return Ok(());
    }
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
    gone: &[LiveItem],
) -> Result<(), Failure> {
    let Some(root) = &ready.chosen.root else {
        return Ok(());
    };
    let left: Vec<&ProjectPath> = ready
        .live
        .items
        .iter()
        .filter(|i| !gone.iter().any(|g| g.luid == i.luid))
        .filter_map(|i| i.project.as_ref())
        .collect();
    let mut inside: Vec<_> = ready
        .live
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
