//! Secrets in a text, by their forms: what `security/secret` reports, and what no report shows.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// A piece of text that lets somebody in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Secret {
    /// Bytes of the text: the secret without what is around it.
    pub(super) range: Range<usize>,
    /// What it is, with its article: `a GitHub token`.
    pub(super) what: &'static str,
}

/// Forms that nothing else has. The group `s` is the secret.
const FORMS: [(&str, &str); 14] = [
    ("an AWS access key", r"\b(?P<s>(?:AKIA|ASIA)[0-9A-Z]{16})\b"),
    (
        "a GitHub token",
        r"\b(?P<s>gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})\b",
    ),
    ("a GitLab token", r"\b(?P<s>glpat-[A-Za-z0-9_-]{20,})"),
    ("a Slack token", r"\b(?P<s>xox[abprs]-[A-Za-z0-9-]{10,})"),
    (
        "a Slack webhook",
        r"hooks\.slack\.com/services/(?P<s>T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{16,})",
    ),
    (
        "a Mapbox secret token",
        r"\b(?P<s>sk\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{10,})",
    ),
    (
        "a JSON web token",
        r"\b(?P<s>eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,})",
    ),
    (
        "a private key",
        r"(?P<s>-----BEGIN [A-Z ]*PRIVATE KEY-----)",
    ),
    ("a Google API key", r"\b(?P<s>AIza[0-9A-Za-z_-]{35})"),
    ("a Stripe key", r"\b(?P<s>[sr]k_live_[0-9A-Za-z]{16,})"),
    (
        "a Tableau access token",
        r"(?P<s>\b[A-Za-z0-9+/]{16,22}==:[A-Za-z0-9]{20,40})\b",
    ),
    (
        "a storage account key",
        r"AccountKey=(?P<s>[A-Za-z0-9+/]{40,}={0,2})",
    ),
    (
        "a bearer token",
        r"(?i)\bbearer\s+(?P<s>[A-Za-z0-9._~+/-]{20,}=*)",
    ),
    (
        "a password in an address",
        r"\b[a-z][a-z0-9+.-]*://[^/\s:@'\x22<>&]+:(?P<s>[^/\s:@'\x22<>&]{3,})@[A-Za-z0-9]",
    ),
];

/// A parameter of an address that is named after a secret; an inserted field (`<[Token]>`) is none.
const PARAMETER: &str = r"(?i)[?&;](?:access_token|auth_token|token|api[_-]?key|client_secret|secret|sig|signature|password|pwd)=(?P<s>[^&\s'\x22<>;#\[\]{}]{8,})";

/// Attributes and parts of connection strings whose value is a secret, for masking only: their rules look at the attribute.
const NAMED: &str = r#"(?i)\b(?:password|pwd|api-key|apikey|secret|token)\s*=\s*(?:'(?P<a>[^']+)|"(?P<b>[^"]+)|(?P<c>[^\s'";&<>]+))"#;

/// What sets a password in SQL.
const IN_SQL: &str =
    r"(?i)\b(?:identified\s+by|password|passwd|pwd|secret)\s*(?:=>?|:=)?\s*(?:N?'(?P<s>[^']{3,})')";

static ALL: LazyLock<Vec<(&'static str, Regex)>> = LazyLock::new(|| {
    FORMS
        .iter()
        .filter_map(|(what, form)| Some((*what, Regex::new(form).ok()?)))
        .collect()
});
static IN_ADDRESS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(PARAMETER).ok());
static SET_IN_SQL: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(IN_SQL).ok());
static MASKED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(NAMED).ok());

/// All secrets of a text, in its order; none inside another.
pub(super) fn find(text: &str) -> Vec<Secret> {
    let mut found: Vec<Secret> = ALL
        .iter()
        .flat_map(|(what, form)| {
            form.captures_iter(text).filter_map(move |c| {
                let range = c.name("s")?.range();
                Some(Secret { range, what })
            })
        })
        .collect();
    found.sort_by_key(|s| (s.range.start, std::cmp::Reverse(s.range.end)));
    let mut end = 0;
    found.retain(|s| {
        let apart = s.range.start >= end;
        if apart {
            end = s.range.end;
        }
        apart
    });
    found
}

