//! Where content is on its way from one site to another, `.tabship/promotions`, and what is left there by a run that was
//! killed.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// Every run that has something there holds it shared; who gets it alone knows that nobody has.
const IN_USE: &str = "in-use";

/// A folder of one run; it goes with this.
pub(crate) struct Passage {
    folder: TempDir,
    /// Held, and never read: the system lets go of it when the process dies, however it dies.
    _in_use: File,
}

impl Passage {
    /// Opens one under `state`, when what others left there is gone.
    pub(crate) fn open(state: &Path) -> io::Result<Self> {
        let parent = parent(state);
        std::fs::create_dir_all(&parent)?;
        sweep(state);
        let in_use = mark(&parent)?;
        // Where a file system knows no such marks nothing is ever swept, either.
        let _ = in_use.lock_shared();
        let folder = TempDir::new_in(&parent)?;
        Ok(Self {
            folder,
            _in_use: in_use,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes what runs that are gone have left: a convenience, so that nothing comes of a failure.
pub(crate) fn sweep(state: &Path) {
    let parent = parent(state);
    let Ok(entries) = std::fs::read_dir(&parent) else {
        return;
    };
    let Some(_alone) = mark(&parent).ok().filter(|file| file.try_lock().is_ok()) else {
        return;
    };
    let left = entries.flatten().map(|entry| entry.path());
    for folder in left.filter(|path| path.is_dir()) {
        if let Err(error) = std::fs::remove_dir_all(&folder) {
            tracing::debug!(%error, folder = %folder.display(), "left where it is");
        }
    }
}

fn parent(state: &Path) -> PathBuf {
    state.join("promotions")
}

fn mark(parent: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    options.open(parent.join(IN_USE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_run_left_goes_and_what_one_is_using_stays() {
        let state = tempfile::tempdir().unwrap();
        let left = state.path().join("promotions/.tmpLeft");
        std::fs::create_dir_all(left.join("deep")).unwrap();
        let first = Passage::open(state.path()).unwrap();
        assert!(!left.exists());
        let second = Passage::open(state.path()).unwrap();
        assert!(first.path().is_dir() && second.path().is_dir());
        let kept = first.path().to_owned();
        drop(second);
        sweep(state.path());
        assert!(kept.is_dir());
        // Killed, and so without a chance to remove anything.
        let Passage {
            folder,
            _in_use: in_use,
        } = first;
        std::mem::forget(folder);
        drop(in_use);
        sweep(state.path());
        assert!(!kept.exists());
    }
}
