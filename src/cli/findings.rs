//! Findings that keep a command from beginning: shown on stderr, all of them.

use std::path::Path;

use crate::diagnostic::Finding;
use crate::report::style::Style;

use super::streams::Streams;

/// Shows each with its place and what to do. `source` gives the text of a file.
pub(crate) fn explain(
    streams: &Streams,
    findings: &[Finding],
    source: &dyn Fn(&Path) -> Option<String>,
) {
    let palette = streams.error_palette();
    let mut text = String::new();
    for finding in findings {
        let place = finding
            .place
            .start
            .map_or(String::new(), |p| format!(":{}:{}", p.line, p.column));
        text.push_str(&format!(
            "{}: {}\n  {} {}{place}  {}\n",
            palette.paint(Style::Error, "error"),
            finding.message,
            palette.paint(Style::Dim, "-->"),
            finding.place.file.display(),
            palette.paint(Style::Dim, &finding.rule),
        ));
        let line = finding.place.start.and_then(|p| {
            source(&finding.place.file)
                .and_then(|text| text.lines().nth(p.line as usize - 1).map(str::to_owned))
                .map(|line| (p, line))
        });
        if let Some((position, line)) = line.filter(|(_, line)| !finding.hides(line)) {
            let number = position.line.to_string();
            let gutter = " ".repeat(number.len());
            let caret = " ".repeat(position.column as usize - 1);
            text.push_str(&format!(
                "   {} | {line}\n   {gutter} | {caret}{}\n",
                palette.paint(Style::Dim, &number),
                palette.paint(Style::Error, "^")
            ));
        }
        if let Some(help) = &finding.help {
            text.push_str(&format!(
                "  {} {help}\n",
                palette.paint(Style::Hint, "help:")
            ));
        }
        text.push('\n');
    }
    streams.must_say(&text);
}
