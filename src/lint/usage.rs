//! Which fields of its data sources a workbook uses.

use std::borrow::Cow;

use crate::content::Document;
use crate::content::model::{Datasource, Definition, unbracket, unbracketed};
use crate::content::tree::{NodeId, Tree};
use crate::formula;
use crate::hash::{HashMap, HashSet};

use super::facts::Formula;
use super::shelf::{plain, references};

/// What the sheets, filters, actions and all other parts of a document use, and what that is computed from. Names without
/// brackets, by data source.
#[derive(Debug, Default)]
pub(super) struct Used(HashMap<String, HashSet<String>>);

impl Used {
    pub(super) fn of(document: &Document, formulas: &[Formula<'_>]) -> Self {
        let mut used = Self::default();
        used.outside(document);
        let datasources = &document.model.datasources;
        for datasource in datasources {
            used.inside(document, datasource);
        }
        used.follow(datasources, formulas);
        used
    }

    /// For each data source that lives in the workbook: captions of the source's fields that are not hidden and that
    /// nothing uses. Calculated fields are not among them; what only an unused calculation reads is unused.
    pub(super) fn unused_fields<'d>(
        &self,
        document: &'d Document,
    ) -> Vec<(&'d Datasource, Vec<String>)> {
        let datasources = document.model.datasources.iter();
        let local = datasources.filter(|d| d.published().is_none());
        local.map(|d| (d, self.missing(d))).collect()
    }

