//! `calculation/null-comparison`.

use crate::diagnostic::Level;
use crate::formula::{BinaryOp, Expr, ExprKind, Part};
use crate::lint::File;
use crate::lint::facts::Formula;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports comparisons with `NULL`.
    ///
    /// ## Why is this bad?
    /// Nothing is equal to Null, not even Null, and nothing is unequal to it: the condition is never true, and the branch after it is
    /// never taken.
    ///
    /// ## Example
    /// ```text
    /// IF [Ship Date] = NULL THEN 'open' END    bad: never 'open'
    /// IF ISNULL([Ship Date]) THEN 'open' END   good
    /// ```
    NullComparison, "calculation/null-comparison", "comparison with NULL is never true", Levels::always(Level::Warning), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    for Formula { field, parsed } in file.formulas() {
        for expression in parsed.around(&[Part::Null]) {
            let Some(wrong) = never_true(expression) else { continue };
            let message = format!("the formula of `{}` compares with NULL, which is never true", field.column.display_name());
            sink.report_in(field.formula, wrong.span.start, wrong.span.end, field.subjects(), message).help("use `ISNULL(...)`, or `NOT ISNULL(...)`");
        }
    }
}

/// The comparison, or the `WHEN NULL`.
fn never_true(expression: &Expr) -> Option<&Expr> {
    let is_null = |e: &Expr| matches!(e.kind, ExprKind::Null);
    match &expression.kind {
        ExprKind::Chain(chain) => {
            let compares = chain.rest.iter().any(|(op, right)| {
                matches!(op, BinaryOp::Equal | BinaryOp::NotEqual | BinaryOp::Less | BinaryOp::LessOrEqual | BinaryOp::Greater | BinaryOp::GreaterOrEqual)
                    && (is_null(right) || is_null(&chain.first))
            });
            compares.then_some(expression)
        }
        _ => None,
    }
}
