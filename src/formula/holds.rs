//! What an expression has in it: a bit each, so that what looks for one thing in thousands of formulas need not go through
//! those that do not have it.

use super::ast::{Expr, ExprKind};
use super::functions::Category;

/// What may be looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Null,
    String,
    Date,
    Field,
    Call,
    UnknownCall,
    /// Operators between operands.
    Chain,
    If,
    Case,
    Lod,
}

/// Which parts an expression has, and functions of which categories it calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Holds {
    parts: u16,
    categories: u16,
}

impl Holds {
    pub(super) fn of(expression: &Expr) -> Self {
        let mut holds = Self::default();
        for expr in expression.descendants() {
            holds.add(expr);
        }
        holds
    }

    pub(super) fn part(self, part: Part) -> bool {
        self.parts & bit(part as u8) != 0
    }

    pub(super) fn category(self, category: Category) -> bool {
        self.categories & bit(category as u8) != 0
    }

    fn add(&mut self, expr: &Expr) {
        let part = match &expr.kind {
            ExprKind::Null => Part::Null,
            ExprKind::String(_) => Part::String,
            ExprKind::Date(_) => Part::Date,
            ExprKind::Field(_) => Part::Field,
            ExprKind::Chain(_) => Part::Chain,
            ExprKind::If { .. } => Part::If,
            ExprKind::Case { .. } => Part::Case,
            ExprKind::Lod { .. } => Part::Lod,
            ExprKind::Call(call) => {
                match call.function() {
                    Some(function) => self.categories |= bit(function.category as u8),
                    None => self.parts |= bit(Part::UnknownCall as u8),
                }
                Part::Call
            }
            ExprKind::Boolean(_)
            | ExprKind::Number(_)
            | ExprKind::Unary { .. }
            | ExprKind::List(_)
            | ExprKind::Membership(_) => return,
        };
        self.parts |= bit(part as u8);
    }
}

/// There are fewer of both than bits.
fn bit(number: u8) -> u16 {
    1 << number
}
