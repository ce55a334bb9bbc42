//! Changes as one page that stands alone: before on the left, after on the right, light and dark.

use std::fmt::Write;

use super::{seen_on, sign};
use crate::diff::{Change, Changes, Detail, Hunk, Tag};
use crate::report::html_text::escape;

const STYLE: &str = include_str!("page.css");

/// One page without scripts and without the network.
pub fn html(files: &[(String, Changes)]) -> String {
    let mut body = String::from("<main>\n<h1>tabship diff</h1>\n");
    for (file, changes) in files {
        section(&mut body, file, changes);
    }
    if files.is_empty() {
        body.push_str("<p>Nothing changed.</p>\n");
    }
    body.push_str("</main>\n");
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>tabship diff</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )
}

fn section(body: &mut String, file: &str, changes: &Changes) {
    let _ = writeln!(
        body,
        "<section>\n<h2>{}</h2>\n<p class=\"summary\">{}</p>",
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
    for change in &changes.changes {
        article(body, change);
    }
    body.push_str("</section>\n");
}

fn article(body: &mut String, change: &Change) {
    let class = if change.risk.is_some() {
        " class=\"risk\""
    } else {
        ""
    };
    let _ = writeln!(
        body,
        "<article{class}>\n<h3>{} {}</h3>",
        sign(change.action),
        escape(&heading(change))
    );
    if let (Some(before), Some(after)) = (&change.before, &change.after) {
        sides(
            body,
            &format!("<del>{}</del>", escape(before)),
            &format!("<ins>{}</ins>", escape(after)),
        );
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
    if let Some(sheets) = seen_on(change) {
        let _ = writeln!(body, "<p class=\"seen\">seen on {}</p>", escape(&sheets));
    }
    let line = |p: Option<crate::diagnostic::Position>| p.map(|p| p.line.to_string());
    if let (Some(before), Some(after)) = (line(change.before_position), line(change.after_position))
    {
        let _ = writeln!(body, "<p class=\"place\">line {before}, now {after}</p>");
    }
    body.push_str("</article>\n");
}

/// What stands side by side below is not in the heading too.
fn heading(change: &Change) -> String {
    if change.before.is_some() && change.after.is_some() {
        let aspect = change
            .aspect
            .as_ref()
            .map_or(String::new(), |a| format!(": {a}"));
        format!(
            "{}{aspect} {}",
            change.subject_words(),
            change.action.word()
        )
    } else {
        change.sentence()
    }
}

fn sides(body: &mut String, before: &str, after: &str) {
    let _ = writeln!(
        body,
        "<div class=\"sides\"><div>{before}</div><div>{after}</div></div>"
    );
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
