//! Findings that somebody accepted: in the manifest with a reason, in a comment of the calculation itself, or in a
//! baseline of an old estate.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::diagnostic::{Finding, Level, Place};
use crate::formula;
use crate::manifest::raw::Ignore;

use super::engine::globs;
use super::rule::File;

/// What is said of a suppression that covers nothing.
pub(super) const UNUSED: &str = "suppression/unused";

/// Takes accepted findings away; comes back with the rest, how many went, and what is wrong with the suppressions.
pub(super) fn apply(
    mut findings: Vec<Finding>,
    ignores: &[Ignore],
    today: Date,
) -> (Vec<Finding>, usize, Vec<Finding>) {
    let mut used = vec![false; ignores.len()];
    let before = findings.len();
    findings.retain(|finding| {
        let covering = ignores.iter().position(|i| covers(i, finding));
        covering.is_none_or(|n| {
            used[n] = true;
            expired(&ignores[n], today)
        })
    });
    let suppressed = before - findings.len();
    let own = ignores
        .iter()
        .zip(used)
        .filter_map(|(ignore, used)| about(ignore, used, today))
        .collect();
    (findings, suppressed, own)
}

/// That a file cannot be read is accepted by nobody: nothing else about it is known.
fn covers(ignore: &Ignore, finding: &Finding) -> bool {
    if finding.rule.starts_with("file/") {
        return false;
    }
    let rule = ignore.rule == finding.rule
        || globs(std::slice::from_ref(&ignore.rule))
            .iter()
            .any(|g| g.is_match(&*finding.rule));
    let file = ignore.file.as_ref().is_none_or(|f| {
        globs(std::slice::from_ref(f))
            .iter()
            .any(|g| g.is_match(&*finding.place.file))
    });
    let object = ignore
        .object
        .as_ref()
        .is_none_or(|o| finding.subjects.iter().any(|s| &s.name == o));
    rule && file && object
}

fn expired(ignore: &Ignore, today: Date) -> bool {
    ignore
        .until
        .as_ref()
        .and_then(|u| u.parse::<Date>().ok())
        .is_some_and(|until| until < today)
}

fn about(ignore: &Ignore, used: bool, today: Date) -> Option<Finding> {
    let where_to = ignore
        .file
        .as_ref()
        .map_or(String::new(), |f| format!(" in `{f}`"));
    let (rule, message, help) = if expired(ignore, today) {
        let until = ignore.until.clone().unwrap_or_default();
        let message = format!(
            "the suppression of `{}`{where_to} expired on {until} ({})",
            ignore.rule, ignore.reason
        );
        (
            "suppression/expired",
            message,
            "mend the finding, or give it a new date and a reason",
        )
    } else if !used {
        let message = format!(
            "the suppression of `{}`{where_to} matches no finding ({})",
            ignore.rule, ignore.reason
        );
        (UNUSED, message, "take it out of `rules: ignore:`")
    } else {
        return None;
    };
    Some(Finding {
        rule: rule.into(),
        level: Level::Warning,
        message,
        help: Some(help.into()),
        place: Place {
            file: PathBuf::from("tabship.yml").into(),
            ..Place::default()
        },
        subjects: Vec::new(),
        fix: None,
    })
}

/// What the document itself accepts: see [`inline`] and [`optimizer`].
pub(super) fn within(file: &File<'_>, lists: &mut [Vec<Finding>]) {
    inline(file, lists);
    optimizer(file, lists);
}

/// Numbers of Workbook Optimizer's guidelines, as `workbook-optimizer/rule-config/rule/@ruleID` writes them, and our rules.
/// Tableau does not publish the numbers; these are those that are known.
const OPTIMIZER: [(u32, &str); 3] = [
    (5, "performance/unused-fields"),
    (6, "performance/too-many-visible-sheets"),
    (20, "performance/conditional-filter"),
];

/// A guideline that the author told Workbook Optimizer to ignore is ignored here too.
fn optimizer(file: &File<'_>, lists: &mut [Vec<Finding>]) {
    let ignored = file
        .document()
        .map(|d| d.model.optimizer_ignored.as_slice());
    let Some(ignored) = ignored.filter(|i| !i.is_empty()) else {
        return;
    };
    let is_ignored = |f: &Finding| {
        OPTIMIZER
            .iter()
            .any(|(number, rule)| *rule == f.rule && ignored.contains(number))
    };
    lists
        .iter_mut()
        .for_each(|list| list.retain(|f| !is_ignored(f)));
}

