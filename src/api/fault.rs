//! What a server says when it refuses: Tableau's error body in JSON or XML, a page of a gateway, or
//! anything else.

use std::time::Duration;

use quick_xml::events::Event;

use super::{code::ErrorCode, json::Document};
use bytes::Bytes;

/// The parts of an error body; all empty when the body is not Tableau's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: Option<ErrorCode>,
    pub(crate) summary: String,
    pub(crate) detail: String,
}

/// More of a foreign body than this is not shown to anybody.
const SHOWN: usize = 300;

impl Fault {
    pub(crate) fn parse(body: &Bytes) -> Self {
        Self::from_json(body)
            .or_else(|| Self::from_xml(body))
            .unwrap_or_default()
    }

    fn from_json(body: &Bytes) -> Option<Self> {
        let document = Document::parse(body).ok()?;
        let root = document.root();
        if let Some(error) = root.child("error") {
            let code = error
                .number("code")
                .and_then(|code| u32::try_from(code).ok());
            return Some(Self {
                code: code.map(ErrorCode),
                summary: error.text("summary").unwrap_or_default(),
                detail: error.text("detail").unwrap_or_default(),
            });
        }
        // The gateway's own form, and that of the services beside the classic API.
        let summary = root.text("error").or_else(|| root.text("errorCode"))?;
        Some(Self {
            code: None,
            summary,
            detail: root.text("message").unwrap_or_default(),
        })
    }

    fn from_xml(body: &Bytes) -> Option<Self> {
        let text = std::str::from_utf8(body).ok()?;
        if !text.contains("tsResponse") {
            return None;
        }
        let mut reader = quick_xml::Reader::from_str(text);
        let mut fault = Self::default();
        let mut within: Vec<String> = Vec::new();
        loop {
            match reader.read_event().ok()? {
                Event::Start(start) => {
                    let name = start.local_name().as_ref().to_owned();
                    if name == "error" {
                        let code = start.try_get_attribute("code").ok()??;
                        fault.code = code.value.trim().parse().ok().map(ErrorCode);
                    }
                    within.push(name);
                }
                Event::Text(text) => {
                    fault.append(within.last(), &text.xml10_content());
                }
                Event::GeneralRef(reference) => {
                    let resolved = match reference.resolve_char_ref().ok()? {
                        Some(c) => c.to_string(),
                        None => {
                            quick_xml::escape::resolve_predefined_entity(&reference)?.to_owned()
                        }
                    };
                    fault.append(within.last(), &resolved);
                }
                Event::End(_) => {
                    within.pop();
                }
                Event::Eof => return Some(fault),
                _ => {}
            }
        }
    }

    fn append(&mut self, element: Option<&String>, text: &str) {
        match element.map(String::as_str) {
            Some("summary") => self.summary.push_str(text),
            Some("detail") => self.detail.push_str(text),
            _ => {}
        }
    }
}

/// The beginning of a foreign body, on one line, for the one error that must show what answered.
pub(crate) fn glimpse(body: &Bytes) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(4 * SHOWN)]);
    let title = text
        .split_once("<title>")
        .and_then(|(_, rest)| rest.split_once("</title>"))
        .map_or(&*text, |(title, _)| title);
    let mut line = title.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(SHOWN) {
        line.truncate(end);
    }
    line
}

/// The wait that some 429 answers of Tableau Cloud name in their text only: "Please retry after 29
/// minutes". A hint: nothing depends on it but how long we wait, for the text may be in any language.
pub(crate) fn wait_in_text(detail: &str) -> Option<Duration> {
    let lower = detail.to_ascii_lowercase();
    let (_, rest) = lower.split_once("retry after ")?;
    let mut words = rest
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|w| !w.is_empty());
    let count: u64 = words.next()?.parse().ok()?;
    let unit = match words.next()?.trim_end_matches('s') {
        "second" | "sec" => 1,
        "minute" | "min" => 60,
        "hour" | "hr" => 3600,
        _ => return None,
    };
    Some(Duration::from_secs(count.checked_mul(unit)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &'static str) -> Fault {
        Fault::parse(&Bytes::from_static(text.as_bytes()))
    }

    #[test]
    fn json_and_xml_say_the_same() {
        let json = parse(include_str!("../../fixtures/wire/error-404006.json"));
        let xml = parse(include_str!("../../fixtures/wire/error-404006.xml"));
        assert_eq!(json, xml);
        assert_eq!(json.code, Some(ErrorCode(404_006)));
        assert_eq!(json.detail, "Workbook 'Bob & Ann' could not be found.");
    }

    #[test]
    fn prefixes_do_not_matter() {
        let xml = parse(
            "<ns0:tsResponse xmlns:ns0=\"http://tableau.com/api\"><ns0:error code=\"401002\">\
             <ns0:summary>S</ns0:summary><ns0:detail/></ns0:error></ns0:tsResponse>",
        );
        assert_eq!(
            (xml.code, &*xml.summary, &*xml.detail),
            (Some(ErrorCode(401_002)), "S", "")
        );
    }

    #[test]
    fn foreign_bodies_give_no_code() {
        let gateway = parse(include_str!("../../fixtures/wire/error-gateway.json"));
        assert_eq!((gateway.code, &*gateway.summary), (None, "Unauthorized"));
        assert_eq!(
            parse(include_str!("../../fixtures/wire/error-504.html")),
            Fault::default()
        );
        assert_eq!(parse(""), Fault::default());
        assert_eq!(parse("<tsResponse><error"), Fault::default());
    }

    #[test]
    fn a_glimpse_is_the_title_or_one_short_line() {
        let page = Bytes::from_static(include_bytes!("../../fixtures/wire/error-504.html"));
        assert_eq!(glimpse(&page), "504 Gateway Time-out");
        let long = Bytes::from("ä ".repeat(5000));
        assert_eq!(glimpse(&long).chars().count(), SHOWN);
    }

    #[test]
    fn waits_are_found_in_text() {
        let text =
            "Too many requests for 'api.rest.refresh_extracts'. Please retry after 29 minutes.";
        assert_eq!(wait_in_text(text), Some(Duration::from_secs(29 * 60)));
        assert_eq!(
            wait_in_text("retry after 1 second"),
            Some(Duration::from_secs(1))
        );
        for text in ["", "retry after", "retry after soon", "retry after 9 moons"] {
            assert_eq!(wait_in_text(text), None, "{text}");
        }
    }
}
