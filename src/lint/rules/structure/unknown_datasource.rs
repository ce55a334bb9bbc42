//! `structure/unknown-datasource`.

use crate::content::tree::NodeId;
use crate::diagnostic::Level;
use crate::hash::HashSet;
use crate::lint::File;
use crate::lint::owner::owner;
use crate::lint::shelf::{references, shelves};
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports sheets, their shelves, dashboards and blends that name a data source that the workbook does not have.
    ///
    /// ## Why is this bad?
    /// The sheet has nothing to read from, and Tableau cannot load it. A merge or a script took out the data source, or gave it
    /// another internal name in one place only.
    UnknownDatasource, "structure/unknown-datasource", "sheet names a data source that is not there", Levels { recommended: Some(Level::Warning), strict: Some(Level::Error), optimizer: Some(Level::Warning) }, check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let (model, tree) = (&document.model, &document.tree);
    let mut known: HashSet<&str> = model.datasources.iter().map(|d| d.name.value.as_str()).collect();
    known.insert("Parameters");
    let sheets = model.worksheets.iter().map(|w| w.element.node).chain(model.dashboards.iter().map(|d| d.element.node));
    let mut said: HashSet<(NodeId, String)> = HashSet::default();
    for sheet in sheets {
        for node in tree.descendants(sheet) {
            let attribute = match tree.local(node) {
                "datasource-dependencies" => "datasource",
                "datasource" => "name",
                _ => continue,
            };
            if tree.value(node, attribute).is_none_or(|n| n.is_empty() || known.contains(&*n)) {
                continue;
            }
            let Some(name) = tree.attribute(node, attribute) else { continue };
            if said.insert((sheet, name.value.clone())) {
                let subjects = owner(document, name.span);
                let who = subjects.first().map_or(String::from("a sheet"), |s| format!("the {} `{}`", s.kind, s.name));
                sink.report(name.span, subjects, format!("{who} reads the data source `{}`, which is not in the workbook", name.value))
                    .help("bring the data source back from git, or have the sheet read another one in Tableau (Data, Replace Data Source)");
            }
        }
    }
    for sheet in &model.worksheets {
        for (place, text) in shelves(sheet) {
            for reference in references(&text.value) {
                let [name, _, ..] = reference.parts.as_slice() else { continue };
                if known.contains(&**name) || !said.insert((sheet.element.node, name.clone().into_owned())) {
                    continue;
                }
                let message = format!("{place} of the worksheet `{}` read the data source `{name}`, which is not in the workbook", sheet.name.value);
                sink.report_in(text, reference.start as u32, reference.end as u32, owner(document, text.span), message)
                    .help("bring the data source back from git, or put the fields of another one on the shelf in Tableau");
            }
        }
    }
    for blend in tree.path(tree.root(), &["datasource-relationships"]).into_iter().flat_map(|n| tree.named(n, "datasource-relationship")) {
        for side in ["source", "target"] {
            let Some(name) = tree.attribute(blend, side).filter(|n| !known.contains(n.value.as_str())) else { continue };
            sink.report(name.span, Vec::new(), format!("a blend reads the data source `{}`, which is not in the workbook", name.value))
                .help("bring the data source back from git, or remove the relationship (Data, Edit Blend Relationships)");
        }
    }
}
