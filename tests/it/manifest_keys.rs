//! The list of keys in docs/manifest.md is made from the manifest's schema.

use std::fmt::Write as _;

use serde_json::Value;

use crate::harness::project;

const BEGIN: &str = "<!-- keys: made from the schema; `TABSHIP_BLESS=1 cargo test --test it manifest_keys::` writes them -->\n";
const END: &str = "<!-- end of keys -->\n";

#[test]
fn the_documentation_lists_every_key() {
    let page = project("docs/manifest.md");
    let text = std::fs::read_to_string(&page).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let made = format!("{before}{BEGIN}{}{END}{after}", keys());
    if std::env::var_os("TABSHIP_BLESS").is_some() {
        std::fs::write(&page, &made).unwrap();
    }
    assert!(
        std::fs::read_to_string(&page).unwrap() == made,
        "stale: docs/manifest.md\nTABSHIP_BLESS=1 cargo test --test it manifest_keys:: writes it"
    );
}

/// A table for the manifest and for each of its parts, in the order in which they are met.
fn keys() -> String {
    let schema = tabship::manifest::schema();
    let mut out = String::new();
    let mut parts = vec![("", &schema)];
    let mut next = 0;
    while let Some((name, part)) = parts.get(next).copied() {
        next += 1;
        let inside: Vec<&Value> = match (&part["properties"], &part["anyOf"]) {
            (Value::Object(all), _) => all.values().collect(),
            (_, Value::Array(all)) => all.iter().collect(),
            _ => Vec::new(),
        };
        let met = inside.into_iter().chain(part.get("additionalProperties"));
        for met in met.filter_map(reference) {
            if let Some((name, part)) = schema["$defs"].as_object().unwrap().get_key_value(met) {
                if !parts.iter().any(|(known, _)| known == name) {
                    parts.push((name, part));
                }
            }
        }
        let Some(properties) = part["properties"].as_object() else {
            continue;
        };
        let heading = if name.is_empty() {
            "the manifest"
        } else {
            name
        };
        write!(
            out,
            "\n### Keys of {heading}\n\n{}\n\n| key | type | |\n|---|---|---|\n",
            words(part)
        )
        .unwrap();
        for (key, value) in properties {
            let required = part["required"]
                .as_array()
                .is_some_and(|all| all.iter().any(|k| k == key.as_str()));
            let mut said = words(value);
            if said.is_empty() {
                said = reference(value)
                    .and_then(|name| schema["$defs"].get(name))
                    .map(words)
                    .unwrap_or_default();
            }
            assert!(!said.is_empty(), "{heading}: `{key}` has no documentation");
            let key = if required {
                format!("**`{key}`**")
            } else {
                format!("`{key}`")
            };
            writeln!(out, "| {key} | {} | {said} |", kind(value, &schema)).unwrap();
        }
    }
    out.push('\n');
    out
}

/// The description, as a cell of a table.
fn words(schema: &Value) -> String {
    schema["description"]
        .as_str()
        .unwrap_or_default()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace('|', "\\|")
}

/// The definition that a value leads to, through lists, mappings and alternatives.
fn reference(value: &Value) -> Option<&str> {
    if let Some(reference) = value["$ref"].as_str() {
        return reference.rsplit('/').next();
    }
    ["items", "additionalProperties"]
        .iter()
        .filter_map(|inner| value.get(inner))
        .chain(value["anyOf"].as_array().into_iter().flatten())
        .find_map(reference)
}

/// The type, in words; words of a list by themselves, parts by a link to their table.
fn kind(value: &Value, schema: &Value) -> String {
    if let Some(items) = value.get("items") {
        return format!("list of {}", kind(items, schema));
    }
    if let Some(each) = value.get("additionalProperties").filter(|v| v.is_object()) {
        return format!("mapping to {}", kind(each, schema));
    }
    if let Some(alternatives) = value["anyOf"].as_array().or(value["oneOf"].as_array()) {
        let all: Vec<String> = alternatives
            .iter()
            .filter(|a| a["type"] != "null")
            .map(|a| kind(a, schema))
            .collect();
        return all.join(" or ");
    }
    if let Some(name) = reference(value) {
        let part = &schema["$defs"][name];
        return if part["properties"].is_object() {
            format!("[{name}](#keys-of-{})", name.to_lowercase())
        } else {
            kind(part, schema)
        };
    }
    if let Some(word) = value["const"].as_str() {
        return format!("`{word}`");
    }
    if let Some(words) = value["enum"].as_array() {
        let all: Vec<String> = words
            .iter()
            .filter_map(Value::as_str)
            .map(|word| format!("`{word}`"))
            .collect();
        return all.join(" or ");
    }
    let name = match &value["type"] {
        Value::String(one) => one.as_str(),
        Value::Array(many) => many
            .iter()
            .filter_map(Value::as_str)
            .find(|t| *t != "null")
            .unwrap_or_default(),
        _ => "",
    };
    match name {
        "string" => "text",
        "boolean" => "true or false",
        "integer" | "number" => "number",
        "object" => "mapping",
        _ => "anything",
    }
    .to_owned()
}
