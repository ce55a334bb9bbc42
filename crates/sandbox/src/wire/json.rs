//! The JSON form: no wrapper, attributes and single children are members, lists keep both their levels.

use serde_json::{Map, Value, json};

use super::element::{Element, Scalar, Shape};
use super::node::Node;
use crate::error::ApiError;

pub(super) fn document(elements: &[Element]) -> Vec<u8> {
    let mut members = Map::new();
    insert_children(&mut members, elements);
    Value::Object(members).to_string().into_bytes()
}

pub(super) fn error(error: &ApiError) -> Vec<u8> {
    json!({"error": {"summary": error.summary(), "detail": error.detail, "code": error.code.to_string()}})
        .to_string()
        .into_bytes()
}

fn scalar(value: &Scalar) -> Value {
    match value {
        Scalar::Boolean(flag) => Value::Bool(*flag),
        Scalar::Number(number) => Value::from(*number),
        other => Value::String(other.text()),
    }
}

fn insert_children(members: &mut Map<String, Value>, children: &[Element]) {
    for child in children {
        if child.shape == Shape::Repeated {
            if let Value::Array(items) = members
                .entry(child.name)
                .or_insert_with(|| Value::Array(Vec::new()))
            {
                items.push(value(child));
            }
        } else {
            members.insert(child.name.to_owned(), value(child));
        }
    }
}

fn value(element: &Element) -> Value {
    if let (Some(text), true, true) = (
        &element.text,
        element.attributes.is_empty(),
        element.children.is_empty(),
    ) {
        return scalar(text);
    }
    let mut members: Map<String, Value> = element
        .attributes
        .iter()
        .map(|(name, value)| ((*name).to_owned(), scalar(value)))
        .collect();
    if let Some(text) = &element.text {
        members.insert("value".to_owned(), scalar(text));
    }
    if element.shape == Shape::List {
        for child in &element.children {
            if let Value::Array(items) = members
                .entry(child.name)
                .or_insert_with(|| Value::Array(Vec::new()))
            {
                items.push(value(child));
            }
        }
    } else {
        insert_children(&mut members, &element.children);
    }
    Value::Object(members)
}

pub(super) fn parse(body: &[u8]) -> Result<Node, ApiError> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Ok(object("", members)),
        Ok(_) => Err(ApiError::bad_request(
            "The request body must be a JSON object.",
        )),
        Err(error) => Err(ApiError::bad_request(format!(
            "The request body is not well-formed JSON: {error}"
        ))),
    }
}

fn object(name: &str, members: Map<String, Value>) -> Node {
    let mut node = Node::named(name);
    for (key, member) in members {
        insert_member(&mut node, &key, member);
    }
    node
}

fn insert_member(node: &mut Node, key: &str, member: Value) {
    match member {
        Value::Object(members) => node.children.push(object(key, members)),
        Value::Array(items) => {
            for item in items {
                match item {
                    Value::Object(members) => node.children.push(object(key, members)),
                    other => node.children.push(Node {
                        text: bare(other),
                        ..Node::named(key)
                    }),
                }
            }
        }
        Value::Null => {}
        other => node.attributes.push((key.to_owned(), bare(other))),
    }
}

fn bare(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(elements: &[Element]) -> String {
        String::from_utf8(document(elements)).unwrap()
    }

    #[test]
    fn scalars_follow_the_schema_types() {
        let workbook = Element::new("workbook")
            .attr("size", 1_i64)
            .attr("hasExtracts", true)
            .attr("showTabs", Scalar::BooleanText(false))
            .attr("sizeInBytes", Scalar::Number(7))
            .child(Element::list("tags", []));
        assert_eq!(
            text(&[workbook]),
            r#"{"workbook":{"size":"1","hasExtracts":true,"showTabs":"false","sizeInBytes":7,"tags":{}}}"#
        );
    }

    #[test]
    fn lists_keep_both_levels_and_siblings_become_an_array() {
        let tags = Element::list("tags", [Element::new("tag").attr("label", "x")]);
        let permissions =
            Element::new("permissions").repeated([Element::new("granteeCapabilities")]);
        assert_eq!(
            text(&[tags, permissions]),
            r#"{"tags":{"tag":[{"label":"x"}]},"permissions":{"granteeCapabilities":[{}]}}"#
        );
    }

    #[test]
    fn text_with_an_attribute_becomes_an_object() {
        let info = Element::new("serverInfo")
            .child(Element::with_text("productVersion", "2026.2.0").attr("build", "b"))
            .child(Element::with_text("restApiVersion", "3.29"));
        assert_eq!(
            text(&[info]),
            r#"{"serverInfo":{"productVersion":{"build":"b","value":"2026.2.0"},"restApiVersion":"3.29"}}"#
        );
    }

    #[test]
    fn lists_and_flat_arrays_are_read_alike() {
        let node =
            parse(br#"{"tags":{"tag":[{"label":"a"}]},"connectionLuids":["1","2"],"on":true}"#)
                .unwrap();
        assert_eq!(
            node.child("tags")
                .unwrap()
                .child("tag")
                .unwrap()
                .attribute("label"),
            Some("a")
        );
        assert_eq!(
            node.children_named("connectionLuids")
                .map(|n| n.text.as_str())
                .collect::<Vec<_>>(),
            ["1", "2"]
        );
        assert_eq!(node.attribute("on"), Some("true"));
        assert!(parse(b"[1]").is_err());
    }
}
