//! What a field reference may name (format reference, A.7.6): miss one of the sources and real files flood with false
//! findings.

use std::borrow::Cow;

use crate::content::Document;
use crate::content::model::{Column, Datasource, Definition, Model, unbracket, unbracketed};
use crate::content::tree::Tree;
use crate::formula::FieldRef;
use crate::hash::{HashMap, HashSet};

/// Names that Tableau makes for every data source.
pub(super) const GENERATED: [&str; 8] = [
    "Number of Records",
    ":Measure Names",
    "Multiple Values",
    "Measure Names",
    "Measure Values",
    "Latitude (generated)",
    "Longitude (generated)",
    "Geometry (generated)",
];

/// All names of a document, by data source.
pub(super) struct Universe {
    by_datasource: HashMap<String, HashSet<String>>,
    parameters: HashSet<String>,
    /// The document has a `Parameters` pseudo data source, or is a workbook: then a parameter that is not there is missing.
    knows_parameters: bool,
    /// Data sources that have fields which are not in the file.
    open: HashSet<String>,
}

impl Universe {
    pub(super) fn of(document: &Document) -> Self {
        let model = &document.model;
        let mut names = Names::default();
        for datasource in &model.datasources {
            names.0.entry(datasource.name.value.clone()).or_default();
            let own = own_names(datasource).map(Cow::Borrowed);
            names.add(&datasource.name.value, own);
        }
        names.add_dependencies(&document.tree);
        names.add_datasources(&document.tree);
        Self {
            by_datasource: names.0,
            parameters: model
                .parameters
                .iter()
                .map(|p| unbracket(&p.name.value))
                .collect(),
            knows_parameters: document.tree.local(document.tree.root()) == "workbook",
            open: open(model),
        }
    }

    /// True when the reference, from a formula of `datasource`, names nothing.
    pub(super) fn is_broken(&self, reference: &FieldRef, datasource: &str) -> bool {
        match reference.parts.as_slice() {
            [name] => !self.has(datasource, name),
            [qualifier, name, ..] if qualifier == "Parameters" => {
                self.knows_parameters && !self.parameters.contains(name)
            }
            [qualifier, _, ..] if qualifier.starts_with("__tableau_internal") => false,
            // Another data source of the document; one that is not here may be a name that only Tableau knows.
            [qualifier, name, ..] => {
                self.by_datasource.contains_key(qualifier) && !self.has(qualifier, name)
            }
            [] => false,
        }
    }

    fn has(&self, datasource: &str, name: &str) -> bool {
        GENERATED.contains(&name)
            || name.starts_with("__tableau_internal")
            || self.open.contains(datasource)
            || self
                .by_datasource
                .get(datasource)
                .is_some_and(|names| names.contains(name))
    }

    /// The name that was most likely meant.
    pub(super) fn closest(&self, datasource: &str, name: &str) -> Option<&str> {
        let names = self.by_datasource.get(datasource)?;
        let folded = name.to_lowercase();
        names
            .iter()
            .map(|n| {
                (
                    strsim::damerau_levenshtein(&folded, &n.to_lowercase()),
                    n.as_str(),
                )
            })
            .filter(|(distance, n)| *distance <= n.chars().count() / 3)
            .min()
            .map(|(_, n)| n)
    }
}

fn open(model: &Model) -> HashSet<String> {
    model
        .datasources
        .iter()
        .filter(|d| d.published().is_some() || lists_no_fields(model, d))
        .map(|d| d.name.value.clone())
        .collect()
}

/// It does not say what its source delivers: before 9.0 Tableau wrote no metadata for some connectors, and scripts leave it
/// out.
pub(super) fn lists_no_fields(model: &Model, datasource: &Datasource) -> bool {
    let old = model.format().is_some_and(|f| f < 9);
    let field = |c: &Column| matches!(c.definition, Definition::Field);
    !datasource.connections.is_empty()
        && datasource.metadata.is_empty()
        && (old || !datasource.columns.iter().any(field))
}

/// What a data source declares, as written: most of it in brackets.
pub(super) fn own_names(datasource: &Datasource) -> impl Iterator<Item = &str> {
    let columns = datasource.columns.iter().map(|c| &c.name.value);
    let metadata = datasource.metadata.iter().map(|m| &m.name.value);
    let groups = datasource.groups.iter().map(|g| &g.name.value);
    let hierarchies = datasource.hierarchies.iter().map(|h| &h.name);
    columns
        .chain(metadata)
        .chain(groups)
        .chain(hierarchies)
        .chain(&datasource.mapped_names)
        .chain(&datasource.instance_names)
        .map(String::as_str)
}

/// Names by data source, each kept once however often the document says it.
#[derive(Default)]
struct Names(HashMap<String, HashSet<String>>);

impl Names {
    fn add<'n>(&mut self, datasource: &str, all: impl Iterator<Item = Cow<'n, str>>) {
        let mut all = all.peekable();
        if !self.0.contains_key(datasource) && all.peek().is_some() {
            self.0.insert(datasource.to_owned(), HashSet::default());
        }
        let Some(names) = self.0.get_mut(datasource) else {
            return;
        };
        for name in all {
            let name = unbracketed(&name);
            if !names.contains(&*name) {
                names.insert(name.into_owned());
            }
        }
    }

    /// Copies of columns and instances that sheets and dashboards hold.
    fn add_dependencies(&mut self, tree: &Tree) {
        let dependencies = tree
            .all_descendants(tree.root())
            .filter(|n| tree.local(*n) == "datasource-dependencies");
        for node in dependencies {
            let Some(datasource) = tree.value(node, "datasource") else {
                continue;
            };
            let names = tree.all_children(node);
            self.add(&datasource, names.filter_map(|n| tree.value(n, "name")));
        }
    }

    /// Every column, group or instance below a data source, however deep: drill paths, extracts, folders.
    fn add_datasources(&mut self, tree: &Tree) {
        let holders = tree
            .all_children(tree.root())
            .filter(|n| tree.local(*n) == "datasources")
            .chain([tree.root()]);
        let datasources = holders
            .flat_map(|node| tree.all_children(node).chain([node]))
            .filter(|n| tree.local(*n) == "datasource");
        for datasource in datasources {
            let name = tree
                .value(datasource, "name")
                .or_else(|| tree.value(datasource, "formatted-name"))
                .unwrap_or_default();
            let named = |inner| match tree.local(inner) {
                "column" | "group" | "column-instance" | "drill-path" => tree.value(inner, "name"),
                "local-name" => Some(tree.text(inner).value.trim().to_owned().into()),
                "map" => tree.value(inner, "key"),
                _ => None,
            };
            self.add(&name, tree.all_descendants(datasource).filter_map(named));
        }
    }
}
