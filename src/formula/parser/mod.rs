//! From tokens to one expression: precedence here, `IF`, `CASE`, calls and braces in `forms`, what goes wrong in `trouble`.

mod forms;
mod trouble;

use super::ast::{Expr, ExprKind};
use super::field_ref::{FieldRef, RefForm};
use super::holds::Holds;
use super::lexer::lex;
use super::operator::{BinaryOp, Level, UnaryOp};
use super::parsed::{Parsed, SyntaxError};
use super::span::Span;
use super::token::{Keyword, Symbol, Token, TokenKind};

/// How deep expressions may stand in one another. Real formulas stay below 30; the stack of a thread bears far more
/// than this (see `deep_nesting_is_refused_and_not_a_crash`).
const DEPTH_LIMIT: usize = 250;

/// Reads a formula. Never fails: what is wrong stands in [`Parsed::errors`].
///
/// Takes time linear in the text, and memory too.
pub fn parse(text: &str) -> Parsed {
    if u32::try_from(text.len()).is_err() {
        return too_long();
    }
    let lexed = lex(text);
    let commented: usize = lexed.comments.iter().map(|c| c.text.chars().count()).sum();
    let outcome = match lexed.errors.into_iter().next() {
        Some(error) => Err(Box::new(error)),
        None => Parser::new(text, &lexed.tokens).formula(),
    };
    let (expression, errors, loose_references) = match outcome {
        Ok(expr) => (Some(*expr), Vec::new(), Vec::new()),
        Err(error) => (None, vec![*error], loose_references(text, &lexed.tokens)),
    };
    Parsed {
        holds: expression.as_ref().map(Holds::of).unwrap_or_default(),
        expression,
        errors,
        comments: lexed.comments,
        length: text.chars().count() - commented,
        loose_references,
    }
}

fn too_long() -> Parsed {
    let message = "the formula is longer than 4 GiB";
    Parsed {
        expression: None,
        errors: vec![SyntaxError::bare(Span::default(), message)],
        comments: Vec::new(),
        length: 0,
        loose_references: Vec::new(),
        holds: Holds::default(),
    }
}

/// Finds what looks like a reference in a formula that does not parse. Bare names are left out: they may be anything.
fn loose_references(text: &str, tokens: &[Token]) -> Vec<FieldRef> {
    let mut parser = Parser::new(text, tokens);
    let mut found = Vec::new();
    while parser.peek().kind != TokenKind::End {
        let token = parser.next();
        if token.kind == TokenKind::Bracketed
            && let Ok(field) = parser.reference(token)
        {
            found.push(field);
        }
    }
    found
}

struct Parser<'a> {
    text: &'a str,
    tokens: &'a [Token],
    position: usize,
    depth: usize,
    /// The first `ELSE IF`, to be named if an `END` is missing.
    else_if: Option<Span>,
}

/// Errors are boxed, and so is every expression on its way up: it keeps the frames of the recursion small.
type Result<T> = std::result::Result<T, Box<SyntaxError>>;

