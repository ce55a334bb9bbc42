//! Which rewrites speak of a file.

use std::collections::HashMap;
use std::path::Path;

use globset::GlobMatcher;

use crate::manifest::raw::Replacement;
use crate::manifest::{self, Manifest, glob};
use crate::plan::Key;
use crate::rewrite::Rule;

use super::ForTarget;

/// The rewrites of a manifest that say something for one target, their globs compiled once for all files.
pub(crate) struct Rewrites<'m>(Vec<Spoken<'m>>);

struct Spoken<'m> {
    /// Its place in the manifest.
    number: usize,
    rewrite: &'m manifest::Rewrite,
    to: &'m Replacement,
    /// Files that it is about; `None` for all.
    files: Option<Vec<GlobMatcher>>,
}

impl<'m> Rewrites<'m> {
    pub(crate) fn of(manifest: &'m Manifest, target: &str) -> Self {
        let all = manifest.raw.rewrite.iter().enumerate();
        let spoken = all.filter_map(|(number, rewrite)| {
            let to = rewrite
                .to
                .get(target)
                .or_else(|| rewrite.to.get("_default"))?;
            let files = rewrite.files.as_ref().map(|globs| {
                let all = globs.values().iter();
                all.filter_map(|g| glob::path(g).ok()).collect()
            });
            Some(Spoken {
                number,
                rewrite,
                to,
                files,
            })
        });
        Self(spoken.collect())
    }

    /// Those that speak of this file, each with its place in the manifest.
    pub(crate) fn about(
        &self,
        file: &str,
    ) -> impl Iterator<Item = (usize, &'m manifest::Rewrite, &'m Replacement)> {
        let concerns = move |spoken: &&Spoken<'_>| {
            let files = spoken.files.as_ref();
            files.is_none_or(|globs| globs.iter().any(|g| g.is_match(file)))
        };
        let all = self.0.iter().filter(concerns);
        all.map(|s| (s.number, s.rewrite, s.to))
    }
}

impl<'m> ForTarget<'m> {
    /// Those that speak of a file.
    pub(super) fn rules_of(
        &self,
        file: &Path,
    ) -> Vec<(usize, &'m manifest::Rewrite, &'m Replacement)> {
        let file = file.to_string_lossy().replace('\\', "/");
        self.rewrites.about(&file).collect()
    }

    /// The rules for a file, with the data sources where this run has put them.
    pub(super) fn rules(&self, file: &Path, content_urls: &HashMap<Key, String>) -> Vec<Rule<'_>> {
        self.rules_of(file)
            .into_iter()
            .map(|(number, written, to)| Rule {
                number,
                matching: &self.matches[number],
                to,
                published: written
                    .matching
                    .published
                    .as_ref()
                    .map(|name| self.published_target(name, to, content_urls)),
            })
            .collect()
    }
}
