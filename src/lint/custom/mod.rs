//! Rules that a team writes in its manifest, without code: `rules.custom`.
//!
//! A rule selects elements of one kind ([`elements`]), narrows them by conditions on their [`attributes`], and reports those
//! that are left, or with `require` those that do not meet what is required.

mod attributes;
mod elements;

use regex::Regex;

use crate::diagnostic::{Finding, Span};
use crate::manifest::Manifest;
use crate::manifest::raw::{Condition, Custom, Select, Test};

use super::registry::Prepared;
use super::rule::File;
use super::sink::Sink;
use elements::Candidate;

/// Makes a rule ready to look at files; `None` when something is wrong with it, which [`findings`] says.
pub(super) fn prepare(custom: &Custom) -> Option<Prepared> {
    let compile = |conditions: &indexmap::IndexMap<String, Condition>| {
        conditions
            .iter()
            .map(|(name, c)| Some((name.clone(), Check::new(c).ok()?)))
            .collect::<Option<Vec<_>>>()
    };
    let rule = Compiled {
        select: custom.select,
        conditions: compile(&custom.conditions)?,
        require: compile(&custom.require)?,
        message: custom.message.clone(),
        help: custom.help.clone(),
    };
    Some(Box::new(move |file, sink| rule.check(file, sink)))
}

struct Compiled {
    select: Select,
    conditions: Vec<(String, Check)>,
    require: Vec<(String, Check)>,
    message: String,
    help: Option<String>,
}

impl Compiled {
    fn check(&self, file: &File<'_>, sink: &mut Sink<'_>) {
        let Some(document) = file.document() else {
            return;
        };
        elements::each(document, &file.name(), self.select, &mut |candidate| {
            let selected = self
                .conditions
                .iter()
                .all(|(name, check)| check.holds(&candidate.text(name)));
            if !selected {
                return;
            }
            let broken = self
                .require
                .iter()
                .find(|(name, check)| !check.holds(&candidate.text(name)));
            if !self.require.is_empty() && broken.is_none() {
                return;
            }
            let span = broken
                .or(self.conditions.first())
                .and_then(|(name, _)| candidate.value(name)?.span)
                .unwrap_or(candidate.element.tag);
            let report = sink.report(span, candidate.subjects(), fill(&self.message, candidate));
            if let Some(help) = &self.help {
                report.help(fill(help, candidate));
            }
        });
    }
}

/// A condition on the text of an attribute; an absent one is empty.
enum Check {
    Flag(bool),
    Equal(f64),
    Matches(Regex),
    All(Vec<Check>),
    Not(Regex),
    OneOf(Vec<String>, bool),
    Above(f64),
    Below(f64),
}

impl Check {
    fn new(condition: &Condition) -> Result<Self, String> {
        Ok(match condition {
            Condition::Flag(flag) => Self::Flag(*flag),
            Condition::Number(number) => Self::Equal(*number),
            Condition::Pattern(pattern) => Self::Matches(expression(pattern)?),
            Condition::Test(test) => Self::All(tests(test)?),
        })
    }

    fn holds(&self, text: &str) -> bool {
        let number = |holds: &dyn Fn(f64) -> bool| text.trim().parse().is_ok_and(holds);
        match self {
            Self::Flag(flag) => (text == "true") == *flag,
            Self::Equal(n) => number(&|x| (x - n).abs() < f64::EPSILON),
            Self::Matches(pattern) => pattern.is_match(text),
            Self::All(checks) => checks.iter().all(|c| c.holds(text)),
            Self::Not(pattern) => !pattern.is_match(text),
            Self::OneOf(list, wanted) => list.iter().any(|one| one == text) == *wanted,
            Self::Above(n) => number(&|x| x > *n),
            Self::Below(n) => number(&|x| x < *n),
        }
    }
}

fn tests(test: &Test) -> Result<Vec<Check>, String> {
    let mut checks = Vec::new();
    if let Some(pattern) = &test.matches {
        checks.push(Check::Matches(expression(pattern)?));
    }
    if let Some(pattern) = &test.not {
        checks.push(Check::Not(expression(pattern)?));
    }
    checks.extend(test.one_of.clone().map(|list| Check::OneOf(list, true)));
    checks.extend(test.none_of.clone().map(|list| Check::OneOf(list, false)));
    checks.extend(test.above.map(Check::Above));
    checks.extend(test.below.map(Check::Below));
    if checks.is_empty() {
        return Err(
            "it says nothing; give it `matches`, `not`, `one_of`, `none_of`, `above` or `below`"
                .to_owned(),
        );
    }
    Ok(checks)
}

fn expression(pattern: &str) -> Result<Regex, String> {
    Regex::new(pattern).map_err(|_| format!("`{pattern}` is no regular expression"))
}

/// Puts attributes in place of `{name}`.
fn fill(message: &str, candidate: &Candidate<'_, '_>) -> String {
    let mut filled = String::with_capacity(message.len());
    let mut rest = message;
    while let Some((before, name, after)) = placeholder(rest) {
        filled.push_str(before);
        filled.push_str(&candidate.text(name));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// What is before, in, and after the first `{name}`.
fn placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

/// What is wrong with the manifest's own rules, each at its place.
pub(super) fn findings(manifest: &Manifest) -> Vec<Finding> {
    let mut found = Vec::new();
    for (n, custom) in manifest.raw.rules.custom.iter().enumerate() {
        let number = n.to_string();
        let mut say = |message: String, help: Option<String>, span: Span| {
            found.push(manifest.finding("manifest/wrong-rule", message, help, span));
        };
        let earlier = &manifest.raw.rules.custom[..n];
        if earlier.iter().any(|c| c.id == custom.id) {
            let help = "give it another name".to_owned();
            let span = manifest.span(&["rules", "custom", &number, "id"]);
            say(
                format!("two rules are called `{}`", custom.id),
                Some(help),
                span,
            );
        }
        for (part, conditions) in [("where", &custom.conditions), ("require", &custom.require)] {
            let path = ["rules", "custom", &number, part];
            for (name, condition) in conditions {
                if let Some((message, help)) = unknown(custom.select, name) {
                    say(message, Some(help), manifest.key_span(&path, name));
                }
                if let Err(why) = Check::new(condition) {
                    let at: Vec<&str> = path.iter().copied().chain([name.as_str()]).collect();
                    say(
                        format!("the condition on `{name}`: {why}"),
                        None,
                        manifest.span(&at),
                    );
                }
            }
        }
        for (part, text) in [
            ("message", Some(&custom.message)),
            ("help", custom.help.as_ref()),
        ] {
            let mut rest = text.map_or("", String::as_str);
            while let Some((_, name, after)) = placeholder(rest) {
                if let Some((message, help)) = unknown(custom.select, name) {
                    say(
                        message,
                        Some(help),
                        manifest.span(&["rules", "custom", &number, part]),
                    );
                }
                rest = after;
            }
        }
    }
    found
}

fn unknown(select: Select, name: &str) -> Option<(String, String)> {
    if attributes::knows(select, name) {
        return None;
    }
    let known = attributes::names(select);
    let near = known
        .iter()
        .map(|k| (strsim::damerau_levenshtein(k, name), k))
        .filter(|(distance, _)| *distance <= 2)
        .min();
    let help = near.map_or_else(
        || {
            format!(
                "there are {}; `@NAME` is an attribute as it stands in the file",
                known.join(", ")
            )
        },
        |(_, near)| format!("did you mean `{near}`?"),
    );
    Some((format!("a {} has no `{name}`", select.words()), help))
}
