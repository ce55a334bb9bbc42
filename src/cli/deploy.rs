//! `tabship deploy`.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;

use crate::api::MAX_CHUNK;
use crate::plan::document::SCHEMA_VERSION;
use crate::plan::{Desired, Live, Plan};
use crate::publish::Calls;
use crate::publish::journal::Journal;
use crate::publish::lock::NotLocked;
use crate::publish::outcome::{Deployment, Verdict};
use crate::publish::run::{LockMode, OnError, Options, Payloads, Run, Standing};
use crate::publish::secrets::Secrets;
use crate::publish::stage::Stage;
use crate::report;

use super::Session;
use super::failure::{Failure, Kind};
use super::options::{Format, Sites, bytes};
use super::planning::PlanOptions;
use super::progress::Progress;
use super::ready::{self, Ready};
use super::recorded;
use super::selection::Selection;
use super::site::{Store, asked};
use super::target::{self, Chosen};
use super::workspace::Workspace;

/// Below this there are more requests than bytes are worth.
const SMALLEST_CHUNK_SIZE: u64 = 100_000;

/// Publish what the manifest wants a target to hold; put back what a publish drops, and prove it
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Go on with a deployment that was interrupted: by its ID, or the newest
    #[arg(long, value_name = "ID", num_args = 0..=1, require_equals = true, conflicts_with_all = ["plan", "target", "select", "allow", "republish"])]
    resume: Option<Option<String>>,

    /// A plan that `tabship plan --out` saved: exactly it is carried out, or refused when it is stale
    plan: Option<PathBuf>,

    /// The target [default: the one that the branch maps to]
    #[arg(short, long, value_name = "NAME")]
    target: Option<String>,

    #[command(flatten)]
    selection: Selection,

    #[command(flatten)]
    options: PlanOptions,

    #[command(flatten)]
    execution: Execution,

    #[command(flatten)]
    sites: Sites,
}

/// How plans are carried out.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Execution {
    /// When an item fails: take back what was changed, or go on with what does not depend on it
    #[arg(long, value_enum, default_value_t, value_name = "WHAT")]
    pub(crate) on_error: OnErrorArgument,

    /// Take the lock of another deployment that is known to be dead
    #[arg(long)]
    pub(crate) break_lock: bool,

    /// Do not lock the target against other deployments
    #[arg(long, conflicts_with = "break_lock")]
    pub(crate) no_lock: bool,

    /// Bytes of a file that one request carries at most, where a gateway takes no more: 10MB. Larger files go in
    /// several [default: 60MB, and 32MB of what is larger]
    #[arg(long, value_name = "SIZE", value_parser = chunk_size)]
    pub(crate) chunk_size: Option<u64>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum OnErrorArgument {
    #[default]
    Restore,
    Continue,
}

impl Execution {
    pub(crate) fn options(&self, sites: &Sites, prefix: &str, commit: Option<&str>) -> Options {
        Options {
            jobs: usize::from(sites.jobs),
            timeout: sites.timeout,
            on_error: match self.on_error {
                OnErrorArgument::Restore => OnError::Restore,
                OnErrorArgument::Continue => OnError::Continue,
            },
            prefix: prefix.to_owned(),
            lock: if self.no_lock {
                LockMode::Off
            } else if self.break_lock {
                LockMode::Break
            } else {
                LockMode::Take
            },
            commit: commit.map_or_else(
                || "none".to_owned(),
                |c| c.get(..12).unwrap_or(c).to_owned(),
            ),
            chunk: self.chunk_size,
        }
    }
}

fn chunk_size(text: &str) -> Result<u64, String> {
    let size = bytes(text)?;
    if (SMALLEST_CHUNK_SIZE..=MAX_CHUNK).contains(&size) {
        Ok(size)
    } else {
        Err(format!("`{text}` is not between 100kB and 64MB"))
    }
}

