//! `tabship doctor`.

use crate::report::style::Style;

use super::Session;
use super::failure::{Failure, Kind};
use super::options::{Format, Sites, Targets};
use super::ready;
use super::target;

/// Say whether this machine can reach, sign in to and publish to each target, and what is missing
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    targets: Targets,

    #[command(flatten)]
    sites: Sites,
}

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
    let mut sick = 0;
    for name in &names {
        match examine(session, arguments, name) {
            Ok(facts) => session.streams.result(&format!(
                "{} {name}: {facts}\n",
                palette.paint(Style::Good, "ok")
            )),
            Err(failure) => {
                sick += 1;
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
    if sick == 0 {
        Ok(())
    } else {
        Err(Failure::said(Kind::Unreachable))
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
        failure.hints = findings.iter().filter_map(|f| f.help.clone()).collect();
        return Err(failure);
    };
    let chosen = target::as_recorded(&workspace, name)?;
    ready::block_on(async {
        let ready = ready::ready(session, &workspace, chosen, &arguments.sites).await?;
        let client = ready.signed.site.client();
        let expires = ready
            .signed
            .site
            .session()
            .expires
            .map_or(String::new(), |at| {
                format!(", token valid until {}", at.strftime("%Y-%m-%d"))
            });
        let facts = format!(
            "Tableau {} with REST API {}, {} projects, {} items{expires}",
            client.server_info().product_version,
            client.api_version(),
            ready.live.projects.len(),
            ready.live.items.len()
        );
        ready.close().await;
        Ok(facts)
    })
}
