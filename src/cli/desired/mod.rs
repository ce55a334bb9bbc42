//! What a target is to hold: the manifest and the files, rewritten for it.
//!
//! A file is read once for the plan: what the plan needs to know of it is kept, its document is not. What is rewritten is
//! read a second time when it is sent.

mod origin;
mod payload;
mod references;
mod rewriting;
mod rules;
mod selected;

use std::collections::HashMap;
use std::path::Path;

use url::Url;

use crate::diagnostic::Finding;
use crate::manifest::Manifest;
use crate::manifest::raw::Match;
use crate::plan::{Desired, Item, Key, Live, ProjectPath};

use super::failure::{Failure, Kind as FailureKind};
use super::target::Chosen;

pub(crate) use origin::{Origin, Promoted, kind, settings};
pub(crate) use rewriting::{Made, cannot};
pub(crate) use rules::Rewrites;
pub(crate) use selected::{Selected, project, selected};

/// The manifest as one target takes it: what it rewrites, and where the published data sources are.
pub(crate) struct ForTarget<'m> {
    manifest: &'m Manifest,
    target: String,
    rewrites: Rewrites<'m>,
    server: Url,
    site: String,
    /// Project that everything of the target is under.
    root: Option<ProjectPath>,
    /// What each rewrite looks for: as the manifest says, or, where the content comes from another target, what the
    /// rewrite made of it there.
    matches: Vec<Match>,
    live: &'m Live,
}

impl<'m> ForTarget<'m> {
    pub(crate) fn new(
        manifest: &'m Manifest,
        chosen: &Chosen,
        server: Url,
        site: String,
        live: &'m Live,
    ) -> Self {
        let rewrites = manifest.raw.rewrite.iter();
        Self {
            manifest,
            matches: rewrites.map(|r| r.matching.clone()).collect(),
            target: chosen.name.clone(),
            rewrites: Rewrites::of(manifest, &chosen.name),
            server,
            site,
            root: chosen.root.clone(),
            live,
        }
    }

    /// For content that the target `source` holds: what a rewrite looks for is what it made of it there.
    #[must_use]
    pub(crate) fn coming_from(mut self, source: &str) -> Self {
        for (matching, rewrite) in self.matches.iter_mut().zip(&self.manifest.raw.rewrite) {
            let Some(made) = rewrite
                .to
                .get(source)
                .or_else(|| rewrite.to.get("_default"))
            else {
                continue;
            };
            let take = |value: &mut Option<String>, made: &Option<String>| {
                if value.is_some() && made.is_some() {
                    value.clone_from(made);
                }
            };
            take(&mut matching.published, &made.name);
            take(&mut matching.server, &made.server);
            take(&mut matching.port, &made.port);
            take(&mut matching.database, &made.database);
            take(&mut matching.schema, &made.schema);
            take(&mut matching.username, &made.username);
            take(&mut matching.warehouse, &made.warehouse);
        }
        self
    }

    /// Reads each of the files. Findings: what cannot be read, and two files that would be one item.
    pub(crate) fn read(
        self,
        folder: &Path,
        files: Vec<Selected>,
        chosen: &Chosen,
    ) -> Result<(Assembly<'m>, Vec<Finding>), Failure> {
        let (origins, findings) = origin::read(&self, folder, files, chosen)?;
        Ok((Assembly::new(self, origins), findings))
    }

    /// A rewrite, by where it stands in the manifest.
    fn place(&self, number: usize) -> String {
        format!("the rewrite at {}", self.line(number))
    }

    fn line(&self, number: usize) -> String {
        let position = number.to_string();
        let span = self.manifest.key_span(&["rewrite", &position], "match");
        let finding = self.manifest.finding("", "", None, span);
        let line = finding.place.start.map_or(0, |p| p.line);
        format!("{}:{line}", self.manifest.path.display())
    }

