//! Facts from git: which commit, which branch, what is not committed; and, where HEAD is detached, what the CI says.

mod ci;
mod files;
mod lfs;

use std::path::{Path, PathBuf};

pub use ci::{branch_from_ci, is_pull_request};
pub use files::{content_files, is_content};

/// What git says of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The top of the working tree.
    pub root: PathBuf,
    /// 40 hex digits; `None` before the first commit.
    pub commit: Option<String>,
    /// `None` when HEAD is detached.
    pub branch: Option<String>,
    /// Tracked files that differ from the commit, and untracked ones that are not ignored, relative to `root`.
    pub changed: Vec<PathBuf>,
    /// History is cut off.
    pub shallow: bool,
}

/// Git could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum RepositoryError {
    #[error("git cannot read the repository at `{}`", path.display())]
    Git {
        path: PathBuf,
        #[source]
        source: git2::Error,
    },
    #[error("the folder `{}` cannot be read", path.display())]
    Folder {
        path: PathBuf,
        #[source]
        source: walkdir::Error,
    },
    #[error("`{revision}` is no revision of this repository")]
    Revision {
        revision: String,
        shallow: bool,
        #[source]
        source: git2::Error,
    },
}

impl RepositoryError {
    /// What to do about it.
    pub fn help(&self) -> String {
        match self {
            Self::Revision { shallow: true, .. } => {
                "the clone is shallow: fetch the history (`git fetch --unshallow`; in GitHub Actions `fetch-depth: 0`)".to_owned()
            }
            Self::Revision { .. } => "fetch it first, or correct its name".to_owned(),
            Self::Git { path, source } if source.code() == git2::ErrorCode::Owner => format!(
                "the folder belongs to another user: `git config --global --add safe.directory '{}'` in the container",
                path.display()
            ),
            Self::Git { .. } => "run `git status` there and mend what it says".to_owned(),
            Self::Folder { .. } => {
                "let this user read it, or leave it out: what `.gitignore` names is not looked into".to_owned()
            }
        }
    }
}

/// Reads HEAD of the repository that holds `folder`; `None` outside of git.
pub fn head(folder: &Path) -> Result<Option<Head>, RepositoryError> {
    let Some(repository) = open(folder)? else {
        return Ok(None);
    };
    let error = |source| RepositoryError::Git {
        path: folder.to_owned(),
        source,
    };
    let Some(root) = repository.workdir().map(Path::to_owned) else {
        return Ok(None);
    };
    let (mut commit, mut branch) = (None, None);
    match repository.head() {
        Ok(reference) => {
            commit = Some(reference.peel_to_commit().map_err(error)?.id().to_string());
            if reference.is_branch() {
                branch = reference.shorthand().ok().map(str::to_owned);
            }
        }
        Err(e)
            if matches!(
                e.code(),
                git2::ErrorCode::UnbornBranch | git2::ErrorCode::NotFound
            ) => {}
        Err(e) => return Err(error(e)),
    }
    let mut options = git2::StatusOptions::new();
    options
        .include_untracked(true)
        .recurse_untracked_dirs(true)
        .include_ignored(false)
        .exclude_submodules(true);
    let statuses = repository.statuses(Some(&mut options)).map_err(error)?;
    let changed = statuses
        .iter()
        .filter_map(|s| s.path().ok().map(PathBuf::from))
        .collect();
    Ok(Some(Head {
        root,
        commit,
        branch,
        changed,
        shallow: repository.is_shallow(),
    }))
}

/// The name (not the address) of who wrote a commit; `None` where the clone does not have it.
pub fn author(folder: &Path, commit: &str) -> Option<String> {
    let repository = open(folder).ok()??;
    let commit = repository.find_commit_by_prefix(commit).ok()?;
    let name = commit.author().name().ok()?.trim().to_owned();
    (!name.is_empty()).then_some(name)
}

