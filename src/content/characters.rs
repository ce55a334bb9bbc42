//! The character data of an element: what is text of what stands between its tags, and where.

use std::ops::Range;

use crate::diagnostic::Span;

use super::tree::unescape;

/// Text with the place of each byte in the document, so that a part of it can be replaced.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Characters {
    text: String,
    /// Of each byte of `text`: where what it was read from begins and ends.
    places: Vec<Span>,
    cdata: Vec<Span>,
}

impl Characters {
    /// `start` is where the fragment begins in the document.
    pub(super) fn of(fragment: &str, start: u32) -> Self {
        let mut all = Self::default();
        for run in runs(fragment) {
            let at = start + run.at as u32;
            if run.cdata {
                all.cdata.push(Span::new(at, at + run.raw.len() as u32));
            }
            let mut done = 0;
            while let Some(rest) = run.raw.get(done..).filter(|r| !r.is_empty()) {
                let length = unit(rest, run.cdata);
                let raw = rest.get(..length).unwrap_or(rest);
                let span = Span::new(at + done as u32, at + (done + raw.len()) as u32);
                let text = run.read(raw);
                all.places.extend(std::iter::repeat_n(span, text.len()));
                all.text.push_str(&text);
                done += raw.len();
            }
        }
        all
    }

    /// Of a string of JSON; `raw` is what stands between its quotes.
    pub(super) fn of_json(raw: &str, start: u32) -> Self {
        let mut all = Self::default();
        let mut done = 0;
        while let Some(rest) = raw.get(done..).filter(|r| !r.is_empty()) {
            let length = json_unit(rest);
            let piece = rest.get(..length).unwrap_or(rest);
            let span = Span::new(start + done as u32, start + (done + piece.len()) as u32);
            let text: String = serde_json::from_str(&format!("\"{piece}\"")).unwrap_or_default();
            all.places.extend(std::iter::repeat_n(span, text.len()));
            all.text.push_str(&text);
            done += piece.len();
        }
        all
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where these bytes of the text stand in the document. `None` when they are not one piece of it.
    pub fn span(&self, range: Range<usize>) -> Option<Span> {
        let places = self.places.get(range)?;
        let joined = places
            .windows(2)
            .all(|w| w[0] == w[1] || w[0].end == w[1].start);
        let (first, last) = (places.first()?, places.last()?);
        joined.then(|| Span::new(first.start, last.end))
    }

    /// `text` as it is written at this place of the document: as it is in a CDATA section, else escaped.
    /// `None` where a CDATA section cannot hold it.
    pub fn written(&self, text: &str, at: Span) -> Option<String> {
        let inside = |c: &Span| c.start <= at.start && at.end <= c.end;
        if self.cdata.iter().any(inside) {
            return (!text.contains("]]>")).then(|| text.to_owned());
        }
        Some(super::edit::escape_attribute(text))
    }
}

/// The character data of a fragment.
pub(super) fn plain(fragment: &str) -> String {
    // Mostly it is nothing but text.
    let special = |b: u8| matches!(b, b'<' | b'&' | b'\r');
    if !fragment.bytes().fold(false, |any, b| any | special(b)) {
        return fragment.to_owned();
    }
    let mut text = String::new();
    for run in runs(fragment) {
        text.push_str(&run.read(run.raw));
    }
    text
}

/// Text between two pieces of markup, or a CDATA section.
struct Run<'t> {
    raw: &'t str,
    /// In the fragment.
    at: usize,
    cdata: bool,
}

impl Run<'_> {
    /// A line end is `\n`, however it is written in the file (XML 1.0, 2.11).
    fn read(&self, raw: &str) -> String {
        let raw = if raw.contains('\r') {
            raw.replace("\r\n", "\n").replace('\r', "\n").into()
        } else {
            std::borrow::Cow::Borrowed(raw)
        };
        if self.cdata {
            raw.into_owned()
        } else {
            unescape(&raw).into_owned()
        }
    }
}

