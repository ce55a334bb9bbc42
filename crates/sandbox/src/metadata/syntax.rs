//! The part of GraphQL's syntax that queries need: operations, fields, arguments, variables, fragments.

use std::collections::BTreeMap;

/// Selections within selections.
const MAX_DEPTH: usize = 40;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Argument {
    Variable(String),
    /// Enumeration values are kept as strings.
    Value(serde_json::Value),
    List(Vec<Argument>),
    Object(Vec<(String, Argument)>),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Selection {
    Field {
        alias: Option<String>,
        name: String,
        arguments: Vec<(String, Argument)>,
        selections: Vec<Selection>,
    },
    Inline {
        on: Option<String>,
        selections: Vec<Selection>,
    },
    Spread(String),
}

#[derive(Debug, Default, PartialEq)]
pub(super) struct Document {
    pub(super) selections: Vec<Selection>,
    /// By name: the type condition, and what is selected.
    pub(super) fragments: BTreeMap<String, (String, Vec<Selection>)>,
    /// Defaults of variables.
    pub(super) defaults: BTreeMap<String, Argument>,
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Name(String),
    Text(String),
    Number(serde_json::Number),
    Mark(char),
    Spread,
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((at, character)) = rest.next() {
        match character {
            c if c.is_whitespace() || c == ',' || c == '\u{feff}' => {}
            '#' => while rest.next_if(|(_, c)| *c != '\n').is_some() {},
            '.' if text[at..].starts_with("...") => {
                rest.nth(1);
                tokens.push(Token::Spread);
            }
            '{' | '}' | '(' | ')' | '[' | ']' | ':' | '$' | '=' | '!' | '@' => {
                tokens.push(Token::Mark(character));
            }
            '"' => tokens.push(Token::Text(string(&mut rest)?)),
            c if c.is_ascii_alphabetic() || c == '_' => {
                let mut name = String::from(c);
                while let Some((_, c)) =
                    rest.next_if(|(_, c)| c.is_ascii_alphanumeric() || *c == '_')
                {
                    name.push(c);
                }
                tokens.push(Token::Name(name));
            }
            c if c.is_ascii_digit() || c == '-' => {
                let mut number = String::from(c);
                while let Some((_, c)) = rest.next_if(|(_, c)| {
                    c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-')
                }) {
                    number.push(c);
                }
                tokens.push(Token::Number(
                    number
                        .parse()
                        .map_err(|_| format!("'{number}' is not a number"))?,
                ));
            }
            other => return Err(format!("offending token '{other}' at character {at}")),
        }
    }
    Ok(tokens)
}

fn string(rest: &mut std::iter::Peekable<std::str::CharIndices<'_>>) -> Result<String, String> {
    let mut text = String::new();
    while let Some((_, character)) = rest.next() {
        match character {
            '"' => return Ok(text),
            '\\' => match rest.next().map(|(_, c)| c) {
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some('r') => text.push('\r'),
                Some('u') => {
                    let digits: String = rest.by_ref().take(4).map(|(_, c)| c).collect();
                    let code = u32::from_str_radix(&digits, 16)
                        .ok()
                        .and_then(char::from_u32);
                    text.push(code.ok_or_else(|| format!("'\\u{digits}' is not a character"))?);
                }
                Some(other) => text.push(other),
                None => break,
            },
            '\n' => break,
            other => text.push(other),
        }
    }
    Err("a string does not end".to_owned())
}

struct Parser {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    depth: usize,
}

pub(super) fn parse(text: &str) -> Result<Document, String> {
    let mut parser = Parser {
        tokens: tokens(text)?.into_iter().peekable(),
        depth: 0,
    };
    let mut document = Document::default();
    let mut operations = 0;
    while let Some(token) = parser.tokens.peek() {
        match token {
            Token::Mark('{') => {
                operations += 1;
                document.selections = parser.selections()?;
            }
            Token::Name(name) if name == "query" => {
                parser.tokens.next();
                operations += 1;
                parser.operation(&mut document)?;
            }
            Token::Name(name) if name == "fragment" => {
                parser.tokens.next();
                let name = parser.name()?;
                parser.keyword("on")?;
                let on = parser.name()?;
                let selections = parser.selections()?;
                document.fragments.insert(name, (on, selections));
            }
            other => return Err(format!("a query or fragment is wanted, not {other:?}")),
        }
    }
    if operations == 1 {
        Ok(document)
    } else {
        Err(format!("there must be one operation, not {operations}"))
    }
}

impl Parser {
    fn mark(&mut self, wanted: char) -> Result<(), String> {
        match self.tokens.next() {
            Some(Token::Mark(found)) if found == wanted => Ok(()),
            other => Err(format!(
                "'{wanted}' is wanted, not {}",
                shown(other.as_ref())
            )),
        }
    }

    fn accept(&mut self, wanted: char) -> bool {
        self.tokens.next_if_eq(&Token::Mark(wanted)).is_some()
    }

    fn name(&mut self) -> Result<String, String> {
        match self.tokens.next() {
            Some(Token::Name(name)) => Ok(name),
            other => Err(format!("a name is wanted, not {}", shown(other.as_ref()))),
        }
    }

    fn keyword(&mut self, wanted: &str) -> Result<(), String> {
        let name = self.name()?;
        if name == wanted {
            Ok(())
        } else {
            Err(format!("'{wanted}' is wanted, not '{name}'"))
        }
    }

    fn operation(&mut self, document: &mut Document) -> Result<(), String> {
        self.tokens.next_if(|token| matches!(token, Token::Name(_)));
        if self.accept('(') {
            while !self.accept(')') {
                self.mark('$')?;
                let name = self.name()?;
                self.mark(':')?;
                self.skip_type()?;
                if self.accept('=') {
                    let value = self.value()?;
                    document.defaults.insert(name, value);
                }
            }
        }
        document.selections = self.selections()?;
        Ok(())
    }

    fn skip_type(&mut self) -> Result<(), String> {
        self.deeper()?;
        if self.accept('[') {
            self.skip_type()?;
            self.mark(']')?;
        } else {
            self.name()?;
        }
        self.depth -= 1;
        self.accept('!');
        Ok(())
    }

    fn deeper(&mut self) -> Result<(), String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            Err("it is nested too deep".to_owned())
        } else {
            Ok(())
        }
    }

    fn selections(&mut self) -> Result<Vec<Selection>, String> {
        self.deeper()?;
        self.mark('{')?;
        let mut selections = Vec::new();
        while !self.accept('}') {
            selections.push(self.selection()?);
        }
        self.depth -= 1;
        if selections.is_empty() {
            Err("a selection is empty".to_owned())
        } else {
            Ok(selections)
        }
    }

    fn selection(&mut self) -> Result<Selection, String> {
        if self.tokens.next_if_eq(&Token::Spread).is_some() {
            return match self.tokens.peek() {
                Some(Token::Name(name)) if name != "on" => Ok(Selection::Spread(self.name()?)),
                Some(Token::Name(_)) => {
                    self.tokens.next();
                    let on = Some(self.name()?);
                    Ok(Selection::Inline {
                        on,
                        selections: self.selections()?,
                    })
                }
                _ => Ok(Selection::Inline {
                    on: None,
                    selections: self.selections()?,
                }),
            };
        }
        let first = self.name()?;
        let (alias, name) = if self.accept(':') {
            (Some(first), self.name()?)
        } else {
            (None, first)
        };
        let mut arguments = Vec::new();
        if self.accept('(') {
            while !self.accept(')') {
                let name = self.name()?;
                self.mark(':')?;
                arguments.push((name, self.value()?));
            }
        }
        let nested = self.tokens.peek() == Some(&Token::Mark('{'));
        let selections = if nested {
            self.selections()?
        } else {
            Vec::new()
        };
        Ok(Selection::Field {
            alias,
            name,
            arguments,
            selections,
        })
    }

    fn value(&mut self) -> Result<Argument, String> {
        self.deeper()?;
        let value = match self.tokens.next() {
            Some(Token::Mark('$')) => Argument::Variable(self.name()?),
            Some(Token::Text(text)) => Argument::Value(text.into()),
            Some(Token::Number(number)) => Argument::Value(number.into()),
            Some(Token::Name(name)) => Argument::Value(match name.as_str() {
                "true" => true.into(),
                "false" => false.into(),
                "null" => serde_json::Value::Null,
                _ => name.into(),
            }),
            Some(Token::Mark('[')) => {
                let mut items = Vec::new();
                while !self.accept(']') {
                    items.push(self.value()?);
                }
                Argument::List(items)
            }
            Some(Token::Mark('{')) => {
                let mut members = Vec::new();
                while !self.accept('}') {
                    let name = self.name()?;
                    self.mark(':')?;
                    members.push((name, self.value()?));
                }
                Argument::Object(members)
            }
            other => return Err(format!("a value is wanted, not {}", shown(other.as_ref()))),
        };
        self.depth -= 1;
        Ok(value)
    }
}

