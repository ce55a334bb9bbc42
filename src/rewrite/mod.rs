//! Manifest rewrites to byte edits of a document, counted. Pure.
//!
//! Structured, never text replace: a rule finds published data source references, database connections or parameters by
//! what they are, and changes the values of attributes in every copy that the document holds, on both sides of every
//! feature (`_.fcp.X.false...` and `...true...`). Everything else keeps its bytes. Doing it twice changes nothing more.

mod connection;
mod flow;
mod parameter;
mod published;
mod qualifier;
mod sql;

use crate::content::Document;
use crate::content::edit::escape_attribute;
use crate::content::model::Datasource;
use crate::content::tree::{AttributeRef, NodeId, Tree};
use crate::diagnostic::{Edit, Span};
use crate::manifest::raw::{Match, Replacement};

pub use flow::flow;

/// A rewrite of the manifest, made ready for one target.
#[derive(Debug, Clone)]
pub struct Rule<'m> {
    /// Its place under `rewrite:`, from 0.
    pub number: usize,
    pub matching: &'m Match,
    pub to: &'m Replacement,
    /// Of a published data source: where it is on the target.
    pub published: Option<PublishedTarget>,
}

/// Where a published data source is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedTarget {
    pub host: String,
    pub port: String,
    /// `http` or `https`.
    pub channel: String,
    /// Content URL of the site; empty for the Default site.
    pub site: String,
    pub content_url: String,
    pub name: String,
}

/// One value that a rule changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    pub rule: usize,
    /// In words: `server of data source "Orders"`.
    pub what: String,
    pub old: String,
    pub new: String,
    /// In how many places of the document.
    pub count: usize,
}

/// What rules do to a document.
#[derive(Debug, Clone, Default)]
pub struct Rewritten {
    pub edits: Vec<Edit>,
    pub hits: Vec<Hit>,
    /// Rules that found what they look for, whether or not something was left to change, and that could do all of it.
    pub matched: Vec<usize>,
    pub unmet: Vec<Unmet>,
    /// SQL that names what a rule renames elsewhere, and that the rule does not ask to change.
    pub kept: Vec<Kept>,
}

/// SQL that goes on reading the old environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub rule: usize,
    /// In words: `custom SQL of data source "Orders" names "dev"`.
    pub what: String,
}

/// What a rule is to do and cannot, at a place that it looks for: the document would go on reading the old environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    pub rule: usize,
    pub why: String,
}

/// Applies the rules to a document.
pub fn document(document: &Document, rules: &[Rule<'_>]) -> Rewritten {
    let mut changes = Changes {
        tree: &document.tree,
        record: Record::default(),
    };
    for rule in rules {
        changes.record.rule = rule.number;
        if rule.matching.published.is_some() {
            published::apply(document, rule, &mut changes);
        } else if rule.matching.parameter.is_some() {
            parameter::apply(document, rule, &mut changes);
        } else {
            connection::apply(document, rule, &mut changes);
        }
    }
    changes.record.finish()
}

/// Whose value it is, in words. A data source file has no name of its own: what it is called is said when it is published.
fn label(document: &Document, datasource: &Datasource) -> String {
    if document.tree.local(document.tree.root()) == "datasource" {
        return "of the data source".to_owned();
    }
    format!("of data source \"{}\"", datasource.display_name())
}

/// Collects the edits of all rules.
#[derive(Default)]
struct Record {
    rule: usize,
    result: Rewritten,
}

impl Record {
    fn matched(&mut self) {
        if !self.result.matched.contains(&self.rule) {
            self.result.matched.push(self.rule);
        }
    }

    fn unmet(&mut self, why: String) {
        let unmet = Unmet {
            rule: self.rule,
            why,
        };
        if !self.result.unmet.contains(&unmet) {
            self.result.unmet.push(unmet);
        }
    }

    /// Of SQL that is left as it is.
    fn kept(&mut self, what: String) {
        let kept = Kept {
            rule: self.rule,
            what,
        };
        if !self.result.kept.contains(&kept) {
            self.result.kept.push(kept);
        }
    }

    fn push(&mut self, span: Span, text: String, old: &str, new: &str, what: &str) {
        let edit = Edit { span, text };
        if self.result.edits.contains(&edit) {
            return;
        }
        self.result.edits.push(edit);
        let rule = self.rule;
        match self
            .result
            .hits
            .iter_mut()
            .find(|h| h.rule == rule && h.what == what && h.old == old && h.new == new)
        {
            Some(hit) => hit.count += 1,
            None => self.result.hits.push(Hit {
                rule,
                what: what.to_owned(),
                old: old.to_owned(),
                new: new.to_owned(),
                count: 1,
            }),
        }
    }
    fn finish(self) -> Rewritten {
        let mut result = self.result;
        result.edits = join_insertions(result.edits);
        let unmet = &result.unmet;
        result
            .matched
            .retain(|rule| unmet.iter().all(|u| u.rule != *rule));
        result
    }
}

/// The edits of a document.
struct Changes<'d> {
    tree: &'d Tree,
    record: Record,
}

