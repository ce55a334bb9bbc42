//! The end of a command that did not do what was asked: it alone picks the exit code.

use std::fmt;

/// Why a command ends; each is an exit code, documented in docs/exit-codes.md and never re-used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Findings at or above the failing level.
    Findings,
    /// The command line or the manifest is wrong.
    Usage,
    /// Nothing matched: a wrong path must never be green.
    NothingMatched,
    /// The site cannot be reached, or does not let us in.
    Unreachable,
    /// The deployment failed; what it had changed was put back.
    Restored,
    /// Refused before anything was changed: stale plan, drift, lock, wrong branch, blocked change.
    Refused,
    /// The deployment failed and the restore is incomplete: a person must look.
    Incomplete,
    /// The plan has changes (only with `--exit-code`).
    Changes,
    /// Stopped by a signal; the journal is left, so that the run can be resumed.
    Interrupted,
}

impl Kind {
    /// In the order of their codes.
    pub(crate) const ALL: [Self; 9] = [
        Self::Findings,
        Self::Usage,
        Self::NothingMatched,
        Self::Unreachable,
        Self::Restored,
        Self::Refused,
        Self::Incomplete,
        Self::Changes,
        Self::Interrupted,
    ];

    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Findings => 1,
            Self::Usage => 2,
            Self::NothingMatched => 3,
            Self::Unreachable => 4,
            Self::Restored => 5,
            Self::Refused => 6,
            Self::Incomplete => 7,
            Self::Changes => 10,
            Self::Interrupted => 130,
        }
    }

    /// As in docs/exit-codes.md, `--help` and the manual.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::Findings => "findings at or above the failing level",
            Self::Usage => "the command line or the manifest is wrong",
            Self::NothingMatched => "nothing matched: a wrong path or glob is never green",
            Self::Unreachable => "cannot reach the site, or cannot sign in",
            Self::Restored => "the deployment failed, and what it had changed was restored",
            Self::Refused => {
                "refused, nothing changed: stale plan, drift, lock, wrong branch or blocked change"
            }
            Self::Incomplete => "the deployment failed, and the restore is incomplete",
            Self::Changes => "the plan has changes; only `plan --exit-code`",
            Self::Interrupted => {
                "interrupted (Ctrl-C or SIGTERM): what was in flight was finished, the journal is left"
            }
        }
    }

    /// How bad it is, when one run ends in several ways: the site in an unknown state before the site as it was, that
    /// before nothing done.
    pub(crate) fn gravity(self) -> u8 {
        match self {
            Self::Changes => 0,
            Self::NothingMatched => 1,
            Self::Findings => 2,
            Self::Refused => 3,
            Self::Usage => 4,
            Self::Unreachable => 5,
            Self::Restored => 6,
            Self::Interrupted => 7,
            Self::Incomplete => 8,
        }
    }
}

/// Every exit code and its meaning, success first.
pub(crate) fn exit_codes() -> impl Iterator<Item = (u8, &'static str)> {
    let failures = Kind::ALL.map(|kind| (kind.code(), kind.meaning()));
    std::iter::once((0, "done, nothing wrong")).chain(failures)
}

/// The end of `--help`.
pub(crate) fn exit_codes_help() -> String {
    let codes = exit_codes().map(|(code, meaning)| format!("  {code:>3}  {meaning}"));
    format!("Exit codes:\n{}", codes.collect::<Vec<_>>().join("\n"))
}

/// What ends a command.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) kind: Kind,
    /// What happened, to what. Empty when the command's own output has said it.
    pub(crate) message: String,
    /// Why: the chain of causes, outermost first.
    pub(crate) causes: Vec<String>,
    /// What to do next: commands, flags and keys that exist.
    pub(crate) hints: Vec<String>,
}

impl Failure {
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            causes: Vec::new(),
            hints: Vec::new(),
        }
    }

    /// The command's own output has said what is wrong; only the exit code is left.
    pub(crate) fn said(kind: Kind) -> Self {
        Self::new(kind, "")
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds an error and all its sources, each once.
    #[must_use]
    pub(crate) fn because(mut self, error: &dyn std::error::Error) -> Self {
        let mut next = Some(error);
        while let Some(error) = next {
            let text = error.to_string();
            if self.causes.last() != Some(&text) {
                self.causes.push(text);
            }
            next = error.source();
        }
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        for cause in &self.causes {
            write!(f, ": {cause}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_said_once_each() {
        #[derive(Debug, thiserror::Error)]
        #[error("cannot read `x`")]
        struct Outer(#[source] std::io::Error);
        let failure =
            Failure::usage("no manifest").because(&Outer(std::io::Error::other("disk on fire")));
        assert_eq!(
            failure.to_string(),
            "no manifest: cannot read `x`: disk on fire"
        );
    }

    #[test]
    fn the_documentation_lists_the_codes_as_they_are() {
        let documented: Vec<(u8, &str)> = include_str!("../../docs/exit-codes.md")
            .lines()
            .filter_map(|line| {
                let mut cells = line.split('|').skip(1).map(str::trim);
                Some((cells.next()?.parse().ok()?, cells.next()?))
            })
            .collect();
        assert_eq!(documented, exit_codes().collect::<Vec<_>>());
        assert!(
            documented.is_sorted_by(|a, b| a.0 < b.0),
            "one code, one meaning"
        );
    }
}
