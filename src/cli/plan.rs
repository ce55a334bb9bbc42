//! `tabship plan`.

use std::path::{Path, PathBuf};

use crate::plan::Plan;
use crate::report;

use super::Session;
use super::failure::{Failure, Kind};
use super::next_steps;
use super::options::{Format, Sites};
use super::planning::PlanOptions;
use super::ready::{self, Ready};
use super::selection::Selection;
use super::several::{self, Of};

/// Show what a deployment would do to a target, bound to what it holds now
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The target, or several, separated by commas [default: the one that the branch maps to]
    #[arg(short, long, value_name = "NAME", value_delimiter = ',')]
    target: Vec<String>,

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
    know_format(session)?;
    match arguments.target.as_slice() {
        [] => alone(session, arguments, None),
        [name] => alone(session, arguments, Some(name)),
        _ if arguments.out.is_some() => Err(Failure::usage("a saved plan is of one target")
            .hint("save one for each: `tabship plan -t NAME --out FILE`")),
        names => {
            let all = several::run(session, names, |name| in_turn(session, arguments, name));
            if session.global.format == Format::Json {
                session.streams.result(&several::json("plans", &all));
            }
            several::end(&all)
        }
    }
}

fn alone(session: &Session, arguments: &Arguments, named: Option<&str>) -> Result<(), Failure> {
    let plan = one(session, arguments, named)?;
    if let Some(path) = &arguments.out {
        save(session, &plan, path)?;
    }
    show(session, &plan, arguments.all)?;
    if let Some(path) = &arguments.out {
        session.streams.say(&format!(
            "saved; `tabship deploy {}{}` carries out exactly this, or refuses when it is stale",
            next_steps::word(path),
            next_steps::same(session, &arguments.sites)
        ));
    }
    code(arguments, &plan)
}

/// One of several targets: shown when it is made, or, as JSON, with the others.
fn in_turn(session: &Session, arguments: &Arguments, name: &str) -> Of<Plan> {
    let plan = one(session, arguments, Some(name)).and_then(|plan| {
        if session.global.format != Format::Json {
            show(session, &plan, arguments.all)?;
        }
        Ok(plan)
    });
    let target = name.to_owned();
    match plan {
        Ok(plan) => Of {
            target,
            failure: code(arguments, &plan).err(),
            done: Some(plan),
        },
        Err(failure) => Of {
            target,
            done: None,
            failure: Some(failure),
        },
    }
}

fn one(session: &Session, arguments: &Arguments, named: Option<&str>) -> Result<Plan, Failure> {
    let (workspace, chosen) = ready::open(session, named, &arguments.sites)?;
    let files = ready::files(session, &workspace, &chosen, &arguments.selection)?;
    ready::block_on(async {
        let ready = ready::to_plan(session, &workspace, chosen, &arguments.sites).await?;
        let plan = async |ready: &mut Ready| {
            let live = ready.live.clone();
            let everything = arguments.selection.select.is_empty();
            let desired = ready
                .assemble(session, &workspace, files, &live)?
                .partly(!everything)
                .desired()?;
            ready
                .plan(&workspace, &desired, &arguments.options, everything)
                .await
        };
        let plan = ready.during(plan).await?;
        Ok(Plan {
            select: arguments.selection.select.clone(),
            ..plan
        })
    })
}

fn save(session: &Session, plan: &Plan, path: &Path) -> Result<(), Failure> {
    let path = session.directory()?.join(path);
    std::fs::write(&path, report::plan::json(plan)).map_err(|e| {
        Failure::usage(format!(
            "the plan cannot be written to `{}`",
            path.display()
        ))
        .because(&e)
    })
}

fn code(arguments: &Arguments, plan: &Plan) -> Result<(), Failure> {
    if plan.blocked().next().is_some() {
        return Err(Failure::said(Kind::Refused));
    }
    if arguments.exit_code && plan.changes().next().is_some() {
        return Err(Failure::said(Kind::Changes));
    }
    Ok(())
}

fn know_format(session: &Session) -> Result<(), Failure> {
    match session.global.format {
        Format::Human | Format::Json | Format::Markdown => Ok(()),
        other => Err(super::no_such_format(
            "plan",
            other,
            "human, json, markdown",
        )),
    }
}

/// Writes the plan to stdout in the format that was asked for.
pub(crate) fn show(session: &Session, plan: &Plan, all: bool) -> Result<(), Failure> {
    know_format(session)?;
    let text = match session.global.format {
        Format::Json => report::plan::json(plan),
        Format::Markdown => report::plan::markdown(plan),
        _ => report::plan::human(plan, session.streams.palette(), all),
    };
    session.streams.result(&text);
    Ok(())
}
