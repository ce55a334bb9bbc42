//! Differences of texts: words within a line, lines within a text.

use similar::{ChangeTag, TextDiff};

use super::change::{Detail, Hunk, Tag};

/// Lines of context around a change.
const CONTEXT: usize = 2;
/// A text longer than this is compared by lines even when it has few.
const LONGEST_FOR_WORDS: usize = 4_000;

/// Characters of a value that a sentence can hold.
const SHORT: usize = 100;
/// Items of a list that are kept at each side of what was left out.
const NEIGHBOURS: usize = 1;

/// One line that fits into a sentence.
pub(super) fn is_short(text: &str) -> bool {
    !text.contains(['\n', '\r']) && text.chars().take(SHORT + 1).count() <= SHORT
}

/// Lists of names, `a, b, c`: what came and went between its neighbours.
pub(super) fn items(before: &str, after: &str) -> Detail {
    let split = |text: &str| -> Vec<String> {
        let items = text.split(", ").filter(|i| !i.is_empty());
        items.map(str::to_owned).collect()
    };
    let (before, after) = (split(before), split(after));
    let diff = TextDiff::from_slices(
        &before.iter().map(String::as_str).collect::<Vec<_>>(),
        &after.iter().map(String::as_str).collect::<Vec<_>>(),
    );
    let mut runs: Vec<(Tag, Vec<String>)> = Vec::new();
    for change in diff.iter_all_changes() {
        let tag = tag(change.tag());
        match runs.last_mut() {
            Some((last, items)) if *last == tag => items.push(change.value().to_owned()),
            _ => runs.push((tag, vec![change.value().to_owned()])),
        }
    }
    let last = runs.len().saturating_sub(1);
    let mut hunks = Vec::new();
    for (n, (tag, mut items)) in runs.into_iter().enumerate() {
        if tag == Tag::Same && items.len() > 2 * NEIGHBOURS + 1 {
            let end = items.split_off(items.len() - NEIGHBOURS);
            items.truncate(NEIGHBOURS);
            items = if n == 0 { Vec::new() } else { items };
            items.push("...".to_owned());
            items.extend(if n == last { Vec::new() } else { end });
        }
        let mut text = items.join(", ");
        if n < last {
            text.push_str(", ");
        }
        hunks.push(Hunk { tag, text });
    }
    Detail::Words { hunks }
}

/// A text that came, or that went, as a whole.
pub(super) fn whole(text: &str, tag: Tag) -> Detail {
    let text = one_line_end(text);
    let hunks = text.lines().map(|line| Hunk {
        tag,
        text: line.to_owned(),
    });
    Detail::Lines {
        hunks: hunks.collect(),
    }
}

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

/// Line ends are no difference, nor is space before them.
fn one_line_end(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines = text.lines().map(|line| format!("{}\n", line.trim_end()));
    lines.collect()
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
    fn of_a_long_list_only_what_came_and_went_is_said() {
        assert_eq!(
            shown(&items(
                "a, b, c, d, e, f, g, h",
                "a, b, c, d, x, e, f, g, h"
            )),
            " ..., d, |+x, | e, ..."
        );
        assert_eq!(shown(&items("a", "a, b")), " a, |+b");
    }

    #[test]
    fn many_lines_are_compared_by_lines_whatever_their_ends() {
        assert_eq!(
            shown(&of("a\r\nb\r\nc\r\nd\r\ne\r\nf", "a\nb\nc\nd\nE\nf\n")),
            " c| d|-e|+E| f"
        );
    }
}
