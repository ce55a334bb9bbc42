//! Two deployments to one target do not interleave: a lock that any machine can see.
//!
//! The REST API has one atomic primitive: a project's name is unique under its parent, so creating a reserved
//! project succeeds for one and answers 409006 to the other. Its description says who, which commit, since when, and
//! is like no other, so that a run whose answer was lost, or which goes on after a crash, knows its own.

use std::time::Duration;

use jiff::Timestamp;

use crate::api::{self, ErrorKind, Fate, Site};

use super::calls::{Calls, Reserved};
use super::run::LockMode;

/// Name of the reserved project at the site's top level.
pub const NAME: &str = "tabship lock";

/// A lock older than this is left over from a run that died.
const STALE_HOURS: i64 = 6;

/// Times that the lock is tried for: answers may be lost, and others may come and go meanwhile.
const ATTEMPTS: u32 = 4;

/// The lock of this run.
#[derive(Debug)]
pub enum Lock {
    /// LUID of the reserved project.
    Taken(String),
    /// The run goes on without, and why.
    Without(String),
}

/// Why a run does not begin.
#[derive(Debug, thiserror::Error)]
pub enum NotLocked {
    /// Somebody else deploys.
    #[error("another deployment holds the lock: {0}")]
    Held(String),
    #[error("the lock cannot be taken")]
    Failed(#[source] api::Error),
}

/// Takes the lock as `holder`. One that has this holder already is ours: the answer was lost, or an earlier process of
/// this deployment died with it.
pub(super) async fn take(calls: &Calls, mode: LockMode, holder: &str) -> Result<Lock, NotLocked> {
    if mode == LockMode::Off {
        return Ok(Lock::Without("it was switched off".to_owned()));
    }
    let mut lost = None;
    for attempt in 0..ATTEMPTS {
        match calls.reserve(NAME, holder).await {
            Ok(luid) => return Ok(Lock::Taken(luid)),
            Err(error) if error.kind() == ErrorKind::Forbidden => {
                return Ok(Lock::Without(NO_RIGHT.to_owned()));
            }
            // It is there already, or may be; and then it may be ours.
            Err(error) if error.is(409_006) => lost = None,
            Err(error) if error.fate() == Fate::Unknown => lost = Some(error),
            Err(error) => return Err(NotLocked::Failed(error)),
        }
        match calls.reserved(NAME).await.map_err(NotLocked::Failed)? {
            Some(lock) if lock.description == holder => return Ok(Lock::Taken(lock.luid)),
            Some(lock) => clear(calls, mode, &lock).await?,
            None => tokio::time::sleep(Duration::from_millis(200 << attempt)).await,
        }
    }
    Err(lost.map_or_else(
        || NotLocked::Held("somebody takes it again and again".to_owned()),
        NotLocked::Failed,
    ))
}

/// Why there is no lock where the account may not create projects.
pub const NO_RIGHT: &str = "the account may not create projects at the site's top level";

/// Why the account will not be able to lock the site; `None` when it will, or when that is not known before it tries.
pub async fn foreseen(site: &Site) -> Option<String> {
    let user = site.user(site.session().user_id).await.ok()?;
    let role = user.site_role?;
    // Only administrators create projects at the top level (reference: REST facts, 6.1).
    (!role.contains("Administrator")).then(|| {
        format!(
            "the deployment will not be locked against others: {NO_RIGHT} (its site role is {role})"
        )
    })
}

/// Removes a lock that is stale or to be broken; any other stands.
async fn clear(calls: &Calls, mode: LockMode, lock: &Reserved) -> Result<(), NotLocked> {
    if mode != LockMode::Break && !stale(lock.since) {
        return Err(NotLocked::Held(lock.description.clone()));
    }
    // By its LUID: when somebody else was faster, their new lock is not touched.
    match calls.delete_project(&lock.luid).await {
        Err(error) => Err(NotLocked::Held(format!(
            "{} (and it cannot be broken: {error})",
            lock.description
        ))),
        Ok(()) => Ok(()),
    }
}

impl Lock {
    /// Gives it back. A lock that cannot be given back, for the reason that comes back, is stale after some hours.
    pub(super) async fn release(self, calls: &Calls) -> Result<(), String> {
        match self {
            Self::Taken(luid) => calls.delete_project(&luid).await.map_err(|e| e.to_string()),
            Self::Without(_) => Ok(()),
        }
    }
}

/// The description of a lock: for people, and no second one like it.
pub(super) fn holder(target: &str, commit: &str, deployment: &str) -> String {
    let host = std::env::var("HOSTNAME").unwrap_or_else(|_| "a machine".to_owned());
    format!(
        "tabship on {host} deploys commit {commit} to {target} since {} ({deployment}, {})",
        Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        uuid::Uuid::new_v4().simple()
    )
}

fn stale(since: Option<Timestamp>) -> bool {
    since.is_some_and(|since| Timestamp::now().as_second() - since.as_second() > STALE_HOURS * 3600)
}
