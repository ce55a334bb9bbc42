//! What a target is to hold: the manifest and the files, rewritten for it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

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
    pub(crate) content: Content,
    /// Of content that another site holds: what it is a promotion of, and from which commit.
    pub(crate) promoted: Option<Promoted>,
}

impl Origin {
    /// What it is called in a sentence.
    fn title(&self) -> String {
        if self.shown.as_os_str().is_empty() {
            format!("{} \"{}\"", kind(self.content.kind), self.name)
        } else {
            format!("`{}`", self.shown.display())
        }
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
    /// Of each origin, made when it is first asked for and again when a content URL turns out different.
    prepared: Mutex<HashMap<usize, Prepared>>,
    live: &'m Live,
    /// The run is not about all that the manifest speaks of.
    partly: bool,
}

#[derive(Clone)]
struct Prepared {
    /// The document's text, when a rewrite changed it.
    text: Option<String>,
    fingerprint: String,
    hits: Vec<Rewrite>,
    missed: Vec<usize>,
}

/// A file as the target would get it.
pub(crate) struct Sent<'a> {
    /// Relative to the manifest's folder.
    pub(crate) file: &'a Path,
    pub(crate) key: Key,
    /// With every rewrite done.
    pub(crate) body: Body,
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
                content,
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
        let key = Key::new(kind(origin.content.kind), &origin.project, &origin.name);
        if let Some(first) = seen.insert(key, &origin.shown) {
            let message = format!(
                "`{}` and `{}` would both be {} \"{}\" in {}",
                first.display(),
                origin.shown.display(),
                kind(origin.content.kind),
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
            prepared: Mutex::new(HashMap::new()),
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
        let mut missed: HashMap<usize, usize> = HashMap::new();
        let mut items = Vec::new();
        for index in 0..self.origins.len() {
            let prepared = self.prepare(index, &HashMap::new()).map_err(|why| {
                Failure::usage(format!(
                    "{} cannot be rewritten for {}",
                    self.origins[index].title(),
                    self.target
                ))
                .hint(why)
            })?;
            for number in &prepared.missed {
                *missed.entry(*number).or_default() += 1;
            }
            items.push(self.item(index, &prepared));
        }
        if !self.partly {
            self.check_missed(&missed)?;
        }
        Ok(Desired { items })
    }

    /// A rule that no file matched, and that concerns at least one.
    fn check_missed(&self, missed: &HashMap<usize, usize>) -> Result<(), Failure> {
        for (number, rewrite) in self.manifest.raw.rewrite.iter().enumerate() {
            let concerned = self
                .origins
                .iter()
                .filter(|o| self.rules_of(o).iter().any(|(n, ..)| *n == number))
                .count();
            if concerned > 0 && missed.get(&number) == Some(&concerned) && !rewrite.optional {
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

    fn prepare(
        &self,
        index: usize,
        content_urls: &HashMap<Key, String>,
    ) -> Result<Prepared, String> {
        if content_urls.is_empty() {
            if let Some(prepared) = self.lock().get(&index) {
                return Ok(prepared.clone());
            }
        }
        let origin = &self.origins[index];
        let prepared = self.rewrite(origin, content_urls)?;
        self.lock().insert(index, prepared.clone());
        Ok(prepared)
    }

    /// Each file as the target would get it, with the item that it is there.
    pub(crate) fn sent(&self) -> Result<Vec<Sent<'_>>, Failure> {
        let mut all = Vec::new();
        for (index, origin) in self.origins.iter().enumerate() {
            let wrong = |why: String| {
                Failure::usage(format!(
                    "{} cannot be rewritten for {}",
                    origin.shown.display(),
                    self.target
                ))
                .hint(why)
            };
            let prepared = self.prepare(index, &HashMap::new()).map_err(wrong)?;
            let text = prepared
                .text
                .unwrap_or_else(|| origin.content.body.source().text().to_owned());
            let body = reread(&origin.content.body, text).map_err(wrong)?;
            all.push(Sent {
                file: &origin.shown,
                key: Key::new(kind(origin.content.kind), &origin.project, &origin.name),
                body,
            });
        }
        Ok(all)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<usize, Prepared>> {
        self.prepared
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn rewrite(
        &self,
        origin: &Origin,
        content_urls: &HashMap<Key, String>,
    ) -> Result<Prepared, String> {
        let rules: Vec<Rule<'_>> = self
            .rules_of(origin)
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
            .collect();
        let rewritten = match &origin.content.body {
            Body::Document(document) => rewrite::document(document, &rules),
            Body::Flow(flow) => rewrite::flow(flow, &rules),
        };
        if let Some(unmet) = rewritten.unmet.first() {
            return Err(format!("{}: {}", self.place(unmet.rule), unmet.why));
        }
        let text = match rewritten.edits.as_slice() {
            [] => None,
            edits => Some(edited(&origin.content.body, edits)?),
        };
        let missed = rules
            .iter()
            .map(|r| r.number)
            .filter(|n| !rewritten.matched.contains(n))
            .collect();
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
        Ok(Prepared {
            fingerprint: self.digest(origin, text.as_deref()),
            text,
            hits,
            missed,
        })
    }

    /// Content and settings, so that a change of either is a change.
    fn digest(&self, origin: &Origin, text: Option<&str>) -> String {
        if let Some(promoted) = &origin.promoted {
            return promoted.fingerprint.clone();
        }
        let mut hasher = blake3::Hasher::new();
        hasher.update(fingerprint(&origin.content, text).as_bytes());
        // Plain data with string keys: it always serialises.
        hasher.update(&serde_json::to_vec(&origin.settings).unwrap_or_default());
        hasher.finalize().to_hex()[..24].to_owned()
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
            .find(|o| o.content.kind == Kind::Datasource && fits(&o.name, Some(&o.project)));
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

    fn item(&self, index: usize, prepared: &Prepared) -> Item {
        let origin = &self.origins[index];
        Item {
            kind: kind(origin.content.kind),
            name: origin.name.clone(),
            project: origin.project.clone(),
            file: origin.shown.clone(),
            bytes: origin.content.bytes,
            fingerprint: prepared.fingerprint.clone(),
            sheets: origin.content.document().map(sheets).unwrap_or_default(),
            has_extract: origin
                .content
                .document()
                .and_then(|d| has_extract(d, &origin.content)),
            published: origin
                .content
                .document()
                .map(|d| self.references(origin, d))
                .unwrap_or_default(),
            rewrites: prepared.hits.clone(),
            settings: origin.settings.clone(),
        }
    }

    /// Published data sources that the document reads, as they are called once it is rewritten.
    fn references(&self, origin: &Origin, document: &Document) -> Vec<PublishedReference> {
        let mut found: Vec<PublishedReference> = Vec::new();
        for connection in document
            .model
            .datasources
            .iter()
            .filter_map(|d| d.published())
        {
            let content_url = connection.get("dbname").unwrap_or_default();
            let name = connection
                .get("server-ds-friendly-name")
                .unwrap_or(content_url);
            let looked_for = |n: usize| {
                self.matches[n]
                    .published
                    .as_deref()
                    .is_some_and(|p| p == content_url || p == name)
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
                None => (content_url.to_owned(), name.to_owned(), false),
            };
            if found.iter().any(|f| f.content_url == content_url) {
                continue;
            }
            let provider = self.origins.iter().find(|o| {
                o.content.kind == Kind::Datasource
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

    fn pieces(origin: &Origin, text: Option<&str>) -> Result<Vec<Piece>, String> {
        let whole = || {
            vec![Piece::File {
                path: origin.path.clone(),
                range: 0..origin.content.bytes,
            }]
        };
        let Some(text) = text else { return Ok(whole()) };
        let Some(package) = &origin.content.package else {
            return Ok(vec![Piece::Bytes(text.to_owned().into())]);
        };
        let segments = splice::replace(&origin.path, package, text).map_err(|e| e.to_string())?;
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

impl Payloads for Assembly<'_> {
    fn payload(
        &self,
        item: &Planned,
        content_urls: &HashMap<Key, String>,
    ) -> Result<Payload, String> {
        let wanted = item.key();
        let index = self
            .origins
            .iter()
            .position(|o| Key::new(kind(o.content.kind), &o.project, &o.name) == wanted)
            .ok_or_else(|| format!("nothing in the repository is {}", item.title()))?;
        let prepared = self.prepare(index, content_urls)?;
        let origin = &self.origins[index];
        let file_type = FileType::of(&format!("x.{}", origin.content.extension()))
            .ok_or("it is no file that can be published")?;
        let payload = Payload::new(
            file_type,
            prepared.fingerprint,
            Self::pieces(origin, prepared.text.as_deref())?,
        );
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

/// Names of the sheets that the file does not hide itself.
fn sheets(document: &Document) -> Vec<String> {
    let model = &document.model;
    let hidden: Vec<&str> = model
        .windows
        .iter()
        .filter(|w| w.hidden)
        .map(|w| w.name.value.as_str())
        .collect();
    let all = model
        .worksheets
        .iter()
        .map(|w| &w.name.value)
        .chain(model.dashboards.iter().map(|d| &d.name.value));
    all.filter(|name| !hidden.contains(&name.as_str()))
        .cloned()
        .collect()
}

/// Whether there is data in the file; `None` when all of it is elsewhere.
fn has_extract(document: &Document, content: &Content) -> Option<bool> {
    let own: Vec<_> = document
        .model
        .datasources
        .iter()
        .filter(|d| d.published().is_none())
        .collect();
    if own.is_empty() {
        return None;
    }
    let enabled = own
        .iter()
        .any(|d| d.extract.as_ref().is_some_and(|e| e.enabled));
    let packed = content.package.as_ref().is_some_and(|p| {
        p.members.iter().any(|m| {
            let name = m.name.to_lowercase();
            name.ends_with(".hyper") || name.ends_with(".tde")
        })
    });
    Some(enabled && packed)
}
