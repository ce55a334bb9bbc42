//! Python environments with pinned clients, made once and kept under the target folder.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;

/// One installation at a time: tests run in parallel, pip does not.
static INSTALLING: Mutex<()> = Mutex::new(());

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop")
}

/// A virtual environment with the packages of `tests/interop/requirements-NAME.txt`.
pub(super) struct Environment {
    bin: PathBuf,
}

impl Environment {
    /// `None`, with a word about it, where there is no Python to be had; never under CI.
    pub(super) fn open(name: &str) -> Option<Self> {
        let _one = INSTALLING
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        match Self::install(name) {
            Ok(environment) => Some(environment),
            Err(reason) if std::env::var_os("CI").is_some() => {
                panic!("no Python environment: {reason}")
            }
            Err(reason) => {
                eprintln!("SKIPPED: no Python environment for {name}: {reason}");
                None
            }
        }
    }

    fn install(name: &str) -> Result<Self, String> {
        let requirements = scripts().join(format!("requirements-{name}.txt"));
        let wanted = std::fs::read_to_string(&requirements).map_err(|error| error.to_string())?;
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("interop")
            .join(name);
        let bin = folder.join(if cfg!(windows) { "Scripts" } else { "bin" });
        let stamp = folder.join("installed.txt");
        if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            return Ok(Self { bin });
        }
        run(Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&folder))?;
        run(Command::new(bin.join("pip"))
            .args(["-q", "--disable-pip-version-check", "install", "-r"])
            .arg(&requirements))?;
        std::fs::write(&stamp, wanted).map_err(|error| error.to_string())?;
        Ok(Self { bin })
    }

    /// Runs one of our scripts; its output is the failure's text.
    pub(super) fn script(&self, name: &str, arguments: &[&str]) {
        let output = Command::new(self.bin.join("python"))
            .arg(scripts().join(name))
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{name} failed:\n{}", text(&output));
    }

    /// Path of a command of the environment.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.bin.join(name)
    }

    /// Runs a command of the environment with `home` as the user's folder.
    pub(super) fn command(&self, name: &str, home: &Path, arguments: &[&str]) -> Output {
        Command::new(self.bin.join(name))
            .args(arguments)
            .current_dir(home)
            .env("HOME", home)
            .output()
            .unwrap()
    }
}

pub(super) fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command
        .output()
        .map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(text(&output))
    }
}

/// A real file of the corpus beside the project; `None`, with a word about it, where there is none.
pub(super) fn corpus(prefix: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/files");
    let found = std::fs::read_dir(&folder).ok().and_then(|entries| {
        entries
            .flatten()
            .find(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
            .map(|entry| entry.path())
    });
    if found.is_none() {
        assert!(
            std::env::var_os("CI").is_none(),
            "the corpus is missing: {}",
            folder.display()
        );
        eprintln!("SKIPPED: no corpus in {}", folder.display());
    }
    found
}