/// Values of parameters of an address that are named after a secret.
pub(super) fn in_address(text: &str) -> Vec<Range<usize>> {
    ranges(&IN_ADDRESS, text)
}

/// Passwords that SQL sets or passes.
pub(super) fn in_sql(text: &str) -> Vec<Range<usize>> {
    ranges(&SET_IN_SQL, text)
}

fn ranges(form: &LazyLock<Option<Regex>>, text: &str) -> Vec<Range<usize>> {
    let found = form.iter().flat_map(|form| form.captures_iter(text));
    found.filter_map(|c| Some(c.name("s")?.range())).collect()
}

/// The text with a dot in place of each character of what may be a secret.
pub fn mask(text: &str) -> Cow<'_, str> {
    let named = MASKED.iter().flat_map(|form| {
        form.captures_iter(text)
            .filter_map(|c| c.name("a").or(c.name("b")).or(c.name("c")))
            .map(|m| m.range())
    });
    let mut ranges: Vec<Range<usize>> = find(text)
        .into_iter()
        .map(|s| s.range)
        .chain(named)
        .collect();
    if ranges.is_empty() {
        return Cow::Borrowed(text);
    }
    ranges.sort_by_key(|r| r.start);
    let (mut masked, mut at) = (String::with_capacity(text.len()), 0);
    for range in ranges.into_iter().filter(|r| !r.is_empty()) {
        let from = range.start.max(at);
        if from >= range.end {
            continue;
        }
        masked.push_str(text.get(at..from).unwrap_or_default());
        let hidden = text.get(from..range.end).unwrap_or_default();
        masked.extend(hidden.chars().map(|_| '•'));
        at = range.end;
    }
    masked.push_str(text.get(at..).unwrap_or_default());
    Cow::Owned(masked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_a_regular_expression() {
        assert_eq!(ALL.len(), FORMS.len());
        assert!(MASKED.is_some() && IN_ADDRESS.is_some() && SET_IN_SQL.is_some());
    }

    #[test]
    fn secrets_are_told_by_their_form() {
        let what = |text: &str| {
            find(text)
                .into_iter()
                .map(|s| (s.what, text[s.range].to_owned()))
                .collect::<Vec<_>>()
        };
        let github = format!("ghp_{}", "a1".repeat(18));
        assert_eq!(
            what(&format!("x {github} y")),
            [("a GitHub token", github.clone())]
        );
        assert_eq!(
            what("https://ann:hunter2@db.example.com/x"),
            [("a password in an address", "hunter2".to_owned())]
        );
        let address = "https://db.example.com/x?a=1&amp;token=abcdef123456";
        assert_eq!(&address[in_address(address)[0].clone()], "abcdef123456");
        let sql = "CREATE USER x IDENTIFIED BY 'hunter2'; SELECT password FROM t WHERE a = 'b'";
        let found = in_sql(sql);
        assert_eq!((found.len(), &sql[found[0].clone()]), (1, "hunter2"));
        for harmless in [
            "https://example.com/?token=<[Parameters].[Token]>",
            "https://example.com:8080/a@b",
            "[Calculation_1234567890123456]",
            "tokens=abcdefghij",
            "pk.eyJ1IjoieCJ9.abcdefghijk",
        ] {
            assert_eq!(what(harmless), [], "{harmless}");
            assert!(in_address(harmless).is_empty(), "{harmless}");
        }
    }

    #[test]
    fn what_is_masked_keeps_its_length() {
        for (text, masked) in [
            ("<c password='hunté' a='b'", "<c password='•••••' a='b'"),
            ("DRIVER=x;PWD=abc;UID=u", "DRIVER=x;PWD=•••;UID=u"),
            ("password=''", "password=''"),
            ("https://u:abc@h", "https://u:•••@h"),
        ] {
            assert_eq!(mask(text), masked);
        }
    }
}
