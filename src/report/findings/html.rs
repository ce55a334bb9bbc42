//! Findings as one page that stands alone: no network, light and dark, filters that are not needed to read it.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::excerpt::excerpt;
use super::{Checked, Sources, about, slashed};
use crate::diagnostic::{Finding, Level};
use crate::report::page::{Page, escape};
use crate::words;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

pub fn html(checked: &Checked, sources: Sources<'_>) -> String {
    let mut main = String::new();
    if !checked.findings.is_empty() {
        filters(&mut main, checked);
    }
    for findings in checked
        .findings
        .chunk_by(|a, b| a.place.file == b.place.file)
    {
        file(&mut main, findings, sources);
    }
    not_checked(&mut main, checked);
    rules(&mut main, checked);
    let page = Page {
        tool: "tabship check",
        headline: &words::capital(&checked.tally()),
        about: "",
        style: STYLE,
        main: &main,
        script: if checked.findings.is_empty() {
            ""
        } else {
            SCRIPT
        },
    };
    page.html()
}

/// Each rule with how often it reports.
fn by_rule(checked: &Checked) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for finding in &checked.findings {
        *counts.entry(&*finding.rule).or_default() += 1;
    }
    counts
}

/// Hidden where no script runs: it could do nothing there.
fn filters(body: &mut String, checked: &Checked) {
    body.push_str("<form class=\"filters\" aria-label=\"Filter the findings\" hidden>");
    for level in [Level::Error, Level::Warning, Level::Info] {
        let count = checked.count(level);
        if count > 0 {
            let _ = write!(
                body,
                "<label class=\"{level}\"><input type=\"checkbox\" name=\"level\" value=\"{level}\" checked> {level} <b>{count}</b></label>"
            );
        }
    }
    body.push_str("<label>Rule <select name=\"rule\"><option value=\"\">all</option>");
    for (rule, count) in by_rule(checked) {
        let rule = escape(rule);
        let _ = write!(body, "<option value=\"{rule}\">{rule} ({count})</option>");
    }
    body.push_str("</select></label><label>Search <input type=\"search\" name=\"text\" placeholder=\"file, sheet, field\"></label>");
    body.push_str("<button type=\"button\" name=\"fold\" aria-pressed=\"false\">Fold all files</button><output aria-live=\"polite\"></output></form>\n");
}

fn file(body: &mut String, findings: &[Finding], sources: Sources<'_>) {
    let Some(first) = findings.first() else {
        return;
    };
    let count = findings.len();
    let _ = writeln!(
        body,
        "<details class=\"file\" open><summary><h2>{}</h2> <span class=\"count\">{count}</span></summary>",
        escape(&slashed(&first.place.file))
    );
    for finding in findings {
        card(body, finding, sources);
    }
    body.push_str("</details>\n");
}

fn card(body: &mut String, finding: &Finding, sources: Sources<'_>) {
    let (place, level, rule) = (&finding.place, finding.level, escape(&finding.rule));
    let _ = write!(
        body,
        "<article class=\"{level}\" data-level=\"{level}\" data-rule=\"{rule}\"><h3><span class=\"level\">{level}</span> {}</h3>",
        inline(&finding.message)
    );
    let member = place.member.as_ref().map(|m| escape(m));
    let position = place
        .start
        .map(|p| format!("line {}, column {}", p.line, p.column));
    let about = Some(escape(&about(finding))).filter(|a| !a.is_empty());
    let fixable = finding.fix.as_ref().map(|_| "fixable".to_owned());
    let parts: Vec<String> = [member, position, about, fixable]
        .into_iter()
        .flatten()
        .collect();
    let _ = write!(
        body,
        "<p class=\"place\"><a href=\"#rule-{rule}\"><code>{rule}</code></a> <span>{}</span></p>",
        parts.join("</span> <span>")
    );
    source_line(body, finding, sources);
    if let Some(help) = &finding.help {
        let _ = write!(body, "<p class=\"help\">{}</p>", inline(help));
    }
    if let Some(fix) = &finding.fix {
        let _ = write!(
            body,
            "<p class=\"fix\"><code>tabship check --fix</code> can {}</p>",
            inline(&fix.description)
        );
    }
    body.push_str("</article>\n");
}

fn source_line(body: &mut String, finding: &Finding, sources: Sources<'_>) {
    let place = &finding.place;
    let found = place
        .span
        .and_then(|span| excerpt(sources(&place.file, place.member.as_deref())?, span))
        .filter(|e| !finding.hides(&e.text));
    let Some(found) = found else { return };
    let characters: Vec<char> = found.text.chars().collect();
    let end = (found.from + found.length).min(characters.len());
    let part = |range: std::ops::Range<usize>| {
        let part = characters.get(range).unwrap_or_default();
        escape(&part.iter().collect::<String>())
    };
    let _ = write!(
        body,
        "<pre>{}<mark>{}</mark>{}</pre>",
        part(0..found.from),
        part(found.from..end),
        part(end..characters.len())
    );
}

fn not_checked(body: &mut String, checked: &Checked) {
    if checked.not_checked.is_empty() {
        return;
    }
    body.push_str("<details class=\"more\"><summary>What was not checked, and why</summary><ul>");
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

/// The page of each rule that reports something, so that the reader need not look for it elsewhere.
fn rules(body: &mut String, checked: &Checked) {
    let counts = by_rule(checked);
    let used = checked
        .rules
        .iter()
        .filter(|r| counts.contains_key(r.id.as_str()));
    let mut used = used.peekable();
    if used.peek().is_none() {
        return;
    }
    body.push_str("<h2 class=\"more\">The rules behind it</h2>\n");
    for rule in used {
        let (id, doc) = (escape(&rule.id), escape(rule.doc.trim()));
        // The anchor is inside, so that a browser that goes there opens it.
        let _ = writeln!(
            body,
            "<details class=\"rule\"><summary><code>{id}</code> {}</summary><div id=\"rule-{id}\" class=\"doc\">{doc}</div></details>",
            inline(&rule.summary)
        );
    }
}

/// What stands in backticks as code.
fn inline(text: &str) -> String {
    let mut parts = text.split('`');
    let mut html = escape(parts.next().unwrap_or_default());
    while let Some(code) = parts.next() {
        match parts.next() {
            Some(after) => {
                html.push_str(&format!("<code>{}</code>{}", escape(code), escape(after)))
            }
            None => html.push_str(&format!("`{}", escape(code))),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::inline;

    #[test]
    fn backticks_are_code_and_names_are_text() {
        assert_eq!(
            inline("the `<b>` of `x`"),
            "the <code>&lt;b&gt;</code> of <code>x</code>"
        );
        assert_eq!(inline("a ` alone <i>"), "a ` alone &lt;i&gt;");
    }
}
