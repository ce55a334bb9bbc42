//! `tabship plan`.

use std::path::PathBuf;

use crate::plan::Plan;
use crate::report;

use super::Session;
use super::failure::{Failure, Kind};
use super::options::{Format, Sites};
use super::planning::PlanOptions;
use super::ready;
use super::selection::Selection;

/// Show what a deployment would do to a target, bound to what it holds now
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The target [default: the one that the branch maps to]
    #[arg(short, long, value_name = "NAME")]
    target: Option<String>,

    /// Save the plan, for `tabship deploy FILE`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// End with 10 when the plan has changes
    #[arg(long)]
    exit_code: bool,

    /// List what is unchanged, too
    #[arg(long)]
    all: bool,

    #[command(flatten)]
    selection: Selection,

    #[command(flatten)]
    options: PlanOptions,

    #[command(flatten)]
    sites: Sites,
}

pub(crate) fn run(session: &Session, arguments: &Arguments) -> Result<(), Failure> {
    let (workspace, chosen) = ready::open(session, arguments.target.as_deref(), &arguments.sites)?;
    let origins = ready::files(session, &workspace, &chosen, &arguments.selection)?;
    let plan = ready::block_on(async {
        let mut ready = ready::ready(session, &workspace, chosen, &arguments.sites).await?;
        let live = ready.live.clone();
        let desired = ready.assemble(&workspace, origins, &live).desired()?;
        let plan = ready
            .plan(
                &workspace,
                &desired,
                &arguments.options,
                arguments.selection.select.is_empty(),
            )
            .await;
        ready.close().await;
        plan
    })?;
    if let Some(path) = &arguments.out {
        let path = session.directory()?.join(path);
        std::fs::write(&path, report::plan::json(&plan)).map_err(|e| {
            Failure::usage(format!(
                "the plan cannot be written to `{}`",
                path.display()
            ))
            .because(&e)
        })?;
    }
    show(session, &plan, arguments.all)?;
    if let Some(path) = &arguments.out {
        session.streams.say(&format!(
            "saved; `tabship deploy {}` carries out exactly this, or refuses when it is stale",
            path.display()
        ));
    }
    if plan.blocked().next().is_some() {
        return Err(Failure::said(Kind::Refused));
    }
    if arguments.exit_code && plan.changes().next().is_some() {
        return Err(Failure::said(Kind::Changes));
    }
    Ok(())
}

/// Writes the plan to stdout in the format that was asked for.
pub(crate) fn show(session: &Session, plan: &Plan, all: bool) -> Result<(), Failure> {
    let text = match session.global.format {
        Format::Human => report::plan::human(plan, session.streams.palette(), all),
        Format::Json => report::plan::json(plan),
        Format::Markdown => report::plan::markdown(plan),
        other => {
            return Err(super::no_such_format(
                "plan",
                other,
                "human, json, markdown",
            ));
        }
    };
    session.streams.result(&text);
    Ok(())
}
