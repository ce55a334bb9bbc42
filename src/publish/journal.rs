//! What was done and what is about to be done, on disk before it happens.
//!
//! One file of one JSON document a line, appended to before each step, so that after `kill -9` at any moment the last
//! line tells what may have happened on the site; and synced, so that it holds when the machine fails too. A torn last
//! line is what was being written when the process died: its step had not begun.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::plan::{Detail, LiveItem, Plan};

use super::calls::Marker;

/// One line of the journal. Items are named by their place in the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case")]
pub enum Record {
    /// First line. The plan is what the run set out to do.
    Begun {
        at: Timestamp,
        tabship: String,
        plan: Box<Plan>,
    },
    /// The lock is about to be taken, and its description will be this one: whoever goes on knows it again.
    Locking {
        holder: String,
    },
    CreatingProject {
        path: String,
    },
    CreatedProject {
        path: String,
        luid: String,
    },
    /// The item is about to be changed; this is what it was.
    Started {
        item: usize,
        before: Option<Box<Snapshot>>,
    },
    /// The publish is about to be sent.
    Committing {
        item: usize,
        at: Timestamp,
    },
    /// The site has taken the publish as a job, and does it when it likes.
    Queued {
        item: usize,
        job: String,
    },
    /// The site has not published it, and says so.
    Refused {
        item: usize,
    },
    /// The site has published it.
    Committed {
        item: usize,
        luid: String,
        revision: Option<u64>,
    },
    /// What the publish dropped is back, and it is proven.
    Proven {
        item: usize,
    },
    /// The stamp is set: nothing is left to do.
    Done {
        item: usize,
    },
    Failed {
        item: usize,
        error: String,
    },
    /// From here on what was changed is taken back.
    TakingBack,
    /// The item is about to be taken back.
    Undoing {
        item: usize,
    },
    /// Its earlier content is about to be published over what `known` says of it now; `None`: it is not there.
    PuttingBack {
        item: usize,
        known: Option<Marker>,
        at: Timestamp,
    },
    Undone {
        item: usize,
    },
    /// Last line of a run that came to an end by itself.
    Ended {
        at: Timestamp,
        verdict: String,
    },
}

impl Record {
    /// False where the loss of the line, with the machine, costs no more than a question to the site: the line of the
    /// step before says what may have happened. Whatever is synced later takes it along.
    fn must_outlive_the_machine(&self) -> bool {
        match self {
            // Nothing is there that could be changed before the publish, which is announced by a line of its own.
            Self::Started { before, .. } => before.is_some(),
            Self::Refused { .. }
            | Self::Committed { .. }
            | Self::Proven { .. }
            | Self::Done { .. } => false,
            _ => true,
        }
    }
}

/// An item before it was changed, and where its content can be had again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    pub item: LiveItem,
    pub detail: Detail,
    pub backup: Backup,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Backup {
    /// The site keeps it as this revision.
    Revision(u64),
    /// A file beside the journal.
    File(PathBuf),
    /// The content is not going to be changed.
    Untouched,
}

/// The journal could not be written or read. Without it nothing is changed.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error("cannot {what} `{}`", path.display())]
    Io {
        what: &'static str,
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("line {line} of `{}` is no record of this version of tabship", path.display())]
    Unreadable {
        path: PathBuf,
        /// 1-based.
        line: usize,
        #[source]
        source: serde_json::Error,
    },
    #[error("`{}` does not begin with a plan", .0.display())]
    Headless(PathBuf),
    #[error("the deployment in `{}` is still running", .0.display())]
    Running(PathBuf),
}

/// An open journal.
#[derive(Debug)]
pub struct Journal {
    directory: PathBuf,
    file: Mutex<File>,
}

const FILE: &str = "journal.jsonl";

impl Journal {
    /// Begins a journal in a new folder under `deployments`; its name is the deployment's ID.
    pub fn begin(deployments: &Path, plan: &Plan, at: Timestamp) -> Result<Self, JournalError> {
        let directory = new_directory(deployments, plan, at)?;
        let path = directory.join(FILE);
        let mut options = OpenOptions::new();
        options.append(true).create_new(true);
        private(&mut options);
        let file = options.open(&path).map_err(|source| JournalError::Io {
            what: "create",
            path,
            source,
        })?;
        own(&file, &directory)?;
        let journal = Self {
            directory,
            file: Mutex::new(file),
        };
        journal.write(&Record::Begun {
            at,
            tabship: env!("CARGO_PKG_VERSION").to_owned(),
            plan: Box::new(plan.clone()),
        })?;
        sync_directory(&journal.directory)?;
        sync_directory(deployments)?;
        Ok(journal)
    }

