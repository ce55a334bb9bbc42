//! `tabship deploy`.

use std::path::{Path, PathBuf};

use crate::plan::document::SCHEMA_VERSION;
use crate::plan::{Plan, Planned};
use crate::publish::outcome::{Deployment, Verdict};

use super::Session;
use super::ending;
use super::execution::{Execution, carry_out};
use super::failure::{Failure, Kind};
use super::next_steps;
use super::options::{Format, Sites};
use super::passage;
use super::planning::PlanOptions;
use super::ready::{self, Ready};
use super::resume;
use super::selection::Selection;
use super::several::{self, Of};
use super::target::{self, Chosen};
use super::workspace::Workspace;

/// Publish what the manifest wants a target to hold; put back what a publish drops, and prove it
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Go on with a deployment that was interrupted: by its ID, or the newest
    #[arg(long, value_name = "ID", num_args = 0..=1, require_equals = true, conflicts_with_all = ["plan", "target", "select", "allow", "republish"])]
    resume: Option<Option<String>>,

    /// A plan that `tabship plan --out` saved: exactly it is carried out, or refused when it is stale
    plan: Option<PathBuf>,

    /// The target, or several, separated by commas: one after the other [default: the one that the branch maps to]
    #[arg(short, long, value_name = "NAME", value_delimiter = ',')]
    target: Vec<String>,

    #[command(flatten)]
    selection: Selection,

    #[command(flatten)]
    options: PlanOptions,

    #[command(flatten)]
    execution: Execution,

    #[command(flatten)]
    sites: Sites,
}

pub(crate) fn run(session: &Session, arguments: &Arguments) -> Result<(), Failure> {
    ending::know_format(session)?;
    if let Some(id) = &arguments.resume {
        return resume::run(
            session,
            id.as_deref(),
            &arguments.execution,
            &arguments.sites,
        );
    }
    let saved = arguments
        .plan
        .as_ref()
        .map(|path| read_plan(&session.directory()?.join(path)))
        .transpose()?;
    match (arguments.target.as_slice(), &saved) {
        ([], saved) => {
            let named = saved.as_ref().map(|p| p.target.name.as_str());
            alone(session, arguments, named, saved.as_ref())
        }
        ([name], saved) => alone(session, arguments, Some(name), saved.as_ref()),
        (_, Some(_)) => Err(Failure::usage("a saved plan is of one target")
            .hint("leave `-t` out: the plan names its target")),
        (names, None) => {
            let all = several::run(session, names, |name| in_turn(session, arguments, name));
            ending::summary(session, &all);
            several::end(&all)
        }
    }
}

/// One target, with what to do next.
fn alone(
    session: &Session,
    arguments: &Arguments,
    named: Option<&str>,
    saved: Option<&Plan>,
) -> Result<(), Failure> {
    let (workspace, deployment) = one(session, arguments, named, saved)?;
    ending::finish(session, &deployment, &arguments.sites)?;
    if session.global.format == Format::Human && deployment.verdict != Verdict::Unchanged {
        next_steps::say(
            session,
            &workspace,
            &deployment.target.name,
            &arguments.sites,
        );
    }
    Ok(())
}

/// One of several targets.
fn in_turn(session: &Session, arguments: &Arguments, name: &str) -> Of<Deployment> {
    let target = name.to_owned();
    match one(session, arguments, Some(name), None) {
        Ok((_, deployment)) => Of {
            target,
            failure: ending::each(session, &deployment, &arguments.sites).err(),
            done: Some(deployment),
        },
        Err(failure) => Of {
            target,
            done: None,
            failure: Some(failure),
        },
    }
}

/// Plans for one target and carries the plan out.
fn one(
    session: &Session,
    arguments: &Arguments,
    named: Option<&str>,
    saved: Option<&Plan>,
) -> Result<(Workspace, Deployment), Failure> {
    let (workspace, chosen) = ready::open(session, named, &arguments.sites)?;
    target::worthy(session, &workspace, &chosen)?;
    chain(session, &chosen, &arguments.sites)?;
    passage::sweep(&workspace.state());
    // What a saved plan was about, it is about now.
    let selection = saved.map_or_else(
        || arguments.selection.clone(),
        |saved| Selection {
            select: saved.select.clone(),
        },
    );
    let files = ready::files(session, &workspace, &chosen, &selection)?;
    let deployment = ready::block_on(async {
        let ready = ready::to_plan(session, &workspace, chosen, &arguments.sites).await?;
        let deploy = async |ready: &mut Ready| {
            let observed = ready.live.clone();
            let everything = selection.select.is_empty();
            let mut assembly = ready
                .assemble(session, &workspace, files, &observed)?
                .partly(!everything);
            let desired = assembly.desired()?;
            let mut options = arguments.options.clone();
            if let Some(saved) = saved {
                let allowed = saved.items.iter().flat_map(|i| &i.allowed);
                options.allow.extend(allowed.map(|a| a.allow));
                options.republish |= saved.items.iter().any(Planned::republished);
            }
            let plan = ready
                .plan(&workspace, &desired, &options, everything)
                .await?;
            if let Some(saved) = saved {
                refuse_stale(saved, &plan)?;
            }
            let (execution, sites) = (&arguments.execution, &arguments.sites);
            carry_out(
                session, &workspace, ready, &plan, &assembly, execution, sites,
            )
            .await
        };
        ready.during(deploy).await
    })?;
    Ok((workspace, deployment))
}

/// What a target takes from another is promoted, not deployed.
fn chain(session: &Session, chosen: &Chosen, sites: &Sites) -> Result<(), Failure> {
    match &chosen.target.promote_from {
        Some(from) => Err(Failure::new(
            Kind::Refused,
            format!("`{}` takes only what `{from}` holds", chosen.name),
        )
        .hint(format!(
            "`tabship promote --from {from} --to {}{}`",
            chosen.name,
            next_steps::same(session, sites)
        ))),
        None => Ok(()),
    }
}

fn read_plan(path: &Path) -> Result<Plan, Failure> {
    let text = std::fs::read_to_string(path).map_err(|e| {
        Failure::usage(format!("the plan `{}` cannot be read", path.display())).because(&e)
    })?;
    let plan: Plan = serde_json::from_str(&text).map_err(|e| {
        Failure::usage(format!(
            "`{}` is no plan of this version of tabship",
            path.display()
        ))
        .because(&e)
        .hint("make one: `tabship plan --out FILE`")
    })?;
    if plan.schema_version != SCHEMA_VERSION {
        return Err(Failure::usage(format!(
            "the plan has the form {}, and this tabship reads {SCHEMA_VERSION}",
            plan.schema_version
        ))
        .hint("plan again"));
    }
    Ok(plan)
}

fn refuse_stale(saved: &Plan, now: &Plan) -> Result<(), Failure> {
    let moved = saved.moved_since(now);
    if moved.is_empty() {
        return Ok(());
    }
    let mut failure = Failure::new(Kind::Refused, "the plan is stale, and nothing was changed");
    failure.causes = moved;
    Err(failure.hint("plan again, look at it, and deploy that"))
}
