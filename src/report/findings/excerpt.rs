//! A bounded piece of the source around a finding: documents may be one line of a megabyte.

use crate::diagnostic::Span;

/// Most characters before and after what is underlined.
const AROUND: usize = 36;
/// Most characters that are underlined.
const LONGEST: usize = 72;

/// One line of source, and what of it is underlined, in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Excerpt {
    pub(super) text: String,
    pub(super) from: usize,
    pub(super) length: usize,
}

/// Bytes on both sides in which a secret is looked for that reaches into what is shown.
const MARGIN: usize = 600;

/// Cuts the excerpt out, secrets masked; `None` when the span is not in the text.
pub(super) fn excerpt(source: &str, span: Span) -> Option<Excerpt> {
    let (start, end) = (span.start as usize, (span.end as usize).min(source.len()));
    let far = start.saturating_sub(MARGIN);
    let line_start = memchr::memrchr(b'\n', source.as_bytes().get(far..start)?)
        .map_or_else(|| boundary(source, far), |at| far + at + 1);
    let far = boundary(
        source,
        end.max(start).saturating_add(MARGIN).min(source.len()),
    );
    let line_end =
        memchr::memchr(b'\n', source.as_bytes().get(start..far)?).map_or(far, |at| start + at);
    let line = source.get(line_start..line_end)?;
    let count = |from: usize, to: usize| source.get(from..to).map(|t| t.chars().count());
    let (from, marked) = (
        count(line_start, start)?,
        count(start, end.min(line_end).max(start))?,
    );
    let characters: Vec<char> = crate::lint::mask(line).chars().collect();
    let before = characters.get(..from)?;
    let marked = characters.get(from..from + marked)?;
    let after = characters.get(from + marked.len()..)?;
    let mut text = String::new();
    let skipped = before.len().saturating_sub(AROUND);
    let lead: String = before[skipped..].iter().collect();
    let lead = if skipped > 0 {
        format!("…{lead}")
    } else {
        lead.trim_start().to_owned()
    };
    text.push_str(&lead);
    let from = lead.chars().count();
    let shown = marked.len().min(LONGEST);
    text.extend(&marked[..shown]);
    if shown < marked.len() {
        text.push('…');
    } else {
        let tail: String = after.iter().take(AROUND).collect();
        text.push_str(tail.trim_end());
        if after.len() > AROUND {
            text.push('…');
        }
    }
    let text = text.replace('\t', " ").replace('\r', "");
    Some(Excerpt {
        text,
        from,
        length: shown.max(1),
    })
}

/// The nearest start of a character at or before a byte.
fn boundary(source: &str, mut at: usize) -> usize {
    while !source.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_around_the_place() {
        let found = excerpt("one\n  <a b='c' />\nthree", Span::new(11, 12)).unwrap();
        assert_eq!(
            (found.text.as_str(), found.from, found.length),
            ("<a b='c' />", 5, 3 - 2)
        );
    }

    #[test]
    fn a_line_of_a_megabyte_is_cut_on_both_sides() {
        let source = format!("{}X{}", "a".repeat(600_000), "b".repeat(600_000));
        let found = excerpt(&source, Span::new(600_000, 600_001)).unwrap();
        assert!(found.text.chars().count() < 200);
        assert_eq!(found.text.chars().nth(found.from), Some('X'));
        let long = excerpt(&source, Span::new(0, 600_000)).unwrap();
        assert_eq!(long.length, LONGEST);
        assert!(excerpt("short", Span::new(9, 12)).is_none());
        let wide = format!("{}X{}", "é".repeat(9_001), "é".repeat(9_001));
        assert!(excerpt(&wide, Span::new(18_002, 18_003)).is_some());
    }

    #[test]
    fn a_neighbour_of_a_secret_does_not_show_it() {
        let source = format!("<c password='{}' filename='C:/x'/>", "hunter2".repeat(9));
        let at = source.find("C:/x").unwrap() as u32;
        let found = excerpt(&source, Span::new(at, at + 4)).unwrap();
        assert!(
            !found.text.contains("hunter2") && found.text.contains("C:/x"),
            "{}",
            found.text
        );
        assert_eq!(found.text.chars().nth(found.from), Some('C'));
    }
}