    /// Rules that say nothing for the target: what they look for stays as it is there.
    fn silent(&self) -> Option<String> {
        let all = self.manifest.raw.rewrite.iter().enumerate();
        let places: Vec<String> = all
            .filter(|(_, r)| !r.to.contains_key(&self.target) && !r.to.contains_key("_default"))
            .map(|(number, _)| self.line(number))
            .collect();
        let (say, it_is) = match places.as_slice() {
            [] => return None,
            [one] => (format!("the rewrite at {one} says"), "it is"),
            [all @ .., last] => {
                let all = all.join(", ");
                (format!("the rewrites at {all} and {last} say"), "they are")
            }
        };
        Some(format!(
            "{say} nothing for `{}`: what {it_is} about stays as it is in the files",
            self.target
        ))
    }
}

/// Everything that is needed to make and to send what a target is to hold.
pub(crate) struct Assembly<'m> {
    target: ForTarget<'m>,
    origins: Vec<Origin>,
    /// Place of each origin.
    places: HashMap<Key, usize>,
    /// The run is not about all that the manifest speaks of.
    partly: bool,
}

/// In how many files a rule was looked for, and in how many it matched nothing.
#[derive(Default)]
struct Counts {
    concerned: usize,
    missed: usize,
}

impl<'m> Assembly<'m> {
    pub(crate) fn new(target: ForTarget<'m>, origins: Vec<Origin>) -> Self {
        let places = origins.iter().enumerate();
        let places = places.map(|(n, origin)| (origin.key(), n)).collect();
        Self {
            target,
            origins,
            places,
            partly: false,
        }
    }

    /// When the run is about some of the content only: a rewrite that matches nothing may match in the rest.
    #[must_use]
    pub(crate) fn partly(self, partly: bool) -> Self {
        Self { partly, ..self }
    }

    /// The desired state: what was found out when the files were read goes into it. A rewrite that matches nothing in any
    /// file is an error, unless the run is [`partly`](Self::partly) about them.
    pub(crate) fn desired(&mut self) -> Result<Desired, Failure> {
        if !self.partly {
            self.check_missed()?;
        }
        let items = (0..self.origins.len()).map(|at| self.item(at)).collect();
        Ok(Desired {
            items,
            notes: self.target.silent().into_iter().collect(),
        })
    }

    /// A rule that no file matched, and that concerns at least one.
    fn check_missed(&self) -> Result<(), Failure> {
        let mut counts: HashMap<usize, Counts> = HashMap::new();
        for origin in &self.origins {
            for (number, ..) in self.target.rules_of(&origin.shown) {
                let counts = counts.entry(number).or_default();
                counts.concerned += 1;
                counts.missed += usize::from(origin.rewriting.missed.contains(&number));
            }
        }
        for (number, rewrite) in self.target.manifest.raw.rewrite.iter().enumerate() {
            let Some(Counts { concerned, missed }) = counts.get(&number) else {
                continue;
            };
            if concerned == missed && !rewrite.optional {
                return Err(Failure::new(
                    FailureKind::Usage,
                    format!(
                        "{} matches nothing in {concerned} files",
                        self.target.place(number)
                    ),
                )
                .hint("correct what it looks for, narrow it with `in:`, or say `optional: true`"));
            }
        }
        Ok(())
    }

    fn item(&mut self, at: usize) -> Item {
        let rewriting = std::mem::take(&mut self.origins[at].rewriting);
        let origin = &self.origins[at];
        let profile = &origin.profile;
        Item {
            kind: kind(profile.kind),
            name: origin.name.clone(),
            project: origin.project.clone(),
            file: origin.shown.clone(),
            bytes: profile.bytes,
            fingerprint: origin.digest(&profile.fingerprint),
            sheets: profile.sheets.clone(),
            has_extract: profile.has_extract,
            published: self.references(origin),
            writes: profile.writes.clone(),
            rewrites: rewriting.hits,
            notes: rewriting.notes,
            settings: origin.settings.clone(),
        }
    }
}
