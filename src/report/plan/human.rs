//! The plan on a terminal.

use std::fmt::Write;

use crate::plan::document::site_name;
use crate::plan::{Action, Plan, Planned};
use crate::report::bytes::bytes;
use crate::report::column_width;
use crate::report::style::{Palette, Style};

/// The whole plan; unchanged items are only counted unless `all` is set.
pub fn human(plan: &Plan, palette: Palette, all: bool) -> String {
    let mut text = heading(plan, palette);
    for path in &plan.projects {
        let _ = writeln!(
            text,
            "  {} {:<9}  project      {path}",
            palette.paint(Style::Good, "+"),
            "create"
        );
    }
    let shown: Vec<&Planned> = plan
        .items
        .iter()
        .filter(|i| all || i.action != Action::Unchanged)
        .collect();
    let width = column_width(shown.iter().map(|i| i.name.as_str()));
    for item in &shown {
        item_lines(&mut text, item, width, palette);
    }
    if !shown.is_empty() || !plan.projects.is_empty() {
        text.push('\n');
    }
    for note in &plan.notes {
        let _ = writeln!(text, "{} {note}", palette.paint(Style::Hint, "note:"));
    }
    let _ = writeln!(text, "{}", tally(plan));
    text
}

fn heading(plan: &Plan, palette: Palette) -> String {
    let target = &plan.target;
    let mut text = format!(
        "{} {}: {} of {}",
        palette.paint(Style::Heading, "Plan for"),
        palette.paint(Style::Name, &target.name),
        site_name(&target.site),
        target.server
    );
    if target.protected {
        text.push_str(", protected");
    }
    if let Some(source) = &plan.source {
        let _ = write!(
            text,
            "\nfrom {}: {} of {}",
            palette.paint(Style::Name, &source.target),
            site_name(&source.site),
            source.server
        );
    }
    if let Some(git) = &plan.git {
        let branch = git
            .branch
            .as_ref()
            .map_or(String::new(), |b| format!(" on {b}"));
        let dirty = if git.dirty {
            ", with changes that are not committed"
        } else {
            ""
        };
        let _ = write!(
            text,
            "\n{}",
            palette.paint(
                Style::Dim,
                &format!("commit {}{branch}{dirty}", short(&git.commit))
            )
        );
    }
    text.push_str("\n\n");
    text
}

/// `Plan: 2 to create, 1 to update, 5 unchanged; about 20 requests, 3.1 MB`.
pub fn tally(plan: &Plan) -> String {
    let mut parts = Vec::new();
    for (action, words) in [
        (Action::Create, "to create"),
        (Action::Update, "to update"),
        (Action::Move, "to move"),
        (Action::Retire, "to retire"),
        (Action::Unchanged, "unchanged"),
        (Action::Blocked, "blocked"),
    ] {
        let count = plan.count(action);
        if count > 0 {
            parts.push(format!("{count} {words}"));
        }
    }
    if parts.is_empty() {
        parts.push("nothing to do".to_owned());
    }
    let mut text = format!("Plan: {}", parts.join(", "));
    if plan.changes().next().is_some() {
        let _ = write!(
            text,
            "; about {} requests, {}",
            plan.estimate.requests,
            bytes(plan.estimate.bytes)
        );
    }
    text
}

fn item_lines(text: &mut String, item: &Planned, width: usize, palette: Palette) {
    let (sign, style) = match item.action {
        Action::Create => ("+", Style::Good),
        Action::Update => ("~", Style::Warning),
        Action::Move => (">", Style::Warning),
        Action::Unchanged => ("=", Style::Dim),
        Action::Retire => ("-", Style::Error),
        Action::Blocked => ("!", Style::Error),
    };
    let size = if item.publish && item.bytes > 0 {
        bytes(item.bytes)
    } else {
        String::new()
    };
    let name = format!("{:<width$}", item.name);
    let _ = writeln!(
        text,
        "  {} {:<9}  {:<11}  {}  {}  {}",
        palette.paint(style, sign),
        item.action.name(),
        item.kind.to_string(),
        palette.paint(Style::Name, &name),
        item.project,
        palette.paint(Style::Dim, &size)
    );
    let mut line = |style: Style, label: &str, line: &str| {
        let _ = writeln!(text, "      {} {line}", palette.paint(style, label));
    };
    for why in &item.why {
        line(Style::Dim, "because", why);
    }
    for block in &item.blocked {
        line(Style::Error, "blocked:", &block.message);
        let allow = block
            .allow
            .map_or(String::new(), |a| format!("; or `--allow {a}`"));
        line(Style::Hint, "   help:", &format!("{}{allow}", block.help));
    }
    for allowance in &item.allowed {
        line(Style::Warning, "allowed:", &allowance.to_string());
    }
    for rewrite in &item.rewrites {
        let places = if rewrite.count == 1 {
            String::new()
        } else {
            format!(" ({} places)", rewrite.count)
        };
        line(
            Style::Dim,
            "rewrites",
            &format!(
                "{}: {} -> {}{places}",
                rewrite.what,
                shown(&rewrite.old),
                shown(&rewrite.new)
            ),
        );
    }
    if !item.preserved.is_empty() {
        let kept: Vec<String> = item
            .preserved
            .iter()
            .map(|p| format!("{} ({})", p.what, p.how))
            .collect();
        line(Style::Dim, "keeps", &kept.join(", "));
    }
    if !item.views.newly_visible.is_empty() {
        line(
            Style::Warning,
            "newly visible:",
            &item.views.newly_visible.join(", "),
        );
    }
    if !item.views.removed.is_empty() && item.action != Action::Create {
        line(
            Style::Warning,
            "views that go:",
            &item.views.removed.join(", "),
        );
    }
    for broken in &item.broken_custom_views {
        let owner = broken
            .owner
            .as_ref()
            .map_or(String::new(), |o| format!(" of {o}"));
        line(
            Style::Warning,
            "breaks",
            &format!(
                "the custom view \"{}\"{owner} on {}",
                broken.name, broken.view
            ),
        );
    }
    for broken in &item.broken_subscriptions {
        line(
            Style::Warning,
            "breaks",
            &format!("the subscription \"{}\"", broken.subject),
        );
    }
    for note in &item.notes {
        line(Style::Hint, "note:", note);
    }
}

/// An empty value is shown as such.
fn shown(value: &str) -> String {
    if value.is_empty() {
        "(none)".to_owned()
    } else {
        value.to_owned()
    }
}

fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}
