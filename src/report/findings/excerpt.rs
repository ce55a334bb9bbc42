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

/// Cuts the excerpt out; `None` when the span is not in the text.
pub(super) fn excerpt(source: &str, span: Span) -> Option<Excerpt> {
    let (start, end) = (span.start as usize, (span.end as usize).min(source.len()));
    let before = source.get(..start)?;
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line_end = source
        .get(start..)?
        .find('\n')
        .map_or(source.len(), |at| start + at);
    let marked: Vec<char> = source
        .get(start..end.min(line_end).max(start))?
        .chars()
        .collect();
    let before: Vec<char> = source.get(line_start..start)?.chars().collect();
    let after: Vec<char> = source
        .get(start..line_end)?
        .chars()
        .skip(marked.len())
        .collect();
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
    }
}