pub(crate) fn run(session: &Session, arguments: &Arguments) -> Result<(), Failure> {
    if let Some(id) = &arguments.resume {
        return resume(session, arguments, id.as_deref());
    }
    let saved = arguments
        .plan
        .as_ref()
        .map(|path| read_plan(&session.directory()?.join(path)))
        .transpose()?;
    let named = arguments
        .target
        .as_deref()
        .or(saved.as_ref().map(|p| p.target.name.as_str()));
    let (workspace, chosen) = ready::open(session, named, &arguments.sites)?;
    target::worthy(session, &workspace, &chosen)?;
    chain(&chosen)?;
    let origins = ready::files(session, &workspace, &chosen, &arguments.selection)?;
    let name = chosen.name.clone();
    let deployment = ready::block_on(async {
        let mut ready = ready::ready(session, &workspace, chosen, &arguments.sites).await?;
        let observed = ready.live.clone();
        let assembly = ready.assemble(&workspace, origins, &observed);
        let desired = assembly.desired()?;
        let mut options = arguments.options.clone();
        if let Some(saved) = &saved {
            options.allow.extend(
                saved
                    .items
                    .iter()
                    .flat_map(|i| i.allowed.iter().map(|a| a.allow)),
            );
        }
        let plan = ready
            .plan(
                &workspace,
                &desired,
                &options,
                arguments.selection.select.is_empty(),
            )
            .await?;
        if let Some(saved) = &saved {
            refuse_stale(saved, &plan)?;
        }
        let deployment = carry_out(
            session,
            &workspace,
            &ready,
            &plan,
            &assembly,
            &arguments.execution,
            &arguments.sites,
        )
        .await;
        ready.close().await;
        deployment
    })?;
    finish(session, &deployment)?;
    if session.global.format == Format::Human && deployment.verdict != Verdict::Unchanged {
        next_steps(
            session,
            &workspace,
            &name,
            arguments.sites.sandbox.is_some(),
        );
    }
    Ok(())
}

/// What a target takes from another is promoted, not deployed.
fn chain(chosen: &Chosen) -> Result<(), Failure> {
    match &chosen.target.promote_from {
        Some(from) => Err(Failure::new(
            Kind::Refused,
            format!("`{}` takes only what `{from}` holds", chosen.name),
        )
        .hint(format!(
            "`tabship promote --from {from} --to {}`",
            chosen.name
        ))),
        None => Ok(()),
    }
}

