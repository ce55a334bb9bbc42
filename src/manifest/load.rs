//! From the file to the checked manifest, or to all that is wrong with it.

use std::path::{Path, PathBuf};

use crate::diagnostic::{Finding, Level, Place, Position, Span};

use super::interpolate::{Missing, interpolate};
use super::raw;
use super::shape::{self, Form};
use super::yaml::{Node, Value};
use super::{meaning, variables, yaml};

/// A manifest that was read and whose meaning was checked.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// As given.
    pub path: PathBuf,
    pub raw: raw::Manifest,
    text: String,
    node: Node,
    form: Form,
}

/// What came of loading.
#[derive(Debug)]
pub struct Loaded {
    /// `None` when the file is too broken to be used.
    pub manifest: Option<Manifest>,
    /// All that is wrong with it.
    pub findings: Vec<Finding>,
    pub text: String,
}

/// The rules that a manifest may name.
pub trait RuleCatalogue {
    fn ids(&self) -> Vec<&'static str>;
}

/// Reads a manifest.
///
/// Variables are looked up in `environment`. Those that only targets outside of `used` want may be missing, so that
/// `check` needs no secrets and a deployment to `dev` needs none of `prod`.
pub fn load(
    path: &Path,
    text: &str,
    used: &[&str],
    environment: &dyn Fn(&str) -> Option<String>,
    rules: &dyn RuleCatalogue,
) -> Loaded {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).to_owned();
    let mut report = Report {
        path,
        text: &text,
        findings: Vec::new(),
    };
    let manifest = read(&mut report, used, environment, rules);
    let findings = std::mem::take(&mut report.findings);
    Loaded {
        manifest,
        findings,
        text,
    }
}

/// The JSON Schema of the manifest.
pub fn schema() -> serde_json::Value {
    let mut value = schemars::schema_for!(raw::Manifest).to_value();
    if let Some(map) = value.as_object_mut() {
        map.insert("title".to_owned(), "tabship.yml".into());
    }
    value
}

fn read(
    report: &mut Report<'_>,
    used: &[&str],
    environment: &dyn Fn(&str) -> Option<String>,
    rules: &dyn RuleCatalogue,
) -> Option<Manifest> {
    let mut node = match yaml::parse(report.text) {
        Ok(node) => node,
        Err(broken) => {
            report.at_position(
                "manifest/broken-yaml",
                format!("the YAML is broken: {}", broken.message),
                broken.at,
            );
            return None;
        }
    };
    if !matches!(node.value, Value::Map(_)) {
        let message = format!(
            "the manifest is {}, and wants to be a mapping with `version: 1`",
            node.kind()
        );
        report.say("manifest/wrong-type", message, None, node.span);
        return None;
    }
    fill_in(report, &mut node, used, environment);
    let form = shape::check(&mut node, &schema(), report.text);
    for problem in form.problems.clone() {
        let (rule, help) = (problem.rule, problem.help);
        report.say(rule, problem.message, help, problem.span);
    }
    if let Value::Map(entries) = &mut node.value {
        know_version(entries, node.span);
    }
    let raw: raw::Manifest = match serde_json::from_value(node.to_json()) {
        Ok(raw) => raw,
        // What keeps it from being read has been said; only where nothing was said is this message needed.
        Err(error) => {
            if form.problems.is_empty() {
                report.say("manifest/wrong-value", error.to_string(), None, node.span);
            }
            return None;
        }
    };
    let mut manifest = Manifest {
        path: report.path.to_owned(),
        raw,
        text: report.text.to_owned(),
        node,
        form,
    };
    meaning::check(&manifest, rules, report);
    variables::fill_in(&mut manifest, report);
    Some(manifest)
}

/// What is wrong with the version says nothing of the rest, which is read on.
fn know_version(entries: &mut Vec<(yaml::Key, Node)>, span: Span) {
    if !entries.iter().any(|(key, _)| key.name == "version") {
        let name = "version".to_owned();
        let value = Value::Integer(1);
        entries.push((yaml::Key { name, span }, Node { value, span }));
    }
}

