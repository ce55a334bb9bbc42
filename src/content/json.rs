//! Where the strings of a JSON text stand, so that one can be replaced and every other byte kept.
//!
//! Only for a text that `serde_json` has read: it is well-formed and not deeply nested.

use crate::diagnostic::Span;
use crate::hash::HashMap;

/// Between the quotes of every string value that `wanted` says yes to, by its JSON pointer (RFC 6901).
pub(super) fn strings(text: &str, wanted: impl Fn(&[String]) -> bool) -> HashMap<String, Span> {
    let mut scanner = Scanner {
        text,
        at: 0,
        path: Vec::new(),
        wanted,
        found: HashMap::default(),
    };
    scanner.value();
    scanner.found
}

/// The pointer of a path.
pub fn pointer<S: AsRef<str>>(path: &[S]) -> String {
    path.iter()
        .map(|key| format!("/{}", key.as_ref().replace('~', "~0").replace('/', "~1")))
        .collect::<Vec<_>>()
        .concat()
}

/// A text as it stands between the quotes of a string.
pub fn escape(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted
        .get(1..quoted.len() - 1)
        .unwrap_or_default()
        .to_owned()
}

struct Scanner<'t, F> {
    text: &'t str,
    at: usize,
    path: Vec<String>,
    wanted: F,
    found: HashMap<String, Span>,
}

impl<F: Fn(&[String]) -> bool> Scanner<'_, F> {
    /// The next byte that is no white space, passed over.
    fn next(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes().get(self.at..)?;
        let skipped = bytes.iter().position(|b| !b.is_ascii_whitespace())?;
        self.at += skipped + 1;
        bytes.get(skipped).copied()
    }

    fn value(&mut self) {
        match self.next() {
            Some(b'"') => {
                let span = self.string();
                if (self.wanted)(&self.path) {
                    self.found.insert(pointer(&self.path), span);
                }
            }
            Some(b'{') => self.object(),
            Some(b'[') => self.array(),
            // A number or a word: it ends where something else begins.
            Some(_) => {
                let rest = self.text.get(self.at..).unwrap_or_default();
                let end = rest.find([',', '}', ']']).unwrap_or(rest.len());
                self.at += end;
            }
            None => {}
        }
    }

    fn object(&mut self) {
        while let Some(byte) = self.next() {
            match byte {
                b'"' => {
                    let span = self.string();
                    let raw = self.text.get(span.range()).unwrap_or_default();
                    let key = serde_json::from_str(&format!("\"{raw}\""));
                    self.path.push(key.unwrap_or_default());
                    self.next(); // the colon
                    self.value();
                    self.path.pop();
                }
                b'}' => return,
                _ => {}
            }
        }
    }

    fn array(&mut self) {
        let mut index = 0_usize;
        while let Some(byte) = self.next() {
            match byte {
                b']' => return,
                b',' => index += 1,
                _ => {
                    self.at -= 1;
                    self.path.push(index.to_string());
                    self.value();
                    self.path.pop();
                }
            }
        }
    }

    /// The rest of a string whose first quote was passed.
    fn string(&mut self) -> Span {
        let start = self.at;
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        let end = self.at.min(bytes.len());
        self.at = end + 1;
        Span::new(start as u32, end as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_string_has_its_place() {
        let text = r#" { "a/b" : [ 1.5e3, "x\"y\\", {"é":"ü", "n":null}, [], {} , true ], "k\n": "" , "d":{"a":"1"}} "#;
        let value: serde_json::Value = serde_json::from_str(text).unwrap();
        let found = strings(text, |_| true);
        assert_eq!(found.len(), 4);
        for (pointer, span) in &found {
            let raw = &text[span.range()];
            let wanted = value.pointer(pointer).and_then(|v| v.as_str()).unwrap();
            assert_eq!(escape(wanted), raw, "{pointer}");
        }
        assert!(found.contains_key("/a~1b/1") && found.contains_key("/k\n"));
        assert_eq!(strings(text, |path| path == ["d", "a"]).len(), 1);
    }
}