/// How many bytes are read together: a reference, a line end, a character.
fn unit(rest: &str, cdata: bool) -> usize {
    if rest.starts_with("\r\n") {
        return 2;
    }
    let reference = rest.starts_with('&').then(|| rest.find(';')).flatten();
    match reference.filter(|_| !cdata) {
        Some(end) => end + 1,
        None => rest.chars().next().map_or(1, char::len_utf8),
    }
}

/// The same of JSON: an escape, both halves of a character that is written as two, a character.
fn json_unit(rest: &str) -> usize {
    let one = |rest: &str| match rest.as_bytes() {
        [b'\\', b'u', ..] => 6,
        [b'\\', ..] => 2,
        _ => rest.chars().next().map_or(1, char::len_utf8),
    };
    let is_high = |rest: &str| {
        let code = rest.strip_prefix("\\u").and_then(|r| r.get(..4));
        code.and_then(|hex| u16::from_str_radix(hex, 16).ok())
            .is_some_and(|code| (0xd800..0xdc00).contains(&code))
    };
    let second = rest.get(6..).filter(|_| is_high(rest));
    one(rest) + second.filter(|r| r.starts_with("\\u")).map_or(0, one)
}

/// Tags and comments left out, CDATA taken as it is.
fn runs(fragment: &str) -> impl Iterator<Item = Run<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(rest) = fragment.get(at..).filter(|r| !r.is_empty()) {
            let begin = at;
            if !rest.starts_with('<') {
                let raw = rest.find('<').map_or(rest, |end| &rest[..end]);
                at += raw.len();
                return Some(Run {
                    raw,
                    at: begin,
                    cdata: false,
                });
            }
            if let Some(inner) = rest.strip_prefix("<![CDATA[") {
                let raw = inner.find("]]>").map_or(inner, |end| &inner[..end]);
                at += "<![CDATA[".len() + raw.len() + "]]>".len();
                return Some(Run {
                    raw,
                    at: begin + "<![CDATA[".len(),
                    cdata: true,
                });
            }
            at += if rest.starts_with("<!--") {
                rest.find("-->").unwrap_or(rest.len()) + "-->".len()
            } else {
                tag_end(rest) + 1
            };
        }
        None
    })
}

/// Where the `>` of a tag is; one inside quotes does not count.
fn tag_end(tag: &str) -> usize {
    let mut quote = None;
    for (at, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    tag.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAGMENT: &str =
        "a&lt;<run b='>'>x</run><![CDATA[<[f]>&amp;]]><!-- no -->&#10;z\r\né &amp; b";

    #[test]
    fn markup_is_left_out() {
        assert_eq!(plain(FRAGMENT), "a<x<[f]>&amp;\nz\né & b");
        assert_eq!(plain("<![CDATA[open"), "open");
    }

    #[test]
    fn every_byte_knows_its_place() {
        let all = Characters::of(FRAGMENT, 100);
        assert_eq!(all.text(), plain(FRAGMENT));
        let place = |wanted: &str| {
            let at = all.text().find(wanted).unwrap();
            let span = all.span(at..at + wanted.len())?;
            Some((
                &FRAGMENT[span.start as usize - 100..span.end as usize - 100],
                all.written("<&", span).unwrap(),
            ))
        };
        assert_eq!(place("a<"), Some(("a&lt;", "&lt;&amp;".to_owned())));
        assert_eq!(place("<[f]>&"), Some(("<[f]>&", "<&".to_owned())));
        assert_eq!(
            place("\nz\né"),
            Some(("&#10;z\r\né", "&lt;&amp;".to_owned()))
        );
        assert_eq!(place("<x"), None);
    }

    #[test]
    fn strings_of_json_know_their_places_too() {
        let raw = r#"a\n\u00e9\ud83d\ude00\"b"#;
        let all = Characters::of_json(raw, 10);
        assert_eq!(all.text(), "a\né😀\"b");
        let place = |wanted: &str| {
            let at = all.text().find(wanted).unwrap();
            let span = all.span(at..at + wanted.len()).unwrap();
            &raw[span.start as usize - 10..span.end as usize - 10]
        };
        assert_eq!(place("a\n"), r"a\n");
        assert_eq!(place("é"), r"\u00e9");
        assert_eq!(place("😀\""), r#"\ud83d\ude00\""#);
    }
}
