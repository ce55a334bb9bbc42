//! Trouble on purpose: rules that say which requests fail, and how.

use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// One rule, written `[METHOD] [PATH] [key=value …] [drop]`.
///
/// `METHOD` is a method, `*` or `any`; `PATH` is what follows `/api/VERSION`, with or without its
/// `/sites/LUID`, where `*` stands for any run of characters. Which of the matching requests it strikes:
/// `nth=N` (only the N-th, from 1), `every=N`, `times=N` (only the first N), `rate=0.05` (at random). What
/// happens: `delay=2s`, `status=503` (with `code=429000`, `retry-after=SECONDS`, `body=html|empty`), or `drop`
/// (the connection is cut; `at=BYTES` cuts it after so many bytes of the request's body). `after=commit` lets
/// the request do its work first, and spoils only the answer.
///
/// ```
/// # use tabship_sandbox::Fault;
/// let fault: Fault = "POST /workbooks nth=1 after=commit drop".parse()?;
/// # Ok::<(), tabship_sandbox::BadFault>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    text: String,
    method: Option<String>,
    path: Option<String>,
    strike: Strike,
    rate: Option<f64>,
    delay: Duration,
    after_commit: bool,
    outcome: Outcome,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Strike {
    Always,
    Nth(u64),
    Every(u64),
    Times(u64),
}

