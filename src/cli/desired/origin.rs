//! Where content comes from, and what the manifest says of it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::content::{self, Content, Kind, Limits};
use crate::diagnostic::Finding;
use crate::manifest::Manifest;
use crate::manifest::raw::{Entry, EntryFor, SecretRef};
use crate::plan::desired::{Credential, ViewChoice};
use crate::plan::{ItemKind, Key, ProjectPath, Settings};

use super::rewriting::{self, Rewriting};
use super::rules::Rewrites;
use super::{ForTarget, Selected};
use crate::cli::failure::Failure;
use crate::cli::profile::Profile;
use crate::cli::target::Chosen;

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
    /// What the target makes of it, until that is in the desired state.
    pub(crate) rewriting: Rewriting,
    /// Of content that another site holds: what it is a promotion of, and from which commit.
    pub(crate) promoted: Option<Promoted>,
}

impl Origin {
    pub(super) fn key(&self) -> Key {
        Key::new(kind(self.profile.kind), &self.project, &self.name)
    }

    /// Reads the file again.
    pub(super) fn open(&self) -> Result<Content, String> {
        content::open(&self.path, &Limits::default())
            .map_err(|refused| refused.finding(&self.shown).message)
    }

    /// Content and settings, so that a change of either is a change. `content` is the fingerprint of what is sent.
    pub(super) fn digest(&self, content: &str) -> String {
        if let Some(promoted) = &self.promoted {
            return promoted.fingerprint.clone();
        }
        let mut hasher = blake3::Hasher::new();
        hasher.update(content.as_bytes());
        // Plain data with string keys: it always serialises.
        hasher.update(&serde_json::to_vec(&self.settings).unwrap_or_default());
        hasher.finalize().to_hex()[..24].to_owned()
    }
}

/// What is known of content of another site without downloading it.
#[derive(Debug, Clone)]
pub(crate) struct Promoted {
    /// Of what the source holds and what the target makes of it.
    pub(crate) fingerprint: String,
    pub(crate) commit: String,
}

/// Reads files of the manifest, each once.
pub(super) fn read(
    target: &ForTarget<'_>,
    folder: &Path,
    files: Vec<Selected>,
    chosen: &Chosen,
) -> Result<(Vec<Origin>, Vec<Finding>), Failure> {
    let (mut origins, mut findings, mut wrong) = (Vec::new(), Vec::new(), Vec::new());
    for file in files {
        let path = folder.join(&file.file);
        let content = match content::open(&path, &Limits::default()) {
            Ok(content) => content,
            Err(refused) => {
                findings.push(refused.finding(&file.file));
                continue;
            }
        };
        let (profile, rewriting) = match target.profile(&file.file, &content) {
            Ok(known) => known,
            Err(why) => {
                wrong.push((rewriting::title(&file.file, content.kind, &file.name), why));
                continue;
            }
        };
        let entry = &target.manifest.raw.content[file.entry];
        let own = entry.targets.get(&chosen.name).cloned().unwrap_or_default();
        let shown = file.file.to_string_lossy().replace('\\', "/");
        origins.push(Origin {
            settings: settings(&target.rewrites, entry, &own, &shown, content.kind),
            shown: file.file,
            path,
            name: file.name,
            project: file.project,
            profile,
            rewriting,
            promoted: None,
        });
    }
    if findings.is_empty() && !wrong.is_empty() {
        return Err(rewriting::cannot(&chosen.name, wrong));
    }
    findings.extend(clashes(target.manifest, &origins));
    Ok((origins, findings))
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
    rewrites: &Rewrites<'_>,
    entry: &Entry,
    own: &EntryFor,
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
    for (_, rewrite, to) in rewrites.about(file) {
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

pub(crate) fn kind(kind: Kind) -> ItemKind {
    match kind {
        Kind::Workbook => ItemKind::Workbook,
        Kind::Datasource => ItemKind::Datasource,
        Kind::Flow => ItemKind::Flow,
    }
}
