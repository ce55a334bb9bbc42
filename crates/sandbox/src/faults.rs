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
