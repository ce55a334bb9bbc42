//! Any tree survives printing and parsing.

use proptest::prelude::*;

use super::super::operator::BinaryOp;
use super::super::span::Span;
use super::super::{
    Branch, Call, Chain, Expr, ExprKind, FieldRef, LodScope, RefForm, UnaryOp, parse, print,
};

fn node(kind: ExprKind) -> Expr {
    Expr::new(kind, Span::default())
}

fn boxed(expr: Expr) -> Box<Expr> {
    Box::new(without_places(expr))
}

/// Forgets what a tree remembers of its text: spans, and whether a name stood in brackets.
pub(super) fn without_places(expr: Expr) -> Expr {
    let all = |exprs: Vec<Expr>| exprs.into_iter().map(without_places).collect();
    let branches = |branches: Vec<Branch>| {
        let each = branches.into_iter();
        each.map(|branch| Branch {
            condition: without_places(branch.condition),
            result: without_places(branch.result),
        })
        .collect()
    };
    node(match expr.kind {
        ExprKind::Field(field) => ExprKind::Field(FieldRef {
            span: Span::default(),
            form: RefForm::Bracketed,
            ..field
        }),
        ExprKind::Call(call) => ExprKind::Call(Call {
            name: call.name,
            name_span: Span::default(),
            span: Span::default(),
            args: all(call.args),
        }),
        ExprKind::Unary { op, operand } => ExprKind::Unary {
            op,
            operand: boxed(*operand),
        },
        ExprKind::Chain(chain) => ExprKind::Chain(Chain {
            first: boxed(*chain.first),
            rest: chain
                .rest
                .into_iter()
                .map(|(op, expr)| (op, without_places(expr)))
                .collect(),
        }),
        ExprKind::List(items) => ExprKind::List(all(items)),
        ExprKind::Membership(members) => ExprKind::Membership(boxed(*members)),
        ExprKind::If {
            branches: some,
            otherwise,
        } => ExprKind::If {
            branches: branches(some),
            otherwise: otherwise.map(|expr| boxed(*expr)),
        },
        ExprKind::Case {
            subject,
            branches: some,
            otherwise,
        } => ExprKind::Case {
            subject: boxed(*subject),
            branches: branches(some),
            otherwise: otherwise.map(|expr| boxed(*expr)),
        },
        ExprKind::Lod {
            scope,
            dimensions,
            aggregate,
        } => ExprKind::Lod {
            scope,
            dimensions: all(dimensions),
            aggregate: boxed(*aggregate),
        },
        leaf => leaf,
    })
}

fn field() -> impl Strategy<Value = Expr> {
    prop::collection::vec("[^\u{0}]{1,6}", 1..=3).prop_map(|parts| {
        let (span, form) = (Span::default(), RefForm::Bracketed);
        node(ExprKind::Field(FieldRef { parts, span, form }))
    })
}

fn leaf() -> impl Strategy<Value = Expr> {
    prop_oneof![
        Just(node(ExprKind::Null)),
        any::<bool>().prop_map(|value| node(ExprKind::Boolean(value))),
        "([0-9]{1,4}(\\.[0-9]{0,2})?|\\.[0-9]{1,2})(e[-+]?[0-9]{1,2})?"
            .prop_map(|text| node(ExprKind::Number(text))),
        ".{0,8}".prop_map(|text| node(ExprKind::String(text))),
        "['\"\\\\]{0,4}".prop_map(|text| node(ExprKind::String(text))),
        "[0-9][-0-9: ]{0,8}[0-9]".prop_map(|text| node(ExprKind::Date(text))),
        field(),
    ]
}

