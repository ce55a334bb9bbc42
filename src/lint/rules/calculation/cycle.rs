//! `calculation/cycle`.

use crate::content::model::unbracket;
use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::calculation_chain::Order;
use crate::lint::facts::Formula;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports calculated fields that are computed from themselves, directly or by way of others.
    ///
    /// ## Why is this bad?
    /// Tableau cannot compute any of them: they are red, and so is every sheet that uses one. Tableau does not let you make such a
    /// circle; a merge of two changes does.
    Cycle, "calculation/cycle", "calculated fields are computed from one another", Levels { recommended: Some(Level::Warning), strict: Some(Level::Error), optimizer: Some(Level::Warning) }, check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let formulas = file.formulas();
    for circle in Order::of(file.below()).circles {
        let (Some(first), Some(last)) = (circle.first().map(|n| &formulas[*n]), circle.last().map(|n| &formulas[*n])) else { continue };
        let names: Vec<String> = circle.iter().chain(circle.first()).map(|n| format!("`{}`", formulas[*n].field.column.display_name())).collect();
        let message = match circle.len() {
            1 => format!("the calculated field {} is computed from itself", names[0]),
            _ => format!("calculated fields are computed from one another: {}", names.join(" from ")),
        };
        let (start, end) = reference_to(last, first);
        sink.report_in(last.field.formula, start, end, last.field.subjects(), message).help("look at what the merge joined: one of the formulas must be the one of before");
    }
}

/// Where in a formula the other one is named.
fn reference_to(reader: &Formula<'_>, read: &Formula<'_>) -> (u32, u32) {
    let name = unbracket(&read.field.column.name.value);
    let reference = reader.parsed.references().find(|r| r.name() == name);
    reference.map_or((0, reader.field.formula.value.len() as u32), |r| (r.span.start, r.span.end))
}
