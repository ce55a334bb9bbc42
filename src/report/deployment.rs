//! How a finished deployment looks.

use std::fmt::Write;

use crate::plan::document::site_name;
use crate::publish::outcome::{Deployment, Done, State, Verdict};
use crate::report::bytes::bytes;
use crate::report::column_width;
use crate::report::markdown::escape;
use crate::report::style::{Palette, Style};

/// The versioned document of `docs/deployment.md`.
pub fn json(deployment: &Deployment) -> String {
    let mut text = serde_json::to_string_pretty(deployment).unwrap_or_default();
    text.push('\n');
    text
}

/// What was done, where it is, and what holds of each item that failed.
pub fn human(deployment: &Deployment, palette: Palette) -> String {
    let mut text = String::new();
    let shown: Vec<&Done> = deployment
        .items
        .iter()
        .filter(|i| i.state != State::Untouched)
        .collect();
    let width = column_width(shown.iter().map(|i| i.name.as_str()));
    for item in shown {
        lines(&mut text, item, width, palette);
    }
    for note in &deployment.notes {
        let _ = writeln!(text, "{} {note}", palette.paint(Style::Hint, "note:"));
    }
    let _ = writeln!(text, "{}", verdict(deployment, palette));
    text
}

fn lines(text: &mut String, item: &Done, width: usize, palette: Palette) {
    let (word, style) = word(item.state);
    let revision = item
        .revision
        .map_or(String::new(), |r| format!("revision {r}"));
    let size = if item.bytes > 0 {
        bytes(item.bytes)
    } else {
        String::new()
    };
    let name = format!("{:<width$}", item.name);
    let facts: Vec<String> = [item.project.to_string(), size, revision]
        .into_iter()
        .filter(|f| !f.is_empty())
        .collect();
    let _ = writeln!(
        text,
        "  {}  {:<11}  {}  {}",
        palette.paint(style, &format!("{word:<9}")),
        item.kind.to_string(),
        palette.paint(Style::Name, &name),
        facts.join(", ")
    );
    if let Some(url) = &item.webpage_url {
        let _ = writeln!(text, "             {}", palette.paint(Style::Dim, url));
    }
    let mut line = |style: Style, label: &str, line: &str| {
        let _ = writeln!(text, "             {} {line}", palette.paint(style, label));
    };
    if let Some(error) = &item.error {
        line(Style::Error, "because:", error);
    }
    if let Some(help) = &item.help {
        line(Style::Hint, "help:", help);
    }
    for allowance in &item.allowed {
        line(Style::Warning, "allowed:", &allowance.to_string());
    }
    for note in &item.notes {
        line(Style::Hint, "note:", note);
    }
}

fn word(state: State) -> (&'static str, Style) {
    match state {
        State::Untouched => ("unchanged", Style::Dim),
        State::Created => ("created", Style::Good),
        State::Updated => ("updated", Style::Good),
        State::Moved => ("moved", Style::Good),
        State::Retired => ("retired", Style::Good),
        State::Blocked => ("blocked", Style::Error),
        State::Skipped => ("skipped", Style::Warning),
        State::Failed => ("failed", Style::Error),
        State::Restored => ("restored", Style::Warning),
        State::Removed => ("removed", Style::Warning),
        State::Broken => ("BROKEN", Style::Error),
    }
}

/// `Deployed to dev (site "dev" of http://...): 3 created, 1 updated, 2 unchanged; 41 requests in 1.3 s`.
pub fn verdict(deployment: &Deployment, palette: Palette) -> String {
    let any = |states: &[State]| deployment.items.iter().any(|i| states.contains(&i.state));
    let (word, style) = match deployment.verdict {
        Verdict::Deployed => ("Deployed to", Style::Good),
        Verdict::Unchanged => ("Nothing to do for", Style::Good),
        Verdict::Restored if !any(&[State::Restored, State::Removed]) => {
            ("FAILED, no item was changed:", Style::Error)
        }
        Verdict::Restored => ("FAILED, all changes taken back:", Style::Error),
        Verdict::RolledBack => ("Taken back:", Style::Good),
        Verdict::Partial if !any(&[State::Created, State::Updated, State::Moved]) => {
            ("FAILED, nothing was deployed to", Style::Error)
        }
        Verdict::Partial => ("Deployed in part to", Style::Error),
        Verdict::Incomplete => (
            "FAILED, and not everything could be put back:",
            Style::Error,
        ),
        Verdict::Interrupted => ("Interrupted:", Style::Warning),
    };
    let target = &deployment.target;
    format!(
        "{} {} ({} of {}): {}; {} requests in {:.1} s",
        palette.paint(style, word),
        palette.paint(Style::Name, &target.name),
        site_name(&target.site),
        target.server,
        counts(deployment),
        deployment.requests,
        deployment.seconds
    )
}

fn counts(deployment: &Deployment) -> String {
    use State::{
        Blocked, Broken, Created, Failed, Moved, Removed, Restored, Retired, Skipped, Untouched,
        Updated,
    };
    let parts: Vec<String> = [
        Created, Updated, Moved, Retired, Untouched, Blocked, Skipped, Failed, Restored, Removed,
        Broken,
    ]
    .into_iter()
    .filter(|state| deployment.count(*state) > 0)
    .map(|state| {
        format!(
            "{} {}",
            deployment.count(state),
            word(state).0.to_lowercase()
        )
    })
    .collect();
    if parts.is_empty() {
        "no items".to_owned()
    } else {
        parts.join(", ")
    }
}

/// For a job summary.
pub fn markdown(deployment: &Deployment) -> String {
    let mut text = format!(
        "### {}\n\n",
        escape(&verdict(deployment, Palette::new(false)))
    );
    text.push_str("| state | kind | name | project | revision |\n|---|---|---|---|---|\n");
    for item in deployment
        .items
        .iter()
        .filter(|i| i.state != State::Untouched)
    {
        let name = item.webpage_url.as_ref().map_or(escape(&item.name), |url| {
            format!("[{}]({url})", escape(&item.name))
        });
        let revision = item.revision.map_or(String::new(), |r| r.to_string());
        let _ = writeln!(
            text,
            "| {} | {} | {name} | {} | {revision} |",
            word(item.state).0,
            item.kind,
            escape(&item.project.to_string())
        );
    }
    for item in &deployment.items {
        for allowance in &item.allowed {
            let (title, allowance) = (item.title(), allowance.to_string());
            let _ = writeln!(
                text,
                "\n{}, allowed: {}",
                escape(&title),
                escape(&allowance)
            );
        }
    }
    for item in deployment.items.iter().filter(|i| i.error.is_some()) {
        let _ = writeln!(
            text,
            "\n**{}**: {}",
            escape(&item.title()),
            escape(item.error.as_deref().unwrap_or_default())
        );
    }
    text
}
