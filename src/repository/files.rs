//! The files that could be Tableau content.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::RepositoryError;

const EXTENSIONS: [&str; 6] = ["twb", "twbx", "tds", "tdsx", "tfl", "tflx"];

/// Files under `folder` with an extension of Tableau's, relative to it, sorted. What git ignores is left out, and so are
/// folders that begin with a dot, and links.
///
/// A folder that cannot be read is an error: what is in it must not pass for checked, or for gone.
pub fn content_files(folder: &Path) -> Result<Vec<PathBuf>, RepositoryError> {
    let repository = git2::Repository::discover(folder).ok();
    let visible = |path: &Path| {
        !repository
            .as_ref()
            .is_some_and(|r| r.is_path_ignored(path).unwrap_or(false))
    };
    let hidden = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with('.');
    let entries = WalkDir::new(folder)
        .follow_links(false)
        .into_iter()
        .filter_entry(|e| {
            e.depth() == 0
                || !(e.file_type().is_dir() && (hidden(e.file_name()) || !visible(e.path())))
        });
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|source| RepositoryError::Folder {
            path: source.path().unwrap_or(folder).to_owned(),
            source,
        })?;
        let path = entry.path();
        if entry.file_type().is_file() && is_content(path) && visible(path) {
            found.extend(path.strip_prefix(folder).ok().map(Path::to_owned));
        }
    }
    found.sort();
    Ok(found)
}

/// The extension is one of Tableau's, in upper or lower case.
pub fn is_content(path: &Path) -> bool {
    path.extension()
        .is_some_and(|e| EXTENSIONS.iter().any(|known| e.eq_ignore_ascii_case(known)))
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_folder_that_cannot_be_read_is_not_taken_for_empty() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.twb"), "").unwrap();
        let locked = folder.path().join("locked");
        std::fs::create_dir(&locked).unwrap();
        assert_eq!(
            content_files(folder.path()).unwrap(),
            [PathBuf::from("a.twb")]
        );
        let mode = |mode| {
            std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(mode)).unwrap();
        };
        mode(0o000);
        // To root every folder is open.
        let open = std::fs::read_dir(&locked).is_ok();
        let found = content_files(folder.path());
        mode(0o700);
        match found {
            Err(RepositoryError::Folder { path, .. }) => assert_eq!(path, locked),
            found => assert!(open, "{found:?}"),
        }
    }
}