/// The commit that HEAD and `revision` have in common, 40 hex digits; `None` outside of git.
pub fn merge_base(folder: &Path, revision: &str) -> Result<Option<String>, RepositoryError> {
    let Some(repository) = open(folder)? else {
        return Ok(None);
    };
    let wrong = |source| no_revision(&repository, revision, source);
    let theirs = repository
        .revparse_single(revision)
        .and_then(|o| o.peel_to_commit())
        .map_err(wrong)?;
    let ours = repository.head().and_then(|h| h.peel_to_commit());
    let ours = ours.map_err(|source| RepositoryError::Git {
        path: folder.to_owned(),
        source,
    })?;
    let base = repository.merge_base(theirs.id(), ours.id());
    Ok(Some(base.map_err(wrong)?.to_string()))
}

/// Files that differ between the merge base of `revision` and the working tree, relative to the top of it.
pub fn changed_since(folder: &Path, revision: &str) -> Result<Vec<PathBuf>, RepositoryError> {
    match merge_base(folder, revision)? {
        Some(base) => changed_between(folder, &base, None),
        None => Ok(Vec::new()),
    }
}

/// Files that differ between two revisions, or between one and the working tree, relative to the top of it.
pub fn changed_between(
    folder: &Path,
    from: &str,
    to: Option<&str>,
) -> Result<Vec<PathBuf>, RepositoryError> {
    let Some(repository) = open(folder)? else {
        return Ok(Vec::new());
    };
    let mut options = git2::DiffOptions::new();
    options.include_untracked(true).recurse_untracked_dirs(true);
    let from = tree(&repository, from)?;
    let diff = match to {
        Some(to) => {
            let to = tree(&repository, to)?;
            repository.diff_tree_to_tree(Some(&from), Some(&to), Some(&mut options))
        }
        None => repository.diff_tree_to_workdir_with_index(Some(&from), Some(&mut options)),
    };
    let diff = diff.map_err(|source| RepositoryError::Git {
        path: folder.to_owned(),
        source,
    })?;
    let paths = diff.deltas().filter_map(|d| {
        d.new_file()
            .path()
            .or(d.old_file().path())
            .map(Path::to_owned)
    });
    Ok(paths.collect())
}

/// A file as it was at a revision; `None` when it was not there. What Git LFS keeps beside the history is read from there
/// when this clone has it; else the result is the pointer.
pub fn file_at(
    folder: &Path,
    revision: &str,
    path: &Path,
) -> Result<Option<Vec<u8>>, RepositoryError> {
    let Some(repository) = open(folder)? else {
        return Ok(None);
    };
    let entry = match tree(&repository, revision)?.get_path(path) {
        Ok(entry) => entry,
        Err(e) if e.code() == git2::ErrorCode::NotFound => return Ok(None),
        Err(source) => return Err(no_revision(&repository, revision, source)),
    };
    let blob = entry
        .to_object(&repository)
        .and_then(|o| o.peel_to_blob())
        .map_err(|source| no_revision(&repository, revision, source))?;
    let stored = lfs::stored(repository.commondir(), blob.content());
    Ok(Some(stored.unwrap_or_else(|| blob.content().to_vec())))
}

fn tree<'r>(
    repository: &'r git2::Repository,
    revision: &str,
) -> Result<git2::Tree<'r>, RepositoryError> {
    let found = repository
        .revparse_single(revision)
        .and_then(|o| o.peel_to_tree());
    found.map_err(|source| no_revision(repository, revision, source))
}

fn no_revision(
    repository: &git2::Repository,
    revision: &str,
    source: git2::Error,
) -> RepositoryError {
    RepositoryError::Revision {
        revision: revision.to_owned(),
        shallow: repository.is_shallow(),
        source,
    }
}

fn open(folder: &Path) -> Result<Option<git2::Repository>, RepositoryError> {
    match git2::Repository::discover(folder) {
        Ok(repository) => Ok(Some(repository)),
        Err(e) if e.code() == git2::ErrorCode::NotFound => Ok(None),
        Err(source) => Err(RepositoryError::Git {
            path: folder.to_owned(),
            source,
        }),
    }
}

