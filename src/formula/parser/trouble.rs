//! The messages: what was expected, what stands there, and what to do about the usual mistakes.

use super::super::span::Span;
use super::super::token::{Keyword, Symbol, Token, TokenKind};
use super::{Parser, SyntaxError};

impl Parser<'_> {
    /// Names a token as a reader sees it, in at most some forty characters.
    fn describe(&self, token: Token) -> String {
        let source = self.source(token);
        match token.kind {
            TokenKind::End => return "the end of the formula".to_owned(),
            TokenKind::String => return "a string".to_owned(),
            TokenKind::Keyword(_) => return format!("`{}`", source.to_uppercase()),
            _ => {}
        }
        match source.char_indices().nth(40) {
            Some((cut, _)) => format!("`{}…`", source.get(..cut).unwrap_or_default()),
            None => format!("`{source}`"),
        }
    }

    fn previous(&self) -> Option<Token> {
        self.tokens.get(self.position.checked_sub(1)?).copied()
    }

    /// Returns the line of a place, for messages that point at a second one.
    fn line(&self, span: Span) -> usize {
        let before = self.text.get(..span.start as usize).unwrap_or_default();
        1 + before.bytes().filter(|byte| *byte == b'\n').count()
    }

    /// `found` is taken already.
    pub(super) fn expected_operand(&self, found: Token) -> SyntaxError {
        let what = self.describe(found);
        let before = self
            .position
            .checked_sub(2)
            .and_then(|i| self.tokens.get(i));
        let after = before.map_or(String::new(), |token| {
            format!(" after {}", self.describe(*token))
        });
        let message = format!("expected a value{after}, found {what}");
        match found.kind {
            TokenKind::Keyword(Keyword::Else | Keyword::ElseIf | Keyword::Then | Keyword::End) => {
                SyntaxError::new(
                    found.span,
                    message,
                    "say the value that should stand here, or `NULL`",
                )
            }
            TokenKind::Symbol(Symbol::Close) => SyntaxError::new(
                found.span,
                message,
                "remove what asks for a value before `)`, or add the value",
            ),
            _ => SyntaxError::bare(found.span, message),
        }
    }

    pub(super) fn expected_members(&self) -> SyntaxError {
        let found = self.peek();
        let message = format!(
            "expected a list or a set after `IN`, found {}",
            self.describe(found)
        );
        let help = "write `[Field] IN ('a', 'b')` or `[Field] IN [Set]`";
        SyntaxError::new(found.span, message, help)
    }

    pub(super) fn expected_close(&self, open: Token) -> SyntaxError {
        let (opening, closing) = match open.kind {
            TokenKind::Symbol(Symbol::OpenBrace) => ("{", "}"),
            _ => ("(", ")"),
        };
        let found = self.peek();
        if found.kind == TokenKind::End {
            let message = format!("the `{opening}` that opens here is never closed");
            return SyntaxError::new(open.span, message, format!("close it with `{closing}`"));
        }
        let expected = if closing == ")" { "`,` or `)`" } else { "`}`" };
        self.unexpected(found, Some(expected))
    }

    pub(super) fn expected_then(&self, opener: Token) -> SyntaxError {
        let opening = self.describe(opener);
        let found = self.peek();
        let message = format!(
            "expected `THEN` after the condition of {opening}, found {}",
            self.describe(found)
        );
        let help = match opener.kind {
            TokenKind::Keyword(Keyword::When) => "write `CASE … WHEN value THEN result … END`",
            _ => "write `IF condition THEN result … END`",
        };
        match self.usual_mistake(found) {
            Some(help) => SyntaxError::new(found.span, message, help),
            None => SyntaxError::new(found.span, message, help),
        }
    }

    pub(super) fn expected_when(&self) -> SyntaxError {
        let found = self.peek();
        let message = format!(
            "expected `WHEN` after what `CASE` compares, found {}",
            self.describe(found)
        );
        let help = "write `CASE … WHEN value THEN result … END`";
        SyntaxError::new(found.span, message, help)
    }

    pub(super) fn case_without_subject(&self) -> SyntaxError {
        let found = self.peek();
        SyntaxError::new(
            found.span,
            "expected what `CASE` compares, found `WHEN`",
            "`CASE` compares one expression with values; for conditions write `IF … THEN … ELSEIF … THEN … END`",
        )
    }

    pub(super) fn expected_end(&self, opener: Token) -> SyntaxError {
        let found = self.peek();
        let opening = self.describe(opener);
        if found.kind != TokenKind::End && self.usual_mistake(found).is_some() {
            return self.unexpected(found, Some("an operator or `END`"));
        }
        let message = if found.kind == TokenKind::End {
            format!("the {opening} that opens here has no `END`")
        } else {
            format!(
                "expected `END` for the {opening} on line {}, found {}",
                self.line(opener.span),
                self.describe(found)
            )
        };
        let span = if found.kind == TokenKind::End {
            opener.span
        } else {
            found.span
        };
        let help = match self.else_if {
            Some(place) => format!(
                "the `ELSE IF` on line {} opens a second `IF` with an `END` of its own; write `ELSEIF` to continue the first",
                self.line(place)
            ),
            None => format!("close every {opening} with `END`"),
        };
        SyntaxError::new(span, message, help)
    }

    pub(super) fn expected_colon(&self, open: Token) -> SyntaxError {
        let found = self.peek();
        let message = format!(
            "expected `,` or `:` after the dimensions of the level of detail expression, found {}",
            self.describe(found)
        );
        let span = if found.kind == TokenKind::End {
            open.span
        } else {
            found.span
        };
        let help = "write `{ FIXED [Dimension], [Dimension] : SUM([Measure]) }`";
        SyntaxError::new(span, message, help)
    }

    /// Something stands after what was a whole formula.
    pub(super) fn left_over(&self) -> SyntaxError {
        let found = self.peek();
        match found.kind {
            TokenKind::Symbol(Symbol::Close) => SyntaxError::new(
                found.span,
                "`)` closes nothing",
                "remove it, or open a `(` before it",
            ),
            TokenKind::Symbol(Symbol::CloseBrace) => SyntaxError::new(
                found.span,
                "`}` closes nothing",
                "remove it, or open a `{` before it",
            ),
            TokenKind::Keyword(Keyword::End) => SyntaxError::new(
                found.span,
                "`END` closes nothing",
                "every `IF` and every `CASE` has exactly one `END`; an `ELSEIF` has none",
            ),
            TokenKind::Keyword(Keyword::Then | Keyword::Else | Keyword::ElseIf | Keyword::When) => {
                let message = format!("{} stands outside `IF` and `CASE`", self.describe(found));
                SyntaxError::new(
                    found.span,
                    message,
                    "write `IF … THEN … ELSEIF … THEN … ELSE … END`",
                )
            }
            _ => self.unexpected(found, None),
        }
    }

    fn unexpected(&self, found: Token, expected: Option<&str>) -> SyntaxError {
        let expected = expected.unwrap_or("an operator or the end of the formula");
        let message = format!("expected {expected}, found {}", self.describe(found));
        match self.usual_mistake(found) {
            Some(help) => SyntaxError::new(found.span, message, help),
            None => SyntaxError::bare(found.span, message),
        }
    }

    /// Guesses why `found` follows a whole expression.
    fn usual_mistake(&self, found: Token) -> Option<String> {
        let previous = self.previous()?;
        let before = self.source(previous);
        let here = self.source(found);
        let help = match (previous.kind, found.kind) {
            (TokenKind::Name, _)
                if ["FIXED", "INCLUDE", "EXCLUDE"]
                    .iter()
                    .any(|word| word.eq_ignore_ascii_case(before)) =>
            {
                format!(
                    "a level of detail expression stands in braces: `{{ {} … : … }}`",
                    before.to_uppercase()
                )
            }
            (_, TokenKind::Keyword(Keyword::Not))
                if self.peek_at(1).kind == TokenKind::Keyword(Keyword::In) =>
            {
                "Tableau has no `NOT IN`; write `NOT [Field] IN (…)`".to_owned()
            }
            (TokenKind::Name | TokenKind::Number, TokenKind::Name | TokenKind::Number) => {
                format!("a field name of several words stands in brackets: `[{before} {here}]`")
            }
            (TokenKind::Name, TokenKind::String | TokenKind::Bracketed) => {
                format!("the arguments of a function stand in parentheses: `{before}(…)`")
            }
            (TokenKind::String, TokenKind::Name | TokenKind::String) => {
                "a quote inside a string is written twice, as in `'it''s'`; join strings with `+`"
                    .to_owned()
            }
            (TokenKind::Name, TokenKind::Symbol(Symbol::Dot)) => {
                format!("both parts of a qualified name stand in brackets: `[{before}].[…]`")
            }
            (_, TokenKind::Keyword(Keyword::If | Keyword::Case)) => {
                "put an operator before it, or `ELSE`".to_owned()
            }
            (
                _,
                TokenKind::Number
                | TokenKind::String
                | TokenKind::Date
                | TokenKind::Bracketed
                | TokenKind::Name,
            ) => "put an operator or a comma between the two".to_owned(),
            _ => return None,
        };
        Some(help)
    }
}
