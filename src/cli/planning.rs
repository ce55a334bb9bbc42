//! From a target to a plan: what `plan` shows and `deploy` carries out.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::diagnostic::Finding;
use crate::manifest::{Allow, Prune};
use crate::plan::document::{Plan, SCHEMA_VERSION, Target};
use crate::plan::{self, Desired, Policy, ProjectPath};
use crate::publish;

use super::Session;
use super::desired::Selected;
use super::failure::{Failure, Kind};
use super::ready::Ready;
use super::site::asked;
use super::target::{self, Chosen};
use super::workspace::Workspace;

/// Options of commands that plan.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct PlanOptions {
    /// Let a blocked change happen: newly-visible, extract-loss, drift, content-url, owner-change, credential-loss;
    /// may be repeated
    #[arg(long, value_name = "CHANGE", value_parser = allow, value_delimiter = ',')]
    pub(crate) allow: Vec<Allow>,

    /// Publish what has not changed, too
    #[arg(long)]
    pub(crate) republish: bool,
}

fn allow(text: &str) -> Result<Allow, String> {
    text.parse().map_err(|_| {
        let names: Vec<&str> = Allow::ALL.iter().map(|a| a.name()).collect();
        format!("there are {}", names.join(", "))
    })
}

/// Findings about the manifest's meaning or the files end the command.
pub(crate) fn refuse(
    session: &Session,
    workspace: &Workspace,
    findings: &[Finding],
) -> Result<(), Failure> {
    if findings.is_empty() {
        return Ok(());
    }
    let manifest = workspace.manifest.path.clone();
    super::findings::explain(&session.streams, findings, &|file| {
        (file == manifest).then(|| workspace.manifest.text().to_owned())
    });
    let unreadable = findings.iter().any(|f| f.rule.starts_with("file/"));
    Err(Failure::said(if unreadable {
        Kind::Findings
    } else {
        Kind::Usage
    }))
}

/// A run about nothing is never a success.
pub(crate) fn something(
    workspace: &Workspace,
    files: &[Selected],
    selected: bool,
) -> Result<(), Failure> {
    if !files.is_empty() {
        return Ok(());
    }
    let failure = Failure::new(
        Kind::NothingMatched,
        "there is nothing to deploy: no file matches",
    );
    Err(match (workspace.manifest.raw.content.is_empty(), selected) {
        (true, _) => failure.hint("say under `content:` in the manifest which files go where"),
        (_, true) => failure.hint("the globs of `--select` match a file, a name or \"project/name\"; `tabship plan` without it lists all"),
        _ => failure.hint("the globs under `content:` start at the manifest's folder"),
    })
}

/// How the run plans.
pub(crate) fn policy(
    workspace: &Workspace,
    chosen: &Chosen,
    options: &PlanOptions,
    desired: &Desired,
    everything: bool,
) -> Policy {
    let mut projects: Vec<ProjectPath> = desired.items.iter().map(|i| i.project.clone()).collect();
    projects.sort();
    projects.dedup();
    Policy {
        prefix: chosen.stamp.clone(),
        allow: options.allow.iter().copied().collect::<BTreeSet<_>>(),
        prune: match workspace.manifest.raw.prune {
            Prune::Off => plan::Prune::Off,
            Prune::Report => plan::Prune::Report,
            Prune::Recycle => plan::Prune::Recycle,
        },
        // Only where this manifest puts things, and only when the run is about all of them.
        prune_in: if everything { projects } else { Vec::new() },
        of_others: target::projects_of_others(&workspace.manifest, chosen),
        republish: options.republish,
    }
}

/// Fetches what the plan needs of the items that it would touch, and makes it.
pub(crate) async fn make(
    workspace: &Workspace,
    ready: &mut Ready,
    desired: &Desired,
    policy: &Policy,
) -> Result<Plan, Failure> {
    let (chosen, signed, live) = (&ready.chosen, &ready.signed, &mut ready.live);
    let touched = plan::outline(desired, live, policy);
    publish::details(&signed.site, live, &touched)
        .await
        .map_err(|e| asked("reading the items that would change", &e))?;
    let owners = plan::owners(desired, live, policy);
    let not_known = publish::know_users(&signed.site, live, &owners).await;
    let mut outcome = plan::build(desired, live, policy);
    let said = not_known
        .iter()
        .map(|(name, why)| format!("whether the site has a user \"{name}\" is not known: {why}"));
    outcome.notes.extend(said);
    if outcome.items.iter().any(|i| i.action.changes()) {
        outcome.notes.extend(ready.not_locked.clone());
    }
    Ok(Plan {
        schema_version: SCHEMA_VERSION,
        tabship: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: Timestamp::now(),
        target: Target {
            name: chosen.name.clone(),
            server: signed.server_name.clone(),
            site: ready.site.clone(),
            protected: chosen.target.protected,
            stamp: chosen.stamp.clone(),
        },
        source: None,
        git: workspace.git(),
        select: Vec::new(),
        projects: outcome.projects,
        items: outcome.items,
        left_over: outcome.left_over,
        notes: outcome.notes,
        estimate: outcome.estimate,
    })
}
