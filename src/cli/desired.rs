//! What a target is to hold: the manifest and the files, rewritten for it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use url::Url;

use crate::api::endpoint::content::FileType;
use crate::content::edit;
use crate::content::fingerprint::fingerprint;
use crate::content::flow::Flow;
use crate::content::splice::{self, Segment};
use crate::content::{self, Body, Content, Document, Kind, Limits};
use crate::diagnostic::{Edit, Finding};
use crate::manifest::raw::{Entry, EntryFor, Match, Replacement, SecretRef};
use crate::manifest::{self, Manifest, glob};
use crate::plan::desired::{Credential, Rewrite, ViewChoice};
use crate::plan::{
    Desired, Item, ItemKind, Key, Live, Planned, ProjectPath, PublishedReference, Settings,
    expected_content_url,
};
use crate::publish::payload::{Payload, Piece};
use crate::publish::run::Payloads;
use crate::rewrite::{self, PublishedTarget, Rule};

use super::failure::{Failure, Kind as FailureKind};
use super::profile::{Profile, Published};
use super::selection::Selector;
use super::target::Chosen;

/// Where content comes from: a file of the repository, or one that was downloaded from another site.
pub(crate) struct Origin {
    /// As reports and plans name it; empty for content of a site.
    pub(crate) shown: PathBuf,
    /// Where the bytes are.
    pub(crate) path: PathBuf,
    pub(crate) name: String,
    pub(crate) project: ProjectPath,
    pub(crate) settings: Settings,
    pub(crate) profile: Profile,
    /// Of content that another site holds: what it is a promotion of, and from which commit.
    pub(crate) promoted: Option<Promoted>,
}

impl Origin {
    /// What it is called in a sentence.
    fn title(&self) -> String {
        if self.shown.as_os_str().is_empty() {
            format!("{} \"{}\"", kind(self.profile.kind), self.name)
        } else {
            format!("`{}`", self.shown.display())
        }
    }

    fn key(&self) -> Key {
        Key::new(kind(self.profile.kind), &self.project, &self.name)
    }

    /// Reads the file again.
    fn open(&self) -> Result<Content, String> {
        content::open(&self.path, &Limits::default())
            .map_err(|refused| refused.finding(&self.shown).message)
    }
}

/// What is known of content of another site without downloading it.
#[derive(Debug, Clone)]
pub(crate) struct Promoted {
    /// Of what the source holds and what the target makes of it.
    pub(crate) fingerprint: String,
    pub(crate) commit: String,
}

/// Everything that is needed to make and to send what a target is to hold.
pub(crate) struct Assembly<'m> {
    manifest: &'m Manifest,
    target: String,
    server: Url,
    site: String,
    origins: Vec<Origin>,
    /// What each rewrite looks for: as the manifest says, or, where the content comes from another target, what the
    /// rewrite made of it there.
    matches: Vec<Match>,
    /// Place of each origin.
    places: HashMap<Key, usize>,
    live: &'m Live,
    /// The run is not about all that the manifest speaks of.
    partly: bool,
}

/// What the target makes of a file.
struct Prepared {
    fingerprint: String,
    hits: Vec<Rewrite>,
    /// Rules that matched nothing in it.
    missed: Vec<usize>,
    notes: Vec<String>,
}

/// A file that was read for its rewrites.
struct Rewritten {
    content: Content,
    /// The document's text, when a rewrite changed it.
    text: Option<String>,
    /// What changed it.
    edits: Vec<Edit>,
    prepared: Prepared,
}

/// A file as the target would get it.
pub(crate) struct Sent<'a> {
    /// Relative to the manifest's folder.
    pub(crate) file: &'a Path,
    pub(crate) key: Key,
    /// With every rewrite done.
    pub(crate) body: Body,
    /// The rewrites, as edits of the file's document.
    pub(crate) edits: Vec<Edit>,
}

