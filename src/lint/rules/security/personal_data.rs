//! `security/personal-data`.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use crate::content::model::{Column, unbracket};
use crate::diagnostic::{Span, Subject};
use crate::hash::HashMap;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use regex::Regex;
use std::sync::LazyLock;

rule! {
    /// ## What it does
    /// Reports fields whose name says that they hold personal data, and that readers can see: `E-mail`, `SSN`, `Date of Birth`.
    ///
    /// ## Why is this bad?
    /// It is for you to say: the rule is off until it is named. Where a law or a policy limits who sees personal data, a field with
    /// it should be a decision that was reviewed.
    ///
    /// ## Use instead
    /// Hide the field, leave it out of the extract, or protect it with row-level security.
    ///
    /// ## Options
    /// `patterns`: regular expressions for names, in place of the built-in ones. `allow`: names that are right.
    PersonalData, "security/personal-data", "field that looks like personal data", Levels::CONFIGURED, Options, check
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// Regular expressions for names, in place of the built-in ones.
    #[serde(deserialize_with = "patterns")]
    #[schemars(with = "Vec<String>")]
    patterns: Vec<Regex>,
    /// Names that are right.
    allow: Vec<String>,
}

fn patterns<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Regex>, D::Error> {
    let wrong = |text: &str| serde::de::Error::custom(format!("`{text}` is no regular expression"));
    Vec::<String>::deserialize(deserializer)?.iter().map(|text| Regex::new(text).map_err(|_| wrong(text))).collect()
}

/// Words at the end of a name, in any case, with `_` or spaces between them: `Email Subject` is no address.
const NAMES: &str = r"(?i)(?:^|[\s_.-])(?:e-?mail(?:[\s_]?address)?|ssn|social[\s_]?security(?:[\s_]?(?:no|number))?|passport(?:[\s_]?(?:no|number))?|phone(?:[\s_]?(?:no|number))?|mobile[\s_]?number|date[\s_]?of[\s_]?birth|birth[\s_]?date|dob|iban|credit[\s_]?card(?:[\s_]?number)?|home[\s_]?address|street[\s_]?address|salary|maiden[\s_]?name)$";

static BUILT_IN: LazyLock<Vec<Regex>> = LazyLock::new(|| Regex::new(NAMES).into_iter().collect());

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let patterns = if options.patterns.is_empty() { &*BUILT_IN } else { &options.patterns };
    let fits = |name: &str| patterns.iter().any(|p| p.is_match(name)) && !options.allow.iter().any(|a| *a == name);
    for datasource in &document.model.datasources {
        let columns: HashMap<&str, &Column> = datasource.columns.iter().map(|c| (c.name.value.as_str(), c)).collect();
        let mut say = |name: String, span: Span| {
            if fits(&name) {
                let subjects = vec![Subject::new("data source", file.name_of(datasource)), Subject::new("field", &*name)];
                sink.report(span, subjects, format!("the field `{name}` looks like personal data"))
                    .help("hide it, leave it out, or allow it with `security/personal-data: allow:`");
            }
        };
        for column in datasource.columns.iter().filter(|c| !c.hidden && !c.internal) {
            say(column.display_name(), column.caption.as_ref().unwrap_or(&column.name).span);
        }
        for field in datasource.metadata.iter().filter(|m| !columns.contains_key(m.name.value.as_str())) {
            say(unbracket(&field.name.value), field.name.span);
        }
    }
}
