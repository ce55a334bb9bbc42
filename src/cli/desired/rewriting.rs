//! What the rewrites make of a file.

use std::collections::HashMap;
use std::path::Path;

use crate::content::flow::Flow;
use crate::content::{Body, Content, Document, Kind, edit};
use crate::diagnostic::Edit;
use crate::plan::desired::Rewrite;
use crate::rewrite::{self, Rewritten, Rule};

use super::{ForTarget, kind};
use crate::cli::failure::Failure;
use crate::cli::profile::Profile;

/// What there is to say of the rewrites of a file.
#[derive(Default)]
pub(crate) struct Rewriting {
    pub(super) hits: Vec<Rewrite>,
    /// Rules that matched nothing in it.
    pub(super) missed: Vec<usize>,
    pub(super) notes: Vec<String>,
}

/// A document as the target would get it.
pub(crate) struct Made {
    /// With every rewrite done; `None` where none changes it.
    pub(crate) body: Option<Body>,
    /// The rewrites, as edits of the file's document.
    pub(crate) edits: Vec<Edit>,
}

impl ForTarget<'_> {
    /// All that a plan needs to know of a file that was read. What the rewrites make of it is read, too: what would not
    /// open there is not planned.
    pub(crate) fn profile(
        &self,
        file: &Path,
        content: &Content,
    ) -> Result<(Profile, Rewriting), Vec<String>> {
        let rules = self.rules(file, &HashMap::new());
        let rewritten = self.rewritten(content, &rules)?;
        let text = text(content, &rewritten.edits)?;
        let text = text.map(|text| proven(&content.body, text)).transpose();
        let text = text.map_err(|why| vec![why])?;
        let profile = Profile::of(content, text.as_deref());
        Ok((profile, self.told(rewritten, &rules)))
    }

    /// The document of a file as the target would get it.
    pub(crate) fn made(&self, file: &Path, content: &Content) -> Result<Made, Vec<String>> {
        let rewritten = self.rewritten(content, &self.rules(file, &HashMap::new()))?;
        let text = text(content, &rewritten.edits)?;
        let body = text.map(|text| reread(&content.body, text)).transpose();
        Ok(Made {
            body: body.map_err(|why| vec![why])?,
            edits: rewritten.edits,
        })
    }

    /// The text that is sent instead of the file's own, and its fingerprint. `known` is that of the text which was read
    /// when the run was planned: mostly they are the same, and it is not read again.
    pub(super) fn sent(
        &self,
        content: &Content,
        rules: &[Rule<'_>],
        known: &str,
    ) -> Result<(Option<String>, String), String> {
        let rewritten = self.rewritten(content, rules).map_err(first)?;
        let text = text(content, &rewritten.edits).map_err(first)?;
        let fingerprint = crate::content::fingerprint::fingerprint(content, text.as_deref());
        let text = match text {
            Some(text) if fingerprint != known => Some(proven(&content.body, text)?),
            text => text,
        };
        Ok((text, fingerprint))
    }

    fn rewritten(&self, content: &Content, rules: &[Rule<'_>]) -> Result<Rewritten, Vec<String>> {
        let rewritten = match (&content.body, rules) {
            (_, []) => Rewritten::default(),
            (Body::Document(document), rules) => rewrite::document(document, rules),
            (Body::Flow(flow), rules) => rewrite::flow(flow, rules),
        };
        if rewritten.unmet.is_empty() {
            return Ok(rewritten);
        }
        let unmet = rewritten.unmet.iter();
        Err(unmet
            .map(|unmet| format!("{}: {}", self.place(unmet.rule), unmet.why))
            .collect())
    }

    fn told(&self, rewritten: Rewritten, rules: &[Rule<'_>]) -> Rewriting {
        let numbers = rules.iter().map(|r| r.number);
        let notes = rewritten.kept.iter().map(|kept| {
            let place = self.place(kept.rule);
            format!(
                "{}, and keeps it: `custom_sql: true` in {place} changes it too",
                kept.what
            )
        });
        let hits = rewritten.hits.into_iter().map(|h| Rewrite {
            what: h.what,
            old: h.old,
            new: h.new,
            count: h.count,
        });
        Rewriting {
            hits: hits.collect(),
            missed: numbers.filter(|n| !rewritten.matched.contains(n)).collect(),
            notes: notes.collect(),
        }
    }
}

fn first(why: Vec<String>) -> String {
    why.into_iter().next().unwrap_or_default()
}

/// What a file is called in a sentence; content of a site has no file.
pub(super) fn title(shown: &Path, of: Kind, name: &str) -> String {
    if shown.as_os_str().is_empty() {
        format!("{} \"{name}\"", kind(of))
    } else {
        format!("`{}`", shown.display())
    }
}

/// The end of a command for files that cannot be rewritten, each by its title with what stands in the way.
pub(crate) fn cannot(target: &str, wrong: Vec<(String, Vec<String>)>) -> Failure {
    if let [(title, why)] = wrong.as_slice() {
        let failure = Failure::usage(format!("{title} cannot be rewritten for {target}"));
        return why.iter().fold(failure, Failure::hint);
    }
    let number = wrong.len();
    let mut failure = Failure::usage(format!("{number} files cannot be rewritten for {target}"));
    let all = wrong.into_iter();
    failure.causes = all
        .flat_map(|(title, why)| why.into_iter().map(move |why| format!("{title}: {why}")))
        .collect();
    failure
}

/// The document's text with the edits done; `None` where there are none.
fn text(content: &Content, edits: &[Edit]) -> Result<Option<String>, Vec<String>> {
    if edits.is_empty() {
        return Ok(None);
    }
    let text = edit::apply(content.body.source().text(), edits);
    text.map(Some).map_err(|e| {
        vec![format!(
            "two rewrites want different values at one place ({e})"
        )]
    })
}

/// The text, once it has been read as what it is to be: what would not open on the site is not sent.
fn proven(before: &Body, text: String) -> Result<String, String> {
    let (elements, text) = match before {
        Body::Document(_) => Document::elements(text).map_err(|e| bug(&e))?,
        Body::Flow(_) => {
            let flow = Flow::parse(text).map_err(|e| bug(&e))?;
            (flow.nodes.len(), flow.source.into_text())
        }
    };
    same_form(before, elements).map(|()| text)
}

/// The text, read as what it is to be.
fn reread(before: &Body, text: String) -> Result<Body, String> {
    let (elements, body) = match before {
        Body::Document(_) => {
            let document = Document::parse(text).map_err(|e| bug(&e))?;
            (document.tree.len(), Body::Document(Box::new(document)))
        }
        Body::Flow(_) => {
            let flow = Flow::parse(text).map_err(|e| bug(&e))?;
            (flow.nodes.len(), Body::Flow(Box::new(flow)))
        }
    };
    same_form(before, elements).map(|()| body)
}

fn same_form(before: &Body, elements: usize) -> Result<(), String> {
    let same = elements
        == match before {
            Body::Document(document) => document.tree.len(),
            Body::Flow(flow) => flow.nodes.len(),
        };
    same.then_some(())
        .ok_or_else(|| bug(&"it has other elements or steps"))
}

fn bug(why: &dyn std::fmt::Display) -> String {
    format!("what the rewrites make of it cannot be read ({why}); report this as a bug of tabship")
}
