//! Request payloads: small XML documents, written so that Tableau's publish parser takes them.

use std::fmt::Write as _;

/// One element under construction.
#[derive(Clone)]
pub(crate) struct Element {
    name: &'static str,
    attributes: String,
    children: String,
}

impl Element {
    pub(crate) fn new(name: &'static str) -> Self {
        Self {
            name,
            attributes: String::new(),
            children: String::new(),
        }
    }

    pub(crate) fn attr(mut self, name: &str, value: &str) -> Self {
        let _ = write!(self.attributes, " {name}=\"");
        escape(value, &mut self.attributes);
        self.attributes.push('"');
        self
    }

    /// Adds the attribute when there is a value.
    pub(crate) fn attr_if(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.attr(name, value),
            None => self,
        }
    }

    pub(crate) fn flag_if(self, name: &str, value: Option<bool>) -> Self {
        self.attr_if(name, value.map(|v| if v { "true" } else { "false" }))
    }

    pub(crate) fn child(mut self, child: &Element) -> Self {
        child.write(&mut self.children);
        self
    }

    pub(crate) fn children(self, children: impl IntoIterator<Item = Element>) -> Self {
        children
            .into_iter()
            .fold(self, |parent, child| parent.child(&child))
    }

    /// The whole request: this element under `tsRequest`.
    pub(crate) fn into_request(self) -> String {
        let mut out = String::new();
        Element::new("tsRequest").child(&self).write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        let Self {
            name,
            attributes,
            children,
        } = self;
        let _ = if children.is_empty() {
            write!(out, "<{name}{attributes}/>")
        } else {
            write!(out, "<{name}{attributes}>{children}</{name}>")
        };
    }
}

/// Writes `value` as the text of an attribute in double quotes.
///
/// Numeric references only: the publish parser answers HTTP 400 to `&apos;`. Line ends and tabs are
/// written as references too, for a parser turns them into spaces otherwise. A character that XML
/// cannot carry at all becomes U+FFFD.
fn escape(value: &str, out: &mut String) {
    for c in value.chars() {
        match c {
            '&' | '<' | '>' | '"' | '\'' | '\t' | '\n' | '\r' => {
                let _ = write!(out, "&#{};", c as u32);
            }
            '\0'..'\x20' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn writes_numeric_references_only() {
        let request = Element::new("workbook")
            .attr("name", "Bob's \"A&B\" <1>\n")
            .into_request();
        assert_eq!(
            request,
            "<tsRequest><workbook name=\"Bob&#39;s &#34;A&#38;B&#34; &#60;1&#62;&#10;\"/></tsRequest>"
        );
    }

    #[test]
    fn nests() {
        let request = Element::new("tags")
            .children(["a", "b"].map(|label| Element::new("tag").attr("label", label)))
            .into_request();
        assert_eq!(
            request,
            "<tsRequest><tags><tag label=\"a\"/><tag label=\"b\"/></tags></tsRequest>"
        );
    }

    proptest! {
        #[test]
        fn any_text_comes_back_from_a_parser(value in "[^\0-\x08\x0b\x0c\x0e-\x1f\u{fffe}\u{ffff}]*") {
            let request = Element::new("workbook").attr("name", &value).into_request();
            let mut reader = quick_xml::Reader::from_str(&request);
            let mut seen = None;
            loop {
                match reader.read_event().unwrap() {
                    quick_xml::events::Event::Empty(e) => {
                        let attribute = e.try_get_attribute("name").unwrap().unwrap();
                        let version = quick_xml::XmlVersion::Implicit1_0;
                        seen = Some(attribute.normalized_value(version).unwrap().into_owned());
                    }
                    quick_xml::events::Event::Eof => break,
                    _ => {}
                }
            }
            prop_assert_eq!(seen, Some(value));
        }
    }
}
