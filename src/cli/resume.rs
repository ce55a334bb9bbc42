//! `tabship deploy --resume`.

use crate::plan::{Desired, Plan};

use super::Session;
use super::ending::finish;
use super::execution::{Execution, Work, know_secrets};
use super::failure::{Failure, Kind};
use super::options::Sites;
use super::ready;
use super::recorded;
use super::rollback;
use super::selection::Selection;
use super::site::Store;

/// Goes on where a run stopped: with its plan, and only when the content is still what it was then.
pub(crate) fn run(
    session: &Session,
    id: Option<&str>,
    execution: &Execution,
    sites: &Sites,
) -> Result<(), Failure> {
    let first = session.workspace(&[], sites.branch.as_deref())?;
    let found = recorded::find(&first, id, "resume", |r| r.ended.is_none())?;
    let plan = &found.recorded.plan;
    if found.recorded.going_back {
        session
            .streams
            .say("the deployment was being taken back when it was interrupted: going on with that");
        return rollback::take_back(session, &found, execution, sites)
            .and_then(|deployment| finish(session, &deployment));
    }
    if plan.source.is_some() {
        return Err(Failure::usage("a promotion is not resumed")
            .hint("promote again: what is done is unchanged then; or `tabship rollback`"));
    }
    let (workspace, chosen) = ready::open(session, Some(&plan.target.name), sites)?;
    let origins = ready::files(session, &workspace, &chosen, &Selection::default())?;
    let deployment = ready::block_on(async {
        let mut ready = ready::ready(session, &workspace, chosen, sites).await?;
        recorded::know_items(&mut ready, &plan.items).await?;
        let observed = ready.live.clone();
        let assembly = ready.assemble(&workspace, origins, &observed);
        same_content(plan, &assembly.desired()?)?;
        let secrets = Store::of(session, &workspace, sites);
        know_secrets(plan, &secrets)?;
        let work = Work {
            session,
            plan,
            live: &ready.live,
            payloads: &assembly,
            secrets: &secrets,
            journal: &found.journal,
            options: execution.options(sites, &ready.chosen.stamp, plan),
            stages: found.recorded.stages.clone(),
            holder: found.recorded.holder.clone(),
        };
        let deployment = work.deploy(&ready).await;
        ready.close().await;
        deployment
    })?;
    finish(session, &deployment)
}

/// The files are what they were when the run began.
fn same_content(plan: &Plan, desired: &Desired) -> Result<(), Failure> {
    let mut failure = Failure::new(
        Kind::Refused,
        "the files changed since the deployment began, and nothing was changed now",
    );
    for item in plan.changes().filter(|i| i.publish) {
        let now = desired
            .items
            .iter()
            .find(|d| (d.kind, &d.name, &d.project) == (item.kind, &item.name, &item.project));
        if now.is_none_or(|now| now.fingerprint != item.fingerprint) {
            failure
                .causes
                .push(format!("{} is not what it was", item.title()));
        }
    }
    if failure.causes.is_empty() {
        return Ok(());
    }
    Err(failure.hint(
        "check the commit out again that was being deployed, or take it back: `tabship rollback`",
    ))
}
