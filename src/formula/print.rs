use super::ast::{Branch, Chain, Expr, ExprKind};
use super::field_ref::FieldRef;
use super::operator::{Level, UnaryOp};

/// Writes an expression in one form: keywords and function names in upper case, one space between words, `=` for `==`,
/// `<>` for `!=`, field names in brackets, strings in `'…'` where they hold no `'`, and no parentheses that change nothing.
///
/// Parsing the result gives the same tree (a tree at the depth limit may need one level too many of parentheses).
pub fn print(expr: &Expr) -> String {
    print_with(expr, FieldRef::quoted)
}

pub(super) fn print_with(expr: &Expr, field: impl FnMut(&FieldRef) -> String) -> String {
    let mut printer = Printer {
        out: String::new(),
        field,
    };
    printer.expr(expr);
    printer.out
}

struct Printer<F> {
    out: String,
    field: F,
}

impl<F: FnMut(&FieldRef) -> String> Printer<F> {
    fn word(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Null => self.word("NULL"),
            ExprKind::Boolean(true) => self.word("TRUE"),
            ExprKind::Boolean(false) => self.word("FALSE"),
            ExprKind::Number(text) => self.word(text),
            ExprKind::String(text) => self.string(text),
            ExprKind::Date(text) => self.surrounded("#", text, "#"),
            ExprKind::Field(field) => {
                let text = (self.field)(field);
                self.word(&text);
            }
            ExprKind::Call(call) => {
                self.word(&call.name);
                self.list("(", &call.args, ")");
            }
            ExprKind::Unary { op, operand } => self.unary(*op, operand),
            ExprKind::Chain(chain) => self.chain(chain),
            ExprKind::List(items) => self.list("(", items, ")"),
            ExprKind::Membership(members) => {
                self.word("IN ");
                self.expr(members);
            }
            ExprKind::If {
                branches,
                otherwise,
            } => self.if_form(branches, otherwise.as_deref()),
            ExprKind::Case {
                subject,
                branches,
                otherwise,
            } => {
                self.word("CASE ");
                self.expr(subject);
                for branch in branches {
                    self.branch(" WHEN ", branch);
                }
                self.otherwise(otherwise.as_deref());
            }
            ExprKind::Lod {
                scope,
                dimensions,
                aggregate,
            } => {
                self.word("{ ");
                if let Some(keyword) = scope.keyword() {
                    self.word(keyword);
                    self.list(
                        " ",
                        dimensions,
                        if dimensions.is_empty() { ": " } else { " : " },
                    );
                }
                self.expr(aggregate);
                self.word(" }");
            }
        }
    }

    fn surrounded(&mut self, open: &str, text: &str, close: &str) {
        self.word(open);
        self.word(text);
        self.word(close);
    }

    fn string(&mut self, text: &str) {
        let quote = if text.contains('\'') && !text.contains('"') {
            "\""
        } else {
            "'"
        };
        self.surrounded(quote, &text.replace(quote, &quote.repeat(2)), quote);
    }

    fn list(&mut self, open: &str, items: &[Expr], close: &str) {
        self.word(open);
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.word(", ");
            }
            self.expr(item);
        }
        self.word(close);
    }

    /// Writes an operand, in parentheses when it holds less tightly than the place asks.
    fn operand(&mut self, expr: &Expr, loosest: Level) {
        if level(expr) < loosest {
            self.word("(");
            self.expr(expr);
            self.word(")");
        } else {
            self.expr(expr);
        }
    }

    fn unary(&mut self, op: UnaryOp, operand: &Expr) {
        let sign = match op {
            UnaryOp::Not => {
                self.word("NOT ");
                return self.operand(operand, Level::Not);
            }
            UnaryOp::Negate => "-",
            UnaryOp::Plus => "+",
        };
        self.word(sign);
        // Two signs in a row stay apart, for those who read `--` as a comment.
        if level(operand) == Level::Sign {
            self.word(" ");
        }
        self.operand(operand, Level::Sign);
    }

    fn chain(&mut self, chain: &Chain) {
        let tighter = chain.level().tighter();
        self.operand(&chain.first, tighter);
        for (op, operand) in &chain.rest {
            self.word(" ");
            self.word(op.symbol());
            self.word(" ");
            self.operand(operand, tighter);
        }
    }

    fn if_form(&mut self, branches: &[Branch], otherwise: Option<&Expr>) {
        for (index, branch) in branches.iter().enumerate() {
            self.branch(if index == 0 { "IF " } else { " ELSEIF " }, branch);
        }
        self.otherwise(otherwise);
    }

    fn branch(&mut self, opener: &str, branch: &Branch) {
        self.word(opener);
        self.expr(&branch.condition);
        self.word(" THEN ");
        self.expr(&branch.result);
    }

    fn otherwise(&mut self, otherwise: Option<&Expr>) {
        if let Some(expr) = otherwise {
            self.word(" ELSE ");
            self.expr(expr);
        }
        self.word(" END");
    }
}

fn level(expr: &Expr) -> Level {
    match &expr.kind {
        ExprKind::Chain(chain) => chain.level(),
        ExprKind::Unary {
            op: UnaryOp::Not, ..
        } => Level::Not,
        ExprKind::Unary { .. } => Level::Sign,
        _ => Level::Primary,
    }
}