/// Reads the files of the manifest for one target.
pub(crate) fn origins(
    manifest: &Manifest,
    folder: &Path,
    files: &[PathBuf],
    chosen: &Chosen,
    selector: &Selector,
) -> Result<(Vec<Origin>, Vec<Finding>), Failure> {
    let (assigned, mut findings) = manifest::assign(manifest, files);
    let mut origins = Vec::new();
    for assigned in assigned {
        let entry = &manifest.raw.content[assigned.entry];
        let own = entry.targets.get(&chosen.name).cloned().unwrap_or_default();
        if own.skip {
            continue;
        }
        let stem = assigned
            .file
            .file_stem()
            .map(|s| s.to_string_lossy().into_owned())
            .unwrap_or_default();
        let name = own
            .name
            .clone()
            .or_else(|| entry.name.clone())
            .unwrap_or(stem);
        let project = project(own.project.as_ref().unwrap_or(&entry.project), chosen)?;
        let file = assigned.file.to_string_lossy().replace('\\', "/");
        if !selector.matches([file.as_str(), name.as_str(), &format!("{project}/{name}")]) {
            continue;
        }
        match content::open(&folder.join(&assigned.file), &Limits::default()) {
            Ok(content) => origins.push(Origin {
                shown: assigned.file.clone(),
                path: folder.join(&assigned.file),
                settings: settings(manifest, entry, &own, &chosen.name, &file, content.kind),
                name,
                project,
                profile: Profile::of(&content),
                promoted: None,
            }),
            Err(refused) => findings.push(refused.finding(&assigned.file)),
        }
    }
    findings.extend(clashes(manifest, &origins));
    Ok((origins, findings))
}

pub(crate) fn project(path: &str, chosen: &Chosen) -> Result<ProjectPath, Failure> {
    let path: ProjectPath = path
        .parse()
        .map_err(|e| Failure::usage("a project path in the manifest is wrong").because(&e))?;
    Ok(match &chosen.root {
        Some(root) => path
            .names()
            .iter()
            .fold(root.clone(), |p, name| p.join(name)),
        None => path,
    })
}

/// Two files that would be one item.
fn clashes(manifest: &Manifest, origins: &[Origin]) -> Vec<Finding> {
    let mut seen: HashMap<Key, &Path> = HashMap::new();
    let mut findings = Vec::new();
    for origin in origins {
        if let Some(first) = seen.insert(origin.key(), &origin.shown) {
            let message = format!(
                "`{}` and `{}` would both be {} \"{}\" in {}",
                first.display(),
                origin.shown.display(),
                kind(origin.profile.kind),
                origin.name,
                origin.project
            );
            let help = "give one of them another `name` or `project`".to_owned();
            findings.push(manifest.finding(
                "manifest/one-item-twice",
                message,
                Some(help),
                manifest.span(&["content"]),
            ));
        }
    }
    findings
}

pub(crate) fn settings(
    manifest: &Manifest,
    entry: &Entry,
    own: &EntryFor,
    target: &str,
    file: &str,
    kind: Kind,
) -> Settings {
    let views = own.views.as_ref().or(entry.views.as_ref());
    let mut credentials: Vec<Credential> = own
        .credentials
        .as_ref()
        .unwrap_or(&entry.credentials)
        .iter()
        .map(|c| Credential {
            class: c.class.clone(),
            server: c.server.clone(),
            username: Some(c.username.clone()),
            secret: c.password.as_ref().map(SecretRef::reference),
            embed: c.embed,
        })
        .collect();
    for (rewrite, to) in rewrites_for(manifest, target, file) {
        if let (true, Some(username)) = (to.embed, &to.username) {
            credentials.push(Credential {
                class: rewrite.matching.class.clone(),
                server: to
                    .server
                    .clone()
                    .or_else(|| rewrite.matching.server.clone()),
                username: Some(username.clone()),
                secret: to.password.as_ref().map(SecretRef::reference),
                embed: true,
            });
        }
    }
    Settings {
        tags: own.tags.clone().unwrap_or_else(|| entry.tags.clone()),
        owner: own.owner.clone().or_else(|| entry.owner.clone()),
        description: own
            .description
            .clone()
            .or_else(|| entry.description.clone()),
        tabs: own.tabs.or(entry.tabs).filter(|_| kind == Kind::Workbook),
        views: views
            .filter(|_| kind == Kind::Workbook)
            .map(|v| match (&v.include, &v.exclude) {
                (Some(include), _) => ViewChoice::Include(include.clone()),
                (None, exclude) => ViewChoice::Exclude(exclude.clone().unwrap_or_default()),
            }),
        certified: entry
            .certified
            .as_ref()
            .filter(|_| kind == Kind::Datasource)
            .cloned(),
        verify: own.verify.unwrap_or(entry.verify),
        credentials,
        skip_connection_check: entry.skip_connection_check,
        allow: entry.allow.clone(),
    }
}

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

pub(crate) fn kind(kind: Kind) -> ItemKind {
    match kind {
        Kind::Workbook => ItemKind::Workbook,
        Kind::Datasource => ItemKind::Datasource,
        Kind::Flow => ItemKind::Flow,
    }
}