#[expect(clippy::unnecessary_box_returns, reason = "see `Result`")]
fn node(kind: ExprKind, span: Span) -> Box<Expr> {
    Box::new(Expr::new(kind, span))
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, tokens: &'a [Token]) -> Self {
        Self {
            text,
            tokens,
            position: 0,
            depth: 0,
            else_if: None,
        }
    }

    fn peek(&self) -> Token {
        self.peek_at(0)
    }

    fn peek_at(&self, ahead: usize) -> Token {
        let end = Token {
            kind: TokenKind::End,
            span: Span::new(self.text.len(), self.text.len()),
        };
        self.tokens
            .get(self.position + ahead)
            .copied()
            .unwrap_or(end)
    }

    fn next(&mut self) -> Token {
        let token = self.peek();
        self.position += 1;
        token
    }

    fn eat(&mut self, kind: TokenKind) -> Option<Token> {
        (self.peek().kind == kind).then(|| self.next())
    }

    fn eat_symbol(&mut self, symbol: Symbol) -> Option<Token> {
        self.eat(TokenKind::Symbol(symbol))
    }

    fn eat_keyword(&mut self, keyword: Keyword) -> Option<Token> {
        self.eat(TokenKind::Keyword(keyword))
    }

    fn source(&self, token: Token) -> &'a str {
        token.span.of(self.text)
    }

    fn formula(mut self) -> Result<Box<Expr>> {
        if self.peek().kind == TokenKind::End {
            return Err(SyntaxError::bare(self.peek().span, "the formula is empty").into());
        }
        let expr = self.expression(Level::Or)?;
        if self.peek().kind == TokenKind::End {
            Ok(expr)
        } else {
            Err(self.left_over().into())
        }
    }

    /// Reads an expression whose operators hold at least as tightly as `loosest`.
    fn expression(&mut self, loosest: Level) -> Result<Box<Expr>> {
        self.descend()?;
        let mut left = self.operand()?;
        while let Some(op) = operator(self.peek().kind)
            && op.level() >= loosest
        {
            self.next();
            let right = if op == BinaryOp::In {
                self.members()?
            } else {
                self.expression(op.level().tighter())?
            };
            left = Expr::join(left, op, *right);
        }
        self.depth -= 1;
        Ok(left)
    }

    fn descend(&mut self) -> Result<()> {
        self.depth += 1;
        if self.depth > DEPTH_LIMIT {
            let help = "split it into several calculated fields";
            let message = "the formula is nested too deeply to be read";
            return Err(SyntaxError::new(self.peek().span, message, help).into());
        }
        Ok(())
    }

    fn operand(&mut self) -> Result<Box<Expr>> {
        let token = self.next();
        match token.kind {
            TokenKind::Keyword(keyword) => self.keyword_operand(token, keyword),
            TokenKind::Symbol(symbol) => self.symbol_operand(token, symbol),
            TokenKind::Name if self.peek().kind == TokenKind::Symbol(Symbol::Open) => {
                self.call(token)
            }
            TokenKind::Name => {
                let parts = vec![self.source(token).to_owned()];
                let (span, form) = (token.span, RefForm::Bare);
                let field = FieldRef { parts, span, form };
                Ok(node(ExprKind::Field(field), span))
            }
            TokenKind::Bracketed => {
                let field = self.reference(token)?;
                let span = field.span;
                Ok(node(ExprKind::Field(field), span))
            }
            TokenKind::Number | TokenKind::String | TokenKind::Date => Ok(self.literal(token)),
            TokenKind::End => Err(self.expected_operand(token).into()),
        }
    }

    fn keyword_operand(&mut self, token: Token, keyword: Keyword) -> Result<Box<Expr>> {
        let kind = match keyword {
            Keyword::True => ExprKind::Boolean(true),
            Keyword::False => ExprKind::Boolean(false),
            Keyword::Null => ExprKind::Null,
            Keyword::Not => return self.prefixed(token, UnaryOp::Not, Level::Not),
            Keyword::If => return self.if_form(token),
            Keyword::Case => return self.case_form(token),
            _ => return Err(self.expected_operand(token).into()),
        };
        Ok(node(kind, token.span))
    }

    fn symbol_operand(&mut self, token: Token, symbol: Symbol) -> Result<Box<Expr>> {
        match symbol {
            Symbol::Minus => self.prefixed(token, UnaryOp::Negate, Level::Sign),
            Symbol::Plus => self.prefixed(token, UnaryOp::Plus, Level::Sign),
            Symbol::Open => self.parenthesised(token),
            Symbol::OpenBrace => self.lod(token),
            _ => Err(self.expected_operand(token).into()),
        }
    }

    fn prefixed(&mut self, token: Token, op: UnaryOp, level: Level) -> Result<Box<Expr>> {
        let operand = self.expression(level.tighter())?;
        let span = token.span.to(operand.span);
        Ok(node(ExprKind::Unary { op, operand }, span))
    }

    #[expect(clippy::unnecessary_box_returns, reason = "see `Result`")]
    fn literal(&self, token: Token) -> Box<Expr> {
        let source = self.source(token);
        let kind = match token.kind {
            TokenKind::Number => ExprKind::Number(source.to_ascii_lowercase()),
            TokenKind::Date => ExprKind::Date(inner(source).trim().to_owned()),
            _ => {
                let quote = source.get(..1).unwrap_or_default();
                ExprKind::String(inner(source).replace(&quote.repeat(2), quote))
            }
        };
        node(kind, token.span)
    }

    /// Reads the rest of `[a].[b].[c]`, its first part taken.
    fn reference(&mut self, first: Token) -> Result<FieldRef> {
        let mut parts = vec![self.field_name(first)?];
        let mut span = first.span;
        while self.peek().kind == TokenKind::Symbol(Symbol::Dot)
            && self.peek_at(1).kind == TokenKind::Bracketed
        {
            self.next();
            let part = self.next();
            parts.push(self.field_name(part)?);
            span = span.to(part.span);
        }
        let form = RefForm::Bracketed;
        Ok(FieldRef { parts, span, form })
    }

    fn field_name(&self, token: Token) -> Result<String> {
        match inner(self.source(token)).replace("]]", "]") {
            name if name.is_empty() => {
                Err(SyntaxError::bare(token.span, "a field name cannot be empty").into())
            }
            name => Ok(name),
        }
    }
}

/// Returns what stands between the first and the last byte, which are delimiters.
fn inner(source: &str) -> &str {
    source
        .get(1..source.len().saturating_sub(1))
        .unwrap_or_default()
}

fn operator(kind: TokenKind) -> Option<BinaryOp> {
    Some(match kind {
        TokenKind::Keyword(Keyword::Or) => BinaryOp::Or,
        TokenKind::Keyword(Keyword::And) => BinaryOp::And,
        TokenKind::Keyword(Keyword::In) => BinaryOp::In,
        TokenKind::Symbol(symbol) => match symbol {
            Symbol::Equal => BinaryOp::Equal,
            Symbol::NotEqual => BinaryOp::NotEqual,
            Symbol::Less => BinaryOp::Less,
            Symbol::LessOrEqual => BinaryOp::LessOrEqual,
            Symbol::Greater => BinaryOp::Greater,
            Symbol::GreaterOrEqual => BinaryOp::GreaterOrEqual,
            Symbol::Plus => BinaryOp::Add,
            Symbol::Minus => BinaryOp::Subtract,
            Symbol::Star => BinaryOp::Multiply,
            Symbol::Slash => BinaryOp::Divide,
            Symbol::Percent => BinaryOp::Modulo,
            Symbol::Caret => BinaryOp::Power,
            _ => return None,
        },
        _ => return None,
    })
}
