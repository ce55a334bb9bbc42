//! The plan in a review: asked for, and told when it could not be made.

use crate::cli::Session;
use crate::cli::failure::{Failure, Kind};
use crate::cli::options::Sites;
use crate::cli::planning::PlanOptions;
use crate::cli::ready::{self, Ready};
use crate::cli::selection::Selection;
use crate::plan::Plan;
use crate::pull_request::PullRequest;
use crate::report::review::Deployment;

use super::{Arguments, Base};

/// The plan for the base branch, as a deployment after the merge would make it; and how the command ends for want of it.
pub(super) fn plan(
    session: &Session,
    arguments: &Arguments,
    request: Option<&PullRequest>,
    base: &Base,
) -> (Deployment, Option<Kind>) {
    if !arguments.plan {
        return (Deployment::NotAsked, None);
    }
    let sites = Sites {
        branch: arguments
            .sites
            .branch
            .clone()
            .or_else(|| base.branch.clone()),
        ..arguments.sites.clone()
    };
    let failure = match make(session, arguments.target.as_deref(), &sites) {
        Ok(plan) => return (Deployment::Planned(Box::new(plan)), None),
        Err(failure) => failure,
    };
    session.streams.fail(&failure);
    let expected = request.is_some_and(|r| r.fork);
    let missing = Deployment::NotPlanned {
        target: arguments.target.clone(),
        why: why(&failure),
        expected,
    };
    (missing, (!expected).then_some(failure.kind))
}

fn make(session: &Session, target: Option<&str>, sites: &Sites) -> Result<Plan, Failure> {
    let (workspace, chosen) = ready::open(session, target, sites)?;
    let selection = Selection::default();
    let files = ready::files(session, &workspace, &chosen, &selection)?;
    ready::block_on(async {
        let ready = ready::to_plan(session, &workspace, chosen, sites).await?;
        let plan = async |ready: &mut Ready| {
            let live = ready.live.clone();
            let mut assembly = ready.assemble(session, &workspace, files, &live)?;
            let (desired, options) = (assembly.desired()?, PlanOptions::default());
            ready.plan(&workspace, &desired, &options, true).await
        };
        ready.during(plan).await
    })
}

fn why(failure: &Failure) -> String {
    if failure.message.is_empty() {
        "the errors at the top of the command's output stand in the way".to_owned()
    } else {
        failure.to_string()
    }
}
