use super::parsed::Comment;
use super::parsed::SyntaxError;
use super::span::Span;
use super::token::{KEYWORDS, SYMBOLS, Token, TokenKind};

/// What other languages write, and what Tableau writes instead.
const FOREIGN: [(&str, &str); 9] = [
    ("=>", "write `>=`"),
    ("=<", "write `<=`"),
    ("&&", "write `AND`"),
    ("||", "write `OR`, or `+` to join strings"),
    ("&", "write `AND`, or `+` to join strings"),
    ("|", "write `OR`, or `+` to join strings"),
    ("!", "write `NOT`, or `<>` to compare"),
    (
        ";",
        "arguments are separated by commas, and a formula has no closing semicolon",
    ),
    (
        "`",
        "strings stand in `'…'` or `\"…\"`, field names in `[…]`",
    ),
];

pub(super) struct Lexed {
    /// Closed by a [`TokenKind::End`].
    pub(super) tokens: Vec<Token>,
    pub(super) comments: Vec<Comment>,
    pub(super) errors: Vec<SyntaxError>,
}

pub(super) fn lex(text: &str) -> Lexed {
    let mut lexer = Lexer {
        text,
        position: 0,
        out: Lexed {
            tokens: Vec::new(),
            comments: Vec::new(),
            errors: Vec::new(),
        },
    };
    while lexer.step() {}
    let end = Span::new(text.len(), text.len());
    lexer.push(TokenKind::End, end);
    lexer.out
}

struct Lexer<'a> {
    text: &'a str,
    position: usize,
    out: Lexed,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.position..).unwrap_or_default()
    }

    fn push(&mut self, kind: TokenKind, span: Span) {
        self.out.tokens.push(Token { kind, span });
    }

    /// Takes `length` bytes as one token.
    fn take(&mut self, kind: TokenKind, length: usize) {
        let span = self.advance(length);
        self.push(kind, span);
    }

    fn advance(&mut self, length: usize) -> Span {
        let start = self.position;
        self.position = (start + length).min(self.text.len());
        Span::new(start, self.position)
    }

    fn step(&mut self) -> bool {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return false;
        };
        if is_blank(first) {
            let length = rest.find(|c| !is_blank(c)).unwrap_or(rest.len());
            self.advance(length);
        } else if rest.starts_with("//") {
            let length = rest.find(['\n', '\r']).unwrap_or(rest.len());
            self.comment(length);
        } else if rest.starts_with("/*") {
            self.block_comment();
        } else if let Some(length) = number_length(rest) {
            self.take(TokenKind::Number, length);
        } else if is_name_start(first) {
            self.name();
        } else {
            self.delimited_or_symbol(first);
        }
        true
    }

    fn comment(&mut self, length: usize) {
        let span = self.advance(length);
        let text = span.of(self.text).to_owned();
        self.out.comments.push(Comment { span, text });
    }

    fn block_comment(&mut self) {
        if let Some(end) = self.rest().get(2..).and_then(|body| body.find("*/")) {
            self.comment(end + 4);
        } else {
            let help = "close it with `*/`";
            self.unclosed("the comment that opens here is never closed", help);
        }
    }

    fn name(&mut self) {
        let rest = self.rest();
        let length = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        let word = rest.get(..length).unwrap_or_default();
        let kind = KEYWORDS
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(word))
            .map_or(TokenKind::Name, |(_, keyword)| TokenKind::Keyword(*keyword));
        self.take(kind, length);
    }

    fn delimited_or_symbol(&mut self, first: char) {
        match first {
            '\'' | '"' => self.delimited(
                TokenKind::String,
                first,
                "the string that opens here is never closed",
                "close it with the same quote; a quote inside the string is written twice, as in `'it''s'`",
            ),
            '[' => self.delimited(
                TokenKind::Bracketed,
                ']',
                "the field name that opens here is never closed",
                "close it with `]`; a `]` inside the name is written twice",
            ),
            '#' => self.delimited(
                TokenKind::Date,
                '#',
                "the date that opens here is never closed",
                "close it with `#`, as in `#2024-01-31#`",
            ),
            _ => self.symbol(first),
        }
    }

    /// Reads to `close`; except in a date, a doubled `close` is the character itself.
    fn delimited(&mut self, kind: TokenKind, close: char, message: &str, help: &str) {
        let rest = self.rest();
        let mut from = 1;
        while let Some(found) = rest.get(from..).and_then(|tail| tail.find(close)) {
            let after = from + found + 1;
            if kind != TokenKind::Date
                && rest
                    .get(after..)
                    .is_some_and(|tail| tail.starts_with(close))
            {
                from = after + 1;
            } else {
                self.take(kind, after);
                return;
            }
        }
        self.unclosed(message, help);
    }

    /// Nothing after an opening that is never closed can be read.
    fn unclosed(&mut self, message: &str, help: &str) {
        let span = self.advance(1);
        self.position = self.text.len();
        self.out.errors.push(SyntaxError::new(span, message, help));
    }

    fn symbol(&mut self, first: char) {
        if let Some((text, help)) = self.starts_with_one_of(&FOREIGN)
            && !self.rest().starts_with("!=")
        {
            let span = self.advance(text.len());
            let message = format!("`{text}` is not an operator of Tableau");
            self.out.errors.push(SyntaxError::new(span, message, help));
        } else if let Some((text, symbol)) = self.starts_with_one_of(&SYMBOLS) {
            self.take(TokenKind::Symbol(symbol), text.len());
        } else {
            self.stray(first);
        }
    }

    fn starts_with_one_of<T: Copy>(
        &self,
        table: &[(&'static str, T)],
    ) -> Option<(&'static str, T)> {
        let rest = self.rest();
        table
            .iter()
            .find(|(text, _)| rest.starts_with(text))
            .copied()
    }

    fn stray(&mut self, found: char) {
        let span = self.advance(found.len_utf8());
        let error = match found {
            '\u{2018}'..='\u{201f}' | '\u{ab}' | '\u{bb}' => SyntaxError::new(
                span,
                format!("`{found}` is a typographic quote, which Tableau does not read as a quote"),
                "use the straight quotes `'` or `\"`",
            ),
            '\u{2212}' | '\u{2010}'..='\u{2015}' => SyntaxError::new(
                span,
                format!("`{found}` is a typographic dash"),
                "use the minus sign `-`",
            ),
            ']' => SyntaxError::new(
                span,
                "`]` closes nothing",
                "field names stand in `[…]`; a `]` inside the name is written twice",
            ),
            _ => SyntaxError::bare(
                span,
                format!("`{}` means nothing in a formula", found.escape_debug()),
            ),
        };
        self.out.errors.push(error);
    }
}

/// White space, and the marks without width that editors and web pages leave behind.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}')
}

fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Returns the bytes of the number that opens `text`: `1`, `1.5`, `1.`, `.5`, `1e-3`.
fn number_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let digits = |from: usize| {
        let tail = bytes.get(from..).unwrap_or_default();
        tail.iter().take_while(|b| b.is_ascii_digit()).count()
    };
    let whole = digits(0);
    let mut length = whole;
    if bytes.get(length) == Some(&b'.') {
        let fraction = digits(length + 1);
        if whole + fraction == 0 {
            return None;
        }
        length += 1 + fraction;
    } else if whole == 0 {
        return None;
    }
    if matches!(bytes.get(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        let exponent = digits(length + 1 + sign);
        if exponent > 0 {
            length += 1 + sign + exponent;
        }
    }
    Some(length)
}
