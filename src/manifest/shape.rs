//! Holds what is written against the manifest's schema: unknown keys, keys that are there twice, wrong types, missing
//! keys, all at once and each at its place.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::diagnostic::Span;

use super::yaml::{Node, Value};

/// One thing that is wrong with the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) rule: &'static str,
    /// The place that it is about, as it is written: `targets.dev.auth`; of a misspelt key, the one that was meant.
    path: String,
    pub(super) message: String,
    pub(super) help: Option<String>,
    pub(super) span: Span,
}

/// What the walk through a manifest found.
#[derive(Debug, Clone, Default)]
pub(super) struct Form {
    pub(super) problems: Vec<Problem>,
    /// Of lists that lost items: the written number of each item that is left.
    kept: BTreeMap<String, Vec<usize>>,
}

impl Form {
    /// Something is wrong in this place, or in what it stands in: whatever else seems wrong with it may only come of that.
    pub(super) fn is_wrong(&self, path: &[&str]) -> bool {
        let path = self.written(path);
        let concerns = |p: &Problem| inside(&p.path, &path) || inside(&path, &p.path);
        self.problems.iter().any(concerns)
    }

    /// A path as the file has it: items of a list by their number there.
    pub(super) fn written(&self, path: &[&str]) -> String {
        path.iter().fold(String::new(), |path, step| {
            let kept = self.kept.get(&path);
            let number = step.parse::<usize>().ok();
            match kept.zip(number).and_then(|(kept, n)| kept.get(n)) {
                Some(number) => join(&path, &number.to_string()),
                None => join(&path, step),
            }
        })
    }
}

/// `path` is `place` or below it.
fn inside(path: &str, place: &str) -> bool {
    path.strip_prefix(place)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Collects problems and takes what is wrong out of `node`, so that the rest can be read: a number where text is wanted
/// becomes that text, letter for letter (`version: 2024.10`). `text` is what `node` was read from.
pub(super) fn check(node: &mut Node, schema: &Json, text: &str) -> Form {
    let mut walk = Walk {
        root: schema,
        text,
        form: Form::default(),
    };
    walk.node(node, schema, "");
    walk.form
}

struct Walk<'s> {
    root: &'s Json,
    text: &'s str,
    form: Form,
}

impl<'s> Walk<'s> {
    /// False when the node is of no use to a reader.
    fn node(&mut self, node: &mut Node, schema: &'s Json, path: &str) -> bool {
        let (name, schema) = self.resolve(schema);
        if name == "SecretRef" && !matches!(node.value, Value::Map(_)) {
            self.literal_secret(node, path);
            return true;
        }
        if let Some(branches) = schema.get("anyOf").and_then(Json::as_array) {
            return self.branch(node, branches, path);
        }
        if !self.has_type(node, schema) {
            self.wrong_type(node, schema, path);
            return false;
        }
        if types(schema).contains(&"string") {
            if let Some(written) = self.number(node) {
                node.value = Value::Text(written);
            }
        }
        match &mut node.value {
            Value::Map(entries) => self.mapping(entries, node.span, schema, path),
            Value::List(items) => {
                if let Some(each) = schema.get("items") {
                    self.list(items, each, path);
                }
                true
            }
            _ => self.scalar(node, schema, path),
        }
    }

    fn resolve(&self, schema: &'s Json) -> (&'s str, &'s Json) {
        let Some(reference) = schema.get("$ref").and_then(Json::as_str) else {
            return ("", schema);
        };
        let name = reference.rsplit('/').next().unwrap_or_default();
        (
            name,
            self.root
                .get("$defs")
                .and_then(|d| d.get(name))
                .unwrap_or(schema),
        )
    }

    fn list(&mut self, items: &mut Vec<Node>, each: &'s Json, path: &str) {
        let mut kept = Vec::new();
        let mut number = 0;
        items.retain_mut(|item| {
            let fits = self.node(item, each, &join(path, &number.to_string()));
            if fits {
                kept.push(number);
            }
            number += 1;
            fits
        });
        if kept.len() < number {
            self.form.kept.insert(path.to_owned(), kept);
        }
    }

