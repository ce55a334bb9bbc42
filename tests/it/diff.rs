//! What a comparison says of real files, and of edits that we make to them.

mod edits;
mod pairs;
mod reading;

use std::path::{Path, PathBuf};

use tabship::content::{self, Content, Limits};
use tabship::diff::{self, Changes};

use crate::harness::shared;

fn open(path: &Path) -> Content {
    content::open(path, &Limits::default()).unwrap_or_else(|e| panic!("{}: {e:?}", path.display()))
}

fn corpus() -> Option<Vec<PathBuf>> {
    let folder = shared("corpus/files")?;
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    files.sort();
    Some(files)
}

fn sentences(changes: &Changes) -> Vec<String> {
    changes.changes.iter().map(diff::Change::sentence).collect()
}

#[test]
fn a_file_differs_from_itself_in_nothing() {
    let Some(files) = corpus() else { return };
    assert_eq!(files.len(), 233);
    let mut wrong = Vec::new();
    for path in files {
        let file = open(&path);
        let changes = diff::contents(&file, &file);
        if !changes.is_empty() {
            wrong.push(format!("{}: {:#?}", path.display(), sentences(&changes)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
