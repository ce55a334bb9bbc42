//! Values of parameters. The value stands twice: as attribute and as the formula of the parameter's calculation. Where the
//! list gives it an alias, that stands beside it.

use crate::content::Document;
use crate::content::model::Parameter;
use crate::content::tree::{NodeId, Tree};

use super::{Changes, Rule};

pub(super) fn apply(document: &Document, rule: &Rule<'_>, changes: &mut Changes<'_>) {
    let (Some(wanted), tree) = (&rule.matching.parameter, &document.tree) else {
        return;
    };
    let parameters = document.model.parameters.iter();
    for parameter in parameters.filter(|p| p.display_name() == *wanted || p.name.value == *wanted) {
        changes.matched();
        let Some(value) = &rule.to.value else { return };
        if is_outside(parameter, value) {
            changes.unmet(format!(
                "parameter \"{wanted}\" does not become `{value}`: its list has no such value; write it as the list does, text in quotes"
            ));
        }
        if let Some(field) = tree.get(parameter.element.node, "default-value-field") {
            changes.unmet(format!(
                "parameter \"{wanted}\" does not become `{value}`: it takes its value from the field {field} whenever the workbook opens"
            ));
        }
        // The definition, and the copies of it that sheets hold.
        let columns = tree.all_descendants(tree.root()).filter(|n| {
            tree.local(*n) == "column"
                && tree.attribute(*n, "param-domain-type").is_some()
                && tree.is(*n, "name", &parameter.name.value)
        });
        let alias = alias(tree, parameter, value);
        for column in columns {
            set(tree, column, value, alias.as_deref(), wanted, changes);
        }
    }
}

fn set(
    tree: &Tree,
    column: NodeId,
    value: &str,
    alias: Option<&str>,
    wanted: &str,
    changes: &mut Changes<'_>,
) {
    let what = format!("value of parameter \"{wanted}\"");
    let alias_what = format!("alias of parameter \"{wanted}\"");
    changes.set(column, "value", value, &what);
    match alias {
        Some(alias) => changes.set_or_add(column, "alias", alias, &alias_what),
        None => changes.remove(column, "alias", &alias_what),
    }
    let calculations = tree
        .all_children(column)
        .filter(|n| tree.local(*n) == "calculation");
    for calculation in calculations {
        changes.set(calculation, "formula", value, &what);
    }
}

/// What people see instead of the value: the entry of `aliases`, else of the list.
fn alias(tree: &Tree, parameter: &Parameter, value: &str) -> Option<String> {
    let listed = tree
        .child(parameter.element.node, "aliases")
        .and_then(|aliases| {
            tree.named(aliases, "alias")
                .find(|n| tree.is(*n, "key", value))
                .and_then(|n| tree.get(n, "value"))
        });
    let member = || {
        let mut members = parameter.members.iter();
        members.find(|m| m.value == value)?.alias.clone()
    };
    listed.or_else(member)
}

/// A list that does not take its values from a field has no such value.
fn is_outside(parameter: &Parameter, value: &str) -> bool {
    let same = |member: &str| {
        member == value
            || member
                .parse::<f64>()
                .is_ok_and(|m| value.parse::<f64>().is_ok_and(|v| m.total_cmp(&v).is_eq()))
    };
    let is_list = parameter.domain.as_ref().is_some_and(|d| d.value == "list");
    is_list
        && !parameter.dynamic
        && !parameter.members.is_empty()
        && !parameter.members.iter().any(|m| same(&m.value))
}