fn shown(token: Option<&Token>) -> String {
    match token {
        None => "the end".to_owned(),
        Some(Token::Mark(mark)) => format!("'{mark}'"),
        Some(Token::Name(name)) => format!("'{name}'"),
        Some(Token::Text(text)) => format!("\"{text}\""),
        Some(Token::Number(number)) => number.to_string(),
        Some(Token::Spread) => "'...'".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_clients_send() {
        let document = parse(
            "query q($ids: [String!]! = [\"a\"], $n: Int) { # a comment\n one: workbooks(filter: {luidWithin: $ids, x: [1, true, RED]}) \
             { name ... on Workbook { luid } ...more } } fragment more on Workbook { views { name } }",
        )
        .unwrap();
        assert_eq!(document.fragments["more"].0, "Workbook");
        assert_eq!(
            document.defaults["ids"],
            Argument::List(vec![Argument::Value("a".into())])
        );
        let Selection::Field {
            alias,
            name,
            arguments,
            selections,
        } = &document.selections[0]
        else {
            panic!()
        };
        assert_eq!(
            (
                alias.as_deref(),
                name.as_str(),
                arguments.len(),
                selections.len()
            ),
            (Some("one"), "workbooks", 1, 3)
        );
    }

    #[test]
    fn refuses_what_is_no_query() {
        for text in [
            "",
            "{",
            "{}",
            "{ a(",
            "{ a: }",
            "mutation { a }",
            "{ a } { b }",
            "{ a(b: \"c) }",
            "{ é }",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse(&format!("{}a{}", "{ a ".repeat(100), "}".repeat(100))).is_err());
        assert!(
            parse(&format!(
                "{{ a(b: {}1{}) }}",
                "[".repeat(5000),
                "]".repeat(5000)
            ))
            .is_err()
        );
    }
}
