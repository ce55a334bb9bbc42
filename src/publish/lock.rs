//! Two deployments to one target do not interleave: a lock that any machine can see.
//!
//! The REST API has one atomic primitive: a project's name is unique under its parent, so creating a reserved
//! project succeeds for one and answers 409006 to the other. Its description says who, which commit, since when.

use jiff::Timestamp;

use crate::api::ErrorKind;

use super::calls::Calls;
use super::run::LockMode;

/// Name of the reserved project at the site's top level.
pub const NAME: &str = "tabship lock";

/// A lock older than this is left over from a run that died.
const STALE_HOURS: i64 = 6;

/// The lock of this run.
#[derive(Debug)]
pub enum Lock {
    /// LUID of the reserved project.
    Taken(String),
    /// The run goes on without, and why.
    Without(String),
}

/// Somebody else deploys.
#[derive(Debug, Clone, thiserror::Error)]
#[error("another deployment holds the lock: {0}")]
pub struct Held(pub String);

pub(super) async fn take(
    calls: &Calls,
    mode: LockMode,
    target: &str,
    commit: &str,
) -> Result<Lock, Held> {
    if mode == LockMode::Off {
        return Ok(Lock::Without("it was switched off".to_owned()));
    }
    let description = describe(target, commit);
    for _ in 0..2 {
        match calls.create_lock(NAME, &description).await {
            Ok(Some(luid)) => return Ok(Lock::Taken(luid)),
            Ok(None) => {
                let Some((luid, holder, since)) = calls.find_lock(NAME).await.unwrap_or_default()
                else {
                    continue;
                };
                if mode != LockMode::Break && !stale(since) {
                    return Err(Held(holder));
                }
                if let Err(error) = calls.delete_project(&luid).await {
                    return Err(Held(format!("{holder} (and it cannot be broken: {error})")));
                }
            }
            Err(error) if error.kind() == ErrorKind::Forbidden => {
                return Ok(Lock::Without(
                    "the account may not create projects at the site's top level".to_owned(),
                ));
            }
            Err(error) => return Ok(Lock::Without(format!("the lock cannot be taken: {error}"))),
        }
    }
    Err(Held("somebody takes it again and again".to_owned()))
}

impl Lock {
    /// Gives it back. A lock that cannot be given back is stale after some hours.
    pub(super) async fn release(self, calls: &Calls) {
        if let Self::Taken(luid) = self {
            if let Err(error) = calls.delete_project(&luid).await {
                tracing::warn!(%error, "the lock could not be given back");
            }
        }
    }
}

fn describe(target: &str, commit: &str) -> String {
    let host = std::env::var("HOSTNAME").unwrap_or_else(|_| "a machine".to_owned());
    format!(
        "tabship on {host} deploys commit {commit} to {target} since {}",
        Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ")
    )
}

fn stale(since: Option<Timestamp>) -> bool {
    since.is_some_and(|since| Timestamp::now().as_second() - since.as_second() > STALE_HOURS * 3600)
}
