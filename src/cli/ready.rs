//! What `plan`, `deploy` and `promote` share: one target, from sign-in to plan.

use std::future::Future;

use crate::api;
use crate::plan::{Desired, Live, Plan};
use crate::publish;

use super::Session;
use super::desired::{self, Assembly, ForTarget, Selected};
use super::failure::{Failure, Kind};
use super::options::Sites;
use super::planning::{self, PlanOptions};
use super::sandbox_site::{self, Embedded};
use super::selection::Selection;
use super::site::{SignedIn, asked, sign_in};
use super::target::{Chosen, choose};
use super::workspace::Workspace;

/// One target that is signed in to, with what it holds and what it is to hold.
pub(crate) struct Ready {
    pub(crate) chosen: Chosen,
    pub(crate) signed: SignedIn,
    /// Content URL of the site.
    pub(crate) site: String,
    pub(crate) live: Live,
    /// Why a deployment would not be locked, where that was asked and is known.
    pub(crate) not_locked: Option<String>,
    pub(crate) embedded: Option<Embedded>,
}

/// Signs in and reads what the site holds.
pub(crate) async fn ready(
    session: &Session,
    workspace: &Workspace,
    chosen: Chosen,
    sites: &Sites,
) -> Result<Ready, Failure> {
    let (signed, embedded) = signed_in(session, workspace, &chosen, sites).await?;
    let live = publish::observe(&signed.site).await;
    Ready::of(chosen, signed, embedded, live).await
}

/// As [`ready`], for a command that plans. What the account may do is asked beside the listings, for a round of its own
/// would cost every deployment its time.
pub(crate) async fn to_plan(
    session: &Session,
    workspace: &Workspace,
    chosen: Chosen,
    sites: &Sites,
) -> Result<Ready, Failure> {
    let (signed, embedded) = signed_in(session, workspace, &chosen, sites).await?;
    let (live, not_locked) = tokio::join!(
        Box::pin(publish::observe(&signed.site)),
        Box::pin(publish::lock::foreseen(&signed.site))
    );
    let ready = Ready::of(chosen, signed, embedded, live).await?;
    Ok(Ready {
        not_locked,
        ..ready
    })
}

async fn signed_in(
    session: &Session,
    workspace: &Workspace,
    chosen: &Chosen,
    sites: &Sites,
) -> Result<(SignedIn, Option<Embedded>), Failure> {
    let embedded = sandbox_site::start(sites, &workspace.manifest, &workspace.state()).await?;
    let folder = &workspace.folder;
    let signed = sign_in(session, chosen, sites, folder, embedded.as_ref()).await?;
    Ok((signed, embedded))
}

/// The files of the manifest for the target. None of them is read before the site has said what it holds.
pub(crate) fn files(
    session: &Session,
    workspace: &Workspace,
    chosen: &Chosen,
    selection: &Selection,
) -> Result<Vec<Selected>, Failure> {
    let selector = selection.compile()?;
    let files = workspace.files()?;
    let (files, findings) = desired::selected(&workspace.manifest, &files, chosen, &selector)?;
    planning::refuse(session, workspace, &findings)?;
    planning::something(workspace, &files, !selector.is_everything())?;
    Ok(files)
}

impl Ready {
    async fn of(
        chosen: Chosen,
        signed: SignedIn,
        embedded: Option<Embedded>,
        live: Result<Live, api::Error>,
    ) -> Result<Self, Failure> {
        let (live, unread) = match live {
            Ok(live) => (live, None),
            Err(error) => (Live::default(), Some(error)),
        };
        let ready = Self {
            chosen,
            site: signed.site.session().site_content_url.clone(),
            live,
            not_locked: None,
            signed,
            embedded,
        };
        match unread {
            None => Ok(ready),
            Some(error) => {
                ready.close().await;
                Err(asked("reading what the site holds", &error))
            }
        }
    }

    /// The manifest as the target takes it. The live state is taken out, so that both can be held at once.
    pub(crate) fn manifest<'m>(&self, workspace: &'m Workspace, live: &'m Live) -> ForTarget<'m> {
        ForTarget::new(
            &workspace.manifest,
            &self.chosen,
            self.signed.server.clone(),
            self.site.clone(),
            live,
        )
    }

    /// Puts content and target together: reads the files, all of which are readable.
    pub(crate) fn assemble<'m>(
        &self,
        session: &Session,
        workspace: &'m Workspace,
        files: Vec<Selected>,
        live: &'m Live,
    ) -> Result<Assembly<'m>, Failure> {
        let target = self.manifest(workspace, live);
        let (assembly, findings) = target.read(&workspace.folder, files, &self.chosen)?;
        planning::refuse(session, workspace, &findings)?;
        Ok(assembly)
    }

    /// Makes the plan.
    pub(crate) async fn plan(
        &mut self,
        workspace: &Workspace,
        desired: &Desired,
        options: &PlanOptions,
        everything: bool,
    ) -> Result<Plan, Failure> {
        let policy = planning::policy(workspace, &self.chosen, options, desired, everything);
        planning::make(workspace, self, desired, &policy).await
    }

    /// Works with it, then signs out and stops the sandbox, whatever came of the work.
    pub(crate) async fn during<T>(
        mut self,
        work: impl AsyncFnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let done = Box::pin(work(&mut self)).await;
        self.close().await;
        done
    }

    /// Signs out and stops the sandbox. A session that cannot be ended runs out by itself.
    pub(crate) async fn close(self) {
        let _ = self.signed.site.sign_out().await;
        if let Some(embedded) = self.embedded {
            embedded.stop().await;
        }
    }
}

/// The manifest and the chosen target.
pub(crate) fn open(
    session: &Session,
    target: Option<&str>,
    sites: &Sites,
) -> Result<(Workspace, Chosen), Failure> {
    // Which variables are wanted depends on the target, which may depend on the branch.
    let first = session.workspace(&[], sites.branch.as_deref())?;
    let chosen = choose(&first, target)?;
    let workspace = session.workspace(sites.used(&[&chosen.name]), sites.branch.as_deref())?;
    let chosen = choose(&workspace, Some(&chosen.name))?;
    Ok((workspace, chosen))
}

/// Runs a future to its end on a runtime of its own.
pub(crate) fn block_on<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    runtime
        .map_err(|e| {
            Failure::new(Kind::Unreachable, "the program cannot start its tasks").because(&e)
        })?
        .block_on(future)
}

/// Waits until somebody asks the program to stop: a person with Ctrl-C, a runner or `docker stop` with SIGTERM.
pub(crate) async fn asked_to_stop() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
