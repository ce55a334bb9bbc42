//! References as documents write them: `[data source].[sum:Sales:qk]`, and the parts of such a name.

use std::ops::Range;

/// A bracketed name, or several with dots between, in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference<'t> {
    pub(super) range: Range<usize>,
    /// Each with its brackets, `]]` as written.
    pub(super) parts: Vec<&'t str>,
}

/// All references in a text, in its order.
pub(super) fn references(text: &str) -> Vec<Reference<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find('[').map(|n| n + at) {
        let Some(mut end) = bracketed(text, open) else {
            break;
        };
        let mut parts = vec![&text[open..end]];
        while text[end..].starts_with(".[") {
            let Some(next) = bracketed(text, end + 1) else {
                break;
            };
            parts.push(&text[end + 1..next]);
            end = next;
        }
        found.push(Reference {
            range: open..end,
            parts,
        });
        at = end;
    }
    found
}

/// Where the name that opens at `open` ends; `]]` is a bracket inside of it.
fn bracketed(text: &str, open: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = open + 1;
    loop {
        let close = at + memchr::memchr(b']', bytes.get(at..)?)?;
        if bytes.get(close + 1) == Some(&b']') {
            at = close + 2;
        } else {
            return Some(close + 1);
        }
    }
}

/// `[pcto:sum:Sales:qk:1]` taken apart: a field as a shelf uses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InstanceName<'t> {
    /// Quick table calculations, outermost first: `pcto`, `cum`.
    pub(super) quick: Vec<&'t str>,
    /// `none`, `sum`, `tmn` ...
    pub(super) derivation: &'t str,
    /// Without brackets.
    pub(super) field: &'t str,
    /// `qk`: an axis rather than headers.
    pub(super) continuous: bool,
}

const QUICK: [&str; 8] = ["pcto", "diff", "rank", "cum", "pcdf", "win", "fVal", "pctt"];

/// Taken apart from both ends, since a field's name may hold a colon; `None` for a plain name.
pub(super) fn instance(name: &str) -> Option<InstanceName<'_>> {
    let inner = name.strip_prefix('[')?.strip_suffix(']')?;
    let mut rest = inner;
    let key = loop {
        let (head, tail) = rest.rsplit_once(':')?;
        rest = head;
        match tail {
            "nk" | "ok" | "qk" => break tail,
            // A counter of copies, or what a visual total adds.
            t if t.starts_with("vt")
                || (!t.is_empty() && t.bytes().all(|b| b.is_ascii_digit())) => {}
            _ => return None,
        }
    };
    let mut quick = Vec::new();
    loop {
        let (head, tail) = rest.split_once(':')?;
        rest = tail;
        if QUICK.contains(&head) && tail.contains(':') {
            quick.push(head);
            continue;
        }
        return Some(InstanceName {
            quick,
            derivation: head,
            field: tail,
            continuous: key == "qk",
        });
    }
}

/// A field as people say it: `SUM(Sales)`, `% of total of SUM(Sales)`, `MONTH(Order Date)`.
pub(super) fn instance_words(parts: &InstanceName<'_>, field: &str) -> String {
    let mut text = derivation(parts.derivation, field);
    for quick in parts.quick.iter().rev() {
        let of = match *quick {
            "pcto" | "pctt" => "% of total of",
            "diff" => "difference of",
            "rank" => "rank of",
            "cum" => "running",
            "pcdf" => "% difference of",
            "win" => "moving",
            _ => "table calculation of",
        };
        text = format!("{of} {text}");
    }
    text
}

fn derivation(name: &str, field: &str) -> String {
    let function = match name {
        "none" => return field.to_owned(),
        "usr" => "AGG",
        "sum" => "SUM",
        "avg" => "AVG",
        "attr" => "ATTR",
        "min" => "MIN",
        "max" => "MAX",
        "cnt" => "CNT",
        "ctd" => "CNTD",
        "med" => "MEDIAN",
        "std" => "STDEV",
        "stp" => "STDEVP",
        "var" => "VAR",
        "vrp" => "VARP",
        "clct" => "COLLECT",
        "io" => "IN/OUT",
        "yr" | "tyr" => "YEAR",
        "qr" | "tqr" => "QUARTER",
        "mn" | "tmn" => "MONTH",
        "wk" | "twk" => "WEEK",
        "wd" => "WEEKDAY",
        "dy" | "tdy" => "DAY",
        "hr" | "thr" => "HOUR",
        "mi" | "tmi" => "MINUTE",
        "sc" | "tsc" => "SECOND",
        "md" => "MONTH/DAY",
        "mdy" => "MDY",
        "my" => "MONTH/YEAR",
        other => return format!("{}({field})", other.to_uppercase()),
    };
    // Truncated dates are points in time; parts of dates repeat.
    let truncated = name.len() == 3 && name.starts_with('t');
    if truncated {
        format!("{function}({field}), as a date")
    } else {
        format!("{function}({field})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_with_brackets_inside() {
        let found = references("([a].[sum:S]]x:qk] / [Parameters].[P 1]) [open");
        let parts: Vec<_> = found.iter().map(|r| r.parts.clone()).collect();
        assert_eq!(
            parts,
            [vec!["[a]", "[sum:S]]x:qk]"], vec!["[Parameters]", "[P 1]"]]
        );
    }

    #[test]
    fn instance_names_are_read_from_both_ends() {
        let words = |name: &str| {
            let parts = instance(name)?;
            Some(instance_words(&parts, parts.field))
        };
        assert_eq!(words("[sum:Sales:qk]").as_deref(), Some("SUM(Sales)"));
        assert_eq!(words("[none:a:b:nk]").as_deref(), Some("a:b"));
        assert_eq!(
            words("[pcto:cum:sum:Sales:qk:1]").as_deref(),
            Some("% of total of running SUM(Sales)")
        );
        assert_eq!(
            words("[tmn:Order Date:qk]").as_deref(),
            Some("MONTH(Order Date), as a date")
        );
        assert_eq!(words("[Sales]"), None);
        assert_eq!(words("[:Measure Names]"), None);
    }
}