    /// The calculated fields, in data sources that live in the workbook, that nothing uses. What only an unused
    /// calculation reads is unused.
    pub(super) fn unused_calculations<'f>(
        &self,
        formulas: &'f [Formula<'f>],
    ) -> impl Iterator<Item = &'f Formula<'f>> {
        formulas.iter().filter(|formula| {
            let (datasource, column) = (formula.field.datasource, formula.field.column);
            let names = self.0.get(&datasource.name.value);
            let is_used = names.is_some_and(|n| n.contains(&unbracket(&column.name.value)));
            datasource.published().is_none() && !is_used
        })
    }

    /// Whether anything uses the field, given without brackets.
    pub(super) fn has(&self, datasource: &str, name: &str) -> bool {
        self.0
            .get(datasource)
            .is_some_and(|names| names.contains(name))
    }

    /// True when it is new.
    fn add(&mut self, datasource: &str, name: &str) -> bool {
        self.add_all(datasource, std::iter::once(name.into()))
    }

    /// True when one of them is new.
    fn add_all<'n>(&mut self, datasource: &str, all: impl Iterator<Item = Cow<'n, str>>) -> bool {
        if !self.0.contains_key(datasource) {
            self.0.insert(datasource.to_owned(), HashSet::default());
        }
        let Some(names) = self.0.get_mut(datasource) else {
            return false;
        };
        // Most names are there already: a sheet names the fields that others name, too.
        let mut add = |name: &str| !names.contains(name) && names.insert(name.to_owned());
        all.fold(false, |any, name| {
            let name = unbracketed(&name);
            any | add(plain(&name)) | add(&name)
        })
    }

    /// `[ds].[field]` wherever it stands in a text.
    fn add_qualified(&mut self, text: &str) {
        for reference in references(text) {
            if let [datasource, name, ..] = reference.parts.as_slice() {
                self.add(datasource, name);
            }
        }
    }

    /// `<[field]>` of a link, which does not say of which data source.
    fn add_from_link(&mut self, document: &Document, text: &str) {
        for reference in references(text) {
            if let [name] = reference.parts.as_slice() {
                for datasource in &document.model.datasources {
                    self.add(&datasource.name.value, name);
                }
            }
        }
    }

    /// The fields that a sheet, a dashboard or a story says it has of a data source.
    fn add_declared(&mut self, tree: &Tree, node: NodeId) {
        let Some(datasource) = tree.value(node, "datasource") else {
            return;
        };
        let names = tree
            .children(node)
            .filter_map(|n| tree.value(n, "column").or_else(|| tree.value(n, "name")));
        self.add_all(&datasource, names);
    }

    /// `<[data source].[none:Field:nk]>` in a title, a tooltip, a caption or a label.
    fn add_from_text(&mut self, tree: &Tree, run: NodeId) {
        let text = tree.source().slice(tree.content(run));
        if memchr::memchr(b'[', text.as_bytes()).is_some() {
            self.add_qualified(&tree.text(run).value);
        }
    }

    /// What sheets, dashboards and stories declare and write in their texts, and what actions, parameters and blends name.
    fn outside(&mut self, document: &Document) {
        let tree = &document.tree;
        for part in tree.children(tree.root()) {
            match tree.local(part) {
                "worksheets" | "dashboards" => {
                    for node in tree.descendants(part) {
                        match tree.local(node) {
                            "datasource-dependencies" => self.add_declared(tree, node),
                            "run" => self.add_from_text(tree, node),
                            _ => {}
                        }
                    }
                }
                "actions" | "datasource-relationships" | "shared-views" => {
                    for attribute in tree.descendants(part).flat_map(|n| tree.attributes(n)) {
                        self.add_qualified(&attribute.value);
                        if attribute.name.local == "expression" {
                            self.add_from_link(document, &attribute.value);
                        }
                    }
                }
                "datasources" => {
                    let parameters = tree
                        .named(part, "datasource")
                        .filter(|n| tree.is(*n, "name", "Parameters"));
                    let nodes = parameters.flat_map(|n| tree.descendants(n).collect::<Vec<_>>());
                    for attribute in nodes.flat_map(|n| tree.attributes(n)) {
                        if matches!(
                            &*attribute.name.local,
                            "default-value-field" | "source-field"
                        ) {
                            self.add_qualified(&attribute.value);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Filters, sets, hierarchies, orders, joins and relationships of the data source itself.
    fn inside(&mut self, document: &Document, datasource: &Datasource) {
        let tree = &document.tree;
        let own = datasource.name.value.as_str();
        let physical: HashMap<String, &str> = datasource
            .metadata
            .iter()
            .filter_map(|m| {
                let (parent, remote) = (m.parent.as_ref()?, m.remote_name.as_ref()?);
                Some((format!("{parent}.[{remote}]"), m.name.value.as_str()))
            })
            .collect();
        for node in tree.descendants(datasource.element.node) {
            let names: Vec<String> = match tree.local(node) {
                "expression" => tree.get(node, "op").into_iter().collect(),
                "groupfilter" => [tree.get(node, "level"), tree.get(node, "expression")]
                    .into_iter()
                    .flatten()
                    .collect(),
                "filter" => tree.get(node, "column").into_iter().collect(),
                "refresh" => tree.get(node, "increment-key").into_iter().collect(),
                "sort" => tree
                    .read_attributes(node)
                    .map(|a| a.value.into_owned())
                    .collect(),
                "field" => vec![tree.text(node).value],
                _ => continue,
            };
            for name in names.iter().filter(|n| n.contains('[')) {
                if let Some(local) = physical.get(name.as_str()) {
                    self.add(own, local);
                }
                let found = references(name);
                let qualified = found.iter().filter_map(|r| r.parts.get(1));
                let fields: Vec<_> = qualified.collect();
                if fields.is_empty() {
                    for reference in formula::parse(name).references() {
                        self.add(own, reference.name());
                    }
                }
                for field in fields {
                    self.add(own, field);
                }
            }
        }
    }

    /// What used calculations, bins and groups are made of.
    fn follow(&mut self, datasources: &[Datasource], formulas: &[Formula<'_>]) {
        let mut made_of: HashMap<(String, String), Vec<(String, String)>> = HashMap::default();
        for formula in formulas {
            let (datasource, column) = (formula.field.datasource, formula.field.column);
            let key = (datasource.name.value.clone(), unbracket(&column.name.value));
            let parts = formula.references();
            let parts = parts.map(|(source, name)| (source.to_owned(), name.to_owned()));
            made_of.insert(key, parts.collect());
        }
        for datasource in datasources {
            for column in &datasource.columns {
                let (Definition::Bin { of } | Definition::Group { of }) = &column.definition else {
                    continue;
                };
                let own = datasource.name.value.clone();
                let key = (own.clone(), unbracket(&column.name.value));
                made_of.insert(key, vec![(own, unbracket(of))]);
            }
        }
        let mut queue: Vec<(String, String)> = self
            .0
            .iter()
            .flat_map(|(source, names)| names.iter().map(|n| (source.clone(), n.clone())))
            .collect();
        while let Some(next) = queue.pop() {
            for (source, name) in made_of.get(&next).into_iter().flatten() {
                if self.add(source, name) {
                    queue.push((source.clone(), name.clone()));
                }
            }
        }
    }

    fn missing(&self, datasource: &Datasource) -> Vec<String> {
        let none = HashSet::default();
        let used = self.0.get(&datasource.name.value).unwrap_or(&none);
        let columns: HashMap<&str, _> = datasource
            .columns
            .iter()
            .map(|c| (c.name.value.as_str(), c))
            .collect();
        let untouched = datasource
            .metadata
            .iter()
            .filter(|m| !columns.contains_key(m.name.value.as_str()))
            .filter(|m| !m.name.value.starts_with("[__tableau_internal"))
            .map(|m| (unbracket(&m.name.value), unbracket(&m.name.value)));
        let customised = datasource
            .columns
            .iter()
            .filter(|c| !c.hidden && !c.internal && matches!(c.definition, Definition::Field))
            .map(|c| (unbracket(&c.name.value), c.display_name()));
        let mut missing: Vec<String> = customised
            .chain(untouched)
            .filter(|(name, _)| !used.contains(name))
            .map(|(_, shown)| shown)
            .collect();
        missing.sort();
        missing.dedup();
        missing
    }
}
