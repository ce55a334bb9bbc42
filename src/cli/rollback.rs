//! `tabship rollback`.

use crate::publish::outcome::Deployment;
use crate::publish::stage::Stage;

use super::Session;
use super::ending;
use super::execution::{Execution, Work};
use super::failure::Failure;
use super::options::Sites;
use super::passage;
use super::ready;
use super::recorded::{self, Found, NoPayloads};
use super::site::Store;
use super::target;

/// Take a recorded deployment back: earlier revisions and their state, and away with what was created
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// ID of the deployment, a folder in .tabship/deployments [default: the newest that is not taken back]
    id: Option<String>,

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
    let deployment = take_back(session, &found, &arguments.execution, &arguments.sites)?;
    ending::finish_rollback(session, &deployment)
}

/// Takes back what the journal says was changed. Allowed from any branch.
pub(crate) fn take_back(
    session: &Session,
    found: &Found,
    execution: &Execution,
    sites: &Sites,
) -> Result<Deployment, Failure> {
    let plan = &found.recorded.plan;
    let used = [plan.target.name.as_str()];
    let workspace = session.workspace(sites.used(&used), sites.branch.as_deref())?;
    let mut chosen = target::as_recorded(&workspace, &plan.target.name)?;
    chosen.stamp.clone_from(&plan.target.stamp);
    passage::sweep(&workspace.state());
    ready::block_on(async {
        let ready = ready::ready(session, &workspace, chosen, sites).await?;
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
        let deployment = work.roll_back(&ready).await;
        ready.close().await;
        deployment
    })
}
