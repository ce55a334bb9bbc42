//! `datasource/cross-join`.

use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports joins without a clause, and with one that is always true (`1 = 1`).
    ///
    /// ## Why is this bad?
    /// Each row of one table meets each row of the other: a thousand and a thousand are a million, and sums are a thousand times too
    /// large.
    ///
    /// ## Use instead
    /// A join on keys, or a relationship. Where every combination is wanted, suppress the finding with the reason.
    CrossJoin, "datasource/cross-join", "join without a condition", Levels::always(Level::Warning), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let tree = &document.tree;
    for datasource in &document.model.datasources {
        for join in datasource.relations.iter().filter(|r| r.kind == "join") {
            let clause = tree.child(join.element.node, "clause").and_then(|c| tree.child(c, "expression")).map(|e| tree.expression(e));
            let why = match clause.as_deref() {
                None => "has no condition",
                Some(text) if is_always_true(text) => "has a condition that is always true",
                Some(_) => continue,
            };
            let subjects = vec![Subject::new("data source", file.name_of(datasource))];
            sink.report(join.element.tag, subjects, format!("a join of the data source `{}` {why}: each row meets each row", file.name_of(datasource)))
                .help("join on keys, or use a relationship");
        }
    }
}

/// Both sides of each comparison are the same literal.
fn is_always_true(expression: &str) -> bool {
    expression.split_once(" = ").is_some_and(|(a, b)| {
        let literal = |t: &str| !t.is_empty() && !t.contains(['[', '(', ' ']);
        literal(a) && a == b
    })
}