    /// The branch that the node most likely means: by its type.
    fn branch(&mut self, node: &mut Node, branches: &'s [Json], path: &str) -> bool {
        let fits = branches.iter().find(|b| {
            let (name, schema) = self.resolve(b);
            (name == "SecretRef" && !matches!(node.value, Value::Null))
                || self.has_type(node, schema)
        });
        match fits {
            Some(schema) => self.node(node, schema, path),
            None => {
                let wanted: Vec<String> = branches
                    .iter()
                    .map(|b| self.wanted(b))
                    .filter(|w| w != "nothing")
                    .collect();
                let message = format!(
                    "{} wants {}, found {}",
                    quoted(path),
                    wanted.join(" or "),
                    found(node, path)
                );
                let help = rewritten(node, path, &wanted);
                self.say("manifest/wrong-type", path, message, help, node.span);
                false
            }
        }
    }

    fn has_type(&self, node: &Node, schema: &Json) -> bool {
        let allowed = types(schema);
        allowed.is_empty()
            || allowed.iter().any(|t| match (&node.value, *t) {
                (Value::Null, "null")
                | (Value::Bool(_), "boolean")
                | (Value::Integer(_), "integer" | "number")
                | (Value::Float(_), "number")
                | (Value::Text(_), "string")
                | (Value::List(_), "array")
                | (Value::Map(_), "object") => true,
                // `version: 2024.2` and `port: 5432` are text to a reader.
                (Value::Integer(_) | Value::Float(_), "string") => enumeration(schema).is_none(),
                _ => false,
            })
    }

    /// A number as it is written: `2024.10` and `007` are not what they are worth.
    fn number(&self, node: &Node) -> Option<String> {
        let (worth, plain) = match node.value {
            Value::Integer(n) => (n as f64, n.to_string()),
            Value::Float(n) => (n, n.to_string()),
            _ => return None,
        };
        // Of an alias, what is written is its name.
        let written = self.text.get(node.span.range()).unwrap_or_default();
        let same = written
            .parse::<f64>()
            .is_ok_and(|n| n.total_cmp(&worth).is_eq());
        Some(if same { written.to_owned() } else { plain })
    }

    fn mapping(
        &mut self,
        entries: &mut Vec<(super::yaml::Key, Node)>,
        span: Span,
        schema: &'s Json,
        path: &str,
    ) -> bool {
        let properties = schema.get("properties").and_then(Json::as_object);
        let other = schema
            .get("additionalProperties")
            .filter(|s| !matches!(s, Json::Bool(false)));
        let closed = matches!(schema.get("additionalProperties"), Some(Json::Bool(false)));
        let mut seen: Vec<String> = Vec::new();
        entries.retain_mut(|(key, node)| {
            if seen.contains(&key.name) {
                let twice = join(path, &key.name);
                let message = format!("the key {} is there twice", quoted(&twice));
                self.say(
                    "manifest/duplicate-key",
                    &twice,
                    message,
                    Some("keep one of them".to_owned()),
                    key.span,
                );
                return false;
            }
            seen.push(key.name.clone());
            let inner = join(path, &key.name);
            match properties.and_then(|p| p.get(&key.name)) {
                Some(schema) => self.node(node, schema, &inner),
                None if closed => {
                    self.unknown_key(&key.name, key.span, properties, path);
                    false
                }
                None => other.is_none_or(|schema| self.node(node, schema, &inner)),
            }
        });
        let required = schema.get("required").and_then(Json::as_array);
        let required = required.into_iter().flatten().filter_map(Json::as_str);
        let mut whole = true;
        for name in required.filter(|name| !entries.iter().any(|(key, _)| key.name == *name)) {
            whole = false;
            self.missing(name, span, path);
        }
        whole
    }

