//! From findings that carry a fix to the text that a document would have.

use std::collections::BTreeMap;

use crate::content::edit;
use crate::diagnostic::{Edit, Finding};

/// What of the fixes can be done at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repair<'f> {
    /// The new text.
    pub text: String,
    /// Findings whose fix is in it, in the order of the document; never empty.
    pub done: Vec<&'f Finding>,
}

/// Puts the fixes of findings about one document into its text; `None` when there is nothing to do.
///
/// A fix is done whole or not at all: one that meets another at the same bytes waits for the next run.
pub fn repair<'f>(
    text: &str,
    findings: impl IntoIterator<Item = &'f Finding>,
) -> Option<Repair<'f>> {
    let mut fixable: Vec<(&Finding, &[Edit])> = findings
        .into_iter()
        .filter_map(|f| Some((f, f.fix.as_ref()?.edits.as_slice())))
        .filter(|(_, edits)| !edits.is_empty())
        .collect();
    fixable.sort_by_key(|(f, _)| f.place.span);
    // By where they begin; no two of them touch, so that only the last before an edit's end can meet it.
    let mut taken: BTreeMap<u32, &Edit> = BTreeMap::new();
    let mut done = Vec::new();
    for (finding, edits) in fixable {
        let meets = |edit: &Edit| {
            let before = taken.range(..=edit.span.end).next_back();
            before.is_some_and(|(_, t)| *t != edit && t.span.end >= edit.span.start)
        };
        if edits.iter().any(meets) {
            continue;
        }
        taken.extend(edits.iter().map(|e| (e.span.start, e)));
        done.push(finding);
    }
    let edits: Vec<Edit> = taken.into_values().cloned().collect();
    let new = edit::apply(text, &edits).ok()?;
    (new != text).then_some(Repair { text: new, done })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Fix, Level, Place, Span};

    fn finding(edits: &[(u32, u32, &str)]) -> Finding {
        Finding {
            rule: "a/b".into(),
            level: Level::Error,
            message: String::new(),
            help: None,
            place: Place {
                span: edits.first().map(|(from, to, _)| Span::new(*from, *to)),
                ..Place::default()
            },
            subjects: Vec::new(),
            fix: Some(Box::new(Fix {
                description: String::new(),
                edits: edits
                    .iter()
                    .map(|(from, to, text)| Edit {
                        span: Span::new(*from, *to),
                        text: (*text).to_owned(),
                    })
                    .collect(),
            })),
        }
    }

    #[test]
    fn a_fix_that_meets_another_waits_whole() {
        let first = finding(&[(0, 2, "X")]);
        let second = finding(&[(1, 3, "Y"), (8, 9, "Z")]);
        let third = finding(&[(5, 6, "")]);
        let all = [third.clone(), second, first.clone()];
        let repair = repair("abcdefghij", &all).unwrap();
        assert_eq!(repair.text, "Xcdeghij");
        assert_eq!(repair.done, [&first, &third]);
    }

    #[test]
    fn two_findings_may_want_the_same() {
        let all = [finding(&[(0, 1, "")]), finding(&[(0, 1, "")])];
        assert_eq!(repair("ab", &all).unwrap().done.len(), 2);
        assert_eq!(
            repair("ab", &[finding(&[(0, 1, "a")])]),
            None,
            "nothing changes"
        );
        assert_eq!(
            repair("ab", &[finding(&[(0, 9, "a")])]),
            None,
            "outside of the text"
        );
    }
}
