//! What a site holds against the files: what a deployment would change in them.

use std::path::{Path, PathBuf};

use crate::api::endpoint::downloads::Download;
use crate::cli::Session;
use crate::cli::desired::Sent;
use crate::cli::failure::{Failure, Kind};
use crate::cli::options::Sites;
use crate::cli::ready::{self, Ready};
use crate::cli::selection::Selection;
use crate::cli::site::asked;
use crate::content::{self, Body, Content, Limits};
use crate::diff::{self, Changes};
use crate::plan::LiveItem;
use crate::publish;

/// Compares each file that the manifest assigns with its item on the target. Without data: extracts stay where they are.
pub(super) fn compare(
    session: &Session,
    target: &str,
    files: &[String],
    sites: &Sites,
) -> Result<Vec<(String, Changes)>, Failure> {
    let (workspace, chosen) = ready::open(session, Some(target), sites)?;
    let base = session.directory()?;
    let below = |file: &String| {
        let path = base.join(file);
        path.strip_prefix(&workspace.folder)
            .map_or_else(|_| PathBuf::from(file), Path::to_owned)
    };
    let named: Vec<PathBuf> = files.iter().map(below).collect();
    let origins = ready::files(session, &workspace, &chosen, &Selection::default())?;
    ready::block_on(async {
        let ready = ready::ready(session, &workspace, chosen, sites).await?;
        let live = ready.live.clone();
        let assembly = ready.assemble(&workspace, origins, &live);
        let sent = assembly.sent().map(|all| {
            let wanted = |s: &Sent<'_>| named.is_empty() || named.iter().any(|f| s.file == *f);
            all.into_iter().filter(wanted).collect::<Vec<_>>()
        });
        let compared = match sent {
            Ok(sent) => each(&ready, &sent).await,
            Err(failure) => Err(failure),
        };
        drop(assembly);
        ready.close().await;
        compared
    })
}

async fn each(ready: &Ready, sent: &[Sent<'_>]) -> Result<Vec<(String, Changes)>, Failure> {
    if sent.is_empty() {
        return Err(Failure::new(
            Kind::NothingMatched,
            "the manifest assigns none of these files",
        )
        .hint("name files as they are on disk, or none for all"));
    }
    let folder = tempfile::tempdir()
        .map_err(|e| Failure::usage("there is no place for what is downloaded").because(&e))?;
    let live = ready.live.by_key();
    let mut files = Vec::new();
    for (n, file) in sent.iter().enumerate() {
        let changes = match live.get(&file.key) {
            None => diff::whole_file("added", None),
            Some(item) => {
                let path = folder.path().join(n.to_string());
                one(file, item, &download(ready, item, &path).await?)?
            }
        };
        files.push((file.file.to_string_lossy().into_owned(), changes));
    }
    files.retain(|(_, changes)| !changes.is_empty() || changes.summary.starts_with("added"));
    Ok(files)
}

async fn download(ready: &Ready, item: &LiveItem, path: &Path) -> Result<Content, Failure> {
    let title = format!("{} \"{}\"", item.kind, item.name);
    let doing = format!("downloading {title}");
    let of = publish::api_item(item).map_err(|e| asked(&doing, &e))?;
    let without_data = Download {
        with_extract: false,
        ..Download::of(of)
    };
    let saved = ready.signed.site.save(&without_data, path, None).await;
    let head = saved.map_err(|e| asked(&doing, &e))?;
    let extension = Path::new(&head.name).extension().unwrap_or_default();
    let named = path.with_extension(extension);
    std::fs::rename(path, &named)
        .map_err(|e| Failure::usage(format!("{title} cannot be kept")).because(&e))?;
    content::open(&named, &Limits::default()).map_err(|refused| {
        Failure::new(
            Kind::Refused,
            format!("{title} on the site is not readable: {}", refused.refusal),
        )
        .hint(refused.refusal.help())
    })
}

/// Documents and flows, not the packages: the data was left where it is.
fn one(file: &Sent<'_>, item: &LiveItem, live: &Content) -> Result<Changes, Failure> {
    match (&live.body, &file.body) {
        (Body::Document(before), Body::Document(after)) => Ok(diff::documents(before, after)),
        (Body::Flow(before), Body::Flow(after)) => Ok(diff::flows(before, after)),
        _ => Err(Failure::new(
            Kind::Refused,
            format!(
                "{} \"{}\" on the site is of another kind",
                item.kind, item.name
            ),
        )),
    }
}
