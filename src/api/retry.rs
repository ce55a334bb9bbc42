//! When a call is made again, and after how long.

use std::time::Duration;

use jiff::{Timestamp, fmt::rfc2822};

use super::{
    error::{Error, ErrorKind, Unreachable},
    fault::wait_in_text,
};

/// Whether a call may be made twice. A property of each call, not of the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replay {
    /// Made twice, it does what it does once: repeated after any transient failure.
    Safe,
    /// Made twice, it may do harm: repeated only when the server cannot have acted, that is when no
    /// connection was made or the answer was 429.
    Unsafe,
}

/// How often and how long.
#[derive(Clone, Debug)]
pub struct RetryPolicy {
    /// The most times that one call is sent, the first included.
    pub attempts: u32,
    /// The wait before the second attempt; doubled for each further one. Half of each wait is chance.
    pub first: Duration,
    /// The longest wait of our own choosing.
    pub longest: Duration,
    /// The most that all waits of one call may last. A server that asks for more is not waited for.
    pub total: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 6,
            first: Duration::from_millis(500),
            longest: Duration::from_secs(20),
            total: Duration::from_secs(180),
        }
    }
}

/// Statuses that may be gone a moment later. Nothing else is transient.
pub(crate) fn is_transient(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504)
}

/// How long to wait before the next attempt; `None` to give up. `attempt` counts from 1 (the one
/// that failed), `waited` is the sum of the waits so far, `chance` is in 0..1.
pub(crate) fn next_wait(
    policy: &RetryPolicy,
    replay: Replay,
    error: &Error,
    attempt: u32,
    waited: Duration,
    chance: f64,
) -> Option<Duration> {
    if attempt >= policy.attempts || !may_repeat(replay, error) {
        return None;
    }
    let asked = error.refusal().and_then(|refusal| refusal.retry_after);
    let wait = asked.unwrap_or_else(|| {
        let doubled = policy
            .first
            .saturating_mul(2_u32.saturating_pow(attempt - 1));
        doubled
            .min(policy.longest)
            .mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0)
    });
    (waited.saturating_add(wait) <= policy.total).then_some(wait)
}

fn may_repeat(replay: Replay, error: &Error) -> bool {
    match error.kind() {
        // Refused at the door, or never sent: no name, no connection, no proxy. But a certificate
        // does not become good by asking again.
        ErrorKind::Throttled
        | ErrorKind::Unreachable(
            Unreachable::Dns
            | Unreachable::Refused
            | Unreachable::ConnectTimeout
            | Unreachable::Proxy,
        ) => true,
        ErrorKind::Unreachable(Unreachable::Timeout | Unreachable::Lost) => replay == Replay::Safe,
        ErrorKind::ServerFault => {
            replay == Replay::Safe
                && error
                    .refusal()
                    .is_some_and(|refusal| is_transient(refusal.status))
        }
        _ => false,
    }
}

