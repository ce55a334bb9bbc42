//! Whether formulas compute one value for a row or for many, as far as a file tells.

use std::borrow::Cow;

use crate::content::model::{Definition, Model, unbracketed};
use crate::formula::{Call, Expr, ExprKind, FieldRef, Span};
use crate::hash::HashMap;

use super::calculation_chain::Order;
use super::facts::Formula;

/// For how many rows an expression has one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grain {
    /// For all.
    Constant,
    Row,
    Aggregate,
    /// What a published data source computes, level of detail expressions, unknown functions: nothing is said about those.
    Unknown,
}

/// What Tableau refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrong {
    /// `SUM([a]) / [b]`
    Mix,
    /// `SUM(SUM([a]))`
    Twice,
    /// `WINDOW_SUM([a])`
    RowsInTableCalculation,
}

/// The first thing that is wrong in each formula: its number, what, and where in it. `below` are the formulas that each reads.
pub(super) fn wrong(
    model: &Model,
    formulas: &[Formula<'_>],
    below: &[Vec<usize>],
) -> Vec<(usize, Wrong, Span)> {
    let mut reader = Reader::of(model, formulas);
    let mut found = Vec::new();
    for number in Order::of(below).upwards {
        let Some(expression) = &formulas[number].parsed.expression else {
            continue;
        };
        let own = formulas[number].field.datasource.name.value.as_str();
        reader.first = None;
        let grain = reader.grain(own, expression);
        match reader.first {
            Some((what, span)) => found.push((number, what, span)),
            None => reader.known[number] = grain,
        }
    }
    found.sort_by_key(|(number, ..)| *number);
    found
}

struct Reader<'d> {
    /// Fields that the file describes, by data source and name: a calculation's number, or none for a field of the source.
    fields: HashMap<(&'d str, Cow<'d, str>), Option<usize>>,
    known: Vec<Grain>,
    first: Option<(Wrong, Span)>,
}

impl<'d> Reader<'d> {
    fn of(model: &'d Model, formulas: &[Formula<'d>]) -> Self {
        let mut fields: HashMap<(&str, Cow<'_, str>), Option<usize>> = HashMap::default();
        for datasource in model.datasources.iter().filter(|d| d.published().is_none()) {
            let own = datasource.name.value.as_str();
            let delivered = datasource.metadata.iter().map(|m| &m.name.value);
            let plain = datasource
                .columns
                .iter()
                .filter(|c| !c.internal && matches!(c.definition, Definition::Field));
            for name in delivered.chain(plain.map(|c| &c.name.value)) {
                fields.insert((own, unbracketed(name)), None);
            }
        }
        for (number, formula) in formulas.iter().enumerate() {
            let field = formula.field;
            fields.insert(
                (
                    field.datasource.name.value.as_str(),
                    unbracketed(&field.column.name.value),
                ),
                Some(number),
            );
        }
        Self {
            fields,
            known: vec![Grain::Unknown; formulas.len()],
            first: None,
        }
    }

    fn grain(&mut self, own: &str, expression: &Expr) -> Grain {
        match &expression.kind {
            ExprKind::Null
            | ExprKind::Boolean(_)
            | ExprKind::Number(_)
            | ExprKind::String(_)
            | ExprKind::Date(_) => Grain::Constant,
            ExprKind::Field(field) => self.field(own, field),
            ExprKind::Call(call) => self.call(own, call),
            ExprKind::Lod { aggregate, .. } => {
                self.grain(own, aggregate);
                Grain::Unknown
            }
            _ => self.together(own, &expression.children()),
        }
    }

    fn field(&self, own: &str, field: &FieldRef) -> Grain {
        match field.parts.as_slice() {
            [name] => match self.fields.get(&(own, Cow::Borrowed(name))) {
                Some(Some(number)) => self.known.get(*number).copied().unwrap_or(Grain::Unknown),
                Some(None) => Grain::Row,
                None => Grain::Unknown,
            },
            [source, _] if source == "Parameters" => Grain::Constant,
            _ => Grain::Unknown,
        }
    }

    fn call(&mut self, own: &str, call: &Call) -> Grain {
        let arguments: Vec<(Grain, Span)> = call
            .args
            .iter()
            .map(|a| (self.grain(own, a), a.span))
            .collect();
        let Some(function) = call.function() else {
            return Grain::Unknown;
        };
        if function.table_calculation {
            if let Some((_, span)) = arguments.iter().find(|(g, _)| *g == Grain::Row) {
                self.say(Wrong::RowsInTableCalculation, *span);
            }
            return Grain::Aggregate;
        }
        if call.is_aggregate() {
            if let Some((_, span)) = arguments.iter().find(|(g, _)| *g == Grain::Aggregate) {
                self.say(Wrong::Twice, *span);
            }
            return Grain::Aggregate;
        }
        self.joined(&arguments)
    }

    fn together(&mut self, own: &str, parts: &[&Expr]) -> Grain {
        let grains: Vec<(Grain, Span)> =
            parts.iter().map(|p| (self.grain(own, p), p.span)).collect();
        self.joined(&grains)
    }

    fn joined(&mut self, parts: &[(Grain, Span)]) -> Grain {
        let has = |grain| parts.iter().find(|(g, _)| *g == grain);
        match (has(Grain::Row), has(Grain::Aggregate), has(Grain::Unknown)) {
            (Some((_, span)), Some(_), _) => {
                self.say(Wrong::Mix, *span);
                Grain::Unknown
            }
            (_, _, Some(_)) => Grain::Unknown,
            (Some(_), None, None) => Grain::Row,
            (None, Some(_), None) => Grain::Aggregate,
            (None, None, None) => Grain::Constant,
        }
    }

    fn say(&mut self, what: Wrong, span: Span) {
        self.first.get_or_insert((what, span));
    }
}
