//! `tabship status`.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::plan::{ItemKind, Live, LiveItem, ProjectPath, Stamp};
use crate::report::status::{self, Cell, Row, Status};
use crate::repository;

use super::Session;
use super::failure::Failure;
use super::options::{Format, Sites, Targets};
use super::ready;
use super::target;

/// Say which commit of which item is live where, and what drifted
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    targets: Targets,

    /// Also draw a badge (SVG) that says how many items drifted
    #[arg(long, value_name = "FILE")]
    badge: Option<PathBuf>,

    #[command(flatten)]
    sites: Sites,
}

pub(crate) fn run(session: &Session, arguments: &Arguments) -> Result<(), Failure> {
    let format = session.global.format;
    if !matches!(
        format,
        Format::Human | Format::Json | Format::Markdown | Format::Html
    ) {
        return Err(super::no_such_format(
            "status",
            format,
            "human, json, markdown, html",
        ));
    }
    let first = session.workspace(&[], arguments.sites.branch.as_deref())?;
    let names = arguments.targets.names(&first.manifest)?;
    let used: Vec<&str> = names.iter().map(String::as_str).collect();
    let sites = &arguments.sites;
    let workspace = session.workspace(sites.used(&used), sites.branch.as_deref())?;
    let mut rows: BTreeMap<(ItemKind, String, String), Row> = BTreeMap::new();
    for name in &names {
        let chosen = target::as_recorded(&workspace, name)?;
        let (root, stamp) = (chosen.root.clone(), chosen.stamp.clone());
        let live = ready::block_on(async {
            let ready = ready::ready(session, &workspace, chosen, &arguments.sites).await?;
            let live = ready.live.clone();
            ready.close().await;
            Ok(live)
        })?;
        add(&mut rows, name, &live, root.as_ref(), &stamp);
    }
    authors(&mut rows, &workspace.folder);
    let status = Status {
        schema_version: 1,
        targets: names,
        items: rows.into_values().collect(),
    };
    let now = Timestamp::now();
    let text = match format {
        Format::Json => status::json(&status),
        Format::Markdown => status::markdown(&status, now),
        Format::Html => status::html(&status, now),
        _ => status::human(&status, session.streams.palette(), now),
    };
    session.streams.result(&text);
    match &arguments.badge {
        Some(path) => write_badge(session, path, &status),
        None => Ok(()),
    }
}

fn write_badge(session: &Session, path: &Path, status: &Status) -> Result<(), Failure> {
    let path = session.directory()?.join(path);
    std::fs::write(&path, status::badge(status)).map_err(|e| {
        Failure::usage(format!(
            "the badge cannot be written to `{}`",
            path.display()
        ))
        .because(&e)
    })
}

/// Who wrote the commits that are live. A stamp has no name in it: whoever may see an item may read its tags.
fn authors(rows: &mut BTreeMap<(ItemKind, String, String), Row>, folder: &Path) {
    let mut known: HashMap<String, Option<String>> = HashMap::new();
    for cell in rows.values_mut().flat_map(|row| row.live.values_mut()) {
        let Some(commit) = &cell.commit else { continue };
        let author = known
            .entry(commit.clone())
            .or_insert_with(|| repository::author(folder, commit));
        cell.author.clone_from(author);
    }
}

/// Items with a stamp, and items without one in the projects where there are stamped ones: those were ours, or are in the way.
fn add(
    rows: &mut BTreeMap<(ItemKind, String, String), Row>,
    target: &str,
    live: &Live,
    root: Option<&ProjectPath>,
    prefix: &str,
) {
    let ours: Vec<&ProjectPath> = live
        .items
        .iter()
        .filter(|i| i.stamp(prefix).is_some())
        .filter_map(|i| i.project.as_ref())
        .collect();
    for item in live
        .items
        .iter()
        .filter(|i| i.project.as_ref().is_some_and(|p| ours.contains(&p)))
    {
        let project = below(item.project.clone().unwrap_or_default(), root);
        let key = (
            item.kind,
            project.to_string().to_lowercase(),
            item.name.to_lowercase(),
        );
        let row = rows.entry(key).or_insert_with(|| Row {
            kind: item.kind,
            name: item.name.clone(),
            project,
            live: BTreeMap::new(),
        });
        row.live
            .insert(target.to_owned(), cell(live, item, item.stamp(prefix)));
    }
}

fn below(path: ProjectPath, root: Option<&ProjectPath>) -> ProjectPath {
    match root.filter(|r| path.folded().starts_with(&r.folded())) {
        Some(root) => ProjectPath::new(path.names()[root.names().len()..].iter().cloned()),
        None => path,
    }
}

fn cell(live: &Live, item: &LiveItem, stamp: Option<Stamp>) -> Cell {
    let owner = item.owner_luid.as_ref().and_then(|o| live.users.get(o));
    Cell {
        luid: item.luid.clone(),
        drifted: stamp.is_none(),
        author: None,
        owner: owner.cloned(),
        commit: stamp.as_ref().map(|s| s.commit.clone()),
        deployed_at: stamp.as_ref().map(|s| s.at),
        revision: stamp.map(|s| s.revision).filter(|r| *r > 0),
    }
}
