//! Which commit of which item is live where.

mod badge;
mod html;
mod human;
mod markdown;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::plan::{ItemKind, ProjectPath};

pub use badge::badge;
pub use html::html;
pub use human::human;
pub use markdown::markdown;

/// Items by targets.
#[derive(Debug, Clone, Serialize)]
pub struct Status {
    pub schema_version: u32,
    /// In the manifest's order.
    pub targets: Vec<String>,
    pub items: Vec<Row>,
}

/// One item on every target.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    pub kind: ItemKind,
    pub name: String,
    /// Below the root of each target.
    pub project: ProjectPath,
    /// By target; absent where the item is not.
    pub live: BTreeMap<String, Cell>,
}

/// One item on one target.
#[derive(Debug, Clone, Serialize)]
pub struct Cell {
    pub luid: String,
    /// `None` for an item without tabship's stamp.
    pub commit: Option<String>,
    /// Who wrote that commit, where the clone has it.
    pub author: Option<String>,
    /// Who owns the item on the site, where the site tells: whom to ask about a drift.
    pub owner: Option<String>,
    pub deployed_at: Option<Timestamp>,
    pub revision: Option<u64>,
    /// Somebody published over it, or took the stamp away.
    pub drifted: bool,
}

/// As JSON; the same status gives the same text.
pub fn json(status: &Status) -> String {
    serde_json::to_string_pretty(status)
        .map(|text| text + "\n")
        .unwrap_or_default()
}

impl Status {
    /// How many items of all targets have drifted.
    fn drifted(&self) -> usize {
        self.items
            .iter()
            .flat_map(|row| row.live.values())
            .filter(|cell| cell.drifted)
            .count()
    }
}

/// ` (owner ada)`.
fn owned(cell: &Cell) -> String {
    cell.owner
        .as_ref()
        .map_or(String::new(), |o| format!(" (owner {o})"))
}

/// `1a2b3c4 by Ada, 3 h ago (drifted, owner ben)`, for people.
fn shown(cell: Option<&Cell>, now: Timestamp) -> String {
    match cell {
        None => "-".to_owned(),
        Some(cell) if cell.commit.is_none() => format!("not tabship's{}", owned(cell)),
        Some(cell) => {
            let by = cell
                .author
                .as_ref()
                .map_or(String::new(), |a| format!(" by {a}"));
            let age = cell
                .deployed_at
                .map_or(String::new(), |at| format!(", {}", age(at, now)));
            let drifted = if cell.drifted {
                format!(
                    " (drifted{})",
                    cell.owner
                        .as_ref()
                        .map_or(String::new(), |o| format!(", owner {o}"))
                )
            } else {
                String::new()
            };
            format!("{}{by}{age}{drifted}", short(cell))
        }
    }
}

fn short(cell: &Cell) -> &str {
    let commit = cell.commit.as_deref().unwrap_or_default();
    commit.get(..7).unwrap_or(commit)
}

fn age(at: Timestamp, now: Timestamp) -> String {
    let seconds = (now.as_second() - at.as_second()).max(0);
    match seconds {
        0..60 => "just now".to_owned(),
        60..3600 => format!("{} min ago", seconds / 60),
        3600..86_400 => format!("{} h ago", seconds / 3600),
        86_400..172_800 => "yesterday".to_owned(),
        _ => format!("{} days ago", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::style::Palette;

    const NOW: i64 = 1_700_000_000;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn status() -> Status {
        let cell = |commit: Option<&str>, ago, drifted| Cell {
            luid: "l".to_owned(),
            commit: commit.map(str::to_owned),
            author: commit.map(|_| "Ada <b>".to_owned()),
            owner: Some("ben".to_owned()),
            deployed_at: commit.map(|_| at(NOW - ago)),
            revision: Some(3),
            drifted,
        };
        let row = |name: &str, live: Vec<(&str, Cell)>| Row {
            kind: ItemKind::Workbook,
            name: name.to_owned(),
            project: "Finance".parse().unwrap(),
            live: live.into_iter().map(|(t, c)| (t.to_owned(), c)).collect(),
        };
        Status {
            schema_version: 1,
            targets: vec!["dev".to_owned(), "prod".to_owned()],
            items: vec![
                row(
                    "Sales",
                    vec![
                        ("dev", cell(Some("1a2b3c4d5e"), 7200, false)),
                        ("prod", cell(Some("0f0f0f0f0f"), 90_000, true)),
                    ],
                ),
                row("<b>|x", vec![("dev", cell(None, 0, true))]),
            ],
        }
    }

    #[test]
    fn people_see_commit_age_and_drift() {
        let text = human(&status(), Palette::new(false), at(NOW));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[1],
            "workbook Sales  Finance  1a2b3c4 by Ada <b>, 2 h ago  0f0f0f0 by Ada <b>, yesterday (drifted, owner ben)"
        );
        assert_eq!(
            lines[2],
            "workbook <b>|x  Finance  not tabship's (owner ben)    -"
        );
    }

    #[test]
    fn names_are_no_markup() {
        let page = html(&status(), at(NOW));
        assert!(
            page.contains("&lt;b&gt;|x") && !page.contains("<b>"),
            "{page}"
        );
        assert!(page.contains("1a2b3c4") && page.contains("drifted, owner ben"));
        assert!(page.contains("by Ada &lt;b&gt;"));
        assert!(markdown(&status(), at(NOW)).contains("1a2b3c4 by Ada &lt;b&gt;, 2 h ago"));
        assert!(markdown(&status(), at(NOW)).contains("&lt;b&gt;\\|x"));
    }

    #[test]
    fn a_badge_says_the_worst() {
        let of = |status: &Status| {
            let svg = badge(status);
            let title = svg
                .split("<title>")
                .nth(1)
                .unwrap()
                .split("</title>")
                .next();
            title.unwrap().to_owned()
        };
        let mut status = status();
        assert_eq!(of(&status), "tabship: 2 drifted");
        for row in &mut status.items {
            row.live.values_mut().for_each(|cell| cell.drifted = false);
        }
        assert_eq!(of(&status), "tabship: 2 items, none drifted");
        status.items.clear();
        assert_eq!(of(&status), "tabship: nothing deployed");
    }
}
