//! Edits of a document that keep every other byte.

use crate::diagnostic::Edit;

/// Two edits want the same bytes, or one lies outside of the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("two changes meet at byte {at}")]
pub struct Overlap {
    pub at: u32,
}

/// Applies edits to a text. They may come in any order; two at one place are an error, unless they are the same.
pub fn apply(text: &str, edits: &[Edit]) -> Result<String, Overlap> {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_by_key(|e| (e.span.start, e.span.end));
    sorted.dedup();
    let mut result = String::with_capacity(text.len());
    let mut at = 0;
    let mut last = None;
    for edit in sorted {
        if last.replace(edit.span) == Some(edit.span) {
            return Err(Overlap {
                at: edit.span.start,
            });
        }
        let kept = text.get(at..edit.span.start as usize).ok_or(Overlap {
            at: edit.span.start,
        })?;
        if edit.span.end < edit.span.start || text.get(edit.span.range()).is_none() {
            return Err(Overlap {
                at: edit.span.start,
            });
        }
        result.push_str(kept);
        result.push_str(&edit.text);
        at = edit.span.end as usize;
    }
    result.push_str(text.get(at..).unwrap_or_default());
    Ok(result)
}

/// Where a byte of the edited text stands in the text before: of what an edit put in, where that edit begins. The edits
/// are those of [`apply`].
pub fn before(edits: &[Edit], byte: u32) -> u32 {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_by_key(|e| (e.span.start, e.span.end));
    sorted.dedup();
    // What the edits so far have added, which may be less than nothing.
    let mut grown: i64 = 0;
    for edit in sorted {
        let (start, length) = (i64::from(edit.span.start) + grown, edit.text.len() as i64);
        if i64::from(byte) < start {
            break;
        }
        if i64::from(byte) < start + length {
            return edit.span.start;
        }
        grown += length - i64::from(edit.span.end - edit.span.start);
    }
    u32::try_from(i64::from(byte) - grown).unwrap_or_default()
}

/// Escapes a value for an attribute in single quotes, as Tableau does: `&apos;` and `&quot;`, line ends and tabs as
/// character references (a literal line end would be read as a space).
pub fn escape_attribute(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\n' => escaped.push_str("&#10;"),
            '\r' => escaped.push_str("&#13;"),
            '\t' => escaped.push_str("&#9;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_of_an_edited_text_is_found_again() {
        let edit = |start, end, text: &str| Edit {
            span: crate::diagnostic::Span::new(start, end),
            text: text.to_owned(),
        };
        let text = "abcdefgh";
        let edits = [edit(6, 7, ""), edit(1, 2, "XYZ"), edit(4, 4, "+")];
        let edited = apply(text, &edits).unwrap();
        assert_eq!(edited, "aXYZcd+efh");
        let found: Vec<u32> = (0..=edited.len() as u32)
            .map(|n| before(&edits, n))
            .collect();
        assert_eq!(found, [0, 1, 1, 1, 2, 3, 4, 4, 5, 7, 8]);
    }
    use crate::diagnostic::Span;

    fn edit(start: u32, end: u32, text: &str) -> Edit {
        Edit {
            span: Span::new(start, end),
            text: text.to_owned(),
        }
    }

    #[test]
    fn edits_keep_what_is_between() {
        assert_eq!(
            apply(
                "abcdef",
                &[edit(4, 5, "Y"), edit(0, 1, "XX"), edit(6, 6, "!")]
            )
            .unwrap(),
            "XXbcdYf!"
        );
        assert_eq!(
            apply("abc", &[edit(1, 2, "x"), edit(1, 2, "x")]).unwrap(),
            "axc"
        );
    }

    #[test]
    fn overlapping_edits_are_refused() {
        assert!(apply("abcdef", &[edit(0, 3, "x"), edit(2, 4, "y")]).is_err());
        assert!(apply("abc", &[edit(2, 9, "x")]).is_err());
        assert!(apply("é", &[edit(1, 2, "x")]).is_err());
        assert!(apply("abc", &[edit(1, 1, "x"), edit(1, 1, "y")]).is_err());
        assert!(apply("abc", &[edit(1, 2, "x"), edit(1, 2, "y")]).is_err());
        assert_eq!(
            apply("abc", &[edit(1, 2, "x"), edit(1, 1, "y")]).unwrap(),
            "ayxc"
        );
    }
}