impl Changes<'_> {
    fn matched(&mut self) {
        self.record.matched();
    }

    fn unmet(&mut self, why: String) {
        self.record.unmet(why);
    }

    fn push(&mut self, span: Span, text: String, old: &str, new: &str, what: &str) {
        self.record.push(span, text, old, new, what);
    }

    /// Sets an attribute of an element, on every side of every feature, where it is there. `what` names it in words.
    fn set(&mut self, node: NodeId, attribute: &str, new: &str, what: &str) {
        self.change(node, attribute, what, |_| Some(new.to_owned()));
    }

    /// Changes an attribute's value, on every side of every feature.
    fn change(
        &mut self,
        node: NodeId,
        attribute: &str,
        what: &str,
        new: impl Fn(&str) -> Option<String>,
    ) {
        let tree = self.tree;
        for found in tree.attributes(node) {
            if found.name.local == attribute {
                if let Some(new) = new(&found.value) {
                    self.replace(found.span, &found.value, &new, what);
                }
            }
        }
    }

    /// Sets it, and adds it where it is not there.
    fn set_or_add(&mut self, node: NodeId, attribute: &str, new: &str, what: &str) {
        if self
            .tree
            .attributes(node)
            .any(|a| a.name.local == attribute)
        {
            self.set(node, attribute, new, what);
            return;
        }
        // Tableau writes attributes in the order of their names.
        let next = self
            .tree
            .attributes(node)
            .find(|a| a.name.full.as_str() > attribute);
        let value = escape_attribute(new);
        let (at, text) = match next {
            Some(next) => (
                name_start(self.tree, &next),
                format!("{attribute}='{value}' "),
            ),
            None => {
                let tag = self.tree.tag(node);
                let text = self.tree.source().slice(tag);
                let inner = text.trim_end_matches('>').trim_end_matches('/').trim_end();
                (
                    tag.start + inner.len() as u32,
                    format!(" {attribute}='{value}'"),
                )
            }
        };
        self.push(Span::new(at, at), text, "", new, what);
    }

    /// Takes an attribute away, with the space before it.
    fn remove(&mut self, node: NodeId, attribute: &str, what: &str) {
        let tree = self.tree;
        for found in tree.attributes(node) {
            if found.name.local == attribute {
                let name = Span::new(0, name_start(tree, &found));
                let before = tree.source().slice(name).trim_end();
                let whole = Span::new(before.len() as u32, found.span.end + 1);
                self.push(whole, String::new(), &found.value, "", what);
            }
        }
    }

    fn replace(&mut self, span: Span, old: &str, new: &str, what: &str) {
        if old != new {
            self.push(span, escape_attribute(new), old, new, what);
        }
    }
}

/// Where the name of an attribute begins; between it and its value stand an `=`, a quote, and maybe white space.
fn name_start(tree: &Tree, attribute: &AttributeRef<'_>) -> u32 {
    let quote = attribute.span.start.saturating_sub(1);
    let before = tree.source().slice(Span::new(0, quote));
    let name = before.trim_end().trim_end_matches('=').trim_end();
    (name.len() - attribute.name.full.len().min(name.len())) as u32
}

/// Several insertions at one place are one edit.
fn join_insertions(edits: Vec<Edit>) -> Vec<Edit> {
    let mut joined: Vec<Edit> = Vec::with_capacity(edits.len());
    for edit in edits {
        let is_insertion = edit.span.start == edit.span.end;
        match joined.iter_mut().find(|e| e.span == edit.span) {
            Some(first) if is_insertion => first.text.push_str(&edit.text),
            _ => joined.push(edit),
        }
    }
    joined
}

#[cfg(test)]
mod tests;
