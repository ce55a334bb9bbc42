//! Deployments that were recorded: found again, to go on or to go back.

use std::collections::HashMap;
use std::path::PathBuf;

use crate::plan::{Key, Planned};
use crate::publish::journal::{self, Journal};
use crate::publish::payload::Payload;
use crate::publish::run::Payloads;
use crate::publish::stage::Recorded;
use crate::publish::{self};

use super::execution::deployments;
use super::failure::{Failure, Kind};
use super::ready::Ready;
use super::site::asked;
use super::workspace::Workspace;

/// A recorded deployment and its open journal.
pub(crate) struct Found {
    pub(crate) recorded: Recorded,
    pub(crate) journal: Journal,
}

/// Finds a deployment: by its ID, or the newest that `fits`.
pub(crate) fn find(
    workspace: &Workspace,
    id: Option<&str>,
    what: &str,
    fits: impl Fn(&Recorded) -> bool,
) -> Result<Found, Failure> {
    let folder = deployments(workspace);
    let candidates: Vec<PathBuf> = match id {
        Some(id) => journal::deployments(&folder)
            .into_iter()
            .filter(|p| p.file_name().is_some_and(|n| n.to_string_lossy() == id))
            .collect(),
        None => journal::deployments(&folder),
    };
    for directory in candidates {
        let wrong = |e: journal::JournalError| match e {
            journal::JournalError::Running(_) => {
                Failure::new(Kind::Refused, e.to_string()).hint("wait until it is done")
            }
            _ => Failure::usage(format!(
                "the journal in `{}` cannot be used",
                directory.display()
            ))
            .because(&e),
        };
        let records = match Journal::records(&directory) {
            // It died before its first line was whole, and so before it did anything.
            Err(journal::JournalError::Headless(_)) if id.is_none() => continue,
            records => records.map_err(wrong)?,
        };
        let Some(recorded) = Recorded::read(&records) else {
            continue;
        };
        if id.is_some() || fits(&recorded) {
            let (journal, _) = Journal::resume(&directory).map_err(wrong)?;
            return Ok(Found { recorded, journal });
        }
    }
    let named = id.map_or(String::new(), |id| format!(" called `{id}`"));
    Err(Failure::new(Kind::NothingMatched, format!("there is no deployment{named} to {what} in `{}`", folder.display()))
        .hint("deployments are recorded on the machine that ran them; in CI keep `.tabship/` as an artifact"))
}

/// Reads what the site holds of the plan's items.
pub(crate) async fn know_items(ready: &mut Ready, items: &[Planned]) -> Result<(), Failure> {
    let luids: Vec<String> = items.iter().filter_map(|i| i.luid.clone()).collect();
    publish::details(&ready.signed.site, &mut ready.live, &luids)
        .await
        .map_err(|e| asked("reading the items of the deployment", &e))
}

/// Nothing new is published when something is taken back.
pub(crate) struct NoPayloads;

impl Payloads for NoPayloads {
    fn payload(
        &self,
        item: &Planned,
        _content_urls: &HashMap<Key, String>,
    ) -> Result<Payload, String> {
        Err(format!(
            "{} is not published anew by this run",
            item.title()
        ))
    }
}
