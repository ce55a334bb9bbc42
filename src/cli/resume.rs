//! `tabship deploy --resume`.

use crate::plan::document::{Source, site_name};
use crate::plan::{Desired, Plan, Planned};
use crate::publish::stage::{Recorded, Stage};

use super::Session;
use super::desired::{Assembly, Selected};
use super::ending::finish;
use super::execution::{Execution, Work, know_secrets};
use super::failure::{Failure, Kind};
use super::next_steps;
use super::options::Sites;
use super::promote;
use super::promotion::Promotion;
use super::ready::{self, Ready};
use super::recorded;
use super::rollback::{self, Since};
use super::selection::Selection;
use super::site::Store;
use super::target::{self, Chosen};

/// Goes on where a run stopped: with its plan, and only when the content is still what it was then. Of a promotion the
/// source is asked for it again.
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
        let deployment = rollback::take_back(session, &found, Since::TakeBack, execution, sites)?;
        finish(session, &deployment, sites)?;
        // What was to be deployed is not.
        return Err(Failure::said(Kind::Restored));
    }
    let (workspace, chosen) = match &plan.source {
        None => ready::open(session, Some(&plan.target.name), sites)?,
        Some(from) => promote::open(session, &from.target, &plan.target.name, sites)?,
    };
    let content = match &plan.source {
        None => {
            ready::files(session, &workspace, &chosen, &Selection::default()).map(Content::Files)?
        }
        Some(from) => Content::Held(Box::new(target::as_recorded(&workspace, &from.target)?)),
    };
    let deployment = ready::block_on(async {
        let ready = ready::ready(session, &workspace, chosen, sites).await?;
        let resume = async |ready: &mut Ready| {
            same_site(plan, ready)?;
            recorded::know_items(ready, &plan.items).await?;
            let observed = ready.live.clone();
            let open = open_items(&found.recorded);
            let (assembly, _kept) = match content {
                Content::Files(files) => {
                    let assembly = ready.assemble(session, &workspace, files, &observed)?;
                    (assembly, None)
                }
                Content::Held(from) => {
                    let keys = open.iter().map(|item| item.key()).collect();
                    let promotion =
                        Promotion::begin(session, &workspace, &from, ready, sites).await?;
                    let held = promotion.named(&keys);
                    let target = ready.manifest(&workspace, &observed);
                    let target = target.coming_from(&from.name);
                    let fetched = promotion.fetch(ready, &target, &held, true).await;
                    let kept = promotion.end().await;
                    let origins = fetched?.origins(&ready.chosen)?;
                    (Assembly::new(target, origins), Some(kept))
                }
            };
            let mut assembly = assembly.partly(true);
            same_content(&open, &assembly.desired()?)
                .map_err(|failure| changed(session, failure, plan, sites))?;
            let secrets = Store::of(session, &workspace, sites);
            know_secrets(plan, &secrets)?;
            let work = Work {
                session,
                plan,
                live: &ready.live,
                payloads: &assembly,
                secrets: &secrets,
                journal: &found.journal,
                options: execution.options(sites, &plan.target.stamp, plan),
                stages: found.recorded.stages.clone(),
                holder: found.recorded.holder.clone(),
            };
            work.deploy(ready).await
        };
        ready.during(resume).await
    })?;
    finish(session, &deployment, sites)
}

/// Where the content is that was being published.
enum Content {
    Files(Vec<Selected>),
    /// The target that holds it.
    Held(Box<Chosen>),
}

/// What is still to be published, or may be.
fn open_items(recorded: &Recorded) -> Vec<&Planned> {
    let all = recorded.plan.items.iter().zip(&recorded.stages);
    all.filter(|(item, stage)| {
        item.publish && item.action.changes() && !matches!(stage, Stage::Done(..))
    })
    .map(|(item, _)| item)
    .collect()
}

/// The manifest still means the site that the run began with.
fn same_site(plan: &Plan, ready: &Ready) -> Result<(), Failure> {
    let (then, now) = (&plan.target, (&ready.signed.server_name, &ready.site));
    if (&then.server, &then.site) == now {
        return Ok(());
    }
    let message = format!(
        "the deployment began on {} of {}, and `{}` is now {} of {}",
        site_name(&then.site),
        then.server,
        then.name,
        site_name(now.1),
        now.0
    );
    Err(Failure::new(Kind::Refused, message)
        .hint("set the target back in tabship.yml, then resume"))
}

/// What is to be published is what it was when the run began.
fn same_content(open: &[&Planned], desired: &Desired) -> Result<(), Failure> {
    let mut failure = Failure::new(
        Kind::Refused,
        "the content changed since the deployment began, and nothing was changed now",
    );
    for item in open {
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
    Err(failure)
}

/// With what to do when the content has changed.
fn changed(session: &Session, failure: Failure, plan: &Plan, sites: &Sites) -> Failure {
    let (to, same) = (&plan.target.name, next_steps::same(session, sites));
    failure.hint(match &plan.source {
        None => format!(
            "check the commit out again that was being deployed, or take it back: `tabship rollback{same}`"
        ),
        Some(Source { target: from, .. }) => format!(
            "take it back and promote what `{from}` holds now: `tabship rollback{same}`, then `tabship promote --from {from} --to {to}{same}`"
        ),
    })
}
