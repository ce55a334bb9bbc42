//! The manifest as YAML, every value with its place in the text.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::options::{DuplicateKeyPolicy, Options};
use serde_saphyr::{Location, Spanned};

use crate::diagnostic::{Position, Span};

/// A value and where it stands.
#[derive(Debug, Clone)]
pub struct Node {
    pub value: Value,
    pub span: Span,
}

#[derive(Debug, Clone)]
pub enum Value {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    /// In the order of the text; a key may be there twice.
    Map(Vec<(Key, Node)>),
}

#[derive(Debug, Clone)]
pub struct Key {
    pub name: String,
    pub span: Span,
}

/// A YAML text that cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    pub message: String,
    pub at: Option<Position>,
}

/// Reads a document. Aliases are bounded by the parser's budget.
pub fn parse(text: &str) -> Result<Node, Broken> {
    let mut options = Options::default();
    options.duplicate_keys = DuplicateKeyPolicy::PassThrough;
    // `naming/workbook: off` means the word.
    options.strict_booleans = true;
    let mut node: Node =
        serde_saphyr::from_str_with_options(text, options).map_err(|error| Broken {
            // Positions count from 1; 0 is a place that is not known.
            at: error
                .location()
                .filter(|l| l.line() > 0 && l.column() > 0)
                .map(|l| Position {
                    line: l.line() as u32,
                    column: l.column() as u32,
                }),
            message: plain(&error.to_string()),
        })?;
    node.settle(text);
    Ok(node)
}

/// The first line of the parser's message, without the place and the excerpt that it draws.
fn plain(message: &str) -> String {
    let line = message
        .lines()
        .next()
        .unwrap_or_default()
        .trim_start_matches("error: ");
    match line.split_once(": ") {
        Some((place, rest)) if place.starts_with("line ") => rest.to_owned(),
        _ => line.to_owned(),
    }
}

impl Node {
    /// The value under a key of a mapping.
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.entry(name).map(|(_, node)| node)
    }

    pub fn entry(&self, name: &str) -> Option<&(Key, Node)> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|(key, _)| key.name == name),
            _ => None,
        }
    }

    /// The value at a path; list items by their number.
    pub fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, step| match &node.value {
            Value::List(items) => step.parse::<usize>().ok().and_then(|n| items.get(n)),
            _ => node.get(step),
        })
    }

    /// What it is, in words.
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Null => "nothing",
            Value::Bool(_) => "true or false",
            Value::Integer(_) | Value::Float(_) => "a number",
            Value::Text(_) => "text",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }

    /// As JSON; of a key that is there twice the first counts.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(b) => (*b).into(),
            Value::Integer(n) => (*n).into(),
            Value::Float(n) => (*n).into(),
            Value::Text(text) => text.as_str().into(),
            Value::List(items) => items.iter().map(Node::to_json).collect::<Vec<_>>().into(),
            Value::Map(entries) => {
                let mut map = serde_json::Map::new();
                for (key, node) in entries {
                    map.entry(key.name.clone())
                        .or_insert_with(|| node.to_json());
                }
                map.into()
            }
        }
    }

    /// A collection's span covers what is in it, and a scalar's what is written, quotes included.
    fn settle(&mut self, text: &str) {
        match &mut self.value {
            Value::List(items) => items.iter_mut().for_each(|n| n.settle(text)),
            Value::Map(entries) => entries.iter_mut().for_each(|(_, n)| n.settle(text)),
            _ => {}
        }
        let end = (text.len() as u32).max(self.span.start);
        self.span.end = self.span.end.clamp(self.span.start, end);
    }
}

fn span(location: Location) -> Span {
    let span = location.span();
    let start = span.byte_offset().unwrap_or_default() as u32;
    Span::new(start, start + span.byte_len().unwrap_or_default() as u32)
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Value>::deserialize(deserializer)?;
        Ok(Self {
            span: span(spanned.referenced),
            value: spanned.value,
        })
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Integer(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        Ok(i64::try_from(value).map_or(Value::Float(value as f64), Value::Integer))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Vec::new();
        while let Some(key) = entries.next_key::<Spanned<String>>()? {
            let span = span(key.referenced);
            map.push((
                Key {
                    name: key.value,
                    span,
                },
                entries.next_value()?,
            ));
        }
        Ok(Value::Map(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_bytes_of_the_text() {
        let text = "é: x\nlist:\n  - { a: 'one', \"b\": [2, off] }\n";
        let node = parse(text).unwrap();
        let (key, value) = node.entry("é").unwrap();
        assert_eq!(
            (&text[key.span.range()], &text[value.span.range()]),
            ("é", "x")
        );
        let a = node.at(&["list", "0", "a"]).unwrap();
        assert_eq!(&text[a.span.range()], "'one'");
        assert!(
            matches!(&node.at(&["list", "0", "b", "1"]).unwrap().value, Value::Text(t) if t == "off")
        );
    }

    #[test]
    fn a_key_may_be_seen_twice() {
        let node = parse("a: 1\na: 2\n").unwrap();
        assert!(matches!(&node.value, Value::Map(entries) if entries.len() == 2));
    }

    #[test]
    fn broken_yaml_has_a_place_and_bombs_are_bounded() {
        let broken = parse("a: [1, 2\nb: 3\n").unwrap_err();
        assert!(
            broken.at.is_some() && !broken.message.contains('\n'),
            "{broken:?}"
        );
        let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
        for n in 1..12 {
            let before = n - 1;
            bomb.push_str(&format!(
                "a{n}: &a{n} [{}]\n",
                vec![format!("*a{before}"); 10].join(",")
            ));
        }
        assert!(parse(&bomb).is_err());
    }
}
