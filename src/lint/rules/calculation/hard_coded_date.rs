//! `calculation/hard-coded-date`.

use crate::diagnostic::Level;
use crate::formula::{ExprKind, Part};
use crate::lint::File;
use crate::lint::facts::Formula;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports dates in formulas: `[Order Date] >= #2023-01-01#`.
    ///
    /// ## Why is this bad?
    /// Next year the number is still there, and no longer right: "this year" that is 2023 for ever is the commonest wrong dashboard.
    ///
    /// ## Use instead
    /// A parameter, or a date reckoned from today: `[Order Date] >= DATETRUNC('year', TODAY())`. A date that never changes (the
    /// founding of the company) may stay; accept it with `// tabship:ignore calculation/hard-coded-date REASON`.
    HardCodedDate, "calculation/hard-coded-date", "formula holds a date", Levels::strict(Level::Info), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    for Formula { field, parsed } in file.formulas() {
        let dates = parsed.around(&[Part::Date]).filter_map(|e| match &e.kind {
            // 1900 and its like stand for "no date".
            ExprKind::Date(text) if !text.starts_with("1900") && !text.starts_with("9999") => Some((e, text)),
            _ => None,
        });
        let dates: Vec<_> = dates.collect();
        let Some((first, text)) = dates.first() else { continue };
        let message = match dates.len() {
            1 => format!("the formula of `{}` holds the date #{text}#", field.column.display_name()),
            n => format!("the formula of `{}` holds {n} dates, such as #{text}#", field.column.display_name()),
        };
        sink.report_in(field.formula, first.span.start, first.span.end, field.subjects(), message)
            .help("make it a parameter, or compute it from `TODAY()`");
    }
}
