//! What a filter lets through, in words.

use crate::content::model::Filter;
use crate::diff::comparison::Side;
use crate::diff::reference::references;

use super::SHOWN;

/// Characters of a member.
const MEMBER: usize = 60;

/// What the filter lets through.
pub(in crate::diff) fn words(side: &Side<'_>, filter: &Filter) -> String {
    let mut parts = Vec::new();
    match filter.class.as_str() {
        "quantitative" => parts.push(range(side, filter)),
        "relative-date" => parts.push(relative_date(side, filter)),
        _ => {
            if filter.all && filter.members.is_empty() {
                parts.push("all values".to_owned());
            } else if !filter.members.is_empty() {
                let verb = if filter.exclude { "all but" } else { "only" };
                parts.push(format!("{verb} {}", members(side, filter)));
            }
        }
    }
    if filter.top_n {
        parts.push(top_n(side, filter));
    }
    if filter.conditional {
        parts.push("by a condition".to_owned());
    }
    if parts.is_empty() {
        parts.push("a selection".to_owned());
    }
    parts.join(", ")
}

fn range(side: &Side<'_>, filter: &Filter) -> String {
    let bound = |b: &Option<String>| b.as_ref().map(|v| literal(v));
    let tree = &side.document.tree;
    let values = tree
        .get(filter.element.node, "included-values")
        .unwrap_or_default();
    let nulls = if values == "in-range-or-null" {
        " or no value"
    } else {
        ""
    };
    match (bound(&filter.min), bound(&filter.max)) {
        (Some(min), Some(max)) => format!("{min} to {max}{nulls}"),
        (Some(min), None) => format!("from {min}{nulls}"),
        (None, Some(max)) => format!("up to {max}{nulls}"),
        (None, None) => match values.as_str() {
            "non-null" => "values that are not null".to_owned(),
            "null" => "null only".to_owned(),
            _ => "all values".to_owned(),
        },
    }
}

fn relative_date(side: &Side<'_>, filter: &Filter) -> String {
    let get = |name: &str| {
        let tree = &side.document.tree;
        tree.get(filter.element.node, name).unwrap_or_default()
    };
    let period = Some(get("period-type-v2"))
        .filter(|p| !p.is_empty())
        .unwrap_or_else(|| get("period-type"));
    let (first, last) = (get("first-period"), get("last-period"));
    format!("{period} {first} to {last} from today")
}

fn top_n(side: &Side<'_>, filter: &Filter) -> String {
    let tree = &side.document.tree;
    let end = tree
        .descendants(filter.element.node)
        .find(|n| tree.is(*n, "function", "end"));
    let get = |name: &str| end.and_then(|n| tree.get(n, name)).unwrap_or_default();
    let side_word = if get("end") == "bottom" {
        "bottom"
    } else {
        "top"
    };
    format!("{side_word} {}", side.names.in_text(&get("count")))
}

fn members(side: &Side<'_>, filter: &Filter) -> String {
    let words: Vec<String> = filter.members.iter().map(|m| member(side, m)).collect();
    let mut text = words
        .iter()
        .take(SHOWN)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    if words.len() > SHOWN {
        text = format!("{text} and {} more", words.len() - SHOWN);
    }
    text
}

/// A value may be a whole text, over many lines.
fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MEMBER) {
        Some((end, _)) => format!("{}...", line[..end].trim_end()),
        None => line,
    }
}

/// A literal as people write it; of `Measure Names` the members are references.
pub(super) fn member(side: &Side<'_>, member: &str) -> String {
    let text = literal(member);
    let found = references(&text);
    match found.as_slice() {
        [one] if one.parts.len() > 1 && one.range.len() == text.len() => {
            side.names.reference(&one.parts, "")
        }
        _ => shortened(&text),
    }
}

/// `"x"` -> `x`, `#2020-01-01#` -> `2020-01-01`, `%null%` -> `null`.
pub(in crate::diff) fn literal(value: &str) -> String {
    let value = value.trim();
    let inside = |mark: char| value.strip_prefix(mark).and_then(|v| v.strip_suffix(mark));
    if value == "%null%" {
        return "null".to_owned();
    }
    inside('"')
        .or_else(|| inside('#'))
        .map_or_else(|| value.to_owned(), unescape_quotes)
}

fn unescape_quotes(value: &str) -> String {
    value.replace("\\\"", "\"")
}