/// Goes on where a run stopped: with its plan, and only when the content is still what it was then.
fn resume(session: &Session, arguments: &Arguments, id: Option<&str>) -> Result<(), Failure> {
    let first = session.workspace(&[], arguments.sites.branch.as_deref())?;
    let found = recorded::find(&first, id, "resume", |r| r.ended.is_none())?;
    let plan = &found.recorded.plan;
    if found.recorded.going_back {
        session
            .streams
            .say("the deployment was being taken back when it was interrupted: going on with that");
        return super::rollback::take_back(session, &found, &arguments.execution, &arguments.sites)
            .and_then(|deployment| finish(session, &deployment));
    }
    if plan.source.is_some() {
        return Err(Failure::usage("a promotion is not resumed")
            .hint("promote again: what is done is unchanged then; or `tabship rollback`"));
    }
    let (workspace, chosen) = ready::open(session, Some(&plan.target.name), &arguments.sites)?;
    let origins = ready::files(session, &workspace, &chosen, &Selection::default())?;
    let deployment = ready::block_on(async {
        let mut ready = ready::ready(session, &workspace, chosen, &arguments.sites).await?;
        recorded::know_items(&mut ready, &plan.items).await?;
        let observed = ready.live.clone();
        let assembly = ready.assemble(&workspace, origins, &observed);
        same_content(plan, &assembly.desired()?)?;
        let secrets = Store {
            session,
            folder: &workspace.folder,
        };
        know_secrets(plan, &secrets)?;
        let commit = plan.git.as_ref().map(|g| g.commit.as_str());
        let work = Work {
            session,
            plan,
            live: &ready.live,
            payloads: &assembly,
            secrets: &secrets,
            journal: &found.journal,
            options: arguments
                .execution
                .options(&arguments.sites, &ready.chosen.stamp, commit),
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

/// Shows the plan, refuses what is blocked, and does the rest.
pub(crate) async fn carry_out(
    session: &Session,
    workspace: &Workspace,
    ready: &Ready,
    plan: &Plan,
    payloads: &dyn Payloads,
    execution: &Execution,
    sites: &Sites,
) -> Result<Deployment, Failure> {
    let begun = std::time::Instant::now();
    if plan.blocked().next().is_some() {
        session.streams.must_say(&report::plan::human(
            plan,
            session.streams.error_palette(),
            false,
        ));
        return Err(Failure::new(
            Kind::Refused,
            "the plan has blocked changes, and nothing was changed",
        )
        .hint("each one above says what allows it"));
    }
    if plan.changes().next().is_none() {
        let requests = ready.signed.site.client().requests();
        return Ok(Deployment::unchanged(
            plan,
            requests,
            begun.elapsed().as_secs_f64(),
        ));
    }
    session.streams.say(&report::plan::human(
        plan,
        session.streams.error_palette(),
        false,
    ));
    let secrets = Store {
        session,
        folder: &workspace.folder,
    };
    know_secrets(plan, &secrets)?;
    let journal = Journal::begin(&deployments(workspace), plan, Timestamp::now()).map_err(|e| {
        Failure::new(
            Kind::Refused,
            "the journal cannot be begun, and nothing was changed",
        )
        .because(&e)
    })?;
    ignore_state(&workspace.state());
    let commit = plan.git.as_ref().map(|g| g.commit.as_str());
    let options = execution.options(sites, &ready.chosen.stamp, commit);
    let work = Work {
        session,
        plan,
        live: &ready.live,
        payloads,
        secrets: &secrets,
        journal: &journal,
        options,
        stages: Vec::new(),
        holder: None,
    };
    work.deploy(ready).await
}

/// A plan, and all that carrying it out takes.
pub(crate) struct Work<'w> {
    pub(crate) session: &'w Session,
    pub(crate) plan: &'w Plan,
    pub(crate) live: &'w Live,
    pub(crate) payloads: &'w dyn Payloads,
    pub(crate) secrets: &'w dyn Secrets,
    pub(crate) journal: &'w Journal,
    pub(crate) options: Options,
    pub(crate) stages: Vec<Stage>,
    pub(crate) holder: Option<String>,
}

impl Work<'_> {
    pub(crate) async fn deploy(self, ready: &Ready) -> Result<Deployment, Failure> {
        self.run(ready, false).await
    }

    pub(crate) async fn roll_back(self, ready: &Ready) -> Result<Deployment, Failure> {
        self.run(ready, true).await
    }

    async fn run(self, ready: &Ready, back: bool) -> Result<Deployment, Failure> {
        let progress = Progress::new(&self.session.streams);
        let stop = std::sync::Arc::new(AtomicBool::new(false));
        let watcher = watch_signals(self.session, stop.clone());
        let run = Run {
            calls: Calls::new(ready.signed.site.clone()),
            plan: self.plan,
            live: self.live,
            payloads: self.payloads,
            secrets: self.secrets,
            reporter: &progress,
            journal: self.journal,
            options: self.options,
            stop: &stop,
            holder: self.holder,
            standing: Standing::new(self.plan, self.live, self.stages),
        };
        let result = if back {
            run.roll_back().await
        } else {
            run.deploy().await
        };
        watcher.abort();
        result.map_err(|why| match why {
            NotLocked::Held(_) => Failure::new(Kind::Refused, why.to_string())
                .hint("wait until it is done")
                .hint("if it ran here and died: `tabship deploy --resume` or `tabship rollback`; if it is known to be dead: `--break-lock`"),
            NotLocked::Failed(error) => {
                asked("taking the lock, before anything was changed,", &error)
            }
        })
    }
}

/// The first signal lets what is in flight finish; the second ends the process.
fn watch_signals(
    session: &Session,
    stop: std::sync::Arc<AtomicBool>,
) -> tokio::task::JoinHandle<()> {
    let streams = session.streams.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stop.store(true, Ordering::Relaxed);
            streams.warn("interrupted: finishing what is in flight, then stopping; press again to stop at once");
            if tokio::signal::ctrl_c().await.is_ok() {
                end_now();
            }
        }
    })
}

#[expect(
    clippy::exit,
    reason = "the user asked twice; the journal is synced before each step"
)]
fn end_now() {
    std::process::exit(130);
}

