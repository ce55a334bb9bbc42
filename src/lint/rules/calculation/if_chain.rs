//! `calculation/if-chain`.

use crate::diagnostic::Level;
use crate::formula::{BinaryOp, Expr, ExprKind, Part, print};
use crate::lint::File;
use crate::lint::facts::Formula;
use crate::lint::limit::limit;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports an `IF` with many branches that all compare one field with a value.
    ///
    /// ## Why is this bad?
    /// A `CASE` says the same in half the words, and a group (right click on the field, Create, Group) says it without a formula. A
    /// mapping of many values belongs in the data source.
    ///
    /// ## Options
    /// `max`: how many branches there may be (5).
    IfChain, "calculation/if-chain", "IF that would be a CASE or a group", Levels::strict(Level::Info), Limit, check
}

limit! {
    /// Branches.
    5
}

fn check(options: &Limit, file: &File<'_>, sink: &mut Sink<'_>) {
    for Formula { field, parsed } in file.formulas() {
        for expression in parsed.around(&[Part::If]) {
            let ExprKind::If { branches, .. } = &expression.kind else { continue };
            let conditions: Vec<&Expr> = branches.iter().map(|b| &b.condition).collect();
            if conditions.len() <= options.max || !all_compare_one(&conditions) {
                continue;
            }
            let end = conditions.first().map_or(expression.span.end, |c| c.span.end);
            let message = format!("the formula of `{}` compares one field in {} branches", field.column.display_name(), conditions.len());
            sink.report_in(field.formula, expression.span.start, end, field.subjects(), message).help("write it as `CASE ... WHEN`, make it a group, or keep the mapping in the data source");
        }
    }
}

fn all_compare_one(conditions: &[&Expr]) -> bool {
    let mut fields = conditions.iter().map(|c| match c.as_binary() {
        Some((left, BinaryOp::Equal, right)) if matches!(left.kind, ExprKind::Field(_)) && matches!(right.kind, ExprKind::String(_) | ExprKind::Number(_)) => Some(print(left)),
        _ => None,
    });
    let Some(Some(first)) = fields.next() else { return false };
    fields.all(|f| f.as_ref() == Some(&first))
}
