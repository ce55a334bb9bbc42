//! What the rewrites make of a file.

use std::collections::HashMap;
use std::path::Path;

use crate::content::fingerprint::fingerprint;
use crate::content::flow::Flow;
use crate::content::{Body, Content, Document, edit};
use crate::diagnostic::Edit;
use crate::plan::Key;
use crate::plan::desired::Rewrite;
use crate::rewrite::{self, Rule};

use super::{Assembly, Origin};
use crate::cli::failure::Failure;

/// What the target makes of a file.
pub(super) struct Prepared {
    pub(super) fingerprint: String,
    pub(super) hits: Vec<Rewrite>,
    /// Rules that matched nothing in it.
    pub(super) missed: Vec<usize>,
    pub(super) notes: Vec<String>,
}

/// A file that was read for its rewrites.
pub(super) struct Rewritten {
    pub(super) content: Content,
    /// The document's text, when a rewrite changed it.
    pub(super) text: Option<String>,
    /// What changed it.
    pub(super) edits: Vec<Edit>,
    pub(super) prepared: Prepared,
}

/// A file as the target would get it.
pub(crate) struct Sent<'a> {
    /// Relative to the manifest's folder.
    pub(crate) file: &'a Path,
    pub(crate) key: Key,
    /// With every rewrite done.
    pub(crate) body: Body,
    /// The rewrites, as edits of the file's document.
    pub(crate) edits: Vec<Edit>,
}

impl Assembly<'_> {
    /// A file that no rule speaks of is not read again.
    pub(super) fn prepare(&self, origin: &Origin, rules: &[Rule<'_>]) -> Result<Prepared, String> {
        if rules.is_empty() {
            return Ok(Prepared {
                fingerprint: digest(origin, &origin.profile.fingerprint),
                hits: Vec::new(),
                missed: Vec::new(),
                notes: Vec::new(),
            });
        }
        Ok(self.rewrite(origin, rules)?.prepared)
    }

    /// Each file as the target would get it, with the item that it is there.
    pub(crate) fn sent(&self) -> Result<Vec<Sent<'_>>, Failure> {
        self.each_sent().map(|(_, sent)| sent).collect()
    }

    /// [`sent`](Self::sent), where one that cannot be rewritten says nothing of the others.
    pub(crate) fn each_sent(&self) -> impl Iterator<Item = (&Path, Result<Sent<'_>, Failure>)> {
        let all = self.origins.iter();
        all.map(|origin| (origin.shown.as_path(), self.one_sent(origin)))
    }

    fn one_sent<'a>(&self, origin: &'a Origin) -> Result<Sent<'a>, Failure> {
        let wrong = |why: String| {
            Failure::usage(format!(
                "{} cannot be rewritten for {}",
                origin.shown.display(),
                self.target
            ))
            .hint(why)
        };
        let rules = self.rules(origin, &HashMap::new());
        let rewritten = self.rewrite(origin, &rules).map_err(wrong)?;
        let body = match rewritten.text {
            Some(text) => reread(&rewritten.content.body, text).map_err(wrong)?,
            None => rewritten.content.body,
        };
        Ok(Sent {
            file: &origin.shown,
            key: origin.key(),
            body,
            edits: rewritten.edits,
        })
    }

    pub(super) fn rewrite(&self, origin: &Origin, rules: &[Rule<'_>]) -> Result<Rewritten, String> {
        let content = origin.open()?;
        let rewritten = match &content.body {
            Body::Document(document) => rewrite::document(document, rules),
            Body::Flow(flow) => rewrite::flow(flow, rules),
        };
        if let Some(unmet) = rewritten.unmet.first() {
            return Err(format!("{}: {}", self.place(unmet.rule), unmet.why));
        }
        let text = match rewritten.edits.as_slice() {
            [] => None,
            edits => Some(edited(&content.body, edits)?),
        };
        let missed = rules
            .iter()
            .map(|r| r.number)
            .filter(|n| !rewritten.matched.contains(n))
            .collect();
        let notes = rewritten.kept.iter().map(|kept| {
            let place = self.place(kept.rule);
            format!(
                "{}, and keeps it: `custom_sql: true` in {place} changes it too",
                kept.what
            )
        });
        let notes = notes.collect();
        let hits = rewritten
            .hits
            .into_iter()
            .map(|h| Rewrite {
                what: h.what,
                old: h.old,
                new: h.new,
                count: h.count,
            })
            .collect();
        let prepared = Prepared {
            fingerprint: digest(origin, &fingerprint(&content, text.as_deref())),
            hits,
            missed,
            notes,
        };
        Ok(Rewritten {
            content,
            text,
            edits: rewritten.edits,
            prepared,
        })
    }
}

/// Content and settings, so that a change of either is a change. `content` is the fingerprint of what is sent.
pub(super) fn digest(origin: &Origin, content: &str) -> String {
    if let Some(promoted) = &origin.promoted {
        return promoted.fingerprint.clone();
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update(content.as_bytes());
    // Plain data with string keys: it always serialises.
    hasher.update(&serde_json::to_vec(&origin.settings).unwrap_or_default());
    hasher.finalize().to_hex()[..24].to_owned()
}

/// The edited text, read again: what would not open there is not sent.
fn edited(body: &Body, edits: &[Edit]) -> Result<String, String> {
    let bug = |why: &dyn std::fmt::Display| {
        format!(
            "what the rewrites make of it cannot be read ({why}); report this as a bug of tabship"
        )
    };
    let text = edit::apply(body.source().text(), edits)
        .map_err(|e| format!("two rewrites want different values at one place ({e})"))?;
    match (body, reread(body, text).map_err(|e| bug(&e))?) {
        (Body::Document(before), Body::Document(after))
            if after.tree.len() == before.tree.len() =>
        {
            Ok(after.into_text())
        }
        (Body::Flow(before), Body::Flow(after)) if after.nodes.len() == before.nodes.len() => {
            Ok(after.source.text().to_owned())
        }
        _ => Err(bug(&"it has other elements or steps")),
    }
}

/// A text of the same kind as `body`, read.
fn reread(body: &Body, text: String) -> Result<Body, String> {
    match body {
        Body::Document(_) => Document::parse(text)
            .map(|document| Body::Document(Box::new(document)))
            .map_err(|e| e.to_string()),
        Body::Flow(_) => Flow::parse(text).map(|flow| Body::Flow(Box::new(flow))),
    }
}
