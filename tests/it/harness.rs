//! Runs the command as a user would, from an empty environment.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder of its own, a home of its own, no environment but what the test sets.
pub(crate) struct Tabship {
    folder: tempfile::TempDir,
    environment: Vec<(String, String)>,
}

/// What a run said and how it ended.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Tabship {
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("tabship-it-")
            .tempdir()
            .unwrap();
        std::fs::create_dir(folder.path().join("work")).unwrap();
        Self {
            folder,
            environment: Vec::new(),
        }
    }

    /// Where commands run.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) -> &mut Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Copies a folder's content into the work folder.
    pub(crate) fn copy(&self, from: &Path) {
        copy_folder(from, &self.path());
    }

    /// The command, ready to be run; for tests that need more than [`run`](Self::run).
    pub(crate) fn command<S: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = S>,
    ) -> Command {
        let mut command = Command::new(binary());
        command
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .env("HOME", self.folder.path())
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(self.environment.iter().map(|(n, v)| (n, v)))
            .stdin(Stdio::null());
        command
    }

    #[must_use = "assert the exit code or what was said"]
    pub(crate) fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Run {
        Run::of(&self.command(arguments).output().unwrap())
    }

    /// Writes `to` in place of `from`, which must be there.
    pub(crate) fn replace(&self, file: &str, from: &str, to: &str) {
        let path = self.path().join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} lacks {from}");
        std::fs::write(path, text.replace(from, to)).unwrap();
    }

    /// Runs git in the work folder, as Ann and without anybody's settings.
    pub(crate) fn git(&self, arguments: &[&str]) {
        let done = Command::new("git")
            .args(["-c", "user.name=Ann"])
            .args(["-c", "user.email=ann@acme.example"])
            .args(["-c", "commit.gpgsign=false"])
            .args(arguments)
            .current_dir(self.path())
            .env("HOME", self.folder.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .output()
            .unwrap();
        assert!(
            done.status.success(),
            "git {arguments:?}: {}",
            String::from_utf8_lossy(&done.stderr)
        );
    }

    /// Makes the work folder a repository with everything in it committed on `branch`.
    pub(crate) fn commit_all(&self, branch: &str) {
        if !self.path().join(".git").exists() {
            self.git(&["init", "-q", "-b", branch]);
        }
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", "work"]);
    }
}

impl Run {
    pub(crate) fn of(output: &std::process::Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }

    #[track_caller]
    pub(crate) fn code(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "exit code\n--- stdout\n{}\n--- stderr\n{}",
            self.stdout, self.stderr
        );
        self
    }

    #[track_caller]
    pub(crate) fn stdout_has(self, text: &str) -> Self {
        assert!(
            self.stdout.contains(text),
            "stdout lacks {text:?}\n--- stdout\n{}\n--- stderr\n{}",
            self.stdout,
            self.stderr
        );
        self
    }

    #[track_caller]
    pub(crate) fn stderr_has(self, text: &str) -> Self {
        assert!(
            self.stderr.contains(text),
            "stderr lacks {text:?}\n--- stdout\n{}\n--- stderr\n{}",
            self.stdout,
            self.stderr
        );
        self
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| {
            panic!(
                "{e}\n--- stdout\n{}\n--- stderr\n{}",
                self.stdout, self.stderr
            )
        })
    }
}

/// The command under test: `TABSHIP_BINARY` names another build, such as a released one.
fn binary() -> PathBuf {
    std::env::var_os("TABSHIP_BINARY").map_or_else(
        || PathBuf::from(env!("CARGO_BIN_EXE_tabship")),
        PathBuf::from,
    )
}

/// The project's own files.
pub(crate) fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A folder of real files beside the project; `None`, said clearly, where it is absent. Never absent in CI.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let found = project("../shared").join(path);
    if found.exists() {
        return Some(found);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "{} is missing, and CI must have it",
        found.display()
    );
    eprintln!("SKIPPED: {} is not here", found.display());
    None
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name();
        if name == ".tabship" || name == ".git" {
            continue;
        }
        let target = to.join(&name);
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
}
