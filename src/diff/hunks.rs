//! Differences of texts: words within a line, lines within a text.

use similar::{ChangeTag, TextDiff};

use super::change::{Detail, Hunk, Tag};

/// Lines of context around a change.
const CONTEXT: usize = 2;
/// A text longer than this is compared by lines even when it has few.
const LONGEST_FOR_WORDS: usize = 4_000;

/// By words for a single line, by lines for several.
pub(super) fn of(before: &str, after: &str) -> Detail {
    let many = |text: &str| text.trim_end().contains('\n') || text.len() > LONGEST_FOR_WORDS;
    if many(before) || many(after) {
        lines(before, after)
    } else {
        words(before, after)
    }
}

pub(super) fn words(before: &str, after: &str) -> Detail {
    let diff = TextDiff::from_words(before, after);
    let mut hunks: Vec<Hunk> = Vec::new();
    for change in diff.iter_all_changes() {
        let tag = tag(change.tag());
        match hunks.last_mut() {
            Some(last) if last.tag == tag => last.text.push_str(change.value()),
            _ => hunks.push(Hunk {
                tag,
                text: change.value().to_owned(),
            }),
        }
    }
    Detail::Words { hunks }
}

pub(super) fn lines(before: &str, after: &str) -> Detail {
    let (before, after) = (one_line_end(before), one_line_end(after));
    let diff = TextDiff::from_lines(before.as_str(), after.as_str());
    let mut hunks = Vec::new();
    for (n, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if n > 0 {
            hunks.push(Hunk {
                tag: Tag::Gap,
                text: String::new(),
            });
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            hunks.push(Hunk {
                tag: tag(change.tag()),
                text: change.value().trim_end_matches('\n').to_owned(),
            });
        }
    }
    Detail::Lines { hunks }
}

fn tag(tag: ChangeTag) -> Tag {
    match tag {
        ChangeTag::Equal => Tag::Same,
        ChangeTag::Delete => Tag::Removed,
        ChangeTag::Insert => Tag::Added,
    }
}

/// Line ends are no difference, nor is the one after the last line.
fn one_line_end(text: &str) -> String {
    let mut text = text.replace("\r\n", "\n").replace('\r', "\n");
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(detail: &Detail) -> String {
        let (Detail::Words { hunks } | Detail::Lines { hunks }) = detail else {
            return String::new();
        };
        hunks
            .iter()
            .map(|h| match h.tag {
                Tag::Same => format!(" {}", h.text),
                Tag::Removed => format!("-{}", h.text),
                Tag::Added => format!("+{}", h.text),
                Tag::Gap => "...".to_owned(),
            })
            .collect::<Vec<_>>()
            .join("|")
    }

    #[test]
    fn one_line_is_compared_by_words() {
        assert_eq!(
            shown(&of("SUM([Profit]) / 2", "SUM([Sales]) / 2")),
            "-SUM([Profit])|+SUM([Sales])|  / 2"
        );
    }

    #[test]
    fn many_lines_are_compared_by_lines_whatever_their_ends() {
        assert_eq!(
            shown(&of("a\r\nb\r\nc\r\nd\r\ne\r\nf", "a\nb\nc\nd\nE\nf\n")),
            " c| d|-e|+E| f"
        );
    }
}