/// A secret that is missing is known before anything is published.
fn know_secrets(plan: &Plan, secrets: &dyn Secrets) -> Result<(), Failure> {
    let wanted: HashSet<&str> = plan
        .changes()
        .filter(|i| i.publish)
        .flat_map(|i| &i.settings.credentials)
        .filter_map(|c| c.secret.as_deref())
        .collect();
    let mut missing: Vec<String> = wanted
        .into_iter()
        .filter_map(|s| secrets.secret(s).err())
        .map(|e| e.to_string())
        .collect();
    missing.sort();
    if missing.is_empty() {
        return Ok(());
    }
    let mut failure = Failure::usage("credentials are missing, and nothing was changed");
    failure.causes = missing;
    Err(failure.hint("set them in the environment of this shell or pipeline"))
}

/// Folder of the journals.
pub(crate) fn deployments(workspace: &Workspace) -> PathBuf {
    workspace.state().join("deployments")
}

/// State is nothing for git.
fn ignore_state(state: &Path) {
    let file = state.join(".gitignore");
    if !file.exists() {
        // Only a convenience: without it the folder shows as untracked.
        let _ = std::fs::write(file, "*\n");
    }
}

/// Writes the result and picks the exit code.
pub(crate) fn finish(session: &Session, deployment: &Deployment) -> Result<(), Failure> {
    let text = match session.global.format {
        Format::Human => report::deployment::human(deployment, session.streams.palette()),
        Format::Json => report::deployment::json(deployment),
        Format::Markdown => report::deployment::markdown(deployment),
        other => {
            return Err(super::no_such_format(
                "deploy",
                other,
                "human, json, markdown",
            ));
        }
    };
    session.streams.result(&text);
    let id = deployment.id.clone().unwrap_or_default();
    match deployment.verdict {
        Verdict::Deployed | Verdict::Unchanged => Ok(()),
        Verdict::Restored | Verdict::Partial => Err(Failure::said(Kind::Restored)),
        Verdict::Incomplete => Err(Failure::new(
            Kind::Incomplete,
            "a person must look at what is marked BROKEN",
        )
        .hint(format!(
            "the journal and the copies of what was live are in .tabship/deployments/{id}"
        ))
        .hint(format!(
            "`tabship rollback {id}` tries again to take it back"
        ))),
        Verdict::Interrupted => Err(Failure::new(
            Kind::Interrupted,
            "the deployment was interrupted",
        )
        .hint("`tabship deploy --resume` goes on; `tabship rollback` takes it back")),
    }
}

/// What a rollback ends with: taking everything back is its success.
pub(crate) fn finish_rollback(session: &Session, deployment: &Deployment) -> Result<(), Failure> {
    match finish(session, deployment) {
        Err(failure) if failure.kind == Kind::Restored => Ok(()),
        outcome => outcome,
    }
}

/// What a newcomer may want to do now.
pub(crate) fn next_steps(session: &Session, workspace: &Workspace, target: &str, sandbox: bool) {
    let flag = if sandbox { " --sandbox" } else { "" };
    let folder = session
        .global
        .directory
        .as_ref()
        .map_or(String::new(), |d| format!(" -C {}", d.display()));
    let mut lines = Vec::new();
    let after = workspace
        .manifest
        .raw
        .targets
        .iter()
        .find(|(_, t)| t.promote_from.as_deref() == Some(target))
        .map(|(n, _)| n.as_str());
    let first = workspace
        .manifest
        .target(target)
        .is_some_and(|t| t.promote_from.is_none() && !t.protected);
    let free = |name: &str| {
        workspace
            .manifest
            .target(name)
            .is_some_and(|t| !t.protected && t.promote_from.is_none())
    };
    let other = workspace
        .manifest
        .raw
        .targets
        .keys()
        .find(|n| first && n.as_str() != target && free(n));
    if let Some(next) = after.or(other.map(String::as_str)) {
        lines.push(format!("  tabship promote --from {target} --to {next}{flag}{folder}   brings what {target} holds to {next}"));
    }
    if sandbox {
        lines.push(format!(
            "  tabship sandbox{folder}   serves the site, to look at it in a browser"
        ));
    }
    lines.push(format!(
        "  tabship status -t {target}{flag}{folder}   says which commit is live where"
    ));
    session
        .streams
        .say(&format!("\nNext:\n{}", lines.join("\n")));
}
