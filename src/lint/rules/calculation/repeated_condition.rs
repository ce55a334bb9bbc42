//! `calculation/repeated-condition`.

use crate::diagnostic::Level;
use crate::formula::{Expr, ExprKind, Part, print};
use crate::hash::HashSet;
use crate::lint::File;
use crate::lint::facts::Formula;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports an `ELSEIF` or `WHEN` whose condition stood before in the same `IF` or `CASE`.
    ///
    /// ## Why is this bad?
    /// The first one wins, so the second is never reached. Mostly a line was copied and its condition not changed: some values get the
    /// wrong result.
    ///
    /// ## Example
    /// ```text
    /// CASE [Region] WHEN 'N' THEN 'North' WHEN 'N' THEN 'South' END
    /// ```
    RepeatedCondition, "calculation/repeated-condition", "branch that is never reached", Levels::always(Level::Warning), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    for Formula { field, parsed } in file.formulas() {
        for expression in parsed.around(&[Part::If, Part::Case]) {
            for condition in repeated(expression) {
                let message = format!("in the formula of `{}`, the branch for `{}` is never reached: the same condition stands before it", field.column.display_name(), short(&print(condition)));
                sink.report_in(field.formula, condition.span.start, condition.span.end, field.subjects(), message).help("correct the condition, or remove the branch");
            }
        }
    }
}

fn repeated(expression: &Expr) -> Vec<&Expr> {
    let (ExprKind::If { branches, .. } | ExprKind::Case { branches, .. }) = &expression.kind else { return Vec::new() };
    if branches.len() < 2 {
        return Vec::new();
    }
    let mut seen = HashSet::default();
    branches.iter().map(|b| &b.condition).filter(|c| !seen.insert(print(c))).collect()
}

/// As much as a message can take.
fn short(text: &str) -> String {
    if text.chars().count() <= 60 {
        return text.to_owned();
    }
    format!("{}...", text.chars().take(57).collect::<String>())
}
