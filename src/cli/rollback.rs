//! `tabship rollback`.

use crate::publish::stage::Stage;

use super::Session;
use super::deploy::{self, Execution, Work};
use super::failure::Failure;
use super::options::Sites;
use super::ready;
use super::recorded::{self, NoPayloads};
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
    let workspace = session.workspace(&[], arguments.sites.branch.as_deref())?;
    let found = recorded::find(&workspace, arguments.id.as_deref(), "take back", |r| {
        r.stages.iter().any(Stage::touched)
    })?;
    let plan = &found.recorded.plan;
    let used: &[&str] = if arguments.sites.sandbox.is_some() {
        &[]
    } else {
        &[&plan.target.name]
    };
    let workspace = session.workspace(used, arguments.sites.branch.as_deref())?;
    // Going back is allowed from any branch.
    let chosen = target::as_recorded(&workspace, &plan.target.name)?;
    let deployment = ready::block_on(async {
        let ready = ready::ready(session, &workspace, chosen, &arguments.sites).await?;
        let secrets = Store {
            session,
            folder: &workspace.folder,
        };
        let commit = plan.git.as_ref().map(|g| g.commit.as_str());
        let options = arguments
            .execution
            .options(&arguments.sites, &ready.chosen.stamp, commit);
        let work = Work {
            session,
            plan,
            live: &ready.live,
            payloads: &NoPayloads,
            secrets: &secrets,
            journal: &found.journal,
            options,
            stages: found.recorded.stages.clone(),
        };
        let deployment = work.roll_back(&ready).await;
        ready.close().await;
        deployment
    })?;
    deploy::finish_rollback(session, &deployment)
}
