//! Two deployments to one target do not interleave: a lock that any machine can see.
//!
//! The REST API has one atomic primitive: a project's name is unique under its parent, so creating a reserved
//! project succeeds for one and answers 409006 to the other. Its description says who, which commit, since when, and
//! begins like no other, so that a run whose answer was lost, or which goes on after a crash, knows its own. While the
//! run works it renews the lock, so that a long one is not taken for one that died.

use std::time::Duration;

use jiff::Timestamp;

use crate::api::{self, ErrorKind, Fate, Site};

use super::calls::{Calls, Reserved};
use super::run::LockMode;

/// Name of the reserved project at the site's top level.
pub const NAME: &str = "tabship lock";

/// A lock that was not renewed for so long is left over from a run that died.
const STALE_HOURS: i64 = 6;

/// A run that works renews its lock so often: some renewals may fail before it goes stale.
pub const RENEWED_EVERY: Duration = Duration::from_secs(30 * 60);

/// Times that the lock is tried for: answers may be lost, and others may come and go meanwhile.
const ATTEMPTS: u32 = 4;

/// The lock of this run.
#[derive(Debug)]
pub enum Lock {
    Taken(Held),
    /// The run goes on without, and why.
    Without(String),
}

/// The reserved project of a lock that was taken.
#[derive(Debug)]
pub struct Held {
    luid: String,
    holder: String,
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
pub async fn take(calls: &Calls, mode: LockMode, holder: &str) -> Result<Lock, NotLocked> {
    if mode == LockMode::Off {
        return Ok(Lock::Without("it was switched off".to_owned()));
    }
    let mut lost = None;
    for attempt in 0..ATTEMPTS {
        match calls.reserve(NAME, holder).await {
            Ok(luid) => return Ok(Lock::taken(luid, holder)),
            Err(error) if error.kind() == ErrorKind::Forbidden => {
                return Ok(Lock::Without(NO_RIGHT.to_owned()));
            }
            // It is there already, or may be; and then it may be ours.
            Err(error) if error.is(409_006) => lost = None,
            Err(error) if error.fate() == Fate::Unknown => lost = Some(error),
            Err(error) => return Err(NotLocked::Failed(error)),
        }
        match calls.reserved(NAME).await.map_err(NotLocked::Failed)? {
            Some(lock) if lock.description.starts_with(holder) => {
                return Ok(Lock::taken(lock.luid, holder));
            }
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

/// Whether an account of this site role may create projects at the top level: only administrators may (reference: REST
/// facts, 6.1).
pub fn creates_at_top(role: &str) -> bool {
    role.contains("Administrator")
}

/// Why the account will not be able to lock the site; `None` when it will, or when that is not known before it tries.
pub async fn foreseen(site: &Site) -> Option<String> {
    let user = site.user(site.session().user_id).await.ok()?;
    let role = user.site_role?;
    (!creates_at_top(&role)).then(|| {
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
    fn taken(luid: String, holder: &str) -> Self {
        Self::Taken(Held {
            luid,
            holder: holder.to_owned(),
        })
    }

    /// Renews it again and again, for as long as it is polled. Comes back when it is another's, with whose.
    pub(super) async fn keep(&self, calls: &Calls, every: Duration) -> String {
        let Self::Taken(held) = self else {
            return std::future::pending().await;
        };
        loop {
            tokio::time::sleep(every).await;
            match calls
                .renew(&held.luid, held.renewed(Timestamp::now()))
                .await
            {
                Err(error) if error.kind() == ErrorKind::NotFound => return whose(calls).await,
                // It is tried again long before the lock is stale.
                Err(error) => tracing::warn!(%error, "the lock could not be renewed"),
                Ok(()) => {}
            }
        }
    }

    /// Gives it back. A lock that cannot be given back, for the reason that comes back, is stale after some hours.
    pub async fn release(self, calls: &Calls) -> Result<(), String> {
        match self {
            Self::Taken(held) => calls
                .delete_project(&held.luid)
                .await
                .map_err(|e| e.to_string()),
            Self::Without(_) => Ok(()),
        }
    }
}

impl Held {
    fn renewed(&self, at: Timestamp) -> String {
        format!("{}, renewed {}", self.holder, at.strftime(TIME))
    }
}

/// Who has the lock now.
async fn whose(calls: &Calls) -> String {
    match calls.reserved(NAME).await {
        Ok(Some(lock)) => lock.description,
        Ok(None) => "it was taken away, and nobody has it now".to_owned(),
        Err(error) => format!("it was taken away, and who has it is not known: {error}"),
    }
}

const TIME: &str = "%Y-%m-%dT%H:%M:%SZ";

/// The description of a lock: for people, and no second one like it. `does` says what is done: `deploys commit abc to
/// prod`; `run` names it.
pub fn holder(does: &str, run: &str) -> String {
    let host = host().unwrap_or_else(|| "a machine".to_owned());
    format!(
        "tabship on {host} {does} since {} ({run}, {})",
        Timestamp::now().strftime(TIME),
        uuid::Uuid::new_v4().simple()
    )
}

/// What the machine calls itself. A shell knows it, and mostly does not hand it on.
fn host() -> Option<String> {
    let variable = |name| std::env::var(name).ok();
    let kernel = || std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name = variable("HOSTNAME")
        .or_else(|| variable("COMPUTERNAME"))
        .or_else(kernel)?;
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

fn stale(since: Option<Timestamp>) -> bool {
    since.is_some_and(|since| Timestamp::now().as_second() - since.as_second() > STALE_HOURS * 3600)
}
