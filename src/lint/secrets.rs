//! Secrets in a text, by their forms: what `security/secret` reports, and what no report shows.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

use aho_corasick::packed::Searcher;
use regex::Regex;

/// A piece of text that lets somebody in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Secret {
    /// Bytes of the text: the secret without what is around it.
    pub(super) range: Range<usize>,
    /// What it is, with its article: `a GitHub token`.
    pub(super) what: &'static str,
}

/// A way to write a secret.
struct Form {
    what: &'static str,
    /// One of these is in every secret of the form: a text without them is not looked at again.
    marks: &'static [&'static str],
    /// Nothing else looks like it. The group `s` is the secret.
    pattern: &'static str,
}

const FORMS: [Form; 14] = [
    Form {
        what: "an AWS access key",
        marks: &["AKIA", "ASIA"],
        pattern: r"\b(?P<s>(?:AKIA|ASIA)[0-9A-Z]{16})\b",
    },
    Form {
        what: "a GitHub token",
        marks: &["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"],
        pattern: r"\b(?P<s>gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})\b",
    },
    Form {
        what: "a GitLab token",
        marks: &["glpat-"],
        pattern: r"\b(?P<s>glpat-[A-Za-z0-9_-]{20,})",
    },
    Form {
        what: "a Slack token",
        marks: &["xox"],
        pattern: r"\b(?P<s>xox[abprs]-[A-Za-z0-9-]{10,})",
    },
    Form {
        what: "a Slack webhook",
        marks: &["hooks.slack.com/services/"],
        pattern: r"hooks\.slack\.com/services/(?P<s>T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{16,})",
    },
    Form {
        what: "a Mapbox secret token",
        marks: &["eyJ"],
        pattern: r"\b(?P<s>sk\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{10,})",
    },
    Form {
        what: "a JSON web token",
        marks: &["eyJ"],
        pattern: r"\b(?P<s>eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,})",
    },
    Form {
        what: "a private key",
        marks: &["-----BEGIN "],
        pattern: r"(?P<s>-----BEGIN [A-Z ]*PRIVATE KEY-----)",
    },
    Form {
        what: "a Google API key",
        marks: &["AIza"],
        pattern: r"\b(?P<s>AIza[0-9A-Za-z_-]{35})",
    },
    Form {
        what: "a Stripe key",
        marks: &["k_live_"],
        pattern: r"\b(?P<s>[sr]k_live_[0-9A-Za-z]{16,})",
    },
    Form {
        what: "a Tableau access token",
        marks: &["==:"],
        pattern: r"(?P<s>\b[A-Za-z0-9+/]{16,22}==:[A-Za-z0-9]{20,40})\b",
    },
    Form {
        what: "a storage account key",
        marks: &["AccountKey="],
        pattern: r"AccountKey=(?P<s>[A-Za-z0-9+/]{40,}={0,2})",
    },
    Form {
        what: "a bearer token",
        marks: &["bea", "beA", "bEa", "bEA", "Bea", "BeA", "BEa", "BEA"],
        pattern: r"(?i)\bbearer\s+(?P<s>[A-Za-z0-9._~+/-]{20,}=*)",
    },
    Form {
        what: "a password in an address",
        marks: &[ADDRESS],
        pattern: r"\b[a-z][a-z0-9+.-]*://[^/\s:@'\x22<>&]+:(?P<s>[^/\s:@'\x22<>&]{3,})@[A-Za-z0-9]",
    },
];

/// In every second document; see [`has_user`].
const ADDRESS: &str = "://";

/// A parameter of an address that is named after a secret; an inserted field (`<[Token]>`) is none.
const PARAMETER: &str = r"(?i)[?&;](?:access_token|auth_token|token|api[_-]?key|client_secret|secret|sig|signature|password|pwd)=(?P<s>[^&\s'\x22<>;#\[\]{}]{8,})";

/// The names in [`PARAMETER`].
const PARAMETERS: [&[u8]; 12] = [
    b"access_token",
    b"auth_token",
    b"token",
    b"api_key",
    b"api-key",
    b"apikey",
    b"client_secret",
    b"secret",
    b"sig",
    b"signature",
    b"password",
    b"pwd",
];

/// Attributes and parts of connection strings whose value is a secret, for masking only: their rules look at the attribute.
const NAMED: &str = r#"(?i)\b(?:password|pwd|api-key|apikey|secret|token)\s*=\s*(?:'(?P<a>[^']+)|"(?P<b>[^"]+)|(?P<c>[^\s'";&<>]+))"#;

