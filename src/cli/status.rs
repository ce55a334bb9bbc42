//! `tabship status`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::plan::{ItemKind, Live, LiveItem, ProjectPath, Stamp};
use crate::report::markdown::escape;
use crate::report::style::{Palette, Style};

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

    #[command(flatten)]
    sites: Sites,
}

#[derive(Debug, Serialize)]
struct Status {
    schema_version: u32,
    targets: Vec<String>,
    items: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    kind: ItemKind,
    name: String,
    project: ProjectPath,
    /// By target; absent where the item is not.
    live: BTreeMap<String, Cell>,
}

#[derive(Debug, Serialize)]
struct Cell {
    luid: String,
    /// `None` for an item without tabship's stamp.
    commit: Option<String>,
    deployed_at: Option<Timestamp>,
    revision: Option<u64>,
    drifted: bool,
}

pub(crate) fn run(session: &Session, arguments: &Arguments) -> Result<(), Failure> {
    let format = session.global.format;
    if !matches!(format, Format::Human | Format::Json | Format::Markdown) {
        return Err(super::no_such_format(
            "status",
            format,
            "human, json, markdown",
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
    let status = Status {
        schema_version: 1,
        targets: names,
        items: rows.into_values().collect(),
    };
    let text = match format {
        Format::Json => serde_json::to_string_pretty(&status)
            .map(|t| t + "\n")
            .unwrap_or_default(),
        Format::Markdown => markdown(&status),
        _ => human(&status, session.streams.palette()),
    };
    session.streams.result(&text);
    Ok(())
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
            .insert(target.to_owned(), cell(item, item.stamp(prefix)));
    }
}

fn below(path: ProjectPath, root: Option<&ProjectPath>) -> ProjectPath {
    match root.filter(|r| path.folded().starts_with(&r.folded())) {
        Some(root) => ProjectPath::new(path.names()[root.names().len()..].iter().cloned()),
        None => path,
    }
}

fn cell(item: &LiveItem, stamp: Option<Stamp>) -> Cell {
    let later = stamp
        .as_ref()
        .is_some_and(|s| item.published_at.is_some_and(|at| at > s.at));
    Cell {
        luid: item.luid.clone(),
        drifted: stamp.is_none() || later,
        commit: stamp.as_ref().map(|s| s.commit.clone()),
        deployed_at: stamp.as_ref().map(|s| s.at),
        revision: stamp.map(|s| s.revision).filter(|r| *r > 0),
    }
}

fn shown(cell: Option<&Cell>) -> String {
    match cell {
        None => "-".to_owned(),
        Some(Cell { commit: None, .. }) => "not tabship's".to_owned(),
        Some(cell) => {
            let commit = cell.commit.as_deref().unwrap_or_default();
            let commit = commit.get(..7).unwrap_or(commit);
            let age = cell
                .deployed_at
                .map_or(String::new(), |at| format!(", {}", age(at)));
            let drifted = if cell.drifted { " (drifted)" } else { "" };
            format!("{commit}{age}{drifted}")
        }
    }
}

fn age(at: Timestamp) -> String {
    let seconds = (Timestamp::now().as_second() - at.as_second()).max(0);
    match seconds {
        0..60 => "just now".to_owned(),
        60..3600 => format!("{} min ago", seconds / 60),
        3600..86_400 => format!("{} h ago", seconds / 3600),
        _ => format!("{} days ago", seconds / 86_400),
    }
}

fn human(status: &Status, palette: Palette) -> String {
    if status.items.is_empty() {
        return "nothing is deployed yet\n".to_owned();
    }
    let mut table: Vec<Vec<String>> = vec![
        ["item", "project"]
            .iter()
            .map(|s| (*s).to_owned())
            .chain(status.targets.iter().cloned())
            .collect(),
    ];
    for row in &status.items {
        let mut cells = vec![
            format!("{} {}", row.kind, row.name),
            row.project.to_string(),
        ];
        cells.extend(status.targets.iter().map(|t| shown(row.live.get(t))));
        table.push(cells);
    }
    let widths: Vec<usize> = (0..table[0].len())
        .map(|n| {
            table
                .iter()
                .map(|r| r[n].chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for (n, row) in table.iter().enumerate() {
        let line: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        let line = line.join("  ");
        text.push_str(&if n == 0 {
            palette.paint(Style::Dim, line.trim_end())
        } else {
            line.trim_end().to_owned()
        });
        text.push('\n');
    }
    text
}

fn markdown(status: &Status) -> String {
    let mut text = format!(
        "| item | project | {} |\n|---|---|{}\n",
        status.targets.join(" | "),
        "---|".repeat(status.targets.len())
    );
    for row in &status.items {
        let cells: Vec<String> = status
            .targets
            .iter()
            .map(|t| escape(&shown(row.live.get(t))))
            .collect();
        text.push_str(&format!(
            "| {} {} | {} | {} |\n",
            row.kind,
            escape(&row.name),
            escape(&row.project.to_string()),
            cells.join(" | ")
        ));
    }
    text
}
