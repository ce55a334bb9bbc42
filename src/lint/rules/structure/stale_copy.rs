//! `structure/stale-copy`.

use crate::content::model::Column;
use crate::content::tree::{NodeId, Tree};
use crate::diagnostic::Level;
use crate::hash::HashMap;
use crate::lint::File;
use crate::lint::owner::owner;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports sheets whose copy of a calculated field has another formula than the data source has.
    ///
    /// ## Why is this bad?
    /// Every sheet keeps copies of the fields that it uses. Tableau keeps them alike; a script or a merge that changed the formula
    /// in one place leaves a workbook that says two things. Which one counts depends on the version that opens it.
    ///
    /// ## Use instead
    /// Change the formula in Tableau; or in all places of the file.
    StaleCopy, "structure/stale-copy", "sheet's copy of a calculated field differs from the field", Levels::always(Level::Warning), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let tree = &document.tree;
    let mut fields: HashMap<(&str, &str), &Column> = HashMap::default();
    for datasource in document.model.datasources.iter().filter(|d| d.published().is_none()) {
        fields.extend(datasource.columns.iter().map(|c| ((datasource.name.value.as_str(), c.name.value.as_str()), c)));
    }
    let sheets = document.model.worksheets.iter().map(|w| w.element.node).chain(document.model.dashboards.iter().map(|d| d.element.node));
    for dependency in sheets.flat_map(|sheet| dependencies(tree, sheet)) {
        let Some(datasource) = tree.value(dependency, "datasource") else { continue };
        for copy in tree.named(dependency, "column") {
            let Some(name) = tree.value(copy, "name") else { continue };
            let Some(column) = fields.get(&(&*datasource, &*name)) else { continue };
            let copied = tree.child(copy, "calculation").filter(|n| tree.is(*n, "class", "tableau")).and_then(|n| tree.value(n, "formula").map(|value| (n, value)));
            let (Some((calculation, copied)), Some(own)) = (copied, column.formula()) else { continue };
            if same(&copied, &own.value) {
                continue;
            }
            let Some(copied) = tree.attribute(calculation, "formula") else { continue };
            let subjects = owner(document, copied.span);
            let who = subjects.first().map_or(String::new(), |s| format!(" in the {} `{}`", s.kind, s.name));
            sink.report(copied.span, subjects, format!("the copy of `{}`{who} has another formula than the data source", column.display_name()))
                .help("open the workbook in Tableau, look at the field's formula, and save it");
        }
    }
}

fn dependencies(tree: &Tree, sheet: NodeId) -> Vec<NodeId> {
    tree.descendants(sheet).filter(|n| tree.local(*n) == "datasource-dependencies").collect()
}

/// White space is no difference: a text editor changes line ends and indents.
fn same(a: &str, b: &str) -> bool {
    a == b || a.split_whitespace().eq(b.split_whitespace())
}