/// What sets a password in SQL.
const IN_SQL: &str =
    r"(?i)\b(?:identified\s+by|password|passwd|pwd|secret)\s*(?:=>?|:=)?\s*(?:N?'(?P<s>[^']{3,})')";

/// Each when a text needs it: few do.
static COMPILED: [OnceLock<Option<Regex>>; FORMS.len()] = [const { OnceLock::new() }; FORMS.len()];

fn compiled(form: usize) -> Option<&'static Regex> {
    let compile = || Regex::new(FORMS.get(form)?.pattern).ok();
    COMPILED.get(form)?.get_or_init(compile).as_ref()
}

/// A mark, and the form that it is of.
type Mark = (&'static str, usize);

/// Looks for all marks at once.
static MARKS: LazyLock<(Option<Searcher>, Vec<Mark>)> = LazyLock::new(|| {
    let of = |(n, form): (usize, &'static Form)| form.marks.iter().map(move |mark| (*mark, n));
    let marks: Vec<Mark> = FORMS.iter().enumerate().flat_map(of).collect();
    (Searcher::new(marks.iter().map(|(mark, _)| mark)), marks)
});

/// The forms of which the text may hold a secret.
fn possible(text: &str) -> [bool; FORMS.len()] {
    let (searcher, marks) = &*MARKS;
    // A machine without such instructions looks for each form by itself.
    let Some(searcher) = searcher else {
        return [true; FORMS.len()];
    };
    let mut possible = [false; FORMS.len()];
    for found in searcher.find_iter(text) {
        let mark = &text[found.span()];
        if mark == ADDRESS && !has_user(&text[found.end()..]) {
            continue;
        }
        // A document is full of random ids, and `BEA` is in one of some hundreds.
        if mark.eq_ignore_ascii_case("bea") && !begins(&text[found.end()..], "rer") {
            continue;
        }
        for (_, form) in marks.iter().filter(|(other, _)| *other == mark) {
            possible[*form] = true;
        }
    }
    possible
}

/// The text begins with the word, in capitals or not.
fn begins(text: &str, word: &str) -> bool {
    let begin = text.as_bytes().get(..word.len());
    begin.is_some_and(|begin| begin.eq_ignore_ascii_case(word.as_bytes()))
}

/// What follows `://` may be a user, a password, and a host.
fn has_user(rest: &str) -> bool {
    let ends = |b: &u8| {
        matches!(b, b'/' | b'@' | b'\'' | b'"' | b'<' | b'>' | b'&') || b.is_ascii_whitespace()
    };
    let end = rest.bytes().position(|b| ends(&b));
    end.is_some_and(|end| rest.as_bytes().get(end) == Some(&b'@') && rest[..end].contains(':'))
}

static IN_ADDRESS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(PARAMETER).ok());
static SET_IN_SQL: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(IN_SQL).ok());
static MASKED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(NAMED).ok());

/// All secrets of a text, in its order; none inside another.
pub(super) fn find(text: &str) -> Vec<Secret> {
    let possible = possible(text);
    let forms = (0..FORMS.len()).filter(|form| possible[*form]);
    let mut found: Vec<Secret> = forms
        .filter_map(|form| Some((FORMS[form].what, compiled(form)?)))
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

/// Whether the text may hold what [`in_address`] finds: a parameter of such a name.
pub(super) fn may_be_in_address(text: &str) -> bool {
    let named = |at: usize| {
        let rest = text.as_bytes().get(at + 1..).unwrap_or_default();
        let begins = |name: &&[u8]| {
            let (own, behind) = (rest.get(..name.len()), rest.get(name.len()));
            behind == Some(&b'=') && own.is_some_and(|own| own.eq_ignore_ascii_case(name))
        };
        PARAMETERS.iter().any(begins)
    };
    memchr::memchr3_iter(b'?', b'&', b';', text.as_bytes()).any(named)
}

/// Values of parameters of an address that are named after a secret.
pub(super) fn in_address(text: &str) -> Vec<Range<usize>> {
    if !may_be_in_address(text) {
        return Vec::new();
    }
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
        assert!((0..FORMS.len()).all(|form| compiled(form).is_some()));
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
    fn every_parameter_is_looked_for() {
        for name in PARAMETERS {
            let name = String::from_utf8(name.to_vec()).unwrap();
            for text in [
                format!("https://x/?{name}=abcdef123456"),
                format!("a;&{}=abcdef123456 ?", name.to_uppercase()),
            ] {
                assert!(may_be_in_address(&text), "{text}");
                assert_eq!(in_address(&text).len(), 1, "{text}");
            }
            assert!(!may_be_in_address(&format!("?{name} ={name}=1")));
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
