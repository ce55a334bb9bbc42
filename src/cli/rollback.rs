//! `tabship rollback`.

use std::collections::HashMap;

use futures_util::{StreamExt, TryStreamExt};

use crate::api;
use crate::plan::document::Allowance;
use crate::plan::{Allow, LiveItem};
use crate::publish;
use crate::publish::outcome::Deployment;
use crate::publish::stage::Stage;

use super::Session;
use super::ending;
use super::execution::{Execution, Work};
use super::failure::{Failure, Kind};
use super::options::Sites;
use super::passage;
use super::ready::{self, Ready};
use super::recorded::{self, Found, NoPayloads};
use super::site::{Store, asked};
use super::target;

/// Requests that run at the same time.
const AT_ONCE: usize = 8;

/// Take a recorded deployment back: earlier revisions and their state, and away with what was created
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// ID of the deployment, a folder in .tabship/deployments [default: the newest that is not taken back]
    id: Option<String>,

    /// Take back, too, what somebody has published over since: drift
    #[arg(long, value_name = "CHANGE", value_parser = ["drift"])]
    allow: Option<String>,

    #[command(flatten)]
    execution: Execution,

    #[command(flatten)]
    sites: Sites,
}

pub(crate) fn run(session: &Session, arguments: &Arguments) -> Result<(), Failure> {
    ending::know_format(session)?;
    let workspace = session.workspace(&[], arguments.sites.branch.as_deref())?;
    let found = recorded::find(&workspace, arguments.id.as_deref(), "take back", |r| {
        // One that was interrupted may hold the lock, though it has changed nothing.
        r.ended.is_none() || r.stages.iter().any(Stage::touched)
    })?;
    let since = match &arguments.allow {
        Some(_) => Since::TakeBack,
        None => Since::Refuse,
    };
    let deployment = take_back(
        session,
        &found,
        since,
        &arguments.execution,
        &arguments.sites,
    )?;
    ending::finish(session, &deployment, &arguments.sites)
}

/// What becomes of that which somebody has published over since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Since {
    Refuse,
    TakeBack,
}

/// Takes back what the journal says was changed. Allowed from any branch.
pub(crate) fn take_back(
    session: &Session,
    found: &Found,
    since: Since,
    execution: &Execution,
    sites: &Sites,
) -> Result<Deployment, Failure> {
    let plan = &found.recorded.plan;
    let used = [plan.target.name.as_str()];
    let workspace = session.workspace(sites.used(&used), sites.branch.as_deref())?;
    let mut chosen = target::as_recorded(&workspace, &plan.target.name)?;
    chosen.stamp.clone_from(&plan.target.stamp);
    passage::sweep(&workspace.state());
    let commit = plan.git.as_ref().map(|git| &git.commit);
    session.streams.say(&format!(
        "taking back the deployment {} to {}{}",
        found.journal.id(),
        plan.target.name,
        commit.map_or_else(String::new, |commit| format!(
            ", of commit {}",
            short(commit)
        ))
    ));
    ready::block_on(async {
        let ready = ready::ready(session, &workspace, chosen, sites).await?;
        let back = async |ready: &mut Ready| {
            let drifted = drifted(found, ready).await?;
            if since == Since::Refuse && !drifted.is_empty() {
                return Err(refused(&drifted));
            }
            let secrets = Store::of(session, &workspace, sites);
            let options = execution.options(sites, &ready.chosen.stamp, plan);
            let work = Work {
                session,
                plan,
                live: &ready.live,
                payloads: &NoPayloads,
                secrets: &secrets,
                journal: &found.journal,
                options,
                stages: found.recorded.stages.clone(),
                holder: found.recorded.holder.clone(),
            };
            let mut deployment = work.roll_back(ready).await?;
            for (index, allowance) in drifted {
                deployment.items[index].allowed.push(allowance);
            }
            Ok(deployment)
        };
        ready.during(back).await
    })
}

/// Items of the plan, by their place in it, that are no longer as the deployment left them: what is published over them
/// takes something of somebody else's along. What is gone is no one's any more.
async fn drifted(found: &Found, ready: &Ready) -> Result<Vec<(usize, Allowance)>, Failure> {
    let (plan, stages) = (&found.recorded.plan, &found.recorded.stages);
    let live: HashMap<&str, &LiveItem> = ready
        .live
        .items
        .iter()
        .map(|item| (item.luid.as_str(), item))
        .collect();
    let there = stages.iter().enumerate().filter_map(|(index, stage)| {
        let Stage::Done(_, luid) = stage else {
            return None;
        };
        Some((index, *live.get(luid.as_str())?))
    });
    let checks = there.map(|(index, now)| async move {
        let why = published_over(ready, now, &plan.target.stamp).await;
        let why =
            why.map_err(|e| asked(&format!("reading the revision of \"{}\"", now.name), &e))?;
        let title = plan.items[index].title();
        Ok(why.map(|why| {
            let allowance = Allowance {
                allow: Allow::Drift,
                by: "--allow".to_owned(),
                message: format!("somebody published over {title}: {why}"),
            };
            (index, allowance)
        }))
    });
    let all: Vec<_> = futures_util::stream::iter(checks)
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    Ok(all.into_iter().flatten().collect())
}

/// Why `now` is not what tabship left there; `None` when it is.
async fn published_over(
    ready: &Ready,
    now: &LiveItem,
    prefix: &str,
) -> Result<Option<String>, api::Error> {
    let Some(stamp) = now.stamp(prefix) else {
        return Ok(Some("it has lost tabship's stamp".to_owned()));
    };
    let of = publish::api_item(now)?;
    let revision = publish::current_revision(&ready.signed.site, of).await?;
    let moved = revision.filter(|now| stamp.revision > 0 && *now != stamp.revision);
    Ok(moved.map(|now| {
        format!(
            "it is at revision {now}, and tabship left it at revision {}",
            stamp.revision
        )
    }))
}

fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}

fn refused(drifted: &[(usize, Allowance)]) -> Failure {
    let message =
        "what is to be taken back is not what was deployed any more, and nothing was changed";
    let mut failure = Failure::new(Kind::Refused, message);
    failure.causes = drifted.iter().map(|(_, a)| a.message.clone()).collect();
    failure.hint(
        "look at what is live; to put the earlier content over it all the same: `--allow drift`",
    )
}
