use jiff::Timestamp;

use super::{Status, shown};
use crate::report::style::{Palette, Style};

/// A table for the terminal.
pub fn human(status: &Status, palette: Palette, now: Timestamp) -> String {
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
        cells.extend(status.targets.iter().map(|t| shown(row.live.get(t), now)));
        table.push(cells);
    }
    let width = |n: usize| {
        table
            .iter()
            .map(|r| r[n].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..table[0].len()).map(width).collect();
    let mut text = String::new();
    for (n, row) in table.iter().enumerate() {
        let cells = row.iter().zip(&widths);
        let line: Vec<String> = cells
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
