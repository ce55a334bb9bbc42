//! The files that a pull request changes: each compared with the merge base, and held to the rules.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cli::checking::{Opened, Texts, checked};
use crate::cli::failure::Failure;
use crate::cli::workspace::Workspace;
use crate::content::{self, Content, Limits, Refused};
use crate::diagnostic::Finding;
use crate::diff::{self, Changes};
use crate::lint::Baseline;
use crate::report::review::{Deployment, Item, Review};
use crate::repository::{self, Head};

use super::from_top;

/// One file, before and after. `None` where it is not there.
struct Pair {
    /// Relative to the top of the repository.
    path: PathBuf,
    before: Option<Result<Content, Box<Refused>>>,
    after: Option<Result<Content, Box<Refused>>>,
}

/// `all` are findings that there are already: about the manifest.
pub(super) fn compare(
    folder: &Path,
    workspace: Option<&Workspace>,
    head: &Head,
    base: &str,
    all: Vec<Finding>,
) -> Result<(Review, Texts), Failure> {
    let root = std::fs::canonicalize(&head.root).unwrap_or_else(|_| head.root.clone());
    let prefix = folder.strip_prefix(&root).unwrap_or(Path::new(""));
    let mut items = Vec::new();
    let (mut old, mut new) = (Vec::new(), Vec::new());
    let mut texts = Texts::default();
    let mut refused = Vec::new();
    for pair in pairs(folder, &root, prefix, base)? {
        let (changes, not_compared) = changes(&pair);
        let shown = pair.path.strip_prefix(prefix).unwrap_or(&pair.path);
        items.push(Item {
            name: name(&pair.path),
            file: Some(pair.path.clone()),
            changes,
            not_compared,
            ..Item::default()
        });
        if let Some(Ok(content)) = pair.before {
            old.push(opened(shown, content));
        }
        match pair.after {
            Some(Ok(content)) => {
                if let Some(document) = content.document() {
                    let member = content.member().map(str::to_owned);
                    let text = document.source().text().to_owned();
                    texts.add(pair.path.clone(), member, text);
                }
                new.push(opened(shown, content));
            }
            Some(Err(error)) => refused.push(error.finding(shown)),
            None => {}
        }
    }
    let known = checked(workspace, &old, Vec::new()).findings;
    let before = old.into_iter().map(|o| (o.shown, o.content));
    let mut before: BTreeMap<PathBuf, Content> = before.collect();
    for file in &mut new {
        file.base = before.remove(&file.shown);
    }
    let mut checked = checked(workspace, &new, all);
    checked.findings.extend(refused);
    let elsewhere = share_out(checked.findings, &known, &mut items, prefix);
    let review = Review {
        base: String::new(),
        base_commit: base.to_owned(),
        commit: None,
        items,
        findings: elsewhere,
        not_checked: checked.not_checked,
        deployment: Deployment::NotAsked,
        job: None,
    };
    Ok((review, texts))
}

/// Content below the folder, but not in folders that begin with a dot: what a deployment takes.
fn pairs(folder: &Path, root: &Path, prefix: &Path, base: &str) -> Result<Vec<Pair>, Failure> {
    let wrong = |e: repository::RepositoryError| {
        Failure::usage(format!("what changed since {base} is not known"))
            .hint(e.help())
            .because(&e)
    };
    let hidden = |p: &Path| {
        let mut parts = p.components();
        parts.any(|c| c.as_os_str().to_string_lossy().starts_with('.'))
    };
    let mut paths = repository::changed_between(folder, base, None).map_err(wrong)?;
    paths.retain(|p| p.starts_with(prefix) && repository::is_content(p) && !hidden(p));
    paths.sort();
    let limits = Limits::default();
    let mut pairs = Vec::new();
    for path in paths {
        let before = repository::file_at(folder, base, &path).map_err(wrong)?;
        let there = root.join(&path);
        pairs.push(Pair {
            before: before.map(|bytes| content::from_bytes(&path, &bytes, &limits)),
            after: there.is_file().then(|| content::open(&there, &limits)),
            path,
        });
    }
    Ok(pairs)
}

/// What changed, or why that is not known.
fn changes(pair: &Pair) -> (Option<Changes>, Option<String>) {
    match (&pair.before, &pair.after) {
        (before, None) => {
            let before = before.as_ref().and_then(|b| b.as_ref().ok());
            (Some(diff::whole_file("removed", before)), None)
        }
        (_, Some(Err(error))) => (None, Some(format!("now {}", error.refusal))),
        (None, Some(Ok(after))) => (Some(diff::whole_file("added", Some(after))), None),
        (Some(Err(error)), Some(Ok(_))) => {
            let (why, help) = (error.refusal.to_string(), error.refusal.help());
            (None, Some(format!("before, {why}: {help}")))
        }
        (Some(Ok(before)), Some(Ok(after))) => (Some(diff::contents(before, after)), None),
    }
}

/// Gives each item the findings that are new, and counts those that are not. The rest is about something else.
fn share_out(
    findings: Vec<Finding>,
    known: &[Finding],
    items: &mut [Item],
    prefix: &Path,
) -> Vec<Finding> {
    let mut elsewhere = Vec::new();
    let mut by_file: BTreeMap<Arc<PathBuf>, Vec<Finding>> = BTreeMap::new();
    for finding in findings {
        by_file
            .entry(Arc::clone(&finding.place.file))
            .or_default()
            .push(finding);
    }
    for (file, found) in by_file {
        let path = from_top(prefix, &file);
        let Some(item) = items.iter_mut().find(|i| i.file.as_ref() == Some(&path)) else {
            elsewhere.extend(found);
            continue;
        };
        let before: Vec<Finding> = known
            .iter()
            .filter(|f| f.place.file == file)
            .cloned()
            .collect();
        (item.findings, item.known) = Baseline::of(&before).new_ones(found);
        let shared = Arc::new(path);
        for finding in &mut item.findings {
            finding.place.file.clone_from(&shared);
        }
    }
    elsewhere
}

fn opened(shown: &Path, content: Content) -> Opened {
    Opened {
        shown: shown.to_owned(),
        content,
        base: None,
    }
}

fn name(path: &Path) -> String {
    path.file_stem()
        .map(|s| s.to_string_lossy().into_owned())
        .unwrap_or_default()
}
