//! `${NAME}` and `${NAME:-default}` in values, from the environment.

use std::collections::BTreeMap;

use crate::diagnostic::Span;

use super::yaml::{Node, Value};

/// Variables that are not set, and every place that wants each.
pub(super) type Missing = BTreeMap<String, Vec<Span>>;

/// Fills in the variables of a value and all below it. What is missing stays as it is, and is named.
pub(super) fn interpolate(
    node: &mut Node,
    environment: &dyn Fn(&str) -> Option<String>,
    missing: &mut Missing,
) {
    match &mut node.value {
        Value::Text(text) if text.contains("${") => {
            let (filled, absent) = fill(text, environment);
            *text = filled;
            for name in absent {
                missing.entry(name).or_default().push(node.span);
            }
        }
        Value::List(items) => items
            .iter_mut()
            .for_each(|n| interpolate(n, environment, missing)),
        Value::Map(entries) => entries
            .iter_mut()
            .for_each(|(_, n)| interpolate(n, environment, missing)),
        _ => {}
    }
}

fn fill(text: &str, environment: &dyn Fn(&str) -> Option<String>) -> (String, Vec<String>) {
    let (mut filled, mut missing, mut rest) = (String::new(), Vec::new(), text);
    while let Some(at) = rest.find("${") {
        filled.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some(end) = rest.find('}') else {
            break;
        };
        let inside = &rest[2..end];
        let (name, default) = inside
            .split_once(":-")
            .map_or((inside, None), |(name, default)| (name, Some(default)));
        match environment(name)
            .filter(|v| default.is_none() || !v.is_empty())
            .or_else(|| default.map(str::to_owned))
        {
            Some(value) => filled.push_str(&value),
            None => {
                missing.push(name.to_owned());
                filled.push_str(&rest[..=end]);
            }
        }
        rest = &rest[end + 1..];
    }
    filled.push_str(rest);
    (filled, missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_have_defaults_and_missing_ones_are_named() {
        let environment = |name: &str| match name {
            "A" => Some("x".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        };
        assert_eq!(
            fill("${A}-${B:-y}-${EMPTY:-z}.${EMPTY}", &environment),
            ("x-y-z.".to_owned(), vec![])
        );
        assert_eq!(
            fill("a ${C} b", &environment),
            ("a ${C} b".to_owned(), vec!["C".to_owned()])
        );
        assert_eq!(
            fill("open ${A", &environment),
            ("open ${A".to_owned(), vec![])
        );
    }
}
