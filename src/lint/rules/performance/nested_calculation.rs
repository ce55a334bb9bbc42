//! `performance/nested-calculation`.

use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::calculation_chain::longest_chains;
use crate::lint::limit::limit;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports calculated fields that stand on more than 3 others: one that reads one that reads one.
    ///
    /// ## Why is this bad?
    /// The query holds all of them, written into one another, at every place where one is named. And who wants to know what
    /// the number means has to open them all.
    ///
    /// Of a chain, its upper end is reported, once.
    ///
    /// ## Use instead
    /// The lower calculations as columns of the data source.
    ///
    /// ## Options
    /// `max`: calculated fields in a chain, the upper one included. Tableau does not publish a limit; 4 is ours.
    ///
    /// ## References
    /// Tableau's Workbook Optimizer, guideline "Nested calculations".
    NestedCalculation, "performance/nested-calculation", "calculations stand on one another, many deep", Levels::optimizer(Level::Info), Limit, check
}

limit! {
    /// The most calculated fields in a chain.
    4
}

fn check(options: &Limit, file: &File<'_>, sink: &mut Sink<'_>) {
    let formulas = file.formulas();
    for chain in longest_chains(file.below()).into_iter().filter(|c| c.len() > options.max) {
        let members: Vec<_> = chain.iter().filter_map(|n| formulas.get(*n)).collect();
        let Some(top) = members.first() else { continue };
        let named: Vec<String> = members.iter().map(|f| format!("`{}`", f.field.column.display_name())).collect();
        let message = format!("the calculated field {} is the upper end of a chain of {}; more than {} are too many", named[0], chain.len(), options.max);
        sink.report(top.field.formula.span, top.field.subjects(), message)
            .help(format!("compute the lower ones in the data source; the chain is {}", named.join(" > ")));
    }
}
