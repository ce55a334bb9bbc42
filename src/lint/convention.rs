//! Naming conventions: what all `naming/` rules can be told.

use regex::Regex;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use crate::diagnostic::{Span, Subject};

use super::sink::Sink;

/// What names are held to. Without options a naming rule has nothing to say.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Convention {
    /// A regular expression that the whole name must match where it is anchored: `^[A-Z][A-Za-z0-9 &-]+$`.
    #[serde(deserialize_with = "pattern")]
    #[schemars(with = "Option<String>")]
    pattern: Option<Pattern>,
    /// How words are written.
    case: Option<Case>,
    /// The name must begin with this.
    prefix: Option<String>,
    /// The name must end with this.
    suffix: Option<String>,
    /// A regular expression that must not match anywhere in the name: `(?i)copy|test`.
    #[serde(deserialize_with = "pattern")]
    #[schemars(with = "Option<String>")]
    forbid: Option<Pattern>,
    /// Most characters.
    max_length: Option<usize>,
    /// Names that are right whatever the other options say.
    allow: Vec<String>,
}

#[derive(Debug, Clone)]
pub(super) struct Pattern(pub(super) Regex);

pub(super) fn pattern<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Pattern>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else {
        return Ok(None);
    };
    Regex::new(&text)
        .map(|r| Some(Pattern(r)))
        .map_err(|_| serde::de::Error::custom(format!("`{text}` is no regular expression")))
}

/// How words are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Case {
    /// `Profit Ratio per Region`: small words may be small.
    Title,
    /// `Profit ratio per region`.
    Sentence,
    /// `profit_ratio`.
    Snake,
    /// `profit-ratio`.
    Kebab,
    /// `profitRatio`.
    Camel,
    /// `ProfitRatio`.
    Pascal,
    /// `PROFIT RATIO`.
    Upper,
    /// `profit ratio`.
    Lower,
    /// `PROFIT_RATIO`.
    ScreamingSnake,
}

impl Convention {
    /// Reports a name that breaks the convention; `subjects` end with what is called so.
    pub(super) fn hold(
        &self,
        name: &str,
        place: Span,
        subjects: Vec<Subject>,
        help: &'static str,
        sink: &mut Sink<'_>,
    ) {
        let (Some(breach), Some(kind)) = (self.breach(name), subjects.last().map(|s| s.kind))
        else {
            return;
        };
        let message = format!("the {kind}'s name `{name}` breaks the convention: {breach}");
        sink.report(place, subjects, message).help(help);
    }

    /// What is wrong with a name; `None` when it is right.
    pub(super) fn breach(&self, name: &str) -> Option<String> {
        if self.allow.iter().any(|a| a == name) {
            return None;
        }
        if let Some(Pattern(pattern)) = self.pattern.as_ref().filter(|p| !p.0.is_match(name)) {
            return Some(format!("it does not match `{pattern}`"));
        }
        if let Some(case) = self.case.filter(|c| !c.fits(name)) {
            return Some(format!(
                "it is not in {} case, such as `{}`",
                case.name(),
                case.example()
            ));
        }
        if let Some(prefix) = self
            .prefix
            .as_ref()
            .filter(|p| !name.starts_with(p.as_str()))
        {
            return Some(format!("it does not begin with `{prefix}`"));
        }
        if let Some(suffix) = self.suffix.as_ref().filter(|s| !name.ends_with(s.as_str())) {
            return Some(format!("it does not end with `{suffix}`"));
        }
        if let Some(found) = self.forbid.as_ref().and_then(|p| p.0.find(name)) {
            return Some(format!("it contains `{}`", found.as_str()));
        }
        let length = name.chars().count();
        self.max_length
            .filter(|max| length > *max)
            .map(|max| format!("it has {length} characters, and {max} is the limit"))
    }
}

