//! The XML form: `tsResponse` in the vendor's namespace out, `tsRequest` with or without it in.

use std::fmt::Write;

use super::element::Element;
use super::node::Node;
use crate::error::ApiError;

const NAMESPACE: &str = "http://tableau.com/api";
/// Elements within elements that a request may have; a real one has six.
const MAX_DEPTH: usize = 32;

pub(super) fn document(elements: &[Element], schema: &str) -> Vec<u8> {
    let mut out = start(schema);
    for element in elements {
        write(&mut out, element);
    }
    finish(out)
}

pub(super) fn error(error: &ApiError, schema: &str) -> Vec<u8> {
    let mut out = start(schema);
    let _ = write!(
        out,
        "<error code=\"{}\"><summary>{}</summary><detail>",
        error.code,
        error.summary()
    );
    escape(&mut out, &error.detail);
    out.push_str("</detail></error>");
    finish(out)
}

fn start(schema: &str) -> String {
    format!(
        "<?xml version='1.0' encoding='UTF-8'?><tsResponse xmlns=\"{NAMESPACE}\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xsi:schemaLocation=\"{NAMESPACE} https://help.tableau.com/samples/en-us/rest_api/ts-api_{}.xsd\">",
        schema.replace('.', "_")
    )
}

fn finish(mut out: String) -> Vec<u8> {
    out.push_str("</tsResponse>");
    out.into_bytes()
}

fn write(out: &mut String, element: &Element) {
    let _ = write!(out, "<{}", element.name);
    for (name, value) in &element.attributes {
        let _ = write!(out, " {name}=\"");
        escape(out, &value.text());
        out.push('"');
    }
    if element.children.is_empty() && element.text.is_none() {
        out.push_str("/>");
        return;
    }
    out.push('>');
    if let Some(text) = &element.text {
        escape(out, &text.text());
    }
    for child in &element.children {
        write(out, child);
    }
    let _ = write!(out, "</{}>", element.name);
}

/// Escapes for text and double-quoted attributes; characters that XML 1.0 cannot hold become U+FFFD.
fn escape(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            '\t' => out.push_str("&#9;"),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
}

pub(super) fn parse(body: &[u8]) -> Result<Node, ApiError> {
    let text = std::str::from_utf8(body)
        .map_err(|_| ApiError::bad_request("The request body is not UTF-8."))?
        .trim_start_matches('\u{feff}')
        .trim();
    let document = roxmltree::Document::parse(text).map_err(|error| {
        ApiError::bad_request(format!("The request body is not well-formed XML: {error}"))
    })?;
    let root = document.root_element();
    if root.tag_name().name() != "tsRequest" {
        return Err(ApiError::bad_request(format!(
            "The root element of a request must be 'tsRequest', not '{}'.",
            root.tag_name().name()
        )));
    }
    node(root, 0).map(|node| Node {
        name: String::new(),
        ..node
    })
}

fn node(element: roxmltree::Node<'_, '_>, depth: usize) -> Result<Node, ApiError> {
    if depth > MAX_DEPTH {
        return Err(ApiError::bad_request(
            "The request body is nested too deep.",
        ));
    }
    if element
        .tag_name()
        .namespace()
        .is_some_and(|namespace| namespace != NAMESPACE)
    {
        return Err(ApiError::bad_request(format!(
            "Element '{}' is in a namespace that is not '{NAMESPACE}'.",
            element.tag_name().name()
        )));
    }
    Ok(Node {
        name: element.tag_name().name().to_owned(),
        attributes: element
            .attributes()
            .map(|a| (a.name().to_owned(), a.value().to_owned()))
            .collect(),
        children: element
            .children()
            .filter(roxmltree::Node::is_element)
            .map(|child| node(child, depth + 1))
            .collect::<Result<_, _>>()?,
        text: element.text().unwrap_or_default().trim().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_escaped_elements_in_the_vendor_namespace() {
        let out = document(
            &[Element::new("workbook").attr("name", "a\"<&>\u{1}")],
            "3.29",
        );
        let out = String::from_utf8(out).unwrap();
        assert!(out.contains("xmlns=\"http://tableau.com/api\""), "{out}");
        assert!(out.contains("ts-api_3_29.xsd"), "{out}");
        assert!(
            out.contains("<workbook name=\"a&quot;&lt;&amp;&gt;\u{fffd}\"/>"),
            "{out}"
        );
    }

    #[test]
    fn reads_requests_with_and_without_the_namespace() {
        for request in [
            "<tsRequest><project name='a'/></tsRequest>",
            "<tsRequest xmlns='http://tableau.com/api'><project name='a'/></tsRequest>",
            "<t:tsRequest xmlns:t='http://tableau.com/api'><t:project name='a'/></t:tsRequest>",
        ] {
            let node = parse(request.as_bytes()).unwrap();
            assert_eq!(node.child("project").unwrap().attribute("name"), Some("a"));
        }
    }

    #[test]
    fn refuses_what_is_not_a_request() {
        for request in [
            "",
            "<a/>",
            "<tsRequest",
            "<tsRequest xmlns='http://example.com'/>",
        ] {
            assert_eq!(
                parse(request.as_bytes()).unwrap_err().code,
                400_000,
                "{request}"
            );
        }
        let deep = format!(
            "<tsRequest>{}{}</tsRequest>",
            "<a>".repeat(40),
            "</a>".repeat(40)
        );
        assert_eq!(parse(deep.as_bytes()).unwrap_err().code, 400_000);
    }
}
