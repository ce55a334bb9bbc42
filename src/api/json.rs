//! Reads Tableau's JSON, which differs from version to version.
//!
//! Scalars come as strings or as natives; an empty list comes as `{}`, as `[]` or not at all; a list
//! of one may come as the thing itself; an element with text and attributes comes as an object whose
//! text is under `value`. All of these are read alike. What is never guessed is an identifier.

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;

use super::luid::Luid;

/// An answer that does not hold what the call promises.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The body is no JSON at all: a web page, most likely.
    #[error("the body is not JSON")]
    NotJson,
    /// The body is JSON without something that the call cannot do without.
    #[error("`{what}` is missing or not what it should be")]
    Missing {
        /// The name of the member.
        what: String,
    },
}

impl Unreadable {
    pub(crate) fn missing(what: impl Into<String>) -> Self {
        Self::Missing { what: what.into() }
    }
}

/// A parsed body.
pub(crate) struct Document(Value);

impl Document {
    pub(crate) fn parse(body: &Bytes) -> Result<Self, Unreadable> {
        // Some gateways put a byte order mark in front.
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        match serde_json::from_slice(body) {
            Ok(value @ Value::Object(_)) => Ok(Self(value)),
            _ => Err(Unreadable::NotJson),
        }
    }

    pub(crate) fn root(&self) -> Node<'_> {
        Node(&self.0)
    }
}

/// One element of a parsed body.
#[derive(Clone, Copy)]
pub(crate) struct Node<'a>(&'a Value);

impl<'a> Node<'a> {
    fn member(self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// The child element `name`, if there is one with anything in it.
    pub(crate) fn child(self, name: &str) -> Option<Node<'a>> {
        self.repeated(name).into_iter().next()
    }

    pub(crate) fn need(self, name: &str) -> Result<Node<'a>, Unreadable> {
        self.child(name).ok_or_else(|| Unreadable::missing(name))
    }

    /// The text of an attribute or of a child element; a number or a boolean as it would be written.
    pub(crate) fn text(self, name: &str) -> Option<String> {
        match self.member(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            Value::Object(_) => Node(self.member(name)?).text("value"),
            _ => None,
        }
    }

    pub(crate) fn need_text(self, name: &str) -> Result<String, Unreadable> {
        self.text(name).ok_or_else(|| Unreadable::missing(name))
    }

    /// The text, unless it is empty.
    pub(crate) fn filled(self, name: &str) -> Option<String> {
        self.text(name).filter(|text| !text.is_empty())
    }

    pub(crate) fn flag(self, name: &str) -> Option<bool> {
        let text = self.text(name)?;
        if text.eq_ignore_ascii_case("true") {
            Some(true)
        } else if text.eq_ignore_ascii_case("false") {
            Some(false)
        } else {
            None
        }
    }

    pub(crate) fn number(self, name: &str) -> Option<u64> {
        self.text(name)?.trim().parse().ok()
    }

    pub(crate) fn integer(self, name: &str) -> Option<i64> {
        self.text(name)?.trim().parse().ok()
    }

    /// A moment; with `Z` or with an offset, with or without a colon in it.
    pub(crate) fn time(self, name: &str) -> Option<Timestamp> {
        self.text(name)?.parse().ok()
    }

    pub(crate) fn luid(self, name: &str) -> Option<Luid> {
        self.text(name)?.parse().ok()
    }

    pub(crate) fn need_luid(self, name: &str) -> Result<Luid, Unreadable> {
        self.luid(name).ok_or_else(|| Unreadable::missing(name))
    }

    /// The elements of `{"outer":{"inner":[...]}}`.
    pub(crate) fn list(self, outer: &str, inner: &str) -> Vec<Node<'a>> {
        self.child(outer)
            .map(|list| list.repeated(inner))
            .unwrap_or_default()
    }

    /// The elements of a repeated element without a list around it.
    pub(crate) fn repeated(self, name: &str) -> Vec<Node<'a>> {
        let filled = |value: &&Value| value.as_object().is_some_and(|map| !map.is_empty());
        match self.member(name) {
            Some(Value::Array(values)) => values.iter().filter(filled).map(Node).collect(),
            Some(value) => Some(value).filter(filled).map(Node).into_iter().collect(),
            None => Vec::new(),
        }
    }

    /// A member as it came; null where there is none.
    pub(crate) fn value(self, name: &str) -> Value {
        self.member(name).cloned().unwrap_or_default()
    }
}

/// The labels of `{"tags":{"tag":[{"label":"x"}]}}`.
pub(crate) fn tags(node: Node<'_>) -> Vec<String> {
    node.list("tags", "tag")
        .into_iter()
        .filter_map(|tag| tag.filled("label"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &'static str) -> Document {
        Document::parse(&Bytes::from_static(text.as_bytes())).unwrap()
    }

    #[test]
    fn every_form_of_a_list_is_read() {
        for (text, labels) in [
            (
                r#"{"tags":{"tag":[{"label":"a"},{"label":"b"}]}}"#,
                vec!["a", "b"],
            ),
            (r#"{"tags":{"tag":{"label":"a"}}}"#, vec!["a"]),
            (r#"{"tags":[]}"#, vec![]),
            (r#"{"tags":{}}"#, vec![]),
            (r#"{"tags":{"tag":[]}}"#, vec![]),
            (r#"{"tags":null}"#, vec![]),
            (r"{}", vec![]),
        ] {
            assert_eq!(tags(parse(text).root()), labels, "{text}");
        }
    }

    #[test]
    fn scalars_are_read_as_strings_and_as_natives() {
        let document = parse(
            r#"{"a":"7","b":7,"c":"true","d":true,"e":"False","f":"x","g":{"value":"2024.3.0","build":"1"},"h":-1}"#,
        );
        let node = document.root();
        assert_eq!((node.number("a"), node.number("b")), (Some(7), Some(7)));
        assert_eq!((node.flag("c"), node.flag("d")), (Some(true), Some(true)));
        assert_eq!((node.flag("e"), node.flag("f")), (Some(false), None));
        assert_eq!(node.text("g").as_deref(), Some("2024.3.0"));
        assert_eq!((node.number("h"), node.integer("h")), (None, Some(-1)));
    }

    #[test]
    fn times_are_read_with_every_offset_that_was_seen() {
        let document = parse(
            r#"{"z":"2023-08-17T22:36:37Z","o":"2023-08-17T15:36:37-0700","c":"2023-08-17T15:36:37-07:00","m":"2023-08-17T22:36:37.000Z"}"#,
        );
        let node = document.root();
        let expected: Timestamp = "2023-08-17T22:36:37Z".parse().unwrap();
        for name in ["z", "o", "c", "m"] {
            assert_eq!(node.time(name), Some(expected), "{name}");
        }
    }

    #[test]
    fn a_page_is_not_json() {
        for text in ["<html></html>", "", "[]", "\"x\""] {
            assert_eq!(
                Document::parse(&Bytes::from_static(text.as_bytes())).err(),
                Some(Unreadable::NotJson),
                "{text}"
            );
        }
    }
}
