use jiff::Timestamp;

use super::{Status, shown};
use crate::report::markdown::escape;

/// A table for a summary or a wiki.
pub fn markdown(status: &Status, now: Timestamp) -> String {
    let targets: Vec<String> = status.targets.iter().map(|t| escape(t)).collect();
    let mut text = format!(
        "| item | project | {} |\n|---|---|{}\n",
        targets.join(" | "),
        "---|".repeat(status.targets.len())
    );
    for row in &status.items {
        let cells: Vec<String> = status
            .targets
            .iter()
            .map(|t| escape(&shown(row.live.get(t), now)))
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
