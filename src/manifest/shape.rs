//! Holds what is written against the manifest's schema: unknown keys, keys that are there twice, wrong types, missing
//! keys, all at once and each at its place.

use serde_json::Value as Json;

use crate::diagnostic::Span;

use super::yaml::{Node, Value};

/// One thing that is wrong with the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) rule: &'static str,
    pub(super) message: String,
    pub(super) help: Option<String>,
    pub(super) span: Span,
}

/// Collects problems and takes what is wrong out of `node`, so that the rest can be read: a number where text is wanted
/// becomes that text, letter for letter (`version: 2024.10`). `text` is what `node` was read from.
pub(super) fn check(node: &mut Node, schema: &Json, text: &str) -> Vec<Problem> {
    let mut walk = Walk {
        root: schema,
        text,
        problems: Vec::new(),
    };
    walk.node(node, schema, "");
    walk.problems
}

struct Walk<'s> {
    root: &'s Json,
    text: &'s str,
    problems: Vec<Problem>,
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
                    let mut n = 0;
                    items.retain_mut(|item| {
                        let inner = join(path, &n.to_string());
                        n += 1;
                        self.node(item, each, &inner)
                    });
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
                self.say("manifest/wrong-type", message, None, node.span);
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
                let message = format!("the key {} is there twice", quoted(&join(path, &key.name)));
                self.say(
                    "manifest/duplicate-key",
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
        let required = schema
            .get("required")
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
            .filter_map(Json::as_str);
        let missing: Vec<&str> = required
            .filter(|name| !seen.iter().any(|seen| seen == name))
            .collect();
        for name in &missing {
            let place = if path.is_empty() {
                "the manifest".to_owned()
            } else {
                quoted(path)
            };
            self.say(
                "manifest/missing-key",
                format!("{place} lacks the key `{name}`"),
                None,
                Span::new(span.start, span.start),
            );
        }
        missing.is_empty()
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
        let help = match closest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known here: {}", known.join(", ")),
        };
        self.say(
            "manifest/unknown-key",
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
                format!("{} must not be empty", quoted(path)),
                None,
                node.span,
            );
        }
    }

    fn wrong_type(&mut self, node: &Node, schema: &'s Json, path: &str) {
        let message = format!(
            "{} wants {}, found {}",
            quoted(path),
            self.wanted(schema),
            found(node, path)
        );
        self.say("manifest/wrong-type", message, None, node.span);
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
        self.say("manifest/literal-secret", message, Some(help), node.span);
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

    fn say(&mut self, rule: &'static str, message: String, help: Option<String>, span: Span) {
        self.problems.push(Problem {
            rule,
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
