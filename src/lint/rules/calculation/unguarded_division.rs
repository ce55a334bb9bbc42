//! `calculation/unguarded-division`.

use crate::formula::{BinaryOp, Expr, ExprKind};
use crate::lint::File;
use crate::lint::facts::Formula;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports divisions whose formula does not say what happens when the divisor is zero.
    ///
    /// ## Why is this bad?
    /// Tableau makes it Null: the mark is missing, the total leaves it out, and users ask why. Where that is what you want, leave the
    /// rule off, as it is at first.
    ///
    /// ## Example
    /// ```text
    /// SUM([Profit]) / SUM([Sales])                                        bad
    /// IF SUM([Sales]) <> 0 THEN SUM([Profit]) / SUM([Sales]) ELSE 0 END   good
    /// ZN(SUM([Profit]) / SUM([Sales]))                                    good
    /// ```
    UnguardedDivision, "calculation/unguarded-division", "division without a word on zero", Levels::CONFIGURED, check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    for Formula { field, parsed } in file.formulas() {
        let Some(expression) = &parsed.expression else { continue };
        for divisor in unguarded(expression) {
            let message = format!("the formula of `{}` divides by something that may be zero", field.column.display_name());
            sink.report_in(field.formula, divisor.span.start, divisor.span.end, field.subjects(), message)
                .help("say what the result is then: `IF ... <> 0 THEN ... END`, or `ZN(...)` around the division");
        }
    }
}

/// Divisors that no condition and no null function stands around.
fn unguarded(expression: &Expr) -> Vec<&Expr> {
    let mut found = Vec::new();
    let mut stack = vec![expression];
    while let Some(at) = stack.pop() {
        match &at.kind {
            ExprKind::If { .. } | ExprKind::Case { .. } => continue,
            ExprKind::Call(call) if matches!(call.name.as_str(), "IIF" | "ZN" | "IFNULL" | "ISNULL") => continue,
            ExprKind::Chain(chain) => {
                let divisors = chain.rest.iter().filter(|(op, _)| matches!(op, BinaryOp::Divide | BinaryOp::Modulo)).map(|(_, divisor)| divisor);
                found.extend(divisors.filter(|d| !is_constant(d)));
            }
            _ => {}
        }
        stack.extend(at.children().into_iter().rev());
    }
    found
}

/// No field has a say in it.
fn is_constant(expression: &Expr) -> bool {
    !expression.descendants().any(|e| match &e.kind {
        ExprKind::Field(_) => true,
        ExprKind::Call(call) => call.args.is_empty(),
        _ => false,
    })
}
