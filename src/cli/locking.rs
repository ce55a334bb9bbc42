//! The lock on a target, as commands that change it take it.

use crate::publish::lock::NotLocked;
use crate::publish::run::LockMode;

use super::failure::{Failure, Kind};
use super::site::asked;

/// Options of commands that lock.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Locking {
    /// Take the lock of another deployment that is known to be dead
    #[arg(long)]
    break_lock: bool,

    /// Do not lock the target against other deployments
    #[arg(long, conflicts_with = "break_lock")]
    no_lock: bool,
}

impl Locking {
    pub(crate) fn mode(&self) -> LockMode {
        match (self.no_lock, self.break_lock) {
            (true, _) => LockMode::Off,
            (_, true) => LockMode::Break,
            _ => LockMode::Take,
        }
    }
}

/// Why nothing was begun.
pub(crate) fn not_locked(why: NotLocked) -> Failure {
    match why {
        NotLocked::Held(_) => Failure::new(Kind::Refused, why.to_string())
            .hint("wait until it is done")
            .hint("if it ran here and died: `tabship deploy --resume` or `tabship rollback`; if it is known to be dead: `--break-lock`"),
        NotLocked::Failed(error) => {
            asked("taking the lock, before anything was changed,", &error)
        }
    }
}

/// What is said when there is no lock.
pub(crate) fn without(why: &str) -> String {
    format!("this run is not locked against deployments of others: {why}")
}

/// What is said when it cannot be given back.
pub(crate) fn still_there(why: &str) -> String {
    format!("the lock is still on the site ({why}); the next deployment needs `--break-lock`")
}
