use super::super::ast::{Branch, Call, Expr, ExprKind, LodScope};
use super::super::operator::Level;
use super::super::token::{Keyword, Symbol, Token, TokenKind};
use super::{Parser, Result, SyntaxError, node};

impl Parser<'_> {
    pub(super) fn parenthesised(&mut self, open: Token) -> Result<Box<Expr>> {
        let mut expr = self.expression(Level::Or)?;
        let close = self.close(open, Symbol::Close)?;
        expr.span = open.span.to(close.span);
        Ok(expr)
    }

    /// Reads what stands right of `IN`: `(…, …)`, or a set.
    pub(super) fn members(&mut self) -> Result<Box<Expr>> {
        if let Some(open) = self.eat_symbol(Symbol::Open) {
            let (items, close) = self.arguments(open, Symbol::Close)?;
            if items.is_empty() {
                let help = "name at least one value, as in `IN ('a', 'b')`";
                return Err(
                    SyntaxError::new(close.span, "the list after `IN` is empty", help).into(),
                );
            }
            return Ok(node(ExprKind::List(items), open.span.to(close.span)));
        }
        match self.peek().kind {
            TokenKind::Bracketed | TokenKind::Name => self.expression(Level::Sum),
            _ => Err(self.expected_members().into()),
        }
    }

    pub(super) fn call(&mut self, name: Token) -> Result<Box<Expr>> {
        let open = self.next();
        let (args, close) = self.arguments(open, Symbol::Close)?;
        let span = name.span.to(close.span);
        let call = Call {
            name: self.source(name).to_uppercase(),
            name_span: name.span,
            span,
            args,
        };
        Ok(node(ExprKind::Call(call), span))
    }

    /// Reads `a, b, c)`, the opening taken; returns the closing too.
    fn arguments(&mut self, open: Token, close: Symbol) -> Result<(Vec<Expr>, Token)> {
        if let Some(close) = self.eat_symbol(close) {
            return Ok((Vec::new(), close));
        }
        let mut args = vec![*self.expression(Level::Or)?];
        while self.eat_symbol(Symbol::Comma).is_some() {
            args.push(*self.expression(Level::Or)?);
        }
        let close = self.close(open, close)?;
        Ok((args, close))
    }

    fn close(&mut self, open: Token, close: Symbol) -> Result<Token> {
        match self.eat_symbol(close) {
            Some(token) => Ok(token),
            None => Err(self.expected_close(open).into()),
        }
    }

    pub(super) fn if_form(&mut self, start: Token) -> Result<Box<Expr>> {
        let mut branches = vec![self.branch(start)?];
        while let Some(else_if) = self.eat_keyword(Keyword::ElseIf) {
            branches.push(self.branch(else_if)?);
        }
        let otherwise = self.otherwise()?;
        let end = self.end_of(start)?;
        let kind = ExprKind::If {
            branches,
            otherwise,
        };
        Ok(node(kind, start.span.to(end.span)))
    }

    pub(super) fn case_form(&mut self, start: Token) -> Result<Box<Expr>> {
        if self.peek().kind == TokenKind::Keyword(Keyword::When) {
            return Err(self.case_without_subject().into());
        }
        let subject = self.expression(Level::Or)?;
        let mut branches = Vec::new();
        while let Some(when) = self.eat_keyword(Keyword::When) {
            branches.push(self.branch(when)?);
        }
        if branches.is_empty() {
            return Err(self.expected_when().into());
        }
        let otherwise = self.otherwise()?;
        let end = self.end_of(start)?;
        let kind = ExprKind::Case {
            subject,
            branches,
            otherwise,
        };
        Ok(node(kind, start.span.to(end.span)))
    }

    /// Reads `condition THEN result`, after `IF`, `ELSEIF` or `WHEN`.
    fn branch(&mut self, opener: Token) -> Result<Branch> {
        let membership = match opener.kind {
            TokenKind::Keyword(Keyword::When) => self.eat_keyword(Keyword::In),
            _ => None,
        };
        let condition = if let Some(keyword) = membership {
            let members = self.members()?;
            let span = keyword.span.to(members.span);
            node(ExprKind::Membership(members), span)
        } else {
            self.expression(Level::Or)?
        };
        if self.eat_keyword(Keyword::Then).is_none() {
            return Err(self.expected_then(opener).into());
        }
        let result = self.expression(Level::Or)?;
        Ok(Branch {
            condition: *condition,
            result: *result,
        })
    }

    fn otherwise(&mut self) -> Result<Option<Box<Expr>>> {
        let Some(keyword) = self.eat_keyword(Keyword::Else) else {
            return Ok(None);
        };
        if self.peek().kind == TokenKind::Keyword(Keyword::If) && self.else_if.is_none() {
            self.else_if = Some(keyword.span.to(self.peek().span));
        }
        Ok(Some(self.expression(Level::Or)?))
    }

    fn end_of(&mut self, opener: Token) -> Result<Token> {
        match self.eat_keyword(Keyword::End) {
            Some(token) => Ok(token),
            None => Err(self.expected_end(opener).into()),
        }
    }

    /// Reads `{FIXED a, b : aggregate}` or `{aggregate}`, the brace taken.
    pub(super) fn lod(&mut self, open: Token) -> Result<Box<Expr>> {
        let scope = self.lod_scope();
        let mut dimensions = Vec::new();
        if scope != LodScope::Table {
            let colon = TokenKind::Symbol(Symbol::Colon);
            while self.peek().kind != colon {
                dimensions.push(*self.expression(Level::Or)?);
                if self.eat_symbol(Symbol::Comma).is_none() {
                    break;
                }
            }
            if self.eat(colon).is_none() {
                return Err(self.expected_colon(open).into());
            }
        }
        let aggregate = self.expression(Level::Or)?;
        let close = self.close(open, Symbol::CloseBrace)?;
        let kind = ExprKind::Lod {
            scope,
            dimensions,
            aggregate,
        };
        Ok(node(kind, open.span.to(close.span)))
    }

    fn lod_scope(&mut self) -> LodScope {
        let scopes = [LodScope::Fixed, LodScope::Include, LodScope::Exclude];
        let token = self.peek();
        let scope = scopes.into_iter().find(|scope| {
            token.kind == TokenKind::Name
                && scope
                    .keyword()
                    .is_some_and(|keyword| keyword.eq_ignore_ascii_case(self.source(token)))
        });
        if scope.is_some() {
            self.next();
        }
        scope.unwrap_or(LodScope::Table)
    }
}