/// What becomes of a struck request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Only the delay.
    Nothing,
    Answer(FaultAnswer),
    /// Cut the connection, once so many bytes of the body have come.
    Drop {
        at: u64,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FaultAnswer {
    pub(crate) status: u16,
    pub(crate) code: Option<u32>,
    pub(crate) retry_after: Option<u64>,
    pub(crate) body: FaultBody,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FaultBody {
    /// The API's own envelope.
    Envelope,
    /// What a gateway answers.
    Html,
    Empty,
}

/// Why a fault rule cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("fault rule `{rule}`: {problem}; write it like `PUT /fileUploads/* nth=3 status=503`")]
pub struct BadFault {
    rule: String,
    problem: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Fault {
    type Err = BadFault;

    fn from_str(text: &str) -> Result<Self, BadFault> {
        parse(text).map_err(|problem| BadFault {
            rule: text.to_owned(),
            problem,
        })
    }
}

fn parse(text: &str) -> Result<Fault, String> {
    let mut words = text.split_whitespace().peekable();
    let mut fault = Fault {
        text: text.to_owned(),
        method: None,
        path: None,
        strike: Strike::Always,
        rate: None,
        delay: Duration::ZERO,
        after_commit: false,
        outcome: Outcome::Nothing,
    };
    if let Some(word) =
        words.next_if(|word| !word.starts_with('/') && !word.contains('=') && *word != "drop")
    {
        let known = ["GET", "POST", "PUT", "DELETE", "PATCH"];
        match word.to_ascii_uppercase().as_str() {
            "*" | "ANY" => {}
            method if known.contains(&method) => fault.method = Some(method.to_owned()),
            _ => return Err(format!("`{word}` is not a method, `*` or `any`")),
        }
    }
    fault.path = words
        .next_if(|word| word.starts_with('/'))
        .map(str::to_owned);
    let mut answer: Option<FaultAnswer> = None;
    let (mut dropped, mut at, mut extras) = (false, None, Vec::new());
    for word in words {
        if word == "drop" {
            dropped = true;
            continue;
        }
        let (key, value) = word
            .split_once('=')
            .ok_or_else(|| format!("`{word}` is not key=value"))?;
        match key {
            "nth" => fault.strike = Strike::Nth(positive(key, value)?),
            "every" => fault.strike = Strike::Every(positive(key, value)?),
            "times" => fault.strike = Strike::Times(positive(key, value)?),
            "rate" => fault.rate = Some(fraction(value)?),
            "delay" => fault.delay = duration(value)?,
            "after" if value == "commit" => fault.after_commit = true,
            "at" => at = Some(number(key, value)?),
            "status" => answer = Some(answer_for(value)?),
            "code" | "retry-after" | "body" => extras.push((key, value)),
            _ => return Err(format!("`{word}` is not something that a rule can say")),
        }
    }
    for (key, value) in extras {
        refine(
            answer
                .as_mut()
                .ok_or_else(|| format!("`{key}` needs a `status`"))?,
            key,
            value,
        )?;
    }
    fault.outcome = match (answer, dropped, at) {
        (Some(_), true, _) => return Err("`status` and `drop` exclude each other".to_owned()),
        (_, false, Some(_)) => return Err("`at` needs `drop`".to_owned()),
        (Some(answer), false, None) => Outcome::Answer(answer),
        (None, true, at) => Outcome::Drop {
            at: at.unwrap_or(0),
        },
        (None, false, None) => Outcome::Nothing,
    };
    if fault.outcome == Outcome::Nothing && fault.delay.is_zero() {
        return Err("it says neither `status`, `drop` nor `delay`".to_owned());
    }
    Ok(fault)
}

fn answer_for(value: &str) -> Result<FaultAnswer, String> {
    let status: u16 = value
        .parse()
        .ok()
        .filter(|status| (200..600).contains(status))
        .ok_or_else(|| format!("`status={value}` is not an HTTP status"))?;
    let body = if matches!(status, 502..=504) {
        FaultBody::Html
    } else {
        FaultBody::Envelope
    };
    Ok(FaultAnswer {
        status,
        code: None,
        retry_after: None,
        body,
    })
}

fn refine(answer: &mut FaultAnswer, key: &str, value: &str) -> Result<(), String> {
    match key {
        "code" => {
            answer.code = Some(
                u32::try_from(number(key, value)?).map_err(|_| "`code` is too large".to_owned())?,
            );
            answer.body = FaultBody::Envelope;
        }
        "retry-after" => answer.retry_after = Some(number(key, value)?),
        _ => {
            answer.body = match value {
                "html" => FaultBody::Html,
                "empty" => FaultBody::Empty,
                _ => return Err(format!("`body={value}` must be html or empty")),
            };
        }
    }
    Ok(())
}

fn number(key: &str, value: &str) -> Result<u64, String> {
    value
        .parse()
        .map_err(|_| format!("`{key}={value}` is not a number"))
}

fn positive(key: &str, value: &str) -> Result<u64, String> {
    number(key, value)?
        .checked_sub(1)
        .map(|less| less + 1)
        .ok_or_else(|| format!("`{key}` counts from 1"))
}

fn fraction(value: &str) -> Result<f64, String> {
    value
        .parse()
        .ok()
        .filter(|rate| (0.0..=1.0).contains(rate))
        .ok_or_else(|| format!("`rate={value}` must be between 0 and 1"))
}

/// `2s`, `250ms`.
fn duration(value: &str) -> Result<Duration, String> {
    let (digits, unit) = value.split_at(
        value
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(value.len()),
    );
    let amount: u64 = digits
        .parse()
        .map_err(|_| format!("`{value}` is not a duration such as 2s or 250ms"))?;
    match unit {
        "ms" => Ok(Duration::from_millis(amount)),
        "s" => Ok(Duration::from_secs(amount)),
        _ => Err(format!("`{value}` is not a duration such as 2s or 250ms")),
    }
}

impl Fault {
    fn matches(&self, method: &str, path: &str) -> bool {
        if self
            .method
            .as_deref()
            .is_some_and(|wanted| wanted != method)
        {
            return false;
        }
        let Some(pattern) = &self.path else {
            return true;
        };
        let path = path.trim_end_matches('/');
        glob(pattern, path) || without_site(path).is_some_and(|path| glob(pattern, path))
    }

    fn strikes(&self, count: u64) -> bool {
        let counted = match self.strike {
            Strike::Always => true,
            Strike::Nth(nth) => count == nth,
            Strike::Every(every) => count.is_multiple_of(every),
            Strike::Times(times) => count <= times,
        };
        counted && self.rate.is_none_or(|rate| fastrand::f64() < rate)
    }
}

/// The path behind `/sites/LUID`.
fn without_site(path: &str) -> Option<&str> {
    let rest = path.strip_prefix("/sites/")?;
    rest.find('/').map(|at| &rest[at..])
}

fn glob(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let Some(last) = pieces.next_back() else {
        return rest.is_empty();
    };
    for piece in pieces {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// What the rules do to one request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) delay: Duration,
    pub(crate) before: Option<Outcome>,
    pub(crate) after: Option<Outcome>,
}

/// The rules in force, each with its count of matching requests.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    rules: Mutex<Vec<(Fault, u64)>>,
}

impl Faults {
    pub(crate) fn set(&self, faults: Vec<Fault>) {
        *self.rules.lock().unwrap_or_else(PoisonError::into_inner) =
            faults.into_iter().map(|f| (f, 0)).collect();
    }

    pub(crate) fn texts(&self) -> Vec<String> {
        let rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        rules.iter().map(|(fault, _)| fault.text.clone()).collect()
    }

    /// Counts the request with every rule that it matches; the first that strikes decides, delays add up.
    pub(crate) fn judge(&self, method: &str, path: &str) -> Verdict {
        let mut rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        let mut verdict = Verdict::default();
        for (fault, count) in rules
            .iter_mut()
            .filter(|(fault, _)| fault.matches(method, path))
        {
            *count += 1;
            if !fault.strikes(*count) {
                continue;
            }
            verdict.delay += fault.delay;
            if fault.outcome != Outcome::Nothing {
                let slot = if fault.after_commit {
                    &mut verdict.after
                } else {
                    &mut verdict.before
                };
                slot.get_or_insert(fault.outcome);
            }
        }
        verdict
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(rules: &[&str]) -> Faults {
        let faults = Faults::default();
        faults.set(rules.iter().map(|rule| rule.parse().unwrap()).collect());
        faults
    }

    #[test]
    fn strikes_the_nth_of_the_requests_that_match() {
        let faults = faults(&["PUT /fileUploads/* nth=2 status=503"]);
        let judge = |method, path| faults.judge(method, path).before.is_some();
        assert!(!judge("PUT", "/sites/x/fileUploads/1:2"));
        assert!(!judge("POST", "/sites/x/fileUploads"));
        assert!(!judge("PUT", "/sites/x/workbooks/1"));
        assert!(judge("PUT", "/sites/x/fileUploads/1:2"));
        assert!(!judge("PUT", "/sites/x/fileUploads/1:2"));
    }

    #[test]
    fn reads_the_rules_of_the_manual() {
        let verdict = faults(&["POST /workbooks nth=1 after=commit drop"])
            .judge("POST", "/sites/x/workbooks");
        assert_eq!(verdict.after, Some(Outcome::Drop { at: 0 }));
        assert_eq!(verdict.before, None);
        let verdict = faults(&["* rate=1 status=429 retry-after=1"]).judge("GET", "/x");
        let Some(Outcome::Answer(answer)) = verdict.before else {
            panic!("{verdict:?}")
        };
        assert_eq!(
            (answer.status, answer.retry_after, answer.body),
            (429, Some(1), FaultBody::Envelope)
        );
        assert_eq!(
            faults(&["any delay=2s", "delay=5ms"])
                .judge("GET", "/x")
                .delay,
            Duration::from_millis(2005)
        );
        assert_eq!(
            faults(&["* rate=0 drop"]).judge("GET", "/x"),
            Verdict::default()
        );
    }

    #[test]
    fn says_what_is_wrong_with_a_rule() {
        for (rule, problem) in [
            ("", "neither"),
            ("PUSH /x drop", "`PUSH` is not a method"),
            ("GET /x nth=0 drop", "`nth` counts from 1"),
            ("GET /x color=red drop", "`color=red` is not something"),
            ("GET /x status=99", "not an HTTP status"),
            ("GET /x status=503 drop", "exclude each other"),
            ("GET /x code=1", "`code` needs a `status`"),
            ("GET /x delay=fast", "not a duration"),
            ("GET /x rate=2 drop", "between 0 and 1"),
            ("GET /x nth=1", "neither"),
        ] {
            let error = rule.parse::<Fault>().unwrap_err().to_string();
            assert!(error.contains(problem), "{rule}: {error}");
        }
    }
}