impl<'m> Assembly<'m> {
    pub(crate) fn new(
        manifest: &'m Manifest,
        chosen: &Chosen,
        server: Url,
        site: String,
        origins: Vec<Origin>,
        live: &'m Live,
    ) -> Self {
        let places = origins.iter().enumerate();
        let places = places.map(|(n, origin)| (origin.key(), n)).collect();
        Self {
            manifest,
            matches: manifest
                .raw
                .rewrite
                .iter()
                .map(|r| r.matching.clone())
                .collect(),
            target: chosen.name.clone(),
            server,
            site,
            origins,
            places,
            live,
            partly: false,
        }
    }

    /// When the run is about some of the content only: a rewrite that matches nothing may match in the rest.
    #[must_use]
    pub(crate) fn partly(self, partly: bool) -> Self {
        Self { partly, ..self }
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

    /// The desired state. A rewrite that matches nothing in any file is an error, unless the run is [`partly`](Self::partly)
    /// about them.
    pub(crate) fn desired(&self) -> Result<Desired, Failure> {
        let mut counts: HashMap<usize, Counts> = HashMap::new();
        let mut items = Vec::new();
        for origin in &self.origins {
            let rules = self.rules(origin, &HashMap::new());
            let prepared = self.prepare(origin, &rules).map_err(|why| {
                Failure::usage(format!(
                    "{} cannot be rewritten for {}",
                    origin.title(),
                    self.target
                ))
                .hint(why)
            })?;
            for rule in &rules {
                let counts = counts.entry(rule.number).or_default();
                counts.concerned += 1;
                counts.missed += usize::from(prepared.missed.contains(&rule.number));
            }
            items.push(self.item(origin, prepared));
        }
        if !self.partly {
            self.check_missed(&counts)?;
        }
        Ok(Desired {
            items,
            notes: self.silent().into_iter().collect(),
        })
    }

    /// Rules that say nothing for the target: what they look for stays as it is there.
    fn silent(&self) -> Option<String> {
        let all = self.manifest.raw.rewrite.iter().enumerate();
        let places: Vec<String> = all
            .filter(|(_, r)| !r.to.contains_key(&self.target) && !r.to.contains_key("_default"))
            .map(|(number, _)| self.place(number))
            .collect();
        let says = if places.len() == 1 { "says" } else { "say" };
        (!places.is_empty()).then(|| {
            format!(
                "{} {says} nothing for `{}`: what it is about stays as it is in the files",
                places.join(", "),
                self.target
            )
        })
    }

    /// A rule that no file matched, and that concerns at least one.
    fn check_missed(&self, counts: &HashMap<usize, Counts>) -> Result<(), Failure> {
        for (number, rewrite) in self.manifest.raw.rewrite.iter().enumerate() {
            let Some(Counts { concerned, missed }) = counts.get(&number) else {
                continue;
            };
            if concerned == missed && !rewrite.optional {
                return Err(Failure::new(
                    FailureKind::Usage,
                    format!(
                        "{} matches nothing in {concerned} files",
                        self.place(number)
                    ),
                )
                .hint("correct what it looks for, narrow it with `in:`, or say `optional: true`"));
            }
        }
        Ok(())
    }

    /// Where a rewrite stands in the manifest.
    fn place(&self, number: usize) -> String {
        let position = number.to_string();
        let span = self.manifest.key_span(&["rewrite", &position], "match");
        let finding = self.manifest.finding("", "", None, span);
        let line = finding.place.start.map_or(0, |p| p.line);
        format!("the rewrite at {}:{line}", self.manifest.path.display())
    }

    fn rules_of(&self, origin: &Origin) -> Vec<(usize, &'m manifest::Rewrite, &'m Replacement)> {
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

    /// A file that no rule speaks of is not read again.
    fn prepare(&self, origin: &Origin, rules: &[Rule<'_>]) -> Result<Prepared, String> {
        if rules.is_empty() {
            return Ok(Prepared {
                fingerprint: digest(origin, &origin.profile.fingerprint),
                hits: Vec::new(),
                missed: Vec::new(),
                notes: Vec::new(),
            });
        }
        Ok(self.rewrite(origin, rules)?.prepared)
    }

    /// Each file as the target would get it, with the item that it is there.
    pub(crate) fn sent(&self) -> Result<Vec<Sent<'_>>, Failure> {
        self.each_sent().map(|(_, sent)| sent).collect()
    }

    /// [`sent`](Self::sent), where one that cannot be rewritten says nothing of the others.
    pub(crate) fn each_sent(&self) -> impl Iterator<Item = (&Path, Result<Sent<'_>, Failure>)> {
        let all = self.origins.iter();
        all.map(|origin| (origin.shown.as_path(), self.one_sent(origin)))
    }

    fn one_sent<'a>(&self, origin: &'a Origin) -> Result<Sent<'a>, Failure> {
        let wrong = |why: String| {
            Failure::usage(format!(
                "{} cannot be rewritten for {}",
                origin.shown.display(),
                self.target
            ))
            .hint(why)
        };
        let rules = self.rules(origin, &HashMap::new());
        let rewritten = self.rewrite(origin, &rules).map_err(wrong)?;
        let body = match rewritten.text {
            Some(text) => reread(&rewritten.content.body, text).map_err(wrong)?,
            None => rewritten.content.body,
        };
        Ok(Sent {
            file: &origin.shown,
            key: origin.key(),
            body,
            edits: rewritten.edits,
        })
    }

