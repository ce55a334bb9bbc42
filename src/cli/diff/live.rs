//! What a site holds against the files: what a deployment would change in them.

use std::path::{Path, PathBuf};

use crate::api::endpoint::downloads::Download;
use crate::cli::Session;
use crate::cli::desired::{self, ForTarget, Selected};
use crate::cli::failure::{Failure, Kind};
use crate::cli::options::Sites;
use crate::cli::ready::{self, Ready};
use crate::cli::selection::Selection;
use crate::cli::site::asked;
use crate::content::{self, Body, Content, Limits};
use crate::diff::{self, Changes};
use crate::plan::{Key, LiveItem};
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
    let mut all = ready::files(session, &workspace, &chosen, &Selection::default())?;
    all.retain(|file| named.is_empty() || named.contains(&file.file));
    ready::block_on(async {
        let ready = ready::ready(session, &workspace, chosen, sites).await?;
        let compare = async |ready: &mut Ready| {
            let manifest = ready.manifest(&workspace, &ready.live);
            each(ready, &manifest, &workspace.folder, &all).await
        };
        ready.during(compare).await
    })
}

async fn each(
    ready: &Ready,
    manifest: &ForTarget<'_>,
    base: &Path,
    files: &[Selected],
) -> Result<Vec<(String, Changes)>, Failure> {
    if files.is_empty() {
        return Err(Failure::new(
            Kind::NothingMatched,
            "the manifest assigns none of these files",
        )
        .hint("name files as they are on disk, or none for all"));
    }
    let folder = tempfile::tempdir()
        .map_err(|e| Failure::usage("there is no place for what is downloaded").because(&e))?;
    let live = ready.live.by_key();
    let mut compared = Vec::new();
    for (n, file) in files.iter().enumerate() {
        let path = base.join(&file.file);
        let own = content::open(&path, &Limits::default());
        let own = own.map_err(|r| super::refused(&file.file, &r))?;
        let key = Key::new(desired::kind(own.kind), &file.project, &file.name);
        let changes = match live.get(&key) {
            None => diff::whole_file("added", None),
            Some(item) => {
                let made = manifest.made(&file.file, &own).map_err(|why| {
                    let title = format!("`{}`", file.file.display());
                    desired::cannot(&ready.chosen.name, vec![(title, why)])
                })?;
                let path = folder.path().join(n.to_string());
                let there = download(ready, item, &path).await?;
                one(item, &there.body, made.body.as_ref().unwrap_or(&own.body))?
            }
        };
        compared.push((file.file.to_string_lossy().into_owned(), changes));
    }
    compared.retain(|(_, changes)| !changes.is_empty() || changes.summary.starts_with("added"));
    Ok(compared)
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
fn one(item: &LiveItem, live: &Body, file: &Body) -> Result<Changes, Failure> {
    match (live, file) {
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
