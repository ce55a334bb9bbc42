//! Which file goes where: every file to its content entry.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::diagnostic::Finding;

use super::glob;
use super::load::Manifest;

/// A file and the number of its entry under `content`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assigned {
    /// As given, relative to the manifest's folder, with `/`.
    pub file: PathBuf,
    pub entry: usize,
}

/// Gives each file to the one entry whose globs match it; what no entry wants is left out. Findings: two entries that
/// claim one file, a glob that matches nothing, a name for several files.
pub fn assign(manifest: &Manifest, files: &[PathBuf]) -> (Vec<Assigned>, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut by_file: HashMap<&Path, usize> = HashMap::new();
    let mut assigned = Vec::new();
    for (entry, content) in manifest.raw.content.iter().enumerate() {
        let number = entry.to_string();
        let mut count = 0;
        for pattern in content.files.values() {
            let Ok(glob) = glob::path(pattern) else {
                continue;
            };
            let matching: Vec<&PathBuf> = files.iter().filter(|f| glob.is_match(f)).collect();
            if matching.is_empty() {
                let help = "correct the path, or take the entry out".to_owned();
                let span = manifest.span(&["content", &number, "files"]);
                findings.push(manifest.finding(
                    "manifest/no-match",
                    format!("no file matches `{pattern}`"),
                    Some(help),
                    span,
                ));
            }
            for file in matching {
                match by_file.insert(file, entry) {
                    None => {
                        count += 1;
                        assigned.push(Assigned {
                            file: file.clone(),
                            entry,
                        });
                    }
                    Some(other) if other != entry => {
                        by_file.insert(file, other);
                        let message = format!(
                            "`{}` belongs to the entries {} and {}",
                            file.display(),
                            other + 1,
                            entry + 1
                        );
                        let help = "make the globs of one of them narrower".to_owned();
                        findings.push(manifest.finding(
                            "manifest/claimed-twice",
                            message,
                            Some(help),
                            manifest.span(&["content", &number, "files"]),
                        ));
                    }
                    Some(_) => {}
                }
            }
        }
        if content.name.is_some() && count > 1 {
            let help = "drop the name, or narrow the globs to one file".to_owned();
            let message = format!("`name` is for one file, and `files` matches {count}");
            findings.push(manifest.finding(
                "manifest/one-name",
                message,
                Some(help),
                manifest.span(&["content", &number, "name"]),
            ));
        }
    }
    assigned.sort_by(|a, b| a.file.cmp(&b.file));
    (assigned, findings)
}
