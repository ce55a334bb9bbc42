use super::field_ref::FieldRef;
use super::functions::{self, Function};
use super::operator::{BinaryOp, Level, UnaryOp};
use super::span::Span;

/// One expression of a formula.
///
/// Parentheses leave no node: they only shape the tree, and [`super::print`] puts back those it needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    pub kind: ExprKind,
    /// Includes the parentheses around the expression, if it has any.
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    Null,
    Boolean(bool),
    /// As written (`1`, `.5`, `1e-3`), but `e` for `E`: the sign is a [`UnaryOp::Negate`] around it.
    Number(String),
    /// Without its quotes, doubled quotes undone. A backslash is an ordinary character.
    String(String),
    /// What stands between the `#` signs, trimmed; Tableau reads it by the locale of the workbook.
    Date(String),
    Field(FieldRef),
    Call(Call),
    Unary {
        op: UnaryOp,
        operand: Box<Expr>,
    },
    Chain(Chain),
    /// `(1, 2, 3)`, to the right of `IN`.
    List(Vec<Expr>),
    /// The `IN (…)` or `IN [set]` of `CASE … WHEN IN … THEN`.
    Membership(Box<Expr>),
    If {
        /// `IF` and every `ELSEIF`: at least one.
        branches: Vec<Branch>,
        otherwise: Option<Box<Expr>>,
    },
    Case {
        subject: Box<Expr>,
        /// At least one.
        branches: Vec<Branch>,
        otherwise: Option<Box<Expr>>,
    },
    Lod {
        scope: LodScope,
        dimensions: Vec<Expr>,
        aggregate: Box<Expr>,
    },
}

/// Operands joined by left-associative operators of one precedence: `a - b + c` is one chain.
///
/// A chain instead of a tree of pairs keeps a formula of a thousand `OR`s one level deep.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    pub first: Box<Expr>,
    /// Never empty.
    pub rest: Vec<(BinaryOp, Expr)>,
}

/// `IF condition THEN result`, or `WHEN condition THEN result`.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    pub condition: Expr,
    pub result: Expr,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// In upper case, whether or not Tableau knows it.
    pub name: String,
    pub name_span: Span,
    pub span: Span,
    pub args: Vec<Expr>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LodScope {
    Fixed,
    Include,
    Exclude,
    /// `{ MAX([Date]) }`: no keyword and no dimensions.
    Table,
}

impl LodScope {
    pub(super) fn keyword(self) -> Option<&'static str> {
        match self {
            Self::Fixed => Some("FIXED"),
            Self::Include => Some("INCLUDE"),
            Self::Exclude => Some("EXCLUDE"),
            Self::Table => None,
        }
    }
}

impl Call {
    /// Returns what Tableau knows of the function, or nothing when it knows no such name.
    pub fn function(&self) -> Option<&'static Function> {
        functions::lookup(&self.name)
    }

    /// Says whether this call turns rows into one value. `MIN` and `MAX` do with one argument, not with two.
    pub fn is_aggregate(&self) -> bool {
        self.function()
            .is_some_and(|function| function.aggregates(self.args.len()))
    }
}

impl Expr {
    pub(super) fn new(kind: ExprKind, span: Span) -> Self {
        Self { kind, span }
    }

    /// Joins two operands, adding to the chain on the left when it is of the same precedence.
    #[expect(
        clippy::unnecessary_box_returns,
        reason = "the parser keeps every expression boxed"
    )]
    pub(super) fn join(mut left: Box<Self>, op: BinaryOp, right: Self) -> Box<Self> {
        let span = left.span.to(right.span);
        match &mut left.kind {
            ExprKind::Chain(chain) if chain.level() == op.level() => {
                chain.rest.push((op, right));
                left.span = span;
                left
            }
            _ => {
                let rest = vec![(op, right)];
                let chain = Chain { first: left, rest };
                Box::new(Self::new(ExprKind::Chain(chain), span))
            }
        }
    }

    /// Returns the two sides when the expression is one operator between two operands.
    pub fn as_binary(&self) -> Option<(&Self, BinaryOp, &Self)> {
        match &self.kind {
            ExprKind::Chain(Chain { first, rest }) => match rest.as_slice() {
                [(op, right)] => Some((first, *op, right)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Returns the expressions directly below this one, in the order of the text.
    pub fn children(&self) -> Vec<&Self> {
        let mut children = Vec::new();
        self.push_children(&mut children);
        children.reverse();
        children
    }

    /// The last of them first, as a stack wants them.
    fn push_children<'a>(&'a self, to: &mut Vec<&'a Self>) {
        match &self.kind {
            ExprKind::Null
            | ExprKind::Boolean(_)
            | ExprKind::Number(_)
            | ExprKind::String(_)
            | ExprKind::Date(_)
            | ExprKind::Field(_) => {}
            ExprKind::Call(call) => to.extend(call.args.iter().rev()),
            ExprKind::Unary { operand: inner, .. } | ExprKind::Membership(inner) => to.push(inner),
            ExprKind::Chain(Chain { first, rest }) => {
                to.extend(rest.iter().rev().map(|(_, operand)| operand));
                to.push(first);
            }
            ExprKind::List(items) => to.extend(items.iter().rev()),
            ExprKind::If {
                branches,
                otherwise,
            } => push_branches(branches, otherwise.as_deref(), to),
            ExprKind::Case {
                subject,
                branches,
                otherwise,
            } => {
                push_branches(branches, otherwise.as_deref(), to);
                to.push(subject);
            }
            ExprKind::Lod {
                dimensions,
                aggregate,
                ..
            } => {
                to.push(aggregate);
                to.extend(dimensions.iter().rev());
            }
        }
    }

    /// Goes over this expression and all below it: each before its children, in the order of the text.
    pub fn descendants(&self) -> Descendants<'_> {
        Descendants { stack: vec![self] }
    }
}

fn push_branches<'a>(branches: &'a [Branch], otherwise: Option<&'a Expr>, to: &mut Vec<&'a Expr>) {
    to.extend(otherwise);
    for branch in branches.iter().rev() {
        to.extend([&branch.result, &branch.condition]);
    }
}

impl Chain {
    pub(super) fn level(&self) -> Level {
        self.rest
            .first()
            .map_or(Level::Primary, |(op, _)| op.level())
    }
}

/// See [`Expr::descendants`].
#[derive(Debug)]
pub struct Descendants<'a> {
    stack: Vec<&'a Expr>,
}

impl<'a> Iterator for Descendants<'a> {
    type Item = &'a Expr;

    fn next(&mut self) -> Option<&'a Expr> {
        let next = self.stack.pop()?;
        next.push_children(&mut self.stack);
        Some(next)
    }
}
