use jiff::Timestamp;

use super::{Cell, Row, Status, age, owned, short};
use crate::report::page::{Page, escape};
use crate::words;

const STYLE: &str = include_str!("page.css");

/// One page that stands alone: no script, nothing from elsewhere.
pub fn html(status: &Status, now: Timestamp) -> String {
    let heads = joined(&status.targets, |t| {
        format!("<th scope=\"col\">{}</th>", escape(t))
    });
    let rows = joined(&status.items, |row| line(row, &status.targets, now));
    let table = if status.items.is_empty() {
        "<p>Nothing is deployed yet.</p>\n".to_owned()
    } else {
        format!(
            "<div class=\"scroll\" role=\"region\" aria-label=\"Items by target\" tabindex=\"0\">\n<table>\n<thead><tr><th scope=\"col\">Item</th><th scope=\"col\">Project</th>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</div>\n"
        )
    };
    let drift = match status.drifted() {
        0 => "no drift".to_owned(),
        n => format!("{n} drifted"),
    };
    let (items, targets) = (status.items.len(), status.targets.len());
    let tally = format!(
        "{} on {}, {drift}",
        words::count(items, "item"),
        words::count(targets, "target")
    );
    let page = Page {
        tool: "tabship status",
        headline: &tally,
        about: &format!("As of {}", now.strftime("%Y-%m-%d %H:%M UTC")),
        style: STYLE,
        main: &table,
        script: "",
    };
    page.html()
}

fn joined<T>(items: &[T], shown: impl Fn(&T) -> String) -> String {
    items.iter().map(shown).collect::<Vec<_>>().concat()
}

fn line(row: &Row, targets: &[String], now: Timestamp) -> String {
    let cells = joined(targets, |target| cell(row.live.get(target), now));
    format!(
        "<tr><th scope=\"row\">{}<small>{}</small></th><td>{}</td>{cells}</tr>\n",
        escape(&row.name),
        row.kind,
        escape(&row.project.to_string())
    )
}

fn cell(cell: Option<&Cell>, now: Timestamp) -> String {
    let Some(cell) = cell else {
        return "<td class=\"none\">not there</td>".to_owned();
    };
    if cell.commit.is_none() {
        return format!(
            "<td><strong class=\"drift\">not tabship's</strong>{}</td>",
            escape(&owned(cell))
        );
    }
    let when = cell.deployed_at.map_or(String::new(), |at| {
        format!("<time datetime=\"{at}\">{}</time>", age(at, now))
    });
    let drift = if cell.drifted {
        let owner = cell.owner.as_ref();
        let owner = owner.map_or(String::new(), |o| format!(", owner {}", escape(o)));
        format!("<strong class=\"drift\">drifted{owner}</strong>")
    } else {
        String::new()
    };
    let author = cell.author.as_ref();
    let author = author.map_or(String::new(), |a| {
        format!("<span class=\"by\">by {}</span>", escape(a))
    });
    format!(
        "<td><code>{}</code>{author}{when}{drift}</td>",
        escape(short(cell))
    )
}
