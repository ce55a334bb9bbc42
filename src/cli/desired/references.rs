//! Published data sources as the target has them, or will have them.

use std::collections::HashMap;

use crate::content::Kind;
use crate::manifest::raw::Replacement;
use crate::plan::{ItemKind, Key, LiveItem, ProjectPath, PublishedReference, expected_content_url};
use crate::rewrite::PublishedTarget;

use super::{Assembly, ForTarget, Origin};
use crate::cli::profile::Published;

impl ForTarget<'_> {
    /// Where a published data source is on the target: live, or as this run will publish it.
    pub(super) fn published_target(
        &self,
        name: &str,
        to: &Replacement,
        content_urls: &HashMap<Key, String>,
    ) -> PublishedTarget {
        let wanted = to.name.as_deref().unwrap_or(name);
        let content_url = self
            .resolve(wanted, to.project.as_deref(), content_urls)
            .unwrap_or_else(|| expected_content_url(wanted));
        let https = self.server.scheme() == "https";
        PublishedTarget {
            host: self.server.host_str().unwrap_or_default().to_owned(),
            port: self
                .server
                .port_or_known_default()
                .map_or_else(String::new, |p| p.to_string()),
            channel: if https { "https" } else { "http" }.to_owned(),
            site: self.site.clone(),
            content_url,
            name: wanted.to_owned(),
        }
    }

    fn resolve(
        &self,
        name: &str,
        project: Option<&str>,
        content_urls: &HashMap<Key, String>,
    ) -> Option<String> {
        let project: Option<ProjectPath> = project.and_then(|p| p.parse().ok());
        let own = content_urls
            .iter()
            .filter(|(key, _)| key.kind == ItemKind::Datasource && key.fits(name, project.as_ref()))
            .min();
        own.map(|(_, url)| url.clone()).or_else(|| {
            let fits = |i: &&LiveItem| {
                i.kind == ItemKind::Datasource
                    && i.key().is_some_and(|key| key.fits(name, project.as_ref()))
            };
            let all: Vec<&LiveItem> = self.live.items.iter().filter(fits).collect();
            // One site may hold the same for several targets, each under its own project.
            let own = all.iter().find(|i| self.is_below_root(i));
            let found = own.or(all.first());
            found.and_then(|i| i.content_url.clone())
        })
    }
}

impl ForTarget<'_> {
    fn is_below_root(&self, item: &LiveItem) -> bool {
        let project = item.project.as_ref().map(ProjectPath::folded);
        self.root
            .as_ref()
            .is_none_or(|root| project.is_some_and(|project| project.starts_with(&root.folded())))
    }
}

impl Assembly<'_> {
    /// Published data sources that the document reads, as they are called once it is rewritten.
    pub(super) fn references(&self, origin: &Origin) -> Vec<PublishedReference> {
        let mut found: Vec<PublishedReference> = Vec::new();
        for Published { content_url, name } in &origin.profile.published {
            let looked_for = |n: usize| {
                self.target.matches[n]
                    .published
                    .as_deref()
                    .is_some_and(|p| p == content_url.as_str() || p == name.as_str())
            };
            let rule = self
                .target
                .rules_of(&origin.shown)
                .into_iter()
                .find(|(n, ..)| looked_for(*n));
            let target = rule.map(|(_, r, to)| {
                (
                    self.target.published_target(
                        r.matching.published.as_deref().unwrap_or(name),
                        to,
                        &HashMap::new(),
                    ),
                    to,
                )
            });
            let (content_url, name, certified) = match &target {
                Some((target, to)) => (
                    target.content_url.clone(),
                    target.name.clone(),
                    to.require_certified,
                ),
                None => (content_url.clone(), name.clone(), false),
            };
            if found.iter().any(|f| f.content_url == content_url) {
                continue;
            }
            let project = target
                .as_ref()
                .and_then(|(_, to)| to.project.as_ref()?.parse().ok());
            let provided_by = self.provider(&name, &content_url, project.as_ref());
            found.push(PublishedReference {
                content_url,
                name,
                provided_by,
                require_certified: certified,
                as_written: target.is_none(),
            });
        }
        found
    }

    /// The data source of this run that is called so, or will have this address; in the project that the rewrite names,
    /// where it names one.
    fn provider(
        &self,
        name: &str,
        content_url: &str,
        project: Option<&ProjectPath>,
    ) -> Option<Key> {
        let sources = self.origins.iter().filter(|origin| {
            let by_address =
                || project.is_none() && expected_content_url(&origin.name) == content_url;
            origin.profile.kind == Kind::Datasource
                && (origin.key().fits(name, project) || by_address())
        });
        sources.map(Origin::key).min()
    }
}
