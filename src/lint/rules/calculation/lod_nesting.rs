//! `calculation/lod-nesting`.

use crate::diagnostic::Level;
use crate::formula::{Expr, ExprKind};
use crate::lint::File;
use crate::lint::facts::Formula;
use crate::lint::limit::limit;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports level of detail expressions inside level of detail expressions inside level of detail expressions.
    ///
    /// ## Why is this bad?
    /// Each level is a subquery that is joined back. Beyond two, hardly anybody can say at which level the numbers are.
    ///
    /// ## Use instead
    /// Give the inner expressions names, as calculated fields of their own, or compute them in the data source.
    ///
    /// ## Options
    /// `max`: how many may stand in one another (2). Of the calculations of 455 real workbooks, 1 in 100 had more than one.
    LodNesting, "calculation/lod-nesting", "level of detail expressions are nested too deep", Levels::always(Level::Warning), Limit, check
}

limit! {
    /// Levels.
    2
}

fn check(options: &Limit, file: &File<'_>, sink: &mut Sink<'_>) {
    for Formula { field, parsed } in file.formulas() {
        let depth = parsed.lod_depth();
        if depth <= options.max {
            continue;
        }
        let Some(inner) = parsed.expression.as_ref().and_then(|e| beyond(e, options.max)) else { continue };
        let message = format!("level of detail expressions in `{}` are nested {depth} deep, and {} is the limit", field.column.display_name(), options.max);
        sink.report_in(field.formula, inner.span.start, inner.span.end, field.subjects(), message)
            .help("make the inner expression a calculated field of its own, or compute it in the data source");
    }
}

/// The first expression that is one level too deep.
fn beyond(expression: &Expr, max: usize) -> Option<&Expr> {
    let mut stack = vec![(expression, 0)];
    while let Some((at, above)) = stack.pop() {
        let depth = above + usize::from(matches!(at.kind, ExprKind::Lod { .. }));
        if depth > max {
            return Some(at);
        }
        stack.extend(at.children().into_iter().rev().map(|child| (child, depth)));
    }
    None
}
