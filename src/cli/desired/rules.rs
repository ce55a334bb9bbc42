//! Which rewrites speak of a file.

use std::collections::HashMap;

use crate::manifest::raw::Replacement;
use crate::manifest::{self, Manifest, glob};
use crate::plan::Key;
use crate::rewrite::Rule;

use super::{Assembly, Origin};

/// Rewrites that speak of this file and target.
pub(crate) fn rewrites_for<'m>(
    manifest: &'m Manifest,
    target: &str,
    file: &str,
) -> Vec<(&'m manifest::Rewrite, &'m Replacement)> {
    let concerns = |r: &manifest::Rewrite| {
        r.files.as_ref().is_none_or(|globs| {
            globs
                .values()
                .iter()
                .any(|g| glob::path(g).is_ok_and(|g| g.is_match(file)))
        })
    };
    let all = manifest.raw.rewrite.iter().filter(|r| concerns(r));
    all.filter_map(|r| {
        r.to.get(target)
            .or_else(|| r.to.get("_default"))
            .map(|to| (r, to))
    })
    .collect()
}

impl<'m> Assembly<'m> {
    pub(super) fn rules_of(
        &self,
        origin: &Origin,
    ) -> Vec<(usize, &'m manifest::Rewrite, &'m Replacement)> {
        let file = origin.shown.to_string_lossy().replace('\\', "/");
        let all = rewrites_for(self.manifest, &self.target, &file);
        all.into_iter()
            .filter_map(|(rewrite, to)| {
                let number = self
                    .manifest
                    .raw
                    .rewrite
                    .iter()
                    .position(|r| std::ptr::eq(r, rewrite))?;
                Some((number, rewrite, to))
            })
            .collect()
    }

    /// The rules for a file, with the data sources where this run has put them.
    pub(super) fn rules(
        &self,
        origin: &Origin,
        content_urls: &HashMap<Key, String>,
    ) -> Vec<Rule<'_>> {
        self.rules_of(origin)
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
