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
mod query;
mod record;
mod sql;
mod tables;

use crate::content::Document;
use crate::content::edit::escape_attribute;
use crate::content::model::Datasource;
use crate::content::tree::{AttributeRef, NodeId, Tree};
use crate::diagnostic::{Edit, Span};
use crate::manifest::raw::{Match, Replacement};

use record::Record;

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

impl PublishedTarget {
    /// Of the server: `https://prod.example`, with the port where it is not the usual one.
    fn address(&self) -> String {
        let usual = matches!(
            (self.channel.as_str(), self.port.as_str()),
            ("https", "443") | ("http", "80") | (_, "")
        );
        let port = if usual {
            String::new()
        } else {
            format!(":{}", self.port)
        };
        format!("{}://{}{port}", self.channel, self.host)
    }

    /// Of its site's data sources, on the server.
    fn path(&self) -> String {
        if self.site.is_empty() {
            "/datasources".to_owned()
        } else {
            format!("/t/{}/datasources", self.site)
        }
    }
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
            if found.name.local != attribute {
                continue;
            }
            let old = &found.value;
            let Some(new) = new(old).filter(|new| new != old) else {
                continue;
            };
            if self
                .record
                .replace(found.span, escape_attribute(&new), what)
            {
                self.hit(attribute, old, &new, what);
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
        if self.record.add(at, attribute, text, what) {
            self.hit(attribute, "", new, what);
        }
    }

    /// Takes an attribute away, with the space before it.
    fn remove(&mut self, node: NodeId, attribute: &str, what: &str) {
        let tree = self.tree;
        for found in tree.attributes(node) {
            if found.name.local == attribute {
                let name = Span::new(0, name_start(tree, &found));
                let before = tree.source().slice(name).trim_end();
                let whole = Span::new(before.len() as u32, found.span.end + 1);
                if self.record.replace(whole, String::new(), what) {
                    self.hit(attribute, &found.value, "", what);
                }
            }
        }
    }

    /// Some attributes may hold a password among other things: of these it is not said what they were and are.
    fn hit(&mut self, attribute: &str, old: &str, new: &str, what: &str) {
        if may_hold_secret(attribute) {
            self.record.hit("(not shown)", "(not shown)", what);
        } else {
            self.record.hit(old, new, what);
        }
    }
}

fn may_hold_secret(attribute: &str) -> bool {
    matches!(
        attribute,
        "password"
            | "one-time-sql"
            | "query-band-spec"
            | "odbc-connect-string-extras"
            | "jdbcurl"
            | "connectionData"
            | "urlQuery"
    )
}

/// Where the name of an attribute begins; between it and its value stand an `=`, a quote, and maybe white space.
fn name_start(tree: &Tree, attribute: &AttributeRef<'_>) -> u32 {
    let quote = attribute.span.start.saturating_sub(1);
    let before = tree.source().slice(Span::new(0, quote));
    let name = before.trim_end().trim_end_matches('=').trim_end();
    (name.len() - attribute.name.full.len().min(name.len())) as u32
}

#[cfg(test)]
mod tests;
