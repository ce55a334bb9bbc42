//! `tabship doctor`.

use std::collections::BTreeSet;

use crate::plan::{Live, ProjectPath};
use crate::publish::lock;
use crate::report::style::Style;

use super::Session;
use super::desired;
use super::failure::{Failure, Kind};
use super::options::{Format, Sites, Targets};
use super::ready;
use super::target::{self, Chosen};
use super::workspace::Workspace;

/// Say whether this machine can reach and sign in to each target, with a role and rights to publish, and what is missing
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    targets: Targets,

    #[command(flatten)]
    sites: Sites,
}

/// Site roles that cannot publish, the names of older versions among them; others can, where permissions let them.
const READERS: &[&str] = &[
    "Explorer",
    "Guest",
    "Interactor",
    "ReadOnly",
    "Unlicensed",
    "Viewer",
];

pub(crate) fn run(session: &Session, arguments: &Arguments) -> Result<(), Failure> {
    if session.global.format != Format::Human {
        return Err(super::no_such_format(
            "doctor",
            session.global.format,
            "human",
        ));
    }
    let first = session.workspace(&[], arguments.sites.branch.as_deref())?;
    let names = arguments.targets.names(&first.manifest)?;
    let palette = session.streams.palette();
    let mut worst: Option<Kind> = None;
    for name in &names {
        match examine(session, arguments, name) {
            Ok(facts) => session.streams.result(&format!(
                "{} {name}: {facts}\n",
                palette.paint(Style::Good, "ok")
            )),
            Err(failure) => {
                worst = worst
                    .into_iter()
                    .chain([failure.kind])
                    .max_by_key(|k| k.gravity());
                let mut text = format!(
                    "{} {name}: {}\n",
                    palette.paint(Style::Error, "no"),
                    failure.message
                );
                failure
                    .causes
                    .iter()
                    .for_each(|c| text.push_str(&format!("     because: {c}\n")));
                failure
                    .hints
                    .iter()
                    .for_each(|h| text.push_str(&format!("     help: {h}\n")));
                session.streams.result(&text);
            }
        }
    }
    match worst {
        None => Ok(()),
        Some(kind) => Err(Failure::said(kind)),
    }
}

fn examine(session: &Session, arguments: &Arguments, name: &str) -> Result<String, Failure> {
    let Some(path) = session.find_manifest()? else {
        return Err(Failure::usage("there is no manifest"));
    };
    let (workspace, findings) = session.read_workspace(
        &path,
        arguments.sites.used(&[name]),
        arguments.sites.branch.as_deref(),
    )?;
    let Some(workspace) = workspace.filter(|_| findings.is_empty()) else {
        let mut failure = Failure::usage("the manifest is not complete for it");
        failure.causes = findings.iter().map(|f| f.message.clone()).collect();
        failure.hints = findings
            .iter()
            .filter_map(|f| f.help.as_deref().map(str::to_owned))
            .collect();
        return Err(failure);
    };
    let chosen = target::as_recorded(&workspace, name)?;
    ready::block_on(async {
        let ready = ready::ready(session, &workspace, chosen, &arguments.sites).await?;
        let site = &ready.signed.site;
        // Not every way of signing in may ask this.
        let role = site.current_session().await.ok().and_then(|s| s.site_role);
        let client = site.client();
        let facts = format!(
            "Tableau {} with REST API {}, {} projects, {} items{}{}",
            client.server_info().product_version,
            client.api_version(),
            ready.live.projects.len(),
            ready.live.items.len(),
            role.as_ref()
                .map_or(String::new(), |role| format!(", site role {role}")),
            site.session().expires.map_or(String::new(), |at| {
                format!(", token valid until {}", at.strftime("%Y-%m-%d"))
            })
        );
        let closed = closed(&workspace, &ready.chosen, &ready.live, role.as_deref());
        ready.close().await;
        match role.filter(|role| READERS.contains(&role.as_str())) {
            Some(role) => Err(Failure::new(
                Kind::Unreachable,
                format!("the account signs in, and its site role `{role}` cannot publish"),
            )
            .hint("give it the role Creator or Explorer (can publish)")),
            None => closed.map(|()| facts),
        }
    })
}

/// Projects of the manifest that the account may not publish into, or may not create.
fn closed(
    workspace: &Workspace,
    chosen: &Chosen,
    live: &Live,
    role: Option<&str>,
) -> Result<(), Failure> {
    let creates = role.is_none_or(lock::creates_at_top);
    let mut causes = Vec::new();
    for path in projects(workspace, chosen)? {
        let there = |path: &ProjectPath| {
            live.projects
                .iter()
                .find(|p| p.path.folded() == path.folded())
        };
        match there(&path) {
            Some(project) if project.writeable == Some(false) => {
                causes.push(format!("it may not publish into the project {path}"));
            }
            None if !creates && !path.ancestry().any(|p| there(&p).is_some()) => {
                causes.push(format!(
                    "the project {path} is not there, and only administrators create projects at the top level"
                ));
            }
            _ => {}
        }
    }
    if causes.is_empty() {
        return Ok(());
    }
    let mut failure = Failure::new(
        Kind::Unreachable,
        "the account signs in, and may not deploy to all projects of the manifest",
    );
    failure.causes = causes;
    Err(failure
        .hint("grant it View and Publish on these projects; let an administrator create those that are missing, once"))
}

/// Where the manifest puts things on this target, each once.
fn projects(workspace: &Workspace, chosen: &Chosen) -> Result<BTreeSet<ProjectPath>, Failure> {
    let mut projects = BTreeSet::new();
    for entry in &workspace.manifest.raw.content {
        let own = entry.targets.get(&chosen.name);
        if own.is_some_and(|own| own.skip) {
            continue;
        }
        let project = own.and_then(|own| own.project.as_ref());
        projects.insert(desired::project(project.unwrap_or(&entry.project), chosen)?);
    }
    Ok(projects)
}