    /// Opens an existing one to go on; a torn last line is cut off. [`JournalError::Running`] while another process
    /// writes it.
    pub fn resume(directory: &Path) -> Result<(Self, Vec<Record>), JournalError> {
        let path = directory.join(FILE);
        let io = |what| {
            let path = path.clone();
            move |source| JournalError::Io { what, path, source }
        };
        let file = OpenOptions::new()
            .append(true)
            .open(&path)
            .map_err(io("open"))?;
        own(&file, directory)?;
        let (records, whole) = read(&path)?;
        file.set_len(whole).map_err(io("mend"))?;
        Ok((
            Self {
                directory: directory.to_owned(),
                file: Mutex::new(file),
            },
            records,
        ))
    }

    /// All whole records of a deployment.
    pub fn records(directory: &Path) -> Result<Vec<Record>, JournalError> {
        read(&directory.join(FILE)).map(|(records, _)| records)
    }

    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The deployment's ID.
    pub fn id(&self) -> String {
        self.directory
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default()
    }

    /// Appends: when it returns, the record survives the process, and the machine where that matters.
    pub fn write(&self, record: &Record) -> Result<(), JournalError> {
        let error = |source| JournalError::Io {
            what: "write",
            path: self.directory.join(FILE),
            source,
        };
        let mut line = serde_json::to_vec(record).map_err(|e| error(e.into()))?;
        line.push(b'\n');
        let mut file = self
            .file
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        file.write_all(&line).map_err(error)?;
        if record.must_outlive_the_machine() {
            file.sync_data().map_err(error)?;
        }
        Ok(())
    }
}

/// One process writes a journal. The system lets go of the mark when that process dies, however it dies; where a
/// file system knows no such marks, the lock on the site is left to tell.
fn own(file: &File, directory: &Path) -> Result<(), JournalError> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(JournalError::Running(directory.to_owned())),
        Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
    }
}

/// Deployments under a folder, newest first.
pub fn deployments(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries
        .map(|e| e.path())
        .filter(|p| p.join(FILE).is_file())
        .collect();
    found.sort_by(|a, b| b.cmp(a));
    found
}

fn new_directory(deployments: &Path, plan: &Plan, at: Timestamp) -> Result<PathBuf, JournalError> {
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| JournalError::Io {
            what: "create",
            path,
            source,
        }
    };
    std::fs::create_dir_all(deployments).map_err(io(deployments))?;
    let base = format!(
        "{}-{}",
        at.strftime("%Y%m%d-%H%M%S-%3f"),
        plan.target.name.replace(['/', '\\', '.'], "_")
    );
    for n in 0_u32.. {
        let name = if n == 0 {
            base.clone()
        } else {
            format!("{base}-{n}")
        };
        let path = deployments.join(name);
        match private_directory().create(&path) {
            Ok(()) => return Ok(path),
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists && n < 1000 => {}
            Err(e) => return Err(io(&path)(e)),
        }
    }
    Ok(deployments.join(base))
}

/// Records, and the length of the file up to the end of the last whole one.
fn read(path: &Path) -> Result<(Vec<Record>, u64), JournalError> {
    let file = File::open(path).map_err(|source| JournalError::Io {
        what: "read",
        path: path.to_owned(),
        source,
    })?;
    read_from(BufReader::new(file), path)
}

/// The same of any reader; `path` is what errors call it.
pub fn read_from(
    mut reader: impl BufRead,
    path: &Path,
) -> Result<(Vec<Record>, u64), JournalError> {
    let io = |source| JournalError::Io {
        what: "read",
        path: path.to_owned(),
        source,
    };
    let (mut records, mut whole, mut line) = (Vec::new(), 0, Vec::new());
    loop {
        line.clear();
        let length = reader.read_until(b'\n', &mut line).map_err(io)?;
        if length == 0 || line.last() != Some(&b'\n') {
            break;
        }
        match serde_json::from_slice(&line) {
            Ok(record) => records.push(record),
            Err(source) => {
                return Err(JournalError::Unreadable {
                    path: path.to_owned(),
                    line: records.len() + 1,
                    source,
                });
            }
        }
        whole += length as u64;
    }
    if !matches!(records.first(), Some(Record::Begun { .. })) {
        return Err(JournalError::Headless(path.to_owned()));
    }
    Ok((records, whole))
}

/// Copies of what was live are nobody else's business on a shared runner.
#[cfg(unix)]
fn private_directory() -> DirBuilder {
    use std::os::unix::fs::DirBuilderExt;
    let mut builder = DirBuilder::new();
    builder.mode(0o700);
    builder
}

#[cfg(not(unix))]
fn private_directory() -> DirBuilder {
    DirBuilder::new()
}

