//! One command for several targets, one after the other: each is signed in to once, and a token that two of them share
//! carries one session at a time.

use serde::Serialize;
use serde_json::json;

use super::Session;
use super::failure::{Failure, Kind};

/// What came of one target.
pub(crate) struct Of<T> {
    pub(crate) target: String,
    /// `None` when it did not come to that.
    pub(crate) done: Option<T>,
    /// Why it is not as it should be.
    pub(crate) failure: Option<Failure>,
}

/// Runs `one` for each target. What fails for one does not keep the others from being done; a signal does.
pub(crate) fn run<T>(
    session: &Session,
    targets: &[String],
    mut one: impl FnMut(&str) -> Of<T>,
) -> Vec<Of<T>> {
    let mut all = Vec::new();
    for target in targets {
        let of = one(target);
        let mut stopped = false;
        if let Some(failure) = &of.failure {
            session.streams.fail(failure);
            stopped = failure.kind == Kind::Interrupted;
        }
        all.push(of);
        if stopped {
            break;
        }
    }
    all
}

/// The end of the command: the worst of the ends, all of which were said.
pub(crate) fn end<T>(all: &[Of<T>]) -> Result<(), Failure> {
    let kinds = all
        .iter()
        .filter_map(|of| of.failure.as_ref().map(|f| f.kind));
    match kinds.max_by_key(|kind| kind.gravity()) {
        Some(kind) => Err(Failure::said(kind)),
        None => Ok(()),
    }
}

/// A document with all of them under `name`, and what failed before there was one.
pub(crate) fn json<T: Serialize>(name: &str, all: &[Of<T>]) -> String {
    let done: Vec<&T> = all.iter().filter_map(|of| of.done.as_ref()).collect();
    let failures: Vec<serde_json::Value> = all
        .iter()
        .filter(|of| of.done.is_none())
        .filter_map(|of| of.failure.as_ref().map(|failure| (&of.target, failure)))
        .map(|(target, failure)| {
            json!({
                "target": target,
                "exit_code": failure.kind.code(),
                "error": failure.to_string(),
                "help": failure.hints,
            })
        })
        .collect();
    let document = json!({ "schema_version": 1, name: done, "failures": failures });
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_end_is_the_end() {
        let of = |kind: Option<Kind>| Of::<()> {
            target: String::new(),
            done: None,
            failure: kind.map(Failure::said),
        };
        let worst = |kinds: &[Option<Kind>]| {
            let all: Vec<Of<()>> = kinds.iter().map(|k| of(*k)).collect();
            end(&all).err().map(|f| f.kind)
        };
        assert_eq!(worst(&[None, None]), None);
        assert_eq!(worst(&[None, Some(Kind::Changes)]), Some(Kind::Changes));
        assert_eq!(
            worst(&[
                Some(Kind::Incomplete),
                Some(Kind::Interrupted),
                Some(Kind::Restored)
            ]),
            Some(Kind::Incomplete)
        );
        assert_eq!(
            worst(&[Some(Kind::Refused), Some(Kind::Restored)]),
            Some(Kind::Restored)
        );
    }
}
