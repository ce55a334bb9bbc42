//! The plan in a pull request.

use std::fmt::Write;

use crate::plan::document::site_name;
use crate::plan::{Action, Plan, Planned};
use crate::report::markdown::{escape, escape_html, prose, tick};
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
        let _ = writeln!(text, "> {}\n", prose(note));
    }
    text
}

fn details(text: &mut String, item: &Planned) {
    let _ = writeln!(
        text,
        "<details><summary>{} {}</summary>\n",
        item.action.name(),
        escape_html(&item.title())
    );
    for line in lines(item) {
        let _ = writeln!(text, "- {line}");
    }
    text.push_str("\n</details>\n\n");
}

/// Why, what stands in the way, what is rewritten, kept and broken: one line each, escaped.
pub(crate) fn lines(item: &Planned) -> Vec<String> {
    let mut lines: Vec<String> = item.why.iter().map(|w| prose(w)).collect();
    lines.extend(item.blocked.iter().map(|block| {
        let allow = block
            .allow
            .map_or(String::new(), |a| format!(" (or `--allow {a}`)"));
        let (message, help) = (prose(&block.message), prose(&block.help));
        format!("**blocked:** {message}; {help}{allow}")
    }));
    lines.extend(item.allowed.iter().map(|allowance| {
        let (by, message) = (&allowance.by, prose(&allowance.message));
        format!("**allowed** by {by}: {message}")
    }));
    lines.extend(item.rewrites.iter().map(|rewrite| {
        format!(
            "rewrites {}: `{}` to `{}` ({}x)",
            escape(&rewrite.what),
            tick(&rewrite.old),
            tick(&rewrite.new),
            rewrite.count
        )
    }));
    let kept = item.preserved.iter();
    lines.extend(kept.map(|k| format!("keeps {} ({})", escape(&k.what), escape(&k.how))));
    let visible = item.views.newly_visible.iter();
    lines.extend(visible.map(|sheet| format!("**newly visible:** {}", escape(sheet))));
    let broken = item.broken_custom_views.iter();
    lines.extend(broken.map(|b| format!("breaks the custom view {}", escape(&b.name))));
    lines.extend(item.notes.iter().map(|n| prose(n)));
    lines
}
