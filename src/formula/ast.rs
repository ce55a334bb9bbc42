use super::functions::{self, Function};
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
    /// As written (`1`, `.5`, `1e-3`): the sign is a [`UnaryOp::Negate`] around it.
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

/// A reference to a field, parameter or set: `[Sales]`, `[Parameters].[Parameter 1]`, `[data source].[table].[field]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldRef {
    /// Without brackets, `]]` undone. At least one; the field's own name is the last.
    pub parts: Vec<String>,
    pub span: Span,
    pub form: RefForm,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefForm {
    Bracketed,
    /// A name of one word without brackets, as in `SUM(Sales)`, which Tableau accepts.
    Bare,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LodScope {
    Fixed,
    Include,
    Exclude,
    /// `{ MAX([Date]) }`: no keyword and no dimensions.
    Table,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    Not,
    Negate,
    Plus,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOp {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Power,
}

/// How tightly an expression holds together, loosest first.
///
/// Source: <https://help.tableau.com/current/pro/desktop/en-us/functions_operators.htm>, "Operator precedence": negation
/// binds tighter than `^`, and operators of one row go from left to right. The table leaves `IN` out; it compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Or,
    And,
    Not,
    Comparison,
    Sum,
    Product,
    Power,
    Sign,
    Primary,
}

impl Level {
    pub(super) fn tighter(self) -> Self {
        match self {
            Self::Or => Self::And,
            Self::And => Self::Not,
            Self::Not => Self::Comparison,
            Self::Comparison => Self::Sum,
            Self::Sum => Self::Product,
            Self::Product => Self::Power,
            Self::Power => Self::Sign,
            Self::Sign | Self::Primary => Self::Primary,
        }
    }
}

impl BinaryOp {
    pub(super) fn level(self) -> Level {
        match self {
            Self::Or => Level::Or,
            Self::And => Level::And,
            Self::Equal
            | Self::NotEqual
            | Self::Less
            | Self::LessOrEqual
            | Self::Greater
            | Self::GreaterOrEqual
            | Self::In => Level::Comparison,
            Self::Add | Self::Subtract => Level::Sum,
            Self::Multiply | Self::Divide | Self::Modulo => Level::Product,
            Self::Power => Level::Power,
        }
    }

    /// Returns the operator as [`super::print`] writes it: `=` for `==`, `<>` for `!=`.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Or => "OR",
            Self::And => "AND",
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::In => "IN",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Modulo => "%",
            Self::Power => "^",
        }
    }
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

impl FieldRef {
    /// Returns the field's own name, without its data source.
    pub fn name(&self) -> &str {
        self.parts.last().map_or("", String::as_str)
    }

    /// Returns the data source's name, if the reference says one.
    pub fn data_source(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [first, _, ..] => Some(first),
            _ => None,
        }
    }

    /// Says whether the reference is to a parameter: Tableau keeps them in a data source of that name.
    pub fn is_parameter(&self) -> bool {
        self.data_source() == Some("Parameters")
    }

    /// Returns the reference in brackets, `]` doubled: `[Parameters].[Parameter 1]`.
    pub fn quoted(&self) -> String {
        quote(self.parts.iter().map(String::as_str))
    }
}

/// Returns a reference made of these names: `["a", "b]"]` gives `[a].[b]]]`.
pub fn quote<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(if text.is_empty() { "[" } else { ".[" });
        text.push_str(&part.replace(']', "]]"));
        text.push(']');
    }
    text
}

impl Expr {
    pub(super) fn new(kind: ExprKind, span: Span) -> Self {
        Self { kind, span }
    }

    /// Joins two operands, adding to the chain on the left when it is of the same precedence.
    pub(super) fn join(mut left: Self, op: BinaryOp, right: Self) -> Self {
        let span = left.span.to(right.span);
        match left.kind {
            ExprKind::Chain(mut chain) if chain.level() == op.level() => {
                chain.rest.push((op, right));
                Self::new(ExprKind::Chain(chain), span)
            }
            kind => {
                left.kind = kind;
                let first = Box::new(left);
                let rest = vec![(op, right)];
                Self::new(ExprKind::Chain(Chain { first, rest }), span)
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
        match &self.kind {
            ExprKind::Null
            | ExprKind::Boolean(_)
            | ExprKind::Number(_)
            | ExprKind::String(_)
            | ExprKind::Date(_)
            | ExprKind::Field(_) => Vec::new(),
            ExprKind::Call(call) => call.args.iter().collect(),
            ExprKind::Unary { operand: inner, .. } | ExprKind::Membership(inner) => vec![inner],
            ExprKind::Chain(Chain { first, rest }) => std::iter::once(first.as_ref())
                .chain(rest.iter().map(|(_, operand)| operand))
                .collect(),
            ExprKind::List(items) => items.iter().collect(),
            ExprKind::If {
                branches,
                otherwise,
            } => branch_parts(None, branches, otherwise.as_deref()),
            ExprKind::Case {
                subject,
                branches,
                otherwise,
            } => branch_parts(Some(subject), branches, otherwise.as_deref()),
            ExprKind::Lod {
                dimensions,
                aggregate,
                ..
            } => dimensions
                .iter()
                .chain(std::iter::once(aggregate.as_ref()))
                .collect(),
        }
    }

    /// Goes over this expression and all below it: each before its children, in the order of the text.
    pub fn descendants(&self) -> Descendants<'_> {
        Descendants { stack: vec![self] }
    }
}

fn branch_parts<'a>(
    subject: Option<&'a Expr>,
    branches: &'a [Branch],
    otherwise: Option<&'a Expr>,
) -> Vec<&'a Expr> {
    subject
        .into_iter()
        .chain(
            branches
                .iter()
                .flat_map(|branch| [&branch.condition, &branch.result]),
        )
        .chain(otherwise)
        .collect()
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
        self.stack.extend(next.children().into_iter().rev());
        Some(next)
    }
}
