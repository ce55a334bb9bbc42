//! `calculation/hard-coded-user`.

use crate::diagnostic::Level;
use crate::formula::{Expr, ExprKind, Part};
use crate::lint::File;
use crate::lint::facts::Formula;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports names of persons in formulas: `USERNAME() = 'anna'`, `ISUSERNAME('anna')`, e-mail addresses.
    ///
    /// ## Why is this bad?
    /// Who may see what then stands in a workbook: every change of staff is a deployment, and who left keeps access until somebody
    /// remembers. User names also differ from site to site, so it breaks where the workbook is promoted.
    ///
    /// ## Use instead
    /// `ISMEMBEROF('group')`, or a table of entitlements in the data source.
    HardCodedUser, "calculation/hard-coded-user", "formula names a person", Levels::always(Level::Warning), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    for Formula { field, parsed } in file.formulas() {
        let all: Vec<&Expr> = parsed.around(&[Part::String]).collect();
        let asks = all.iter().any(|e| is_call(e, &["USERNAME", "FULLNAME"]));
        let mut persons: Vec<&Expr> = all.iter().copied().filter(|e| matches!(&e.kind, ExprKind::String(text) if is_email(text))).collect();
        for expression in &all {
            match &expression.kind {
                ExprKind::Call(_) if is_call(expression, &["ISUSERNAME", "ISFULLNAME"]) => persons.extend(expression.children()),
                ExprKind::Chain(chain) if asks => {
                    let parts: Vec<&Expr> = std::iter::once(chain.first.as_ref()).chain(chain.rest.iter().map(|(_, e)| e)).collect();
                    if chain.rest.iter().all(|(op, _)| op.symbol() == "=" || op.symbol() == "<>" || op.symbol() == "IN") && parts.iter().any(|e| is_call(e, &["USERNAME", "FULLNAME"])) {
                        persons.extend(parts.iter().flat_map(|e| e.descendants()));
                    }
                }
                ExprKind::Case { subject, branches, .. } if is_call(subject, &["USERNAME", "FULLNAME"]) => persons.extend(branches.iter().map(|b| &b.condition)),
                _ => {}
            }
        }
        persons.retain(|e| matches!(&e.kind, ExprKind::String(text) if !text.is_empty()));
        persons.sort_by_key(|e| e.span);
        persons.dedup_by_key(|e| e.span);
        let Some(first) = persons.first() else { continue };
        let message = match persons.len() {
            1 => format!("the formula of `{}` names a person", field.column.display_name()),
            n => format!("the formula of `{}` names {n} persons", field.column.display_name()),
        };
        sink.report_in(field.formula, first.span.start, first.span.end, field.subjects(), message)
            .help("use `ISMEMBEROF('group')`, or a table of entitlements in the data source");
    }
}

fn is_call(expression: &Expr, names: &[&str]) -> bool {
    matches!(&expression.kind, ExprKind::Call(call) if names.contains(&call.name.as_str()))
}

/// `a@b.c`, and nothing but that.
fn is_email(text: &str) -> bool {
    let word = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '+'));
    text.split_once('@').is_some_and(|(user, host)| word(user) && word(host) && host.contains('.') && !host.starts_with('.') && !host.ends_with('.'))
}
