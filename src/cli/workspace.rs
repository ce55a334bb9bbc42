//! The folder that a command works on: its manifest, its files, its git.

use std::path::{Path, PathBuf};

use crate::diagnostic::Finding;
use crate::manifest::{self, Manifest};
use crate::repository::{self, Head};

use super::Session;
use super::failure::{Failure, Kind};

const NAME: &str = "tabship.yml";

/// A manifest, and the facts around it.
pub(crate) struct Workspace {
    /// Folder of the manifest: what its globs start from.
    pub(crate) folder: PathBuf,
    pub(crate) manifest: Manifest,
    /// `None` outside of git.
    pub(crate) head: Option<Head>,
    pub(crate) branch: Option<String>,
}

impl Session {
    /// Where the command runs: `-C`, or the current folder.
    pub(crate) fn directory(&self) -> Result<PathBuf, Failure> {
        let given = self
            .global
            .directory
            .clone()
            .unwrap_or_else(|| PathBuf::from("."));
        std::fs::canonicalize(&given).map_err(|e| {
            Failure::usage(format!("there is no folder `{}`", given.display())).because(&e)
        })
    }

    /// The manifest: `-f`, or the nearest tabship.yml upward. `None` where there is none and none was asked for.
    pub(crate) fn find_manifest(&self) -> Result<Option<PathBuf>, Failure> {
        let directory = self.directory()?;
        if let Some(given) = &self.global.manifest {
            let path = directory.join(given);
            if path.is_file() {
                return Ok(Some(path));
            }
            return Err(
                Failure::usage(format!("there is no manifest `{}`", path.display()))
                    .hint("`-f` names a file; `tabship init` writes one"),
            );
        }
        Ok(directory
            .ancestors()
            .map(|a| a.join(NAME))
            .find(|p| p.is_file()))
    }

    /// Reads the manifest. Findings that are errors end the command, all shown.
    pub(crate) fn workspace(
        &self,
        used: &[&str],
        branch: Option<&str>,
    ) -> Result<Workspace, Failure> {
        let Some(path) = self.find_manifest()? else {
            let directory = self.directory()?;
            return Err(Failure::usage(format!(
                "there is no {NAME} in `{}` or above",
                directory.display()
            ))
            .hint("`tabship init` writes one from the Tableau files that it finds")
            .hint("`-C DIR` or `-f FILE` say where it is"));
        };
        let (workspace, findings) = self.read_workspace(&path, used, branch)?;
        match workspace {
            Some(workspace) if findings.is_empty() => Ok(workspace),
            _ => {
                self.show_manifest_findings(&path, &findings)?;
                Err(Failure::said(Kind::Usage))
            }
        }
    }

    /// Reads the manifest and git, and says what is wrong with the manifest.
    pub(crate) fn read_workspace(
        &self,
        path: &Path,
        used: &[&str],
        branch: Option<&str>,
    ) -> Result<(Option<Workspace>, Vec<Finding>), Failure> {
        let text = std::fs::read_to_string(path).map_err(|e| {
            Failure::usage(format!("the manifest `{}` cannot be read", path.display())).because(&e)
        })?;
        let shown = self.shown(path);
        let environment = |name: &str| self.environment.get(name).map(str::to_owned);
        let loaded = manifest::load(&shown, &text, used, &environment, &crate::lint::Catalogue);
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        let head = self.head(&folder)?;
        let branch = branch
            .map(str::to_owned)
            .or_else(|| head.as_ref().and_then(|h| h.branch.clone()))
            .or_else(|| repository::branch_from_ci(&environment));
        let workspace = loaded.manifest.map(|manifest| Workspace {
            folder,
            manifest,
            head,
            branch,
        });
        Ok((workspace, loaded.findings))
    }

    fn head(&self, folder: &Path) -> Result<Option<Head>, Failure> {
        repository::head(folder).map_err(|e| {
            Failure::usage("git does not answer")
                .because(&e)
                .hint(e.help())
        })
    }

    /// A path as a person at the command's folder would write it.
    pub(crate) fn shown(&self, path: &Path) -> PathBuf {
        let Ok(directory) = self.directory() else {
            return path.to_owned();
        };
        path.strip_prefix(&directory)
            .map_or_else(|_| path.to_owned(), Path::to_owned)
    }

    fn show_manifest_findings(&self, path: &Path, findings: &[Finding]) -> Result<(), Failure> {
        let text = std::fs::read_to_string(path).map_err(|e| {
            Failure::usage(format!("the manifest `{}` cannot be read", path.display())).because(&e)
        })?;
        super::findings::explain(&self.streams, findings, &|_| Some(text.clone()));
        Ok(())
    }
}

impl Workspace {
    /// The files that could be content, relative to the manifest's folder.
    pub(crate) fn files(&self) -> Result<Vec<PathBuf>, Failure> {
        content_files(&self.folder)
    }

    /// What git says, as plans carry it. Changes outside of the manifest's folder do not count.
    pub(crate) fn git(&self) -> Option<crate::plan::document::Git> {
        let head = self.head.as_ref()?;
        let dirty = head
            .changed
            .iter()
            .any(|p| head.root.join(p).starts_with(&self.folder));
        Some(crate::plan::document::Git {
            commit: head.commit.clone()?,
            branch: self.branch.clone(),
            dirty,
        })
    }

    /// Folder for journals and the sandbox.
    pub(crate) fn state(&self) -> PathBuf {
        self.folder.join(".tabship")
    }
}

/// The files under a folder that could be content, relative to it.
pub(crate) fn content_files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    repository::content_files(folder).map_err(|e| {
        Failure::usage(format!("`{}` cannot be searched", folder.display()))
            .because(&e)
            .hint(e.help())
    })
}