    /// A key that must be there: unless something is said of it already, such as how it is spelt.
    fn missing(&mut self, name: &str, span: Span, path: &str) {
        let missing = join(path, name);
        if self.form.problems.iter().any(|p| inside(&p.path, &missing)) {
            return;
        }
        let place = if path.is_empty() {
            "the manifest".to_owned()
        } else {
            quoted(path)
        };
        let message = format!("{place} lacks the key `{name}`");
        let span = Span::new(span.start, span.start);
        self.say("manifest/missing-key", &missing, message, None, span);
    }

    fn unknown_key(
        &mut self,
        name: &str,
        span: Span,
        properties: Option<&serde_json::Map<String, Json>>,
        path: &str,
    ) {
        let known: Vec<&str> = properties
            .map(|p| p.keys().map(String::as_str).collect())
            .unwrap_or_default();
        let near = closest(name, known.iter().copied());
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known here: {}", known.join(", ")),
        };
        self.say(
            "manifest/unknown-key",
            &join(path, near.unwrap_or(name)),
            format!("unknown key {}", quoted(&join(path, name))),
            Some(help),
            span,
        );
    }

    fn scalar(&mut self, node: &Node, schema: &Json, path: &str) -> bool {
        match enumeration(schema) {
            Some(words) => self.word(node, &words, path),
            None => {
                self.bounds(node, schema, path);
                true
            }
        }
    }

    fn word(&mut self, node: &Node, words: &[&str], path: &str) -> bool {
        let Value::Text(text) = &node.value else {
            return true;
        };
        if words.contains(&text.as_str()) {
            return true;
        }
        let help = match closest(text, words.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("one of {}", words.join(", ")),
        };
        self.say(
            "manifest/unknown-word",
            path,
            format!("{} cannot be `{text}`", quoted(path)),
            Some(help),
            node.span,
        );
        false
    }

    /// A value that is out of bounds can still be read.
    fn bounds(&mut self, node: &Node, schema: &Json, path: &str) {
        if let Value::Integer(n) = node.value {
            let (min, max) = (
                schema.get("minimum").and_then(Json::as_f64),
                schema.get("maximum").and_then(Json::as_f64),
            );
            if min.is_some_and(|m| (n as f64) < m) || max.is_some_and(|m| (n as f64) > m) {
                let only = if min == max {
                    min.map(|m| format!("it must be {m}"))
                } else {
                    None
                };
                self.say(
                    "manifest/wrong-value",
                    path,
                    format!("{} cannot be {n}", quoted(path)),
                    only,
                    node.span,
                );
            }
        }
        let Value::Text(text) = &node.value else {
            return;
        };
        let pattern = schema.get("pattern").and_then(Json::as_str);
        if let Some(pattern) =
            pattern.filter(|p| regex::Regex::new(p).is_ok_and(|r| !r.is_match(text)))
        {
            self.say(
                "manifest/wrong-value",
                path,
                format!(
                    "{} must look like `{pattern}`, found `{text}`",
                    quoted(path)
                ),
                None,
                node.span,
            );
        }
        if schema.get("minLength").and_then(Json::as_u64) > Some(0) && text.trim().is_empty() {
            self.say(
                "manifest/wrong-value",
                path,
                format!("{} must not be empty", quoted(path)),
                None,
                node.span,
            );
        }
    }

    fn wrong_type(&mut self, node: &Node, schema: &'s Json, path: &str) {
        let wanted = self.wanted(schema);
        let message = format!(
            "{} wants {wanted}, found {}",
            quoted(path),
            found(node, path)
        );
        let help = rewritten(node, path, &[wanted]);
        self.say("manifest/wrong-type", path, message, help, node.span);
    }

    fn wanted(&self, schema: &'s Json) -> String {
        let (_, schema) = self.resolve(schema);
        if let Some(words) = enumeration(schema) {
            return format!("one of {}", words.join(", "));
        }
        let name = types(schema).into_iter().find(|t| *t != "null");
        match name.unwrap_or_default() {
            "object" => "a mapping",
            "array" => "a list",
            "string" => "text",
            "boolean" => "true or false",
            "integer" | "number" => "a number",
            _ => "nothing",
        }
        .to_owned()
    }

    /// The text may be the secret itself: it is not repeated, and not kept.
    fn literal_secret(&mut self, node: &mut Node, path: &str) {
        let message = format!(
            "{} must say where the secret is, and not be the secret",
            quoted(path)
        );
        let help = "write `{ env: NAME }` or `{ file: PATH }`; if this was a real secret, revoke it: it is in the file's history".to_owned();
        self.say(
            "manifest/literal-secret",
            path,
            message,
            Some(help),
            node.span,
        );
        let span = node.span;
        let unnamed = Node {
            value: Value::Text(String::new()),
            span,
        };
        node.value = Value::Map(vec![(
            super::yaml::Key {
                name: "env".to_owned(),
                span,
            },
            unnamed,
        )]);
    }

    fn say(
        &mut self,
        rule: &'static str,
        path: &str,
        message: String,
        help: Option<String>,
        span: Span,
    ) {
        self.form.problems.push(Problem {
            rule,
            path: path.to_owned(),
            message,
            help,
            span,
        });
    }
}

