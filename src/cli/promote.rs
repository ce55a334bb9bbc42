//! `tabship promote`.

use crate::manifest::Allow;
use crate::plan::document::Allowance;
use crate::plan::{Plan, Planned};

use super::Session;
use super::desired::{Assembly, ForTarget};
use super::ending;
use super::execution::{self, Execution};
use super::failure::{Failure, Kind};
use super::next_steps;
use super::options::{Format, Sites};
use super::plan as plan_command;
use super::planning::PlanOptions;
use super::promotion::{Drifted, Fetched, Promotion};
use super::ready::{self, Ready};
use super::selection::{Selection, Selector};
use super::target::{self, Chosen};
use super::workspace::Workspace;

/// Bring what one target holds to another, rewritten for it
///
/// The content comes from the site, not from the disk: what was tested there is what arrives. Only items that tabship
/// deployed and that nobody has changed since are taken.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The target that holds the content
    #[arg(long, value_name = "NAME")]
    from: String,

    /// The target that is to hold it
    #[arg(long, value_name = "NAME")]
    to: String,

    /// Only items with this tag; may be repeated
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,

    /// Show the plan, and do nothing
    #[arg(long)]
    dry_run: bool,

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
    if arguments.from == arguments.to {
        return Err(Failure::usage("`--from` and `--to` are the same target"));
    }
    let selector = arguments.selection.compile()?;
    let sites = &arguments.sites;
    let (workspace, to) = open(session, &arguments.from, &arguments.to, sites)?;
    let from = target::as_recorded(&workspace, &arguments.from)?;
    target::worthy(session, &workspace, &to)?;
    let deployment = ready::block_on(async {
        let ready = ready::to_plan(session, &workspace, to, sites).await?;
        let promote = async |ready: &mut Ready| {
            let promotion = Promotion::begin(session, &workspace, &from, ready, sites).await?;
            let observed = ready.live.clone();
            let target = ready.manifest(&workspace, &observed);
            let target = target.coming_from(&from.name);
            let taken = take(session, arguments, &selector, &promotion, ready, &target).await;
            let source = promotion.source();
            // The content is there as long as the folder.
            let _folder = promotion.end().await;
            let Taken {
                mut fetched,
                left_out,
            } = taken?;
            let partly = !fetched.unchanged.is_empty()
                || !selector.is_everything()
                || !arguments.tag.is_empty();
            let origins = fetched.origins(&ready.chosen)?;
            let mut assembly = Assembly::new(target, origins).partly(partly);
            let mut desired = assembly.desired()?;
            desired.items.extend(fetched.unchanged);
            let mut plan = ready
                .plan(&workspace, &desired, &arguments.options, false)
                .await?;
            plan.source = Some(source);
            note_drifted(&mut plan, fetched.drifted);
            plan.notes.extend(left_out);
            if arguments.dry_run {
                plan_command::show(session, &plan, false)?;
                return Ok(None);
            }
            let execution = &arguments.execution;
            execution::carry_out(
                session, &workspace, ready, &plan, &assembly, execution, sites,
            )
            .await
            .map(Some)
        };
        ready.during(promote).await
    })?;
    match deployment {
        Some(deployment) => {
            ending::finish(session, &deployment, sites)?;
            if session.global.format == Format::Human {
                next_steps::say(session, &workspace, &arguments.to, sites);
            }
            Ok(())
        }
        None => Ok(()),
    }
}

/// What is promoted.
struct Taken {
    fetched: Fetched,
    /// What is not, and why: in words, one each.
    left_out: Vec<String>,
}

/// Takes what was asked for from the source. What has drifted there is refused, unless that is allowed.
async fn take(
    session: &Session,
    arguments: &Arguments,
    selector: &Selector,
    promotion: &Promotion<'_>,
    ready: &Ready,
    target: &ForTarget<'_>,
) -> Result<Taken, Failure> {
    let from = promotion.from();
    let allowed = arguments.options.allow.contains(&Allow::Drift);
    // Tags go with a publish of somebody else: no tag selects what has lost them.
    let not_ours = match arguments.tag.as_slice() {
        [] => promotion.not_ours(selector),
        _ => Vec::new(),
    };
    if !allowed {
        refuse_drifted(from, &not_ours, "promote the rest")?;
    }
    let candidates = promotion.candidates(selector, &arguments.tag);
    if candidates.is_empty() {
        return Err(nothing_there(session, from, &arguments.sites));
    }
    let fetched = promotion
        .fetch(ready, target, &candidates, arguments.options.republish)
        .await?;
    if !allowed {
        let messages = fetched.drifted.iter().map(|d| d.message.clone());
        refuse_drifted(from, &messages.collect::<Vec<_>>(), "take it as it is")?;
    }
    let skipped = promotion.skipped(selector, &ready.chosen);
    let left_out = not_ours.into_iter().chain(skipped);
    Ok(Taken {
        fetched,
        left_out: left_out.map(|what| what + "; it is left out").collect(),
    })
}

fn nothing_there(session: &Session, from: &Chosen, sites: &Sites) -> Failure {
    let name = &from.name;
    Failure::new(
        Kind::NothingMatched,
        format!("`{name}` holds nothing that tabship deployed and that was asked for"),
    )
    .hint(format!(
        "deploy to it first: `tabship deploy -t {name}{}`",
        next_steps::same(session, sites)
    ))
}

/// The manifest and the target that is to hold what `from` holds. The source is only read, so its branch rules do not
/// count.
pub(crate) fn open(
    session: &Session,
    from: &str,
    to: &str,
    sites: &Sites,
) -> Result<(Workspace, Chosen), Failure> {
    let workspace = session.workspace(sites.used(&[from, to]), sites.branch.as_deref())?;
    let to = target::choose(&workspace, Some(to))?;
    let other = to.target.promote_from.as_ref().filter(|only| *only != from);
    if let Some(only) = other {
        return Err(Failure::new(
            Kind::Refused,
            format!(
                "`{}` takes only what `{only}` holds, and not what `{from}` holds",
                to.name
            ),
        )
        .hint(format!(
            "promote to `{only}` first, then from there: `tabship promote --from {only} --to {}{}`",
            to.name,
            next_steps::same(session, sites)
        )));
    }
    Ok((workspace, to))
}

/// What is not as it was deployed to the source is not what was tested there.
/// `instead` is what `--allow drift` does.
fn refuse_drifted(from: &Chosen, drifted: &[String], instead: &str) -> Result<(), Failure> {
    if drifted.is_empty() {
        return Ok(());
    }
    let mut failure = Failure::new(
        Kind::Refused,
        format!(
            "`{}` does not hold what was deployed to it, and nothing was changed",
            from.name
        ),
    );
    failure.causes = drifted.to_vec();
    Err(failure.hint(format!(
        "deploy to `{}` again, or {instead}: `--allow drift`",
        from.name
    )))
}

/// That it was taken all the same stands in the report.
fn note_drifted(plan: &mut Plan, drifted: Vec<Drifted>) {
    for drifted in drifted {
        let at = |i: &&mut Planned| i.key() == drifted.key;
        if let Some(item) = plan.items.iter_mut().find(at) {
            item.allowed.push(Allowance {
                allow: Allow::Drift,
                by: "--allow".to_owned(),
                message: drifted.message,
            });
        }
    }
}
