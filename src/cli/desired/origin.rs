//! Where content comes from, and what the manifest says of it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::content::{self, Content, Kind, Limits};
use crate::diagnostic::Finding;
use crate::manifest::raw::{Entry, EntryFor, SecretRef};
use crate::manifest::{self, Manifest};
use crate::plan::desired::{Credential, ViewChoice};
use crate::plan::{ItemKind, Key, ProjectPath, Settings};

use super::rules::Rewrites;
use crate::cli::failure::Failure;
use crate::cli::profile::Profile;
use crate::cli::selection::Selector;
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
    /// Of content that another site holds: what it is a promotion of, and from which commit.
    pub(crate) promoted: Option<Promoted>,
}

impl Origin {
    /// What it is called in a sentence.
    pub(super) fn title(&self) -> String {
        if self.shown.as_os_str().is_empty() {
            format!("{} \"{}\"", kind(self.profile.kind), self.name)
        } else {
            format!("`{}`", self.shown.display())
        }
    }

    pub(super) fn key(&self) -> Key {
        Key::new(kind(self.profile.kind), &self.project, &self.name)
    }

    /// Reads the file again.
    pub(super) fn open(&self) -> Result<Content, String> {
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

/// Reads the files of the manifest for one target.
pub(crate) fn origins(
    manifest: &Manifest,
    folder: &Path,
    files: &[PathBuf],
    chosen: &Chosen,
    selector: &Selector,
) -> Result<(Vec<Origin>, Vec<Finding>), Failure> {
    let rewrites = Rewrites::of(manifest, &chosen.name);
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
                settings: settings(&rewrites, entry, &own, &file, content.kind),
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
