//! Changes as one page that stands alone: before on the left, after on the right, light and dark.

use std::fmt::Write;

use super::{seen_on, sign};
use crate::diff::{Alike, Change, Changes, Detail, Hunk, Tag, alike};
use crate::report::page::{Page, escape};
use crate::words;

const STYLE: &str = include_str!("page.css");

/// One page without scripts and without the network.
pub fn html(files: &[(String, Changes)]) -> String {
    let mut main = String::new();
    if files.len() > 1 {
        contents(&mut main, files);
    }
    for (n, (file, changes)) in files.iter().enumerate() {
        section(&mut main, n, file, changes);
    }
    let page = Page {
        tool: "tabship diff",
        headline: &headline(files),
        about: "",
        style: STYLE,
        main: &main,
        script: "",
    };
    page.html()
}

/// `Changes in 3 files, 1 risk`.
fn headline(files: &[(String, Changes)]) -> String {
    let changed = files.iter().filter(|(_, changes)| !changes.is_empty());
    let risks: usize = files.iter().map(|(_, changes)| changes.risks.len()).sum();
    match changed.count() {
        0 => "Nothing changed".to_owned(),
        changed if risks == 0 => format!("Changes in {}, no risk", words::count(changed, "file")),
        changed => format!(
            "Changes in {}, {}",
            words::count(changed, "file"),
            words::count(risks, "risk")
        ),
    }
}

/// The files, those with risks first.
fn contents(body: &mut String, files: &[(String, Changes)]) {
    let mut order: Vec<(usize, &(String, Changes))> = files.iter().enumerate().collect();
    order.sort_by_key(|(_, (_, changes))| std::cmp::Reverse(changes.risks.len()));
    body.push_str("<nav aria-label=\"Files\"><ul>\n");
    for (n, (file, changes)) in order {
        let _ = writeln!(
            body,
            "<li><a href=\"#file-{n}\">{}</a> {}</li>",
            escape(file),
            escape(&changes.summary)
        );
    }
    body.push_str("</ul></nav>\n");
}

fn section(body: &mut String, n: usize, file: &str, changes: &Changes) {
    let _ = writeln!(
        body,
        "<section id=\"file-{n}\">\n<h2>{}</h2>\n<p class=\"summary\">{}</p>",
        escape(file),
        escape(&changes.summary)
    );
    if !changes.risks.is_empty() {
        body.push_str("<ul class=\"risks\">\n");
        for risk in &changes.risks {
            let _ = writeln!(body, "<li>{}</li>", escape(&risk.message));
        }
        body.push_str("</ul>\n");
    }
    for group in alike(&changes.changes) {
        article(body, &group);
    }
    body.push_str("</section>\n");
}

fn article(body: &mut String, group: &Alike<'_>) {
    let Some(change) = group.first() else { return };
    let class = if change.risk.is_some() {
        " class=\"risk\""
    } else {
        ""
    };
    let _ = writeln!(
        body,
        "<article{class}>\n<h3><span class=\"{}\">{}</span>{}</h3>",
        change.action.word(),
        sign(change.action),
        escape(&heading(group, change))
    );
    if let (Some(before), Some(after)) = (&change.before, &change.after) {
        sides(body, &value("del", before), &value("ins", after));
    }
    for detail in &change.details {
        match detail {
            Detail::Note { text } => {
                let _ = writeln!(body, "<p class=\"note\">{}</p>", escape(text));
            }
            Detail::Words { hunks } => {
                sides(
                    body,
                    &side(hunks, Tag::Removed, ""),
                    &side(hunks, Tag::Added, ""),
                );
            }
            Detail::Lines { hunks } => {
                sides(
                    body,
                    &side(hunks, Tag::Removed, "\n"),
                    &side(hunks, Tag::Added, "\n"),
                );
            }
        }
    }
    if let Some(sheets) = seen_on(group) {
        let _ = writeln!(body, "<p class=\"seen\">seen on {}</p>", escape(&sheets));
    }
    if let (Some(before), Some(after)) = (change.before_position, change.after_position) {
        let _ = match (before.line, after.line) {
            (before, after) if before == after => {
                writeln!(body, "<p class=\"place\">line {after}</p>")
            }
            (before, after) => writeln!(body, "<p class=\"place\">line {before}, now {after}</p>"),
        };
    }
    body.push_str("</article>\n");
}

/// What stands side by side below is not in the heading too.
fn heading(group: &Alike<'_>, change: &Change) -> String {
    if change.before.is_some() && change.after.is_some() {
        let aspect = change
            .aspect
            .as_ref()
            .map_or(String::new(), |a| format!(": {a}"));
        format!(
            "{}{aspect} {}",
            group.several().unwrap_or_else(|| change.subject_words()),
            change.action.word()
        )
    } else {
        group.sentence()
    }
}

/// A value as it was or is; that there is none is said in words.
fn value(element: &str, text: &str) -> String {
    if text.is_empty() {
        return "<span class=\"gap\">(none)</span>".to_owned();
    }
    format!("<{element}>{}</{element}>", escape(text))
}

/// What came or went as a whole has one side.
fn sides(body: &mut String, before: &str, after: &str) {
    body.push_str("<div class=\"sides\">");
    for side in [before, after].iter().filter(|side| !side.is_empty()) {
        let _ = write!(body, "<div>{side}</div>");
    }
    body.push_str("</div>\n");
}

/// What is the same, and what only this side has.
fn side(hunks: &[Hunk], own: Tag, end: &str) -> String {
    let mut text = String::new();
    for hunk in hunks {
        let shown = escape(&hunk.text);
        match hunk.tag {
            Tag::Same => text.push_str(&shown),
            Tag::Gap => text.push_str("<span class=\"gap\">...</span>"),
            tag if tag == own => {
                let name = if own == Tag::Removed { "del" } else { "ins" };
                let _ = write!(text, "<{name}>{shown}</{name}>");
            }
            _ => continue,
        }
        text.push_str(end);
    }
    text
}
