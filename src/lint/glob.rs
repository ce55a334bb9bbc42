//! Lists of names in options.

use globset::GlobMatcher;

use crate::manifest::glob::name_any_case;

/// Globs of names, compiled once for all that a rule looks at; large and small letters alike.
pub(super) struct Names<'o> {
    patterns: Vec<(&'o str, Option<GlobMatcher>)>,
}

impl<'o> Names<'o> {
    /// What is no glob names only itself.
    pub(super) fn of(patterns: &'o [String]) -> Self {
        let compiled = |p: &'o String| (p.as_str(), name_any_case(p).ok());
        Self {
            patterns: patterns.iter().map(compiled).collect(),
        }
    }

    pub(super) fn have(&self, name: &str) -> bool {
        self.patterns.iter().any(|(pattern, glob)| {
            pattern.eq_ignore_ascii_case(name) || glob.as_ref().is_some_and(|g| g.is_match(name))
        })
    }
}