impl Case {
    fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Sentence => "sentence",
            Self::Snake => "snake",
            Self::Kebab => "kebab",
            Self::Camel => "camel",
            Self::Pascal => "pascal",
            Self::Upper => "upper",
            Self::Lower => "lower",
            Self::ScreamingSnake => "screaming-snake",
        }
    }

    fn example(self) -> &'static str {
        match self {
            Self::Title => "Profit Ratio",
            Self::Sentence => "Profit ratio",
            Self::Snake => "profit_ratio",
            Self::Kebab => "profit-ratio",
            Self::Camel => "profitRatio",
            Self::Pascal => "ProfitRatio",
            Self::Upper => "PROFIT RATIO",
            Self::Lower => "profit ratio",
            Self::ScreamingSnake => "PROFIT_RATIO",
        }
    }

    fn fits(self, name: &str) -> bool {
        let first = name.chars().next();
        let none = |wrong: &dyn Fn(char) -> bool| !name.chars().any(wrong);
        match self {
            Self::Title => title(name),
            Self::Sentence => first.is_none_or(|c| !c.is_lowercase()),
            Self::Snake => none(&|c| c.is_uppercase() || c.is_whitespace() || c == '-'),
            Self::Kebab => none(&|c| c.is_uppercase() || c.is_whitespace() || c == '_'),
            Self::Camel => {
                first.is_none_or(|c| !c.is_uppercase())
                    && none(&|c| c.is_whitespace() || matches!(c, '_' | '-'))
            }
            Self::Pascal => {
                first.is_none_or(|c| !c.is_lowercase())
                    && none(&|c| c.is_whitespace() || matches!(c, '_' | '-'))
            }
            Self::Upper => none(&char::is_lowercase),
            Self::Lower => none(&char::is_uppercase),
            Self::ScreamingSnake => none(&|c| c.is_lowercase() || c.is_whitespace() || c == '-'),
        }
    }
}

/// Every word begins with a capital; words of up to three letters in the middle may be small (`of`, `per`, `and`).
fn title(name: &str) -> bool {
    let words: Vec<&str> = name
        .split(|c: char| c.is_whitespace() || matches!(c, '-' | '/' | '(' | ')'))
        .filter(|w| !w.is_empty())
        .collect();
    words.iter().enumerate().all(|(n, word)| {
        let small = n > 0 && word.chars().count() <= 3;
        small || word.chars().next().is_none_or(|c| !c.is_lowercase())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breach(options: &str, name: &str) -> Option<String> {
        serde_json::from_str::<Convention>(options)
            .unwrap()
            .breach(name)
    }

    #[test]
    fn cases_are_told_apart() {
        for (case, right, wrong) in [
            ("title", "Profit per Region (YTD)", "Profit ratio"),
            ("sentence", "Profit ratio", "profit ratio"),
            ("snake", "profit_ratio2", "Profit_ratio"),
            ("kebab", "profit-ratio", "profit_ratio"),
            ("camel", "profitRatio", "ProfitRatio"),
            ("pascal", "ProfitRatio", "profitRatio"),
            ("upper", "PROFIT 2", "Profit"),
            ("lower", "profit 2", "Profit"),
            ("screaming-snake", "PROFIT_2", "PROFIT 2"),
        ] {
            let options = format!(r#"{{"case":"{case}"}}"#);
            assert_eq!(breach(&options, right), None, "{case} {right}");
            assert!(breach(&options, wrong).is_some(), "{case} {wrong}");
        }
    }

    #[test]
    fn every_option_has_its_say() {
        assert!(
            breach(r#"{"pattern":"^[A-Z]"}"#, "x")
                .unwrap()
                .contains("`^[A-Z]`")
        );
        assert!(
            breach(r#"{"prefix":"p_"}"#, "x").is_some()
                && breach(r#"{"suffix":"_s"}"#, "x").is_some()
        );
        assert!(
            breach(r#"{"forbid":"(?i)copy"}"#, "A (Copy)")
                .unwrap()
                .contains("`Copy`")
        );
        assert!(breach(r#"{"max_length":3}"#, "abcd").is_some());
        assert_eq!(breach(r#"{"max_length":3,"allow":["abcd"]}"#, "abcd"), None);
        assert_eq!(breach("{}", "anything"), None);
        assert!(
            serde_json::from_str::<Convention>(r#"{"pattern":"["}"#)
                .unwrap_err()
                .to_string()
                .contains("regular expression")
        );
        assert!(serde_json::from_str::<Convention>(r#"{"patern":"x"}"#).is_err());
    }
}
