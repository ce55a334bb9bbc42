//! All rules there are.

use serde_json::Value;

use crate::manifest::RuleCatalogue;

use super::rule::{File, Meta, Rule};
use super::sink::Sink;

/// A rule with its options read, ready to look at files.
pub(super) type Prepared = Box<dyn Fn(&File<'_>, &mut Sink<'_>) + Send + Sync>;

/// A rule in the table.
pub(super) struct Entry {
    pub(super) meta: &'static Meta,
    pub(super) prepare: fn(Value) -> Result<Prepared, String>,
    pub(super) schema: fn() -> Value,
}

pub(super) const fn entry<R: Rule + 'static>() -> Entry {
    Entry {
        meta: &R::META,
        prepare: prepare::<R>,
        schema: schema::<R>,
    }
}

fn prepare<R: Rule + 'static>(options: Value) -> Result<Prepared, String> {
    let options: R::Options = serde_json::from_value(options).map_err(|e| e.to_string())?;
    Ok(Box::new(move |file, sink| R::check(&options, file, sink)))
}

fn schema<R: Rule>() -> Value {
    schemars::schema_for!(R::Options).to_value()
}

/// The rules that there are, in the order of their ids.
pub(super) fn entries() -> &'static [Entry] {
    super::rules::ENTRIES
}

/// Names rules to the manifest's reader.
#[derive(Debug, Clone, Copy, Default)]
pub struct Catalogue;

impl RuleCatalogue for Catalogue {
    fn ids(&self) -> Vec<&'static str> {
        entries().iter().map(|e| e.meta.id).collect()
    }
}

/// A rule for people.
#[derive(Debug, Clone)]
pub struct Page {
    pub meta: &'static Meta,
    /// JSON Schema of its options.
    pub options: Value,
}

/// What is known of each rule besides its options.
pub fn metas() -> impl Iterator<Item = &'static Meta> {
    entries().iter().map(|e| e.meta)
}

/// All rules.
pub fn pages() -> Vec<Page> {
    entries().iter().map(page).collect()
}

fn page(entry: &Entry) -> Page {
    Page {
        meta: entry.meta,
        options: (entry.schema)(),
    }
}

/// One rule.
pub fn find(id: &str) -> Option<Page> {
    let entry = entries().iter().find(|e| e.meta.id == id)?;
    Some(page(entry))
}