/// The wait that an answer asks for: the header `Retry-After` in seconds or as a date, else, in a
/// 429, the text.
pub(crate) fn asked_wait(
    header: Option<&str>,
    status: u16,
    detail: &str,
    now: Timestamp,
) -> Option<Duration> {
    if let Some(header) = header {
        let header = header.trim();
        if let Ok(seconds) = header.parse() {
            return Some(Duration::from_secs(seconds));
        }
        if let Ok(date) = rfc2822::DateTimeParser::new().parse_timestamp(header) {
            let seconds = date.as_second().saturating_sub(now.as_second());
            return Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)));
        }
    }
    (status == 429).then(|| wait_in_text(detail)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{
        code::ErrorCode,
        error::{CallName, Refusal},
    };
    use proptest::prelude::*;

    fn call() -> CallName {
        CallName {
            method: reqwest::Method::PUT,
            path: "/api".into(),
        }
    }

    fn answered(status: u16, code: Option<u32>, retry_after: Option<u64>) -> Error {
        Error::Refused(Box::new(Refusal {
            call: call(),
            status,
            code: code.map(ErrorCode),
            summary: String::new(),
            detail: String::new(),
            request_id: None,
            retry_after: retry_after.map(Duration::from_secs),
            signed_in: true,
        }))
    }

    fn unreachable(reason: Unreachable) -> Error {
        Error::Unreachable {
            call: call(),
            host: "h".into(),
            reason,
            source: "x".into(),
        }
    }

    fn repeated(replay: Replay, error: &Error) -> bool {
        next_wait(
            &RetryPolicy::default(),
            replay,
            error,
            1,
            Duration::ZERO,
            0.5,
        )
        .is_some()
    }

    #[test]
    fn the_transient_statuses_are_these_and_no_others() {
        let transient: Vec<u16> = (100..600).filter(|status| is_transient(*status)).collect();
        assert_eq!(transient, [408, 429, 500, 502, 503, 504]);
        let repeats: Vec<u16> = (400..600)
            .filter(|s| repeated(Replay::Safe, &answered(*s, None, None)))
            .collect();
        assert_eq!(repeats, [408, 429, 500, 502, 503, 504]);
    }

    #[test]
    fn an_unsafe_call_is_repeated_only_when_the_server_cannot_have_acted() {
        let repeats: Vec<u16> = (100..600)
            .filter(|s| repeated(Replay::Unsafe, &answered(*s, None, None)))
            .collect();
        assert_eq!(repeats, [429]);
        for (reason, expected) in [
            (Unreachable::Dns, true),
            (Unreachable::Refused, true),
            (Unreachable::ConnectTimeout, true),
            (Unreachable::Proxy, true),
            (Unreachable::Tls, false),
            (Unreachable::Timeout, false),
            (Unreachable::Lost, false),
        ] {
            assert_eq!(
                repeated(Replay::Unsafe, &unreachable(reason)),
                expected,
                "{reason:?}"
            );
        }
        assert!(repeated(Replay::Safe, &unreachable(Unreachable::Lost)));
        assert!(repeated(Replay::Safe, &unreachable(Unreachable::Timeout)));
    }

    #[test]
    fn a_clash_of_identity_pools_is_no_throttle() {
        assert!(!repeated(Replay::Safe, &answered(429, Some(429_001), None)));
        assert!(repeated(
            Replay::Unsafe,
            &answered(429, Some(429_000), None)
        ));
    }

    #[test]
    fn the_server_names_the_wait_and_is_not_waited_for_without_end() {
        let policy = RetryPolicy::default();
        let wait = |asked, waited| {
            let error = answered(429, None, Some(asked));
            next_wait(
                &policy,
                Replay::Safe,
                &error,
                1,
                Duration::from_secs(waited),
                0.0,
            )
        };
        assert_eq!(wait(7, 0), Some(Duration::from_secs(7)));
        assert_eq!(wait(29 * 60, 0), None, "longer than the whole budget");
        assert_eq!(wait(7, 178), None, "the budget is used up");
    }

    #[test]
    fn retry_after_is_read_in_seconds_as_a_date_and_from_text() {
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        let wait = |header, detail| asked_wait(header, 429, detail, now).map(|d| d.as_secs());
        assert_eq!(wait(Some("120"), ""), Some(120));
        // 1_700_000_000 is 22:13:20.
        assert_eq!(wait(Some("Tue, 14 Nov 2023 22:14:20 GMT"), ""), Some(60));
        assert_eq!(wait(Some("Tue, 14 Nov 2023 22:00:00 GMT"), ""), Some(0));
        assert_eq!(wait(None, "Please retry after 29 minutes."), Some(1740));
        assert_eq!(wait(Some("soon"), ""), None);
        assert_eq!(asked_wait(None, 503, "retry after 29 minutes", now), None);
    }

    proptest! {
        #[test]
        fn waits_are_bounded(attempt in 1..100_u32, waited in 0..400_u64, chance in 0.0..1.0_f64) {
            let policy = RetryPolicy { attempts: 1000, ..RetryPolicy::default() };
            let error = answered(503, None, None);
            let waited = Duration::from_secs(waited);
            if let Some(wait) = next_wait(&policy, Replay::Safe, &error, attempt, waited, chance) {
                prop_assert!(wait >= policy.first / 2);
                prop_assert!(wait <= policy.longest);
                prop_assert!(waited + wait <= policy.total);
            }
        }
    }
}
