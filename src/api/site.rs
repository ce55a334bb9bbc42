//! A site, signed in to.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::Mutex;

use super::{
    client::{Client, Streamed},
    credentials::Credentials,
    endpoint::{
        Endpoint,
        auth::{CurrentSession, GetCurrentSession, Session, SignOut},
    },
    error::{Error, ErrorKind},
    version::ApiVersion,
};

/// A session that was opened in place of a dead one and dies within this time is not replaced again:
/// another process signs in with the same token, or the session lacks the scope for the call.
const TOO_SOON: Duration = Duration::from_secs(300);

/// A site, signed in to. Cheap to clone and used from many tasks at once.
///
/// Has a method for each call (see [`crate::api::endpoint`]). When the session dies, it is opened
/// once more and the call that noticed is made again: a call that was refused for its session has
/// done nothing, so this holds for calls of either replay class.
#[derive(Clone)]
pub struct Site {
    inner: Arc<Inner>,
}

struct Inner {
    client: Client,
    credentials: Credentials,
    content_url: String,
    held: std::sync::RwLock<Held>,
    /// Held while a session is opened, so that many calls that notice at once open one.
    opening: Mutex<()>,
}

#[derive(Clone)]
struct Held {
    session: Arc<Session>,
    /// When it took the place of a dead one.
    reopened: Option<Instant>,
}

impl Site {
    pub(crate) fn new(
        client: Client,
        credentials: Credentials,
        content_url: String,
        session: Session,
    ) -> Self {
        let held = std::sync::RwLock::new(Held {
            session: Arc::new(session),
            reopened: None,
        });
        let opening = Mutex::new(());
        Self {
            inner: Arc::new(Inner {
                client,
                credentials,
                content_url,
                held,
                opening,
            }),
        }
    }

    /// The session is of a connected app: only calls that have a scope are open to it (reference: REST corrections,
    /// 1.14).
    pub fn is_scoped(&self) -> bool {
        matches!(self.inner.credentials, Credentials::ConnectedApp { .. })
    }

    /// The server.
    pub fn client(&self) -> &Client {
        &self.inner.client
    }

    /// The session now in use.
    pub fn session(&self) -> Arc<Session> {
        self.held().session
    }

    /// The version of the API in use.
    pub fn api_version(&self) -> ApiVersion {
        self.inner.client.api_version()
    }

    /// Makes a call.
    pub async fn run<E: Endpoint>(&self, endpoint: &E) -> Result<E::Answer, Error> {
        let session = self.session();
        match self.inner.client.run(endpoint, Some(&session)).await {
            Err(error) if error.kind() == ErrorKind::SessionEnded => {
                let session = self.reopen(&session, error).await?;
                self.inner.client.run(endpoint, Some(&session)).await
            }
            outcome => outcome,
        }
    }

    /// Makes a call whose answer is streamed.
    pub(crate) async fn open<E: Endpoint>(
        &self,
        endpoint: &E,
    ) -> Result<(E::Answer, Streamed), Error> {
        let session = self.session();
        match self.inner.client.open(endpoint, Some(&session)).await {
            Err(error) if error.kind() == ErrorKind::SessionEnded => {
                let session = self.reopen(&session, error).await?;
                self.inner.client.open(endpoint, Some(&session)).await
            }
            outcome => outcome,
        }
    }

    /// Whose session this is.
    pub async fn current_session(&self) -> Result<CurrentSession, Error> {
        self.run(&GetCurrentSession).await
    }

    /// Ends the session. One that is over already is as good.
    pub async fn sign_out(&self) -> Result<(), Error> {
        let session = self.session();
        match self.inner.client.run(&SignOut, Some(&session)).await {
            Err(error) if error.kind() == ErrorKind::SessionEnded => Ok(()),
            outcome => outcome,
        }
    }

    /// Opens a session in place of `dead`, unless somebody else just did.
    async fn reopen(&self, dead: &Arc<Session>, error: Error) -> Result<Arc<Session>, Error> {
        let _opening = self.inner.opening.lock().await;
        let held = self.held();
        if !Arc::ptr_eq(&held.session, dead) {
            return Ok(held.session);
        }
        if held.reopened.is_some_and(|at| at.elapsed() < TOO_SOON) {
            return Err(error);
        }
        tracing::debug!(site = %self.inner.content_url, "session ended, signing in once more");
        let Inner {
            client,
            credentials,
            content_url,
            ..
        } = &*self.inner;
        let session = Arc::new(client.open_session(credentials, content_url).await?);
        self.hold(Held {
            session: session.clone(),
            reopened: Some(Instant::now()),
        });
        Ok(session)
    }

    // The lock is held for a copy of two words, by code that cannot panic.
    fn held(&self) -> Held {
        self.inner
            .held
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    fn hold(&self, held: Held) {
        *self
            .inner
            .held
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = held;
    }
}
