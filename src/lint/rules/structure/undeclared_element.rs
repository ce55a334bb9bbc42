//! `structure/undeclared-element`.

use crate::content::tree::{NodeId, Tree};
use crate::diagnostic::Level;
use crate::hash::HashSet;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports elements that Tableau reads only when the document declares a feature, where it does not: a set action without
    /// `GroupAction`, an object graph without `ObjectModelTableType`.
    ///
    /// ## Why is this bad?
    /// Tableau refuses the element, or leaves it out. It happens where parts of a newer workbook were pasted into an older one.
    ///
    /// ## How sure is it?
    /// The pairs were found by trial, not documented by Tableau; so it is a warning. Files of before 2018.1 are left alone.
    UndeclaredElement, "structure/undeclared-element", "element needs a feature that the document does not declare", Levels::always(Level::Warning), check
}

/// Element, parent that it must have (or any), and the feature that it needs. Source: format reference, A.4, from experiments
/// with Tableau Desktop.
const GATES: [(&str, &str, &str); 13] = [
    ("manual-sort", "", "SortTagCleanup"),
    ("computed-sort", "", "SortTagCleanup"),
    ("edit-group-action", "", "GroupAction"),
    ("edit-parameter-action", "", "ParameterAction"),
    ("clear-option", "edit-parameter-action", "ParameterActionClearSelection"),
    ("object-graph", "", "ObjectModelTableType"),
    ("object-graph", "", "ObjectModelEncapsulateLegacy"),
    ("object-graph", "", "SchemaViewerObjectModel"),
    ("simple-id", "worksheet", "SheetIdentifierTracking"),
    ("simple-id", "window", "WindowsPersistSimpleIdentifiers"),
    ("datagraph", "", "DatagraphCoreV1"),
    ("single-value-field-node", "", "DatagraphNodeSingleValueFieldV1"),
    ("dashboard-zone-visibility-node", "", "DatagraphNodeDashboardZoneVisibilityV1"),
];

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let (model, tree) = (&document.model, &document.tree);
    let declared: HashSet<&str> = model.declared_features.iter().map(|f| f.value.as_str()).collect();
    let old = model.saved_by.is_none_or(|v| v.year < 2018);
    if old || declared.contains("ManifestByVersion") {
        return;
    }
    // What some name carries is `structure/undeclared-feature`'s.
    let named: HashSet<&str> = model.used_features.iter().map(|f| f.value.as_str()).collect();
    let mut missing: Vec<&(&str, &str, &str)> =
        GATES.iter().filter(|(element, _, feature)| !declared.contains(feature) && !named.contains(feature) && tree.knows(element)).collect();
    for node in tree.descendants(tree.root()) {
        if missing.is_empty() {
            return;
        }
        missing.retain(|(element, parent, feature)| {
            let here = tree.local(node) == *element && has_parent(tree, node, parent);
            if here {
                sink.report(tree.tag(node), Vec::new(), format!("`{element}` needs the feature `{feature}`, which the document does not declare"))
                    .help(format!("add `<{feature} />` to `document-format-change-manifest`, or make the change in Tableau"));
            }
            !here
        });
    }
}

fn has_parent(tree: &Tree, node: NodeId, wanted: &str) -> bool {
    wanted.is_empty() || tree.parent(node).is_some_and(|p| tree.local(p) == wanted)
}
