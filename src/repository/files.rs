//! The files that could be Tableau content.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

const EXTENSIONS: [&str; 6] = ["twb", "twbx", "tds", "tdsx", "tfl", "tflx"];

/// Files under `folder` with an extension of Tableau's, relative to it, sorted. What git ignores is left out, and so are
/// folders that begin with a dot.
pub fn content_files(folder: &Path) -> Vec<PathBuf> {
    let repository = git2::Repository::discover(folder).ok();
    let visible = |path: &Path| {
        !repository
            .as_ref()
            .is_some_and(|r| r.is_path_ignored(path).unwrap_or(false))
    };
    let hidden = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with('.');
    let mut found: Vec<PathBuf> = WalkDir::new(folder)
        .follow_links(false)
        .into_iter()
        .filter_entry(|e| {
            e.depth() == 0
                || !(e.file_type().is_dir() && (hidden(e.file_name()) || !visible(e.path())))
        })
        .flatten()
        .filter(|e| e.file_type().is_file() && is_content(e.path()) && visible(e.path()))
        .filter_map(|e| e.path().strip_prefix(folder).ok().map(Path::to_owned))
        .collect();
    found.sort();
    found
}

/// The extension is one of Tableau's, in upper or lower case.
pub fn is_content(path: &Path) -> bool {
    path.extension()
        .is_some_and(|e| EXTENSIONS.iter().any(|known| e.eq_ignore_ascii_case(known)))
}
