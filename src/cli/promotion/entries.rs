//! What the manifest says of what the source holds.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::cli::desired::{self, Rewrites, selected};
use crate::cli::failure::Failure;
use crate::cli::selection::{Selection, Selector};
use crate::cli::target::Chosen;
use crate::cli::workspace::Workspace;
use crate::content::Kind as ContentKind;
use crate::plan::{ItemKind, LiveItem, ProjectPath, Settings};
use crate::repository;

/// A file that a deployment to the source publishes.
pub(super) struct Entry {
    pub(super) file: PathBuf,
    /// Where it puts it.
    pub(super) project: ProjectPath,
    /// For the target.
    pub(super) settings: Settings,
    /// Where a deployment to the target would put it, and what it is called there; `None` where the target skips it.
    at_target: Option<(ProjectPath, String)>,
}

/// All of them, by kind and name at the source.
pub(super) struct Entries {
    all: HashMap<(ItemKind, String), Entry>,
    /// Everything of the source and of the target goes under these.
    roots: (Option<ProjectPath>, Option<ProjectPath>),
}

impl Entries {
    pub(super) fn of(workspace: &Workspace, from: &Chosen, to: &Chosen) -> Result<Self, Failure> {
        let (manifest, files) = (&workspace.manifest, workspace.files()?);
        let everything = Selection::default().compile()?;
        let (at_source, _) = selected(manifest, &files, from, &everything)?;
        let (at_target, _) = selected(manifest, &files, to, &everything)?;
        let at_target = at_target.into_iter();
        let mut at_target: HashMap<PathBuf, (ProjectPath, String)> =
            at_target.map(|f| (f.file, (f.project, f.name))).collect();
        let rewrites = Rewrites::of(manifest, &to.name);
        let mut all = HashMap::new();
        for file in at_source {
            let Some(kind) = content_kind(&file.file) else {
                continue;
            };
            let entry = &manifest.raw.content[file.entry];
            let own = entry.targets.get(&to.name).cloned().unwrap_or_default();
            let shown = file.file.to_string_lossy().replace('\\', "/");
            let key = (desired::kind(kind), file.name.to_lowercase());
            let entry = Entry {
                settings: desired::settings(&rewrites, entry, &own, &shown, kind),
                at_target: at_target.remove(&file.file),
                project: file.project,
                file: file.file,
            };
            all.insert(key, entry);
        }
        Ok(Self {
            all,
            roots: (from.root.clone(), to.root.clone()),
        })
    }

    pub(super) fn get(&self, item: &LiveItem) -> Option<&Entry> {
        self.all.get(&(item.kind, item.name.to_lowercase()))
    }

    /// Where an item of the source goes at the target, and what it is called there; `None` where the target skips it. What
    /// the manifest does not know, or has elsewhere, keeps its name and the path below the root.
    pub(super) fn at_target(&self, item: &LiveItem) -> Option<(ProjectPath, String)> {
        let path = item.project.clone().unwrap_or_default();
        let known = self.get(item);
        if known.is_some_and(|e| e.at_target.is_none() || e.project.folded() == path.folded()) {
            return known.and_then(|entry| entry.at_target.clone());
        }
        let (from, to) = &self.roots;
        let below = |root: &&ProjectPath| path.folded().starts_with(&root.folded());
        let skip = from.as_ref().filter(below).map_or(0, |r| r.names().len());
        let inner = &path.names()[skip..];
        let project = match to {
            Some(root) => inner.iter().fold(root.clone(), |p, name| p.join(name)),
            None => ProjectPath::new(inner.iter().cloned()),
        };
        Some((project, item.name.clone()))
    }

    /// It is one of those that were asked for: by its file, its name or its place at the source.
    pub(super) fn selects(&self, selector: &Selector, item: &LiveItem) -> bool {
        let project = item.project.clone().unwrap_or_default();
        let file = self.get(item).map_or(Path::new(""), |e| &e.file);
        let file = file.to_string_lossy().replace('\\', "/");
        let place = format!("{project}/{}", item.name);
        selector.matches([file.as_str(), item.name.as_str(), place.as_str()])
    }
}

fn content_kind(file: &Path) -> Option<ContentKind> {
    if !repository::is_content(file) {
        return None;
    }
    match file.extension()?.to_string_lossy().to_lowercase().as_str() {
        "twb" | "twbx" => Some(ContentKind::Workbook),
        "tds" | "tdsx" => Some(ContentKind::Datasource),
        _ => Some(ContentKind::Flow),
    }
}