    /// The rules for a file, with the data sources where this run has put them.
    fn rules(&self, origin: &Origin, content_urls: &HashMap<Key, String>) -> Vec<Rule<'_>> {
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

    fn rewrite(&self, origin: &Origin, rules: &[Rule<'_>]) -> Result<Rewritten, String> {
        let content = origin.open()?;
        let rewritten = match &content.body {
            Body::Document(document) => rewrite::document(document, rules),
            Body::Flow(flow) => rewrite::flow(flow, rules),
        };
        if let Some(unmet) = rewritten.unmet.first() {
            return Err(format!("{}: {}", self.place(unmet.rule), unmet.why));
        }
        let text = match rewritten.edits.as_slice() {
            [] => None,
            edits => Some(edited(&content.body, edits)?),
        };
        let missed = rules
            .iter()
            .map(|r| r.number)
            .filter(|n| !rewritten.matched.contains(n))
            .collect();
        let notes = rewritten.kept.iter().map(|kept| {
            let place = self.place(kept.rule);
            format!(
                "{}, and keeps it: `custom_sql: true` in {place} changes it too",
                kept.what
            )
        });
        let notes = notes.collect();
        let hits = rewritten
            .hits
            .into_iter()
            .map(|h| Rewrite {
                what: h.what,
                old: h.old,
                new: h.new,
                count: h.count,
            })
            .collect();
        let prepared = Prepared {
            fingerprint: digest(origin, &fingerprint(&content, text.as_deref())),
            hits,
            missed,
            notes,
        };
        Ok(Rewritten {
            content,
            text,
            edits: rewritten.edits,
            prepared,
        })
    }

    /// Where a published data source is on the target: live, or as this run will publish it.
    fn published_target(
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
        let fits = |candidate: &str, at: Option<&ProjectPath>| {
            candidate.eq_ignore_ascii_case(name)
                && project
                    .as_ref()
                    .is_none_or(|p| at.is_some_and(|at| at.folded().ends_with(&p.folded())))
        };
        let own = self
            .origins
            .iter()
            .find(|o| o.profile.kind == Kind::Datasource && fits(&o.name, Some(&o.project)));
        let published = own.and_then(|o| {
            content_urls
                .get(&Key::new(ItemKind::Datasource, &o.project, &o.name))
                .cloned()
        });
        published.or_else(|| {
            let live = self
                .live
                .items
                .iter()
                .filter(|i| i.kind == ItemKind::Datasource);
            live.into_iter()
                .find(|i| fits(&i.name, i.project.as_ref()))
                .and_then(|i| i.content_url.clone())
        })
    }

    fn item(&self, origin: &Origin, prepared: Prepared) -> Item {
        let profile = &origin.profile;
        Item {
            kind: kind(profile.kind),
            name: origin.name.clone(),
            project: origin.project.clone(),
            file: origin.shown.clone(),
            bytes: profile.bytes,
            fingerprint: prepared.fingerprint,
            sheets: profile.sheets.clone(),
            has_extract: profile.has_extract,
            published: self.references(origin),
            writes: profile.writes.clone(),
            rewrites: prepared.hits,
            notes: prepared.notes,
            settings: origin.settings.clone(),
        }
    }

    /// Published data sources that the document reads, as they are called once it is rewritten.
    fn references(&self, origin: &Origin) -> Vec<PublishedReference> {
        let mut found: Vec<PublishedReference> = Vec::new();
        for Published { content_url, name } in &origin.profile.published {
            let looked_for = |n: usize| {
                self.matches[n]
                    .published
                    .as_deref()
                    .is_some_and(|p| p == content_url.as_str() || p == name.as_str())
            };
            let rule = self
                .rules_of(origin)
                .into_iter()
                .find(|(n, ..)| looked_for(*n));
            let target = rule.map(|(_, r, to)| {
                (
                    self.published_target(
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
            let provider = self.origins.iter().find(|o| {
                o.profile.kind == Kind::Datasource
                    && (o.name.eq_ignore_ascii_case(&name)
                        || expected_content_url(&o.name) == content_url)
            });
            let provided_by = provider.map(|o| Key::new(ItemKind::Datasource, &o.project, &o.name));
            found.push(PublishedReference {
                content_url,
                name,
                provided_by,
                require_certified: certified,
            });
        }
        found
    }

    /// The file, with the document in it that the rewrites made.
    fn pieces(origin: &Origin, rewritten: Rewritten) -> Result<Vec<Piece>, String> {
        let Rewritten { content, text, .. } = rewritten;
        let Some(text) = text else {
            return Ok(whole(origin, content.bytes));
        };
        let Some(package) = &content.package else {
            return Ok(vec![Piece::Bytes(text.into())]);
        };
        let segments = splice::replace(&origin.path, package, &text).map_err(|e| e.to_string())?;
        Ok(segments
            .into_iter()
            .map(|segment| match segment {
                Segment::File(range) => Piece::File {
                    path: origin.path.clone(),
                    range,
                },
                Segment::Bytes(bytes) => Piece::Bytes(bytes.into()),
            })
            .collect())
    }
}

/// Content and settings, so that a change of either is a change. `content` is the fingerprint of what is sent.
fn digest(origin: &Origin, content: &str) -> String {
    if let Some(promoted) = &origin.promoted {
        return promoted.fingerprint.clone();
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update(content.as_bytes());
    // Plain data with string keys: it always serialises.
    hasher.update(&serde_json::to_vec(&origin.settings).unwrap_or_default());
    hasher.finalize().to_hex()[..24].to_owned()
}

/// The file as it is.
fn whole(origin: &Origin, bytes: u64) -> Vec<Piece> {
    vec![Piece::File {
        path: origin.path.clone(),
        range: 0..bytes,
    }]
}

/// In how many files a rule was looked for, and in how many it matched nothing.
#[derive(Default)]
struct Counts {
    concerned: usize,
    missed: usize,
}

impl Payloads for Assembly<'_> {
    fn payload(
        &self,
        item: &Planned,
        content_urls: &HashMap<Key, String>,
    ) -> Result<Payload, String> {
        let place = self.places.get(&item.key());
        let origin = place
            .and_then(|place| self.origins.get(*place))
            .ok_or_else(|| format!("nothing in the repository is {}", item.title()))?;
        let file_type = FileType::of(&format!("x.{}", origin.profile.extension))
            .ok_or("it is no file that can be published")?;
        let rules = self.rules(origin, content_urls);
        let (fingerprint, pieces) = if rules.is_empty() {
            let fingerprint = digest(origin, &origin.profile.fingerprint);
            (fingerprint, whole(origin, origin.profile.bytes))
        } else {
            let rewritten = self.rewrite(origin, &rules)?;
            let fingerprint = rewritten.prepared.fingerprint.clone();
            (fingerprint, Self::pieces(origin, rewritten)?)
        };
        let payload = Payload::new(file_type, fingerprint, pieces);
        Ok(payload.from_commit(origin.promoted.as_ref().map(|p| p.commit.clone())))
    }
}

/// The edited text, read again: what would not open there is not sent.
fn edited(body: &Body, edits: &[Edit]) -> Result<String, String> {
    let bug = |why: &dyn std::fmt::Display| {
        format!(
            "what the rewrites make of it cannot be read ({why}); report this as a bug of tabship"
        )
    };
    let text = edit::apply(body.source().text(), edits)
        .map_err(|e| format!("two rewrites want different values at one place ({e})"))?;
    match (body, reread(body, text).map_err(|e| bug(&e))?) {
        (Body::Document(before), Body::Document(after))
            if after.tree.len() == before.tree.len() =>
        {
            Ok(after.into_text())
        }
        (Body::Flow(before), Body::Flow(after)) if after.nodes.len() == before.nodes.len() => {
            Ok(after.source.text().to_owned())
        }
        _ => Err(bug(&"it has other elements or steps")),
    }
}

/// A text of the same kind as `body`, read.
fn reread(body: &Body, text: String) -> Result<Body, String> {
    match body {
        Body::Document(_) => Document::parse(text)
            .map(|document| Body::Document(Box::new(document)))
            .map_err(|e| e.to_string()),
        Body::Flow(_) => Flow::parse(text).map(|flow| Body::Flow(Box::new(flow))),
    }
}
