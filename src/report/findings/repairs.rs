//! What `--fix` would do, as a diff for people: the lines may have a megabyte, so they are cut around each edit, and a
//! secret is not shown.

use std::fmt::Write;

use super::excerpt::{Excerpt, excerpt};
use super::slashed;
use crate::diagnostic::{Edit, Finding};
use crate::report::style::{Palette, Style};
use crate::words::count;

/// The repairs of one file, and the text that they are for.
#[derive(Debug)]
pub struct Repaired<'t> {
    pub text: &'t str,
    pub done: Vec<&'t Finding>,
}

/// Most characters of a new text that are shown.
const LONGEST: usize = 200;

pub fn repairs(files: &[Repaired<'_>], palette: Palette) -> String {
    let mut text = String::new();
    for file in files {
        for (n, finding) in file.done.iter().enumerate() {
            if n == 0 {
                let name = slashed(&finding.place.file);
                let member = finding.place.member.as_ref();
                let name = member.map_or(name.clone(), |m| format!("{name}!{m}"));
                let _ = writeln!(text, "{}", palette.paint(Style::Name, &name));
            }
            one(&mut text, file.text, finding, palette);
        }
    }
    let repairs: usize = files.iter().map(|f| f.done.len()).sum();
    let tally = match repairs {
        0 => "nothing to repair".to_owned(),
        n => format!(
            "{} in {}; `tabship check --fix` writes them",
            count(n, "repair"),
            count(files.len(), "file")
        ),
    };
    let _ = writeln!(text, "{tally}");
    text
}

fn one(text: &mut String, source: &str, finding: &Finding, palette: Palette) {
    let Some(fix) = &finding.fix else { return };
    let place = finding
        .place
        .start
        .map_or(String::new(), |p| format!("{}:{} ", p.line, p.column));
    let heading = format!("@@ {place}{} [{}] @@", fix.description, finding.rule);
    let _ = writeln!(text, "{}", palette.paint(Style::Hint, &heading));
    for edit in &fix.edits {
        let Some(old) = excerpt(source, edit.span) else {
            continue;
        };
        let hidden = finding.hides(&old.text) && edit.span.start < edit.span.end;
        let (before, after) = sides(&old, edit, hidden);
        let _ = writeln!(
            text,
            "{}",
            palette.paint(Style::Error, &format!("-{before}"))
        );
        let _ = writeln!(text, "{}", palette.paint(Style::Good, &format!("+{after}")));
    }
    text.push('\n');
}

fn sides(old: &Excerpt, edit: &Edit, hidden: bool) -> (String, String) {
    let empty = edit.span.start == edit.span.end;
    let length = if empty { 0 } else { old.length };
    let part =
        |skip: usize, take: usize| old.text.chars().skip(skip).take(take).collect::<String>();
    let (head, tail) = (part(0, old.from), part(old.from + length, usize::MAX));
    let cut = part(old.from, length);
    let cut = if hidden { "•".repeat(length) } else { cut };
    let new: String = edit.text.chars().take(LONGEST).collect();
    (format!("{head}{cut}{tail}"), format!("{head}{new}{tail}"))
}