/// The types that a value may have, in the schema's words; none where the schema says nothing of it.
fn types(schema: &Json) -> Vec<&str> {
    match schema.get("type") {
        Some(Json::String(one)) => vec![one],
        Some(Json::Array(many)) => many.iter().filter_map(Json::as_str).collect(),
        _ if enumeration(schema).is_some() => vec!["string"],
        _ => Vec::new(),
    }
}

/// The words that a value may be; words with a documentation of their own are alternatives in the schema.
fn enumeration(schema: &Json) -> Option<Vec<&str>> {
    if let Some(words) = schema.get("enum").and_then(Json::as_array) {
        return Some(words.iter().filter_map(Json::as_str).collect());
    }
    if let Some(alternatives) = schema.get("oneOf").and_then(Json::as_array) {
        return alternatives.iter().map(constant).collect();
    }
    constant(schema).map(|word| vec![word])
}

fn constant(schema: &Json) -> Option<&str> {
    schema.get("const").and_then(Json::as_str)
}

fn join(path: &str, step: &str) -> String {
    if path.is_empty() {
        step.to_owned()
    } else {
        format!("{path}.{step}")
    }
}

fn quoted(path: &str) -> String {
    format!("`{path}`")
}

/// How to write what is of the wrong form: a list of one without its brackets, and the reverse.
fn rewritten(node: &Node, path: &str, wanted: &[String]) -> Option<String> {
    let key = path.rsplit('.').next()?;
    let wants = |what: &str| wanted.iter().any(|w| w == what);
    let written = |node: &Node| match found(node, path) {
        text if text.starts_with('`') => text.trim_matches('`').to_owned(),
        _ => "...".to_owned(),
    };
    match &node.value {
        Value::Map(entries) if wants("a list") => {
            let first = entries.first().map_or("...", |(key, _)| key.name.as_str());
            Some(format!(
                "begin each with a dash, the only one too: `- {first}: ...`"
            ))
        }
        Value::List(_) if wants("a mapping") => {
            Some("write `name: ...` a line, without dashes and brackets".to_owned())
        }
        Value::List(items) if !wants("a list") => Some(match items.as_slice() {
            [only] => format!("without brackets and dash: `{key}: {}`", written(only)),
            _ => format!("it takes one: `{key}: ...`"),
        }),
        Value::Null | Value::Map(_) | Value::List(_) => None,
        _ if wants("a list") => Some(format!("in brackets: `{key}: [{}]`", written(node))),
        _ => None,
    }
}

fn found(node: &Node, path: &str) -> String {
    // What stands in the place of a secret may be one.
    let secret = ["auth", "secret", "password"]
        .iter()
        .any(|word| path.contains(word));
    match &node.value {
        Value::Text(text) if !secret && text.chars().count() <= 40 => format!("`{text}`"),
        _ => node.kind().to_owned(),
    }
}

/// The name that was most likely meant.
pub fn closest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let folded = name.to_lowercase();
    known
        .into_iter()
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&folded, &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, candidate)| {
            *distance <= candidate.chars().count().max(name.chars().count()) / 3 + 1
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