/// A branch's name as part of a project's name: letters, digits, `.`, `_` and `-`, at most 60 characters. Where that
/// changes the name, a few digits of its hash keep two branches apart.
pub fn slug(branch: &str) -> String {
    const LONGEST: usize = 60;
    let safe: String = branch
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') {
                c
            } else {
                '-'
            }
        })
        .collect();
    let safe = safe.trim_matches(['-', '.']).to_owned();
    if safe == branch && safe.len() <= LONGEST && !safe.is_empty() {
        return safe;
    }
    let hash = blake3::hash(branch.as_bytes()).to_hex();
    let head: String = safe.chars().take(LONGEST - 7).collect();
    let head = head.trim_end_matches(['-', '.']);
    format!(
        "{}{}{}",
        head,
        if head.is_empty() { "" } else { "-" },
        &hash[..6]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_safe_bounded_and_distinct() {
        assert_eq!(slug("main"), "main");
        assert!(slug("feature/Sales 2").starts_with("feature-Sales-2-"));
        assert_ne!(slug("feature/a"), slug("feature-a"));
        assert!(slug(&"x/".repeat(200)).len() <= 60);
        assert!(!slug("///").is_empty() && !slug("日本").is_empty());
    }

    fn commit(repository: &git2::Repository, message: &str) -> git2::Oid {
        let mut index = repository.index().unwrap();
        index
            .add_all(["*"], git2::IndexAddOption::DEFAULT, None)
            .unwrap();
        index.write().unwrap();
        let tree = repository.find_tree(index.write_tree().unwrap()).unwrap();
        let who = git2::Signature::now("Ann", "ann@acme.example").unwrap();
        let parents: Vec<_> = repository
            .head()
            .ok()
            .map(|h| h.peel_to_commit().unwrap())
            .into_iter()
            .collect();
        let parents: Vec<&git2::Commit<'_>> = parents.iter().collect();
        repository
            .commit(Some("HEAD"), &who, &who, message, &tree, &parents)
            .unwrap()
    }

    #[test]
    fn git_tells_commit_branch_and_changes() {
        let folder = tempfile::tempdir().unwrap();
        assert!(
            head(folder.path()).unwrap().is_none()
                || folder.path().ancestors().any(|a| a.join(".git").exists())
        );
        let mut options = git2::RepositoryInitOptions::new();
        options.initial_head("main");
        let repository = git2::Repository::init_opts(folder.path(), &options).unwrap();
        std::fs::write(folder.path().join("a.twb"), "one").unwrap();
        let unborn = head(folder.path()).unwrap().unwrap();
        assert_eq!((unborn.commit, unborn.changed.len()), (None, 1));
        let first = commit(&repository, "one");
        std::fs::write(folder.path().join("b.twb"), "two").unwrap();
        commit(&repository, "two");
        let now = head(folder.path()).unwrap().unwrap();
        assert_eq!(
            (now.branch.as_deref(), now.changed.len()),
            (Some("main"), 0)
        );
        std::fs::write(folder.path().join("c.twb"), "three").unwrap();
        let since = changed_since(folder.path(), &first.to_string()).unwrap();
        assert_eq!(since, [PathBuf::from("b.twb"), PathBuf::from("c.twb")]);
        assert_eq!(
            file_at(folder.path(), "HEAD~1", Path::new("a.twb"))
                .unwrap()
                .as_deref(),
            Some(b"one".as_slice())
        );
        assert_eq!(
            file_at(folder.path(), "HEAD~1", Path::new("b.twb")).unwrap(),
            None
        );
        let base = merge_base(folder.path(), "HEAD~1").unwrap();
        assert_eq!(base, Some(first.to_string()));
        assert!(matches!(
            changed_since(folder.path(), "nowhere"),
            Err(RepositoryError::Revision { .. })
        ));
    }
}
