//! `calculation/ratio-of-rows`.

use crate::diagnostic::Level;
use crate::formula::functions::Category;
use crate::formula::{BinaryOp, Expr, ExprKind};
use crate::lint::File;
use crate::lint::facts::Formula;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports sums and averages of a ratio that is computed row by row: `AVG([Profit] / [Sales])`.
    ///
    /// ## Why is this bad?
    /// The ratio of one tiny order counts as much as that of a huge one. The margin of a region is `SUM([Profit]) / SUM([Sales])`, and no
    /// average of margins.
    ///
    /// ## How sure is it?
    /// Sometimes the mean of ratios is what is wanted; so it is a hint, and only in the strict set.
    RatioOfRows, "calculation/ratio-of-rows", "ratio is computed row by row and then summed up", Levels::strict(Level::Info), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    for Formula { field, parsed } in file.formulas() {
        for call in parsed.calls_of(&[Category::Aggregate]).filter(|c| matches!(c.name.as_str(), "SUM" | "AVG")) {
            if !matches!(call.args.as_slice(), [one] if is_ratio(one)) {
                continue;
            }
            let message = format!("the formula of `{}` takes the {} of a ratio of each row", field.column.display_name(), if call.name == "SUM" { "sum" } else { "average" });
            sink.report_in(field.formula, call.span.start, call.span.end, field.subjects(), message).help("divide the sums: `SUM([a]) / SUM([b])`");
        }
    }
}

/// `[a] / [b]`, of two fields and no constants.
fn is_ratio(expression: &Expr) -> bool {
    let field = |e: &Expr| matches!(&e.kind, ExprKind::Field(f) if !f.is_parameter());
    matches!(expression.as_binary(), Some((left, BinaryOp::Divide, right)) if field(left) && field(right))
}
