//! Trouble on purpose: rules that say which requests fail, and how.

mod rule;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

pub use rule::{BadFault, Fault};
pub(crate) use rule::{FaultAnswer, FaultBody, Outcome};

/// What the rules do to one request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) delay: Duration,
    pub(crate) before: Option<Outcome>,
    pub(crate) after: Option<Outcome>,
}

/// A request that a rule struck, answered or not.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Struck {
    pub method: String,
    /// What follows `/api/VERSION`, without the query.
    pub path: String,
}

/// The rules in force.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    rules: Mutex<Vec<InForce>>,
}

#[derive(Debug)]
struct InForce {
    fault: Fault,
    /// How many requests matched it so far.
    met: u64,
    /// The first that it struck.
    struck: Option<Struck>,
}

impl Faults {
    pub(crate) fn set(&self, faults: Vec<Fault>) {
        *self.rules.lock().unwrap_or_else(PoisonError::into_inner) =
            faults.into_iter().map(InForce::new).collect();
    }

    pub(crate) fn struck(&self) -> Vec<Option<Struck>> {
        let rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        rules.iter().map(|rule| rule.struck.clone()).collect()
    }

    pub(crate) fn texts(&self) -> Vec<String> {
        let rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        rules.iter().map(|rule| rule.fault.text.clone()).collect()
    }

    /// Counts the request with every rule that it matches; the first that strikes decides, delays add up.
    pub(crate) fn judge(&self, method: &str, path: &str) -> Verdict {
        let mut rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        let mut verdict = Verdict::default();
        for rule in rules
            .iter_mut()
            .filter(|rule| rule.fault.matches(method, path))
        {
            rule.met += 1;
            let fault = &rule.fault;
            if !fault.strikes(rule.met) {
                continue;
            }
            rule.struck.get_or_insert_with(|| Struck {
                method: method.to_owned(),
                path: path.to_owned(),
            });
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

impl InForce {
    fn new(fault: Fault) -> Self {
        Self {
            fault,
            met: 0,
            struck: None,
        }
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
        assert_eq!(faults.struck(), [None]);
        assert!(judge("PUT", "/sites/x/fileUploads/1:3"));
        assert!(!judge("PUT", "/sites/x/fileUploads/1:2"));
        let struck = Struck {
            method: "PUT".to_owned(),
            path: "/sites/x/fileUploads/1:3".to_owned(),
        };
        assert_eq!(faults.struck(), [Some(struck)]);
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
