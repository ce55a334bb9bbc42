//! Findings on a terminal: by file, each with its place, a piece of the source and what to do.

use std::fmt::Write;

use super::excerpt::excerpt;
use super::{Checked, Sources, about, coverage, slashed};
use crate::diagnostic::{Finding, Level};
use crate::report::style::{Palette, Style};

/// All findings and a summary line.
pub fn human(checked: &Checked, sources: Sources<'_>, palette: Palette) -> String {
    let mut text = String::new();
    for finding in &checked.findings {
        one(&mut text, finding, sources, palette);
    }
    for note in coverage(checked) {
        let _ = writeln!(text, "{} {note}", palette.paint(Style::Dim, "not checked:"));
    }
    let style = match (checked.count(Level::Error), checked.count(Level::Warning)) {
        (0, 0) => Style::Good,
        (0, _) => Style::Warning,
        _ => Style::Error,
    };
    let _ = writeln!(text, "{}", palette.paint(style, &checked.tally()));
    text
}

fn one(text: &mut String, finding: &Finding, sources: Sources<'_>, palette: Palette) {
    let style = match finding.level {
        Level::Error => Style::Error,
        Level::Warning => Style::Warning,
        Level::Info => Style::Hint,
    };
    let _ = writeln!(
        text,
        "{}: {}",
        palette.paint(style, &format!("{}[{}]", finding.level, finding.rule)),
        finding.message
    );
    let place = &finding.place;
    let member = place
        .member
        .as_ref()
        .map_or(String::new(), |m| format!("!{m}"));
    let position = place
        .start
        .map_or(String::new(), |p| format!(":{}:{}", p.line, p.column));
    let about = about(finding);
    let about = if about.is_empty() {
        about
    } else {
        format!("  {}", palette.paint(Style::Dim, &format!("in {about}")))
    };
    let _ = writeln!(
        text,
        "  {} {}{member}{position}{about}",
        palette.paint(Style::Dim, "-->"),
        slashed(&place.file)
    );
    let source = || sources(&place.file, place.member.as_deref());
    if let (Some(span), Some(start)) = (place.span, place.start) {
        let found = source().and_then(|s| excerpt(s, span));
        if let Some(excerpt) = found.filter(|e| !finding.hides(&e.text)) {
            let number = start.line.to_string();
            let gutter = " ".repeat(number.len());
            let _ = writeln!(
                text,
                "   {} | {}",
                palette.paint(Style::Dim, &number),
                excerpt.text
            );
            let caret = "^".repeat(excerpt.length);
            let _ = writeln!(
                text,
                "   {gutter} | {}{}",
                " ".repeat(excerpt.from),
                palette.paint(style, &caret)
            );
        }
    }
    if let Some(help) = &finding.help {
        let _ = writeln!(text, "  {} {help}", palette.paint(Style::Hint, "help:"));
    }
    if let Some(fix) = &finding.fix {
        let _ = writeln!(
            text,
            "  {} {} (check --fix)",
            palette.paint(Style::Hint, "fixable:"),
            fix.description
        );
    }
    text.push('\n');
}