fn binary_op() -> impl Strategy<Value = BinaryOp> {
    prop::sample::select(vec![
        BinaryOp::Or,
        BinaryOp::And,
        BinaryOp::Equal,
        BinaryOp::NotEqual,
        BinaryOp::Less,
        BinaryOp::LessOrEqual,
        BinaryOp::Greater,
        BinaryOp::GreaterOrEqual,
        BinaryOp::Add,
        BinaryOp::Subtract,
        BinaryOp::Multiply,
        BinaryOp::Divide,
        BinaryOp::Modulo,
        BinaryOp::Power,
    ])
}

fn call(name: String, args: Vec<Expr>) -> Expr {
    let (name_span, span) = (Span::default(), Span::default());
    node(ExprKind::Call(Call {
        name,
        name_span,
        span,
        args,
    }))
}

fn members(inner: impl Strategy<Value = Expr>) -> impl Strategy<Value = Expr> {
    let list = prop::collection::vec(inner, 1..4).prop_map(|items| node(ExprKind::List(items)));
    prop_oneof![list, field()]
}

fn scope() -> impl Strategy<Value = LodScope> {
    prop::sample::select(vec![LodScope::Fixed, LodScope::Include, LodScope::Exclude])
}

fn unary_op() -> impl Strategy<Value = UnaryOp> {
    prop::sample::select(vec![UnaryOp::Not, UnaryOp::Negate, UnaryOp::Plus])
}

fn expression() -> impl Strategy<Value = Expr> {
    leaf().prop_recursive(6, 48, 4, |inner| {
        let branch = (inner.clone(), inner.clone())
            .prop_map(|(condition, result)| Branch { condition, result });
        let member = (members(inner.clone()), inner.clone()).prop_map(|(members, result)| Branch {
            condition: node(ExprKind::Membership(Box::new(members))),
            result,
        });
        let when = prop_oneof![branch.clone(), member];
        let otherwise = prop::option::of(inner.clone().prop_map(Box::new));
        prop_oneof![
            (inner.clone(), binary_op(), inner.clone()).prop_map(|(left, op, right)| *Expr::join(
                Box::new(left),
                op,
                right
            )),
            (inner.clone(), members(inner.clone())).prop_map(|(left, right)| *Expr::join(
                Box::new(left),
                BinaryOp::In,
                right
            )),
            (unary_op(), inner.clone()).prop_map(|(op, operand)| {
                let operand = Box::new(operand);
                node(ExprKind::Unary { op, operand })
            }),
            (
                "(SUM|MIN|F_[A-Z0-9]{0,3}|LEFT)",
                prop::collection::vec(inner.clone(), 0..4)
            )
                .prop_map(|(name, args)| call(name, args)),
            (prop::collection::vec(branch, 1..3), otherwise.clone()).prop_map(
                |(branches, otherwise)| node(ExprKind::If {
                    branches,
                    otherwise
                })
            ),
            (inner.clone(), prop::collection::vec(when, 1..3), otherwise).prop_map(
                |(subject, branches, otherwise)| {
                    let subject = Box::new(subject);
                    node(ExprKind::Case {
                        subject,
                        branches,
                        otherwise,
                    })
                }
            ),
            (
                scope(),
                prop::collection::vec(inner.clone(), 0..3),
                inner.clone()
            )
                .prop_map(|(scope, dimensions, aggregate)| {
                    let aggregate = Box::new(aggregate);
                    node(ExprKind::Lod {
                        scope,
                        dimensions,
                        aggregate,
                    })
                }),
            inner.prop_map(|aggregate| {
                let (scope, dimensions) = (LodScope::Table, Vec::new());
                let aggregate = Box::new(aggregate);
                node(ExprKind::Lod {
                    scope,
                    dimensions,
                    aggregate,
                })
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_printed_tree_parses_to_the_same_tree(tree in expression()) {
        let tree = without_places(tree);
        let text = print(&tree);
        let parsed = parse(&text);
        prop_assert_eq!(&parsed.errors, &[], "{}", text);
        let again = parsed.expression.map(without_places);
        prop_assert_eq!(again, Some(tree), "{}", text);
    }
}
