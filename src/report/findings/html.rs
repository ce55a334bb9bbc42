//! Findings as one page that stands alone: no network, light and dark, filters that are not needed to read it.

use std::fmt::Write;

use super::excerpt::excerpt;
use super::{Checked, Sources, about, slashed};
use crate::diagnostic::{Finding, Level};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

pub fn html(checked: &Checked, sources: Sources<'_>) -> String {
    let mut body = String::new();
    let _ = write!(
        body,
        "<header><h1>tabship check</h1><p class=\"tally\">{}</p></header>\n<main>\n",
        escape(&checked.tally())
    );
    filters(&mut body, checked);
    let mut file = None;
    for finding in &checked.findings {
        let own = slashed(&finding.place.file);
        if file.as_ref() != Some(&own) {
            if file.is_some() {
                body.push_str("</section>\n");
            }
            let _ = writeln!(body, "<section><h2>{}</h2>", escape(&own));
            file = Some(own);
        }
        card(&mut body, finding, sources);
    }
    if file.is_some() {
        body.push_str("</section>\n");
    } else {
        body.push_str("<p class=\"clean\">Nothing to report.</p>\n");
    }
    not_checked(&mut body, checked);
    body.push_str("</main>\n");
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<title>tabship check: {}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n{body}<script>\n{SCRIPT}</script>\n</body>\n</html>\n",
        escape(&checked.tally())
    )
}

fn filters(body: &mut String, checked: &Checked) {
    body.push_str("<form class=\"filters\" hidden>");
    for level in [Level::Error, Level::Warning, Level::Info] {
        let count = checked.count(level);
        if count > 0 {
            let _ = write!(
                body,
                "<label class=\"{level}\"><input type=\"checkbox\" name=\"level\" value=\"{level}\" checked> {level} <b>{count}</b></label>"
            );
        }
    }
    body.push_str("<label>Search <input type=\"search\" name=\"text\" placeholder=\"rule, file, sheet, field\"></label></form>\n");
}

fn card(body: &mut String, finding: &Finding, sources: Sources<'_>) {
    let place = &finding.place;
    let member = place
        .member
        .as_ref()
        .map_or(String::new(), |m| format!("{m} "));
    let position = place.start.map_or(String::new(), |p| {
        format!("line {}, column {}", p.line, p.column)
    });
    let _ = write!(
        body,
        "<article class=\"{}\" data-level=\"{}\"><h3><span class=\"level\">{}</span> {}</h3>",
        finding.level,
        finding.level,
        finding.level,
        escape(&finding.message)
    );
    let _ = write!(
        body,
        "<p class=\"place\"><code>{}</code> {}{}</p>",
        escape(&finding.rule),
        escape(&member),
        escape(&position)
    );
    let about = about(finding);
    if !about.is_empty() {
        let _ = write!(body, "<p class=\"about\">{}</p>", escape(&about));
    }
    if let Some(span) = place.span {
        if let Some(found) = sources(&place.file, place.member.as_deref())
            .and_then(|s| excerpt(&s, span))
            .filter(|e| !finding.hides(&e.text))
        {
            let characters: Vec<char> = found.text.chars().collect();
            let end = (found.from + found.length).min(characters.len());
            let part = |range: std::ops::Range<usize>| {
                escape(
                    &characters
                        .get(range)
                        .unwrap_or_default()
                        .iter()
                        .collect::<String>(),
                )
            };
            let _ = write!(
                body,
                "<pre>{}<mark>{}</mark>{}</pre>",
                part(0..found.from),
                part(found.from..end),
                part(end..characters.len())
            );
        }
    }
    if let Some(help) = &finding.help {
        let _ = write!(body, "<p class=\"help\">{}</p>", escape(help));
    }
    body.push_str("</article>\n");
}

fn not_checked(body: &mut String, checked: &Checked) {
    if checked.not_checked.is_empty() {
        return;
    }
    body.push_str("<details><summary>What was not checked, and why</summary><ul>");
    for note in &checked.not_checked {
        let _ = write!(
            body,
            "<li>{}: {}. {}</li>",
            escape(&slashed(&note.file)),
            escape(&note.what),
            escape(&note.why)
        );
    }
    body.push_str("</ul></details>\n");
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