/// Names of people and servers neither.
#[cfg(unix)]
fn private(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600);
}

#[cfg(not(unix))]
fn private(_options: &mut OpenOptions) {}

/// A new name in a folder survives a crash only when the folder is synced.
#[cfg(unix)]
fn sync_directory(path: &Path) -> Result<(), JournalError> {
    File::open(path)
        .and_then(|folder| folder.sync_all())
        .map_err(|source| JournalError::Io {
            what: "sync",
            path: path.to_owned(),
            source,
        })
}

#[cfg(not(unix))]
fn sync_directory(_path: &Path) -> Result<(), JournalError> {
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::plan::document::{Estimate, SCHEMA_VERSION, Target};

    pub(in crate::publish) fn plan() -> Plan {
        Plan {
            schema_version: SCHEMA_VERSION,
            tabship: "0".to_owned(),
            made_at: Timestamp::UNIX_EPOCH,
            target: Target {
                name: "dev".into(),
                server: "http://x".into(),
                site: String::new(),
                protected: false,
                stamp: "tabship".into(),
            },
            source: None,
            git: None,
            select: vec![],
            projects: vec![],
            items: vec![],
            notes: vec![],
            left_over: Vec::new(),
            estimate: Estimate::default(),
        }
    }

    fn committing() -> Record {
        Record::Committing {
            item: 3,
            at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_journal_belongs_to_one_process_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::begin(folder.path(), &plan(), Timestamp::UNIX_EPOCH).unwrap();
        let directory = journal.directory().to_owned();
        assert!(matches!(
            Journal::resume(&directory),
            Err(JournalError::Running(_))
        ));
        drop(journal);
        let (_journal, records) = Journal::resume(&directory).unwrap();
        assert_eq!(records.len(), 1);
    }

    #[test]
    fn what_is_written_is_read_and_a_torn_line_is_cut() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::begin(folder.path(), &plan(), Timestamp::UNIX_EPOCH).unwrap();
        journal.write(&committing()).unwrap();
        let file = journal.directory().join(FILE);
        let whole = std::fs::read(&file).unwrap();
        std::fs::write(
            &file,
            [whole.as_slice(), br#"{"step":"proven","it"#].concat(),
        )
        .unwrap();
        let directory = journal.directory().to_owned();
        drop(journal);
        let (again, records) = Journal::resume(&directory).unwrap();
        assert_eq!(records[1..], [committing()]);
        again.write(&Record::Proven { item: 3 }).unwrap();
        assert_eq!(
            Journal::records(&directory).unwrap()[2],
            Record::Proven { item: 3 }
        );
        assert_eq!(deployments(folder.path()), [directory]);
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_reads_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::begin(folder.path(), &plan(), Timestamp::UNIX_EPOCH).unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(journal.directory()), 0o700);
        assert_eq!(mode(&journal.directory().join(FILE)), 0o600);
    }

    #[test]
    fn the_newest_of_one_second_is_first() {
        let folder = tempfile::tempdir().unwrap();
        let begun = |target: &str, milliseconds| {
            let mut plan = plan();
            plan.target.name = target.to_owned();
            let at = Timestamp::from_millisecond(milliseconds).unwrap();
            Journal::begin(folder.path(), &plan, at).unwrap().id()
        };
        let (earlier, later) = (begun("staging", 1), begun("prod", 2));
        let found = deployments(folder.path());
        assert!(
            found[0].ends_with(later) && found[1].ends_with(earlier),
            "{found:?}"
        );
    }

    #[test]
    fn two_deployments_at_one_moment_have_two_folders() {
        let folder = tempfile::tempdir().unwrap();
        let first = Journal::begin(folder.path(), &plan(), Timestamp::UNIX_EPOCH).unwrap();
        let second = Journal::begin(folder.path(), &plan(), Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(
            (first.id(), second.id()),
            (
                "19700101-000000-000-dev".into(),
                "19700101-000000-000-dev-1".into()
            )
        );
    }

    #[test]
    fn garbage_is_an_error_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::begin(folder.path(), &plan(), Timestamp::UNIX_EPOCH).unwrap();
        let file = journal.directory().join(FILE);
        let whole = std::fs::read(&file).unwrap();
        std::fs::write(&file, [whole.as_slice(), b"nonsense\n"].concat()).unwrap();
        assert!(matches!(
            Journal::records(journal.directory()),
            Err(JournalError::Unreadable { line: 2, .. })
        ));
        std::fs::write(&file, b"").unwrap();
        assert!(matches!(
            Journal::records(journal.directory()),
            Err(JournalError::Headless(_))
        ));
    }
}
