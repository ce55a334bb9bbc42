//! Carrying a plan out: the options for it, the journal, the signals.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;

use crate::api::MAX_CHUNK;
use crate::plan::{Live, Plan};
use crate::publish::Calls;
use crate::publish::journal::Journal;
use crate::publish::lock;
use crate::publish::outcome::Deployment;
use crate::publish::run::{OnError, Options, Payloads, Run, Standing};
use crate::publish::secrets::Secrets;
use crate::publish::stage::Stage;
use crate::report;

use super::Session;
use super::failure::{Failure, Kind};
use super::locking::{self, Locking};
use super::options::{Sites, bytes};
use super::progress::Progress;
use super::ready::{Ready, asked_to_stop};
use super::site::Store;
use super::workspace::Workspace;

/// Below this there are more requests than bytes are worth.
const SMALLEST_CHUNK_SIZE: u64 = 100_000;

/// How plans are carried out.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Execution {
    /// When an item fails: take back what was changed, or go on with what does not depend on it
    #[arg(long, value_enum, default_value_t, value_name = "WHAT")]
    pub(crate) on_error: OnErrorArgument,

    #[command(flatten)]
    pub(crate) locking: Locking,

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
    pub(crate) fn options(&self, sites: &Sites, prefix: &str, plan: &Plan) -> Options {
        Options {
            jobs: usize::from(sites.jobs),
            timeout: sites.timeout,
            on_error: match self.on_error {
                OnErrorArgument::Restore => OnError::Restore,
                OnErrorArgument::Continue => OnError::Continue,
            },
            prefix: prefix.to_owned(),
            lock: self.locking.mode(),
            commit: plan.git.as_ref().map_or_else(
                || "none".to_owned(),
                |git| git.commit.get(..12).unwrap_or(&git.commit).to_owned(),
            ),
            chunk: self.chunk_size,
            renewal: lock::RENEWED_EVERY,
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
    let secrets = Store::of(session, workspace, sites);
    know_secrets(plan, &secrets)?;
    let journal = Journal::begin(&deployments(workspace), plan, Timestamp::now()).map_err(|e| {
        Failure::new(
            Kind::Refused,
            "the journal cannot be begun, and nothing was changed",
        )
        .because(&e)
    })?;
    ignore_state(&workspace.state());
    let options = execution.options(sites, &ready.chosen.stamp, plan);
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
        result.map_err(locking::not_locked)
    }
}

/// The first signal lets what is in flight finish; the second ends the process.
fn watch_signals(
    session: &Session,
    stop: std::sync::Arc<AtomicBool>,
) -> tokio::task::JoinHandle<()> {
    let streams = session.streams.clone();
    tokio::spawn(async move {
        if asked_to_stop().await.is_ok() {
            stop.store(true, Ordering::Relaxed);
            streams.warn(
                "interrupted: finishing what is in flight, then stopping; once more stops at once",
            );
            if asked_to_stop().await.is_ok() {
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
pub(crate) fn know_secrets(plan: &Plan, secrets: &dyn Secrets) -> Result<(), Failure> {
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
