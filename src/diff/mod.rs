//! PURE: what changed between two files, in the words of Tableau.
//!
//! [`documents`] compares two workbooks or two data sources; [`contents`] compares what was opened, with the members of
//! packages and the steps of flows. What Tableau rewrites at every save is no change; what no rule describes is
//! counted, never kept silent. [`textconv`] is one document as sorted lines, for `git diff`.

mod actions;
mod alike;
mod canonical;
mod change;
mod comparison;
mod connections;
mod dashboards;
mod datasources;
mod fields;
mod filters;
mod flow;
mod folders;
mod formulas;
mod hunks;
mod identity;
mod marks;
mod names;
mod noise;
mod package;
mod parameters;
mod reach;
mod reference;
mod relations;
mod residual;
mod sets;
mod summary;
mod tabs;
mod textconv;
mod whole;
mod workbook;
mod worksheets;
mod zones;

pub use alike::{Alike, alike};
pub use change::{
    Action, Change, Changes, Detail, Hunk, Kind, Risk, RiskNote, SCHEMA_VERSION, Tag,
};
pub use textconv::textconv;
pub use whole::whole_file;

use crate::content::flow::Flow;
use crate::content::{Content, Document};

use comparison::Comparison;

/// Compares two documents of the same kind.
pub fn documents(before: &Document, after: &Document) -> Changes {
    summary::changes(in_documents(before, after))
}

/// Compares two flows.
pub fn flows(before: &Flow, after: &Flow) -> Changes {
    summary::changes(flow::compare(before, after))
}

/// Compares two files with all that they hold. Files of different kinds have nothing in common, and that is said.
pub fn contents(before: &Content, after: &Content) -> Changes {
    let mut changes = match (before.document(), after.document()) {
        (Some(before), Some(after)) => in_documents(before, after),
        _ => match (before.flow(), after.flow()) {
            (Some(before), Some(after)) => flow::compare(before, after),
            _ => vec![package::other_kind(before.kind, after.kind)],
        },
    };
    package::compare(
        before.package.as_ref(),
        after.package.as_ref(),
        &mut changes,
    );
    summary::changes(changes)
}

fn in_documents(before: &Document, after: &Document) -> Vec<Change> {
    let (old, new) = (&before.model, &after.model);
    let worksheets = identity::sheets(
        (old, old.worksheets.as_slice()),
        (new, new.worksheets.as_slice()),
    );
    let dashboards = identity::sheets(
        (old, old.dashboards.as_slice()),
        (new, new.dashboards.as_slice()),
    );
    let datasources = identity::datasources(old, new);
    let mut at = Comparison::new(before, after);
    at.renames = identity::renames(&worksheets, &dashboards, &datasources);
    workbook::compare(&mut at);
    datasources::compare(&mut at, &datasources);
    parameters::compare(&mut at);
    worksheets::compare(&mut at, &worksheets);
    dashboards::compare(&mut at, &dashboards);
    actions::compare(&mut at);
    tabs::compare(&mut at);
    at.changes
}
