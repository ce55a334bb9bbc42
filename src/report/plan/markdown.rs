//! The plan in a pull request.

use std::fmt::Write;

use crate::plan::document::site_name;
use crate::plan::{Action, Plan, Planned};
use crate::report::plan::tally;

/// A table of what changes, with the details of each item collapsed.
pub fn markdown(plan: &Plan) -> String {
    let mut text = format!(
        "### Plan for `{}`: {} of {}\n\n{}\n\n",
        plan.target.name,
        escape(&site_name(&plan.target.site)),
        plan.target.server,
        tally(plan)
    );
    let shown: Vec<&Planned> = plan
        .items
        .iter()
        .filter(|i| i.action != Action::Unchanged)
        .collect();
    if shown.is_empty() {
        return text;
    }
    text.push_str("| action | kind | name | project |\n|---|---|---|---|\n");
    for item in &shown {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} |",
            item.action.name(),
            item.kind,
            escape(&item.name),
            escape(&item.project.to_string())
        );
    }
    text.push('\n');
    for item in &shown {
        details(&mut text, item);
    }
    for note in &plan.notes {
        let _ = writeln!(text, "> {}\n", escape(note));
    }
    text
}

fn details(text: &mut String, item: &Planned) {
    let _ = writeln!(
        text,
        "<details><summary>{} {}</summary>\n",
        item.action.name(),
        escape(&item.title())
    );
    let mut line = |line: String| {
        let _ = writeln!(text, "- {line}");
    };
    item.why.iter().for_each(|w| line(escape(w)));
    for block in &item.blocked {
        let allow = block
            .allow
            .map_or(String::new(), |a| format!(" (or `--allow {a}`)"));
        line(format!(
            "**blocked:** {}. {}{allow}",
            escape(&block.message),
            escape(&block.help)
        ));
    }
    for allowance in &item.allowed {
        line(format!(
            "**allowed** by {}: {}",
            allowance.by,
            escape(&allowance.message)
        ));
    }
    for rewrite in &item.rewrites {
        line(format!(
            "rewrites {}: `{}` to `{}` ({}x)",
            escape(&rewrite.what),
            tick(&rewrite.old),
            tick(&rewrite.new),
            rewrite.count
        ));
    }
    for kept in &item.preserved {
        line(format!(
            "keeps {} ({})",
            escape(&kept.what),
            escape(&kept.how)
        ));
    }
    for sheet in &item.views.newly_visible {
        line(format!("**newly visible:** {}", escape(sheet)));
    }
    for broken in &item.broken_custom_views {
        line(format!("breaks the custom view {}", escape(&broken.name)));
    }
    item.notes.iter().for_each(|n| line(escape(n)));
    text.push_str("\n</details>\n\n");
}

/// What would be markup is shown as it is.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '@' => {
                escaped.push('\\');
                escaped.push(c);
            }
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '\n' | '\r' => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

/// For between backticks, which cannot be escaped there.
fn tick(text: &str) -> String {
    text.replace('`', "'")
        .replace(['\n', '\r'], " ")
        .replace('|', "\\|")
}
