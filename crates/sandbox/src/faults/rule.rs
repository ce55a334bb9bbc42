//! A rule: which requests fail, and how.

use std::fmt;
use std::str::FromStr;
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
    pub(super) text: String,
    method: Option<String>,
    path: Option<String>,
    strike: Strike,
    rate: Option<f64>,
    pub(super) delay: Duration,
    pub(super) after_commit: bool,
    pub(super) outcome: Outcome,
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
    pub(super) fn matches(&self, method: &str, path: &str) -> bool {
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

    pub(super) fn strikes(&self, count: u64) -> bool {
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