fn fill_in(
    report: &mut Report<'_>,
    node: &mut Node,
    used: &[&str],
    environment: &dyn Fn(&str) -> Option<String>,
) {
    let Value::Map(entries) = &mut node.value else {
        return;
    };
    let mut missing = Missing::new();
    for (key, value) in entries {
        match (key.name.as_str(), &mut value.value) {
            ("targets", Value::Map(targets)) => by_target(targets, used, environment, &mut missing),
            ("rewrite", Value::List(rewrites)) => {
                for rewrite in rewrites {
                    let Value::Map(parts) = &mut rewrite.value else {
                        continue;
                    };
                    for (part, value) in parts {
                        match (part.name.as_str(), &mut value.value) {
                            ("to", Value::Map(targets)) => {
                                by_target(targets, used, environment, &mut missing)
                            }
                            _ => interpolate(value, environment, &mut missing),
                        }
                    }
                }
            }
            ("rules", _) => {}
            _ => interpolate(value, environment, &mut missing),
        }
    }
    for (name, places) in missing {
        let others = places.len() - 1;
        let more = if others == 0 {
            String::new()
        } else {
            format!(" (and in {others} other places)")
        };
        let help = format!("set it, or give a default: `${{{name}:-value}}`");
        report.say(
            "manifest/missing-variable",
            format!("the environment variable `{name}` is not set{more}"),
            Some(help),
            places[0],
        );
    }
}

fn by_target(
    targets: &mut [(yaml::Key, Node)],
    used: &[&str],
    environment: &dyn Fn(&str) -> Option<String>,
    missing: &mut Missing,
) {
    for (target, value) in targets {
        let mut here = Missing::new();
        interpolate(value, environment, &mut here);
        if used.contains(&target.name.as_str()) || (target.name == "_default" && !used.is_empty()) {
            for (name, places) in here {
                missing.entry(name).or_default().extend(places);
            }
        }
    }
}

/// Collects findings about one manifest.
pub(super) struct Report<'r> {
    pub(super) path: &'r Path,
    pub(super) text: &'r str,
    pub(super) findings: Vec<Finding>,
}

impl Report<'_> {
    pub(super) fn say(&mut self, rule: &str, message: String, help: Option<String>, span: Span) {
        self.findings
            .push(finding(self.path, self.text, rule, message, help, span));
    }

    pub(super) fn has(&self, rule: &str) -> bool {
        self.findings.iter().any(|f| f.rule == rule)
    }

    fn at_position(&mut self, rule: &str, message: String, at: Option<Position>) {
        let mut finding = finding(self.path, self.text, rule, message, None, Span::default());
        if let Some(position) = at {
            let byte = byte_of(self.text, position);
            finding.place.span = Some(Span::new(byte, byte));
            finding.place.start = Some(position);
            finding.place.end = Some(position);
        }
        self.findings.push(finding);
    }
}

fn finding(
    path: &Path,
    text: &str,
    rule: &str,
    message: String,
    help: Option<String>,
    span: Span,
) -> Finding {
    let place = Place {
        file: path.to_owned().into(),
        member: None,
        span: Some(span),
        start: Some(position(text, span.start)),
        end: Some(position(text, span.end)),
    };
    Finding {
        rule: rule.to_owned().into(),
        level: Level::Error,
        message,
        help: help.map(Into::into),
        place,
        subjects: Vec::new(),
        fix: None,
    }
}

fn position(text: &str, byte: u32) -> Position {
    let before = text.get(..byte as usize).unwrap_or(text);
    let line = memchr::memchr_iter(b'\n', before.as_bytes()).count() as u32 + 1;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    Position {
        line,
        column: before[start..].chars().count() as u32 + 1,
    }
}

fn byte_of(text: &str, position: Position) -> u32 {
    let mut start = 0;
    for (n, line) in text.split_inclusive('\n').enumerate() {
        if n as u32 + 1 == position.line {
            let within = line
                .char_indices()
                .nth(position.column.saturating_sub(1) as usize)
                .map_or(line.len(), |(at, _)| at);
            return (start + within) as u32;
        }
        start += line.len();
    }
    text.len() as u32
}

impl Manifest {
    pub fn target(&self, name: &str) -> Option<&raw::Target> {
        self.raw.targets.get(name)
    }

    /// Something in this place, or in what it stands in, is no part of what was read, and that was said.
    pub(super) fn is_wrong(&self, path: &[&str]) -> bool {
        self.form.is_wrong(path)
    }

    /// A path as the file has it: `content.2.views`.
    pub(super) fn written(&self, path: &[&str]) -> String {
        self.form.written(path)
    }

    /// Where the value at a path stands, for findings that are made later.
    pub fn span(&self, path: &[&str]) -> Span {
        self.node.at(path).map(|n| n.span).unwrap_or_default()
    }

    /// Where a key stands.
    pub fn key_span(&self, path: &[&str], key: &str) -> Span {
        self.node
            .at(path)
            .and_then(|n| n.entry(key))
            .map(|(k, _)| k.span)
            .unwrap_or_default()
    }

    /// A finding about the manifest.
    pub fn finding(
        &self,
        rule: &str,
        message: impl Into<String>,
        help: Option<String>,
        span: Span,
    ) -> Finding {
        finding(&self.path, &self.text, rule, message.into(), help, span)
    }

    pub fn text(&self) -> &str {
        &self.text
    }
}
