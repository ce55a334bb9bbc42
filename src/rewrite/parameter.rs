//! Values of parameters. The value stands twice: as attribute and as the formula of the parameter's calculation.

use crate::content::Document;

use super::{Changes, Rule};

pub(super) fn apply(document: &Document, rule: &Rule<'_>, changes: &mut Changes<'_>) {
    let (Some(wanted), tree) = (&rule.matching.parameter, &document.tree) else {
        return;
    };
    let internal: Vec<&str> = document
        .model
        .parameters
        .iter()
        .filter(|p| p.display_name() == *wanted || p.name.value == *wanted)
        .map(|p| p.name.value.as_str())
        .collect();
    if internal.is_empty() {
        return;
    }
    changes.matched();
    let Some(value) = &rule.to.value else { return };
    let what = format!("value of parameter \"{wanted}\"");
    // The definition, and the copies of it that sheets hold.
    let columns = tree.all_descendants(tree.root()).filter(|n| {
        tree.local(*n) == "column"
            && tree.attribute(*n, "param-domain-type").is_some()
            && tree
                .get(*n, "name")
                .is_some_and(|name| internal.contains(&name.as_str()))
    });
    for column in columns.collect::<Vec<_>>() {
        changes.set(column, "value", value, &what);
        let calculations: Vec<_> = tree
            .all_children(column)
            .filter(|n| tree.local(*n) == "calculation")
            .collect();
        for calculation in calculations {
            changes.set(calculation, "formula", value, &what);
        }
    }
}
