use super::ast::{Call, Expr, ExprKind};
use super::field_ref::FieldRef;
use super::functions::Category;
use super::holds::{Holds, Part};
use super::span::Span;

/// What was read from one formula: the expression, or why there is none.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// There is one exactly when [`Parsed::errors`] is empty.
    pub expression: Option<Expr>,
    pub errors: Vec<SyntaxError>,
    /// In the order of the text.
    pub comments: Vec<Comment>,
    /// Characters outside comments, white space included.
    pub length: usize,
    /// References found in the tokens of a formula that does not parse.
    pub(super) loose_references: Vec<FieldRef>,
    /// What there is to find in the expression.
    pub(super) holds: Holds,
}

/// Why a formula is not one.
///
/// The message is a lower-case fragment without a final full stop; code stands in backticks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SyntaxError {
    pub span: Span,
    pub message: String,
    /// What to do, when the mistake is a known one.
    pub help: Option<String>,
}

/// A `// …` or `/* … */`, its marks included. Block comments do not nest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    pub span: Span,
    pub text: String,
}

impl SyntaxError {
    pub(super) fn new(span: Span, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            help: Some(help.into()),
        }
    }

    pub(super) fn bare(span: Span, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            help: None,
        }
    }
}

impl Parsed {
    /// Goes over every reference, in the order of the text.
    ///
    /// A formula that does not parse still names the fields it was meant to use, so that they do not look unused.
    pub fn references(&self) -> impl Iterator<Item = &FieldRef> {
        self.around(&[Part::Field])
            .filter_map(|expr| match &expr.kind {
                ExprKind::Field(field) => Some(field),
                _ => None,
            })
            .chain(&self.loose_references)
    }

    /// Goes over every function call, each before the calls in its arguments. None when the formula does not parse.
    pub fn calls(&self) -> impl Iterator<Item = &Call> {
        calls(self.around(&[Part::Call]))
    }

    /// Goes over the calls of functions of these categories.
    pub fn calls_of(&self, categories: &[Category]) -> impl Iterator<Item = &Call> {
        let there = categories.iter().any(|c| self.holds.category(*c));
        let all = calls(self.expressions(there));
        all.filter(move |call| {
            let function = call.function();
            function.is_some_and(|f| categories.contains(&f.category))
        })
    }

    /// Goes over the calls of functions that Tableau does not know.
    pub fn unknown_calls(&self) -> impl Iterator<Item = &Call> {
        calls(self.around(&[Part::UnknownCall])).filter(|call| call.function().is_none())
    }

    /// Goes over every expression, each before those in it; over none where the formula has none of these parts. A rule looks
    /// for something that few formulas have, and there may be thousands.
    pub fn around(&self, parts: &[Part]) -> impl Iterator<Item = &Expr> {
        self.expressions(parts.iter().any(|part| self.holds.part(*part)))
    }

    fn expressions(&self, any: bool) -> impl Iterator<Item = &Expr> {
        let expression = self.expression.iter().filter(move |_| any);
        expression.flat_map(Expr::descendants)
    }

    /// Returns how many level of detail expressions stand in one another: 0 for none.
    pub fn lod_depth(&self) -> usize {
        let mut deepest = 0;
        let root = self
            .expression
            .iter()
            .filter(|_| self.holds.part(Part::Lod));
        let mut stack: Vec<(&Expr, usize)> = root.map(|expr| (expr, 0)).collect();
        while let Some((expr, above)) = stack.pop() {
            let depth = above + usize::from(is_lod(expr));
            deepest = deepest.max(depth);
            stack.extend(expr.children().into_iter().map(|child| (child, depth)));
        }
        deepest
    }

    pub fn lod_count(&self) -> usize {
        self.around(&[Part::Lod]).filter(|e| is_lod(e)).count()
    }

    /// Says whether the result is one value for many rows: an aggregate outside every level of detail expression, or a
    /// table calculation. What a referenced calculation does is not known here.
    pub fn is_aggregate(&self) -> bool {
        self.expression.as_ref().is_some_and(aggregate_outside_lod)
    }

    pub fn is_table_calculation(&self) -> bool {
        self.calls().any(|call| {
            call.function()
                .is_some_and(|function| function.table_calculation)
        })
    }

    /// Says whether the result depends on who looks: `USERNAME()`, `ISMEMBEROF(…)`, `USERATTRIBUTE(…)`.
    pub fn uses_user_function(&self) -> bool {
        self.holds.category(Category::User)
    }
}

fn calls<'e>(all: impl Iterator<Item = &'e Expr>) -> impl Iterator<Item = &'e Call> {
    all.filter_map(|expr| match &expr.kind {
        ExprKind::Call(call) => Some(call),
        _ => None,
    })
}

fn is_lod(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Lod { .. })
}

fn aggregate_outside_lod(expr: &Expr) -> bool {
    let mut stack = vec![expr];
    while let Some(expr) = stack.pop() {
        match &expr.kind {
            ExprKind::Lod { .. } => {}
            ExprKind::Call(call) if call.is_aggregate() => return true,
            _ => stack.extend(expr.children()),
        }
    }
    false
}