/// `// tabship:ignore group/name reason` in a calculation takes that finding about that calculation away. A comment in the
/// formula survives a save by Tableau; an XML comment would not.
fn inline(file: &File<'_>, lists: &mut [Vec<Finding>]) {
    let Some(document) = file.document() else {
        return;
    };
    let mut accepted: Vec<(String, String)> = Vec::new();
    for column in document.model.datasources.iter().flat_map(|d| &d.columns) {
        let Some(text) = column
            .formula()
            .filter(|f| f.value.contains("tabship:ignore"))
        else {
            continue;
        };
        for comment in formula::parse(&text.value).comments {
            let Some((_, rest)) = comment.text.split_once("tabship:ignore") else {
                continue;
            };
            let mut words = rest.split_whitespace();
            // A rule and at least one word of reason.
            if let (Some(rule), Some(_)) = (words.next(), words.next()) {
                accepted.push((rule.to_owned(), column.display_name()));
            }
        }
    }
    if accepted.is_empty() {
        return;
    }
    let is_accepted = |f: &Finding| {
        accepted
            .iter()
            .any(|(rule, name)| *rule == f.rule && f.subjects.iter().any(|s| &s.name == name))
    };
    lists
        .iter_mut()
        .for_each(|list| list.retain(|f| !is_accepted(f)));
}

/// Findings of an old estate: only what is not among them fails.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    pub version: u32,
    /// How often each finding is there, by its fingerprint, with a word on what it is.
    pub findings: BTreeMap<String, Known>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    pub rule: String,
    pub file: String,
    pub count: usize,
}

impl Baseline {
    pub fn of(findings: &[Finding]) -> Self {
        let mut known: BTreeMap<String, Known> = BTreeMap::new();
        for finding in findings {
            let file = finding.place.file.to_string_lossy().replace('\\', "/");
            known
                .entry(finding.fingerprint())
                .or_insert(Known {
                    rule: finding.rule.to_string(),
                    file,
                    count: 0,
                })
                .count += 1;
        }
        Self {
            version: 1,
            findings: known,
        }
    }

    /// What is not known; and how many were.
    pub fn new_ones(&self, findings: Vec<Finding>) -> (Vec<Finding>, usize) {
        let mut left: BTreeMap<&str, usize> = self
            .findings
            .iter()
            .map(|(f, k)| (f.as_str(), k.count))
            .collect();
        let before = findings.len();
        let new: Vec<Finding> = findings
            .into_iter()
            .filter(|f| match left.get_mut(f.fingerprint().as_str()) {
                Some(count) if *count > 0 => {
                    *count -= 1;
                    false
                }
                _ => true,
            })
            .collect();
        let known = before - new.len();
        (new, known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(rule: &str, file: &str, message: &str) -> Finding {
        Finding {
            rule: rule.to_owned().into(),
            level: Level::Warning,
            message: message.into(),
            help: None,
            place: Place {
                file: PathBuf::from(file).into(),
                ..Place::default()
            },
            subjects: vec![],
            fix: None,
        }
    }

    fn ignore(rule: &str, file: Option<&str>, until: Option<&str>) -> Ignore {
        Ignore {
            rule: rule.into(),
            file: file.map(Into::into),
            object: None,
            reason: "known".into(),
            until: until.map(Into::into),
        }
    }

    #[test]
    fn suppressions_expire_and_unused_ones_are_said() {
        let today: Date = "2026-11-24".parse().unwrap();
        let findings = vec![
            finding("a/b", "x/one.twb", "m"),
            finding("a/c", "two.twb", "m"),
        ];
        let ignores = [
            ignore("a/*", Some("x/**"), Some("2026-11-24")),
            ignore("a/c", None, Some("2026-11-23")),
            ignore("z/z", None, None),
        ];
        let (kept, suppressed, own) = apply(findings, &ignores, today);
        assert_eq!((kept.len(), &*kept[0].rule, suppressed), (1, "a/c", 1));
        let said: Vec<&str> = own.iter().map(|f| &*f.rule).collect();
        assert_eq!(said, ["suppression/expired", "suppression/unused"]);
    }

    #[test]
    fn a_file_that_cannot_be_read_is_not_accepted() {
        let findings = vec![finding("file/malformed-xml", "one.twb", "m")];
        let ignores = [ignore("file/*", None, None)];
        let (kept, suppressed, _) = apply(findings, &ignores, "2026-11-24".parse().unwrap());
        assert_eq!((kept.len(), suppressed), (1, 0));
    }

    #[test]
    fn a_baseline_counts() {
        let one = finding("a/b", "x", "m");
        let baseline = Baseline::of(&[one.clone(), one.clone()]);
        let (new, known) = baseline.new_ones(vec![
            one.clone(),
            one.clone(),
            one.clone(),
            finding("a/b", "y", "m"),
        ]);
        assert_eq!((new.len(), known), (2, 2));
    }
}
