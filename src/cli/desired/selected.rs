//! Which files of the manifest are for a target, before any of them is read.

use std::path::PathBuf;

use crate::cli::failure::Failure;
use crate::cli::selection::Selector;
use crate::cli::target::Chosen;
use crate::diagnostic::Finding;
use crate::manifest::{self, Manifest};
use crate::plan::ProjectPath;

/// A file of the manifest that goes to the target.
pub(crate) struct Selected {
    /// Relative to the manifest's folder.
    pub(crate) file: PathBuf,
    /// Its entry under `content:`.
    pub(crate) entry: usize,
    pub(crate) name: String,
    pub(crate) project: ProjectPath,
}

/// The files of the manifest for one target.
pub(crate) fn selected(
    manifest: &Manifest,
    files: &[PathBuf],
    chosen: &Chosen,
    selector: &Selector,
) -> Result<(Vec<Selected>, Vec<Finding>), Failure> {
    let (assigned, findings) = manifest::assign(manifest, files);
    let mut selected = Vec::new();
    for assigned in assigned {
        let entry = &manifest.raw.content[assigned.entry];
        let own = entry.targets.get(&chosen.name);
        if own.is_some_and(|own| own.skip) {
            continue;
        }
        let stem = || {
            let stem = assigned.file.file_stem().unwrap_or_default();
            stem.to_string_lossy().into_owned()
        };
        let name = own
            .and_then(|own| own.name.clone())
            .or_else(|| entry.name.clone())
            .unwrap_or_else(stem);
        let path = own.and_then(|own| own.project.as_ref());
        let project = project(path.unwrap_or(&entry.project), chosen)?;
        let file = assigned.file.to_string_lossy().replace('\\', "/");
        if selector.matches([file.as_str(), name.as_str(), &format!("{project}/{name}")]) {
            selected.push(Selected {
                file: assigned.file,
                entry: assigned.entry,
                name,
                project,
            });
        }
    }
    Ok((selected, findings))
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
