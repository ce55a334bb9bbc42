//! A server: reached once, then asked.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use reqwest::Certificate;
use url::Url;

use super::{
    credentials::Credentials,
    endpoint::{
        Endpoint, Reply, Request,
        auth::{Session, SignIn},
        server::{GetServerInfo, ServerInfo},
    },
    error::{CallName, Error},
    fault::glimpse,
    json::Unreadable,
    redirect,
    retry::RetryPolicy,
    secret::Secret,
    site::Site,
    transport::{Answer, Read, Transport, host},
    version::ApiVersion,
};

/// How to reach a server.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Scheme and host, such as `https://tableau.example.com`. A fragment or query, as in an address
    /// copied from a browser, is ignored; a path before `/api` is kept.
    pub server: Url,
    /// A PEM file of certificates to trust besides those of the system.
    pub ca_file: Option<PathBuf>,
    /// The longest time that nothing may move on a connection. Not a limit on the whole of a call.
    pub timeout: Duration,
    /// How long the server may think before it answers a call for which it reads a whole file or renders a view; never
    /// less than `timeout`.
    pub patience: Duration,
    /// Sent as `User-Agent`.
    pub user_agent: String,
    /// The newest version of the API to use, whatever the server offers.
    pub newest: ApiVersion,
    /// How often and how long calls are repeated.
    pub retry: RetryPolicy,
}

impl Connection {
    /// A connection with the usual limits: nothing moves for at most a minute, or for half an hour while the server thinks
    /// about a file.
    pub fn new(server: Url) -> Self {
        Self {
            server,
            ca_file: None,
            timeout: Duration::from_secs(60),
            patience: Duration::from_secs(30 * 60),
            user_agent: concat!("tabship/", env!("CARGO_PKG_VERSION")).into(),
            newest: ApiVersion::NEWEST,
            retry: RetryPolicy::default(),
        }
    }
}

/// A reached server. Cheap to clone; all clones share connections and the count of requests.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    transport: Transport,
    base: Url,
    version: ApiVersion,
    info: ServerInfo,
}

impl Client {
    /// Asks the server what it is and agrees on the version of the API: the newest that both know.
    ///
    /// Proxies are taken from the environment (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`). Where http
    /// is redirected to https, all further calls go to https at once, so that no secret is ever sent
    /// in the clear.
    pub async fn connect(connection: Connection) -> Result<Self, Error> {
        let base = base(&connection.server)?;
        let transport = transport(&connection)?;
        let (info, url) = match probe(&transport, &base, ApiVersion::OLDEST).await {
            // A Tableau server, and an old one: ask it how old, to say so.
            Err(error) if error.is(404_001) => probe(&transport, &base, ApiVersion::PROBE).await?,
            outcome => outcome?,
        };
        let version = connection.newest.min(info.rest_api_version);
        if version < ApiVersion::OLDEST {
            return Err(Error::TooOld {
                what: "this client".into(),
                needs: ApiVersion::OLDEST,
                offers: version,
            });
        }
        let base = redirect::rebase(&base, &url);
        Ok(Self {
            inner: Arc::new(Inner {
                transport,
                base,
                version,
                info,
            }),
        })
    }

    /// Signs in to the site with content URL `site` (empty for the Default site of a Server).
    pub async fn sign_in(&self, credentials: &Credentials, site: &str) -> Result<Site, Error> {
        let session = self.open_session(credentials, site).await?;
        Ok(Site::new(
            self.clone(),
            credentials.clone(),
            site.to_owned(),
            session,
        ))
    }

    pub(crate) async fn open_session(
        &self,
        credentials: &Credentials,
        site: &str,
    ) -> Result<Session, Error> {
        self.run(
            &SignIn {
                credentials,
                site,
                api_version: self.inner.version,
            },
            None,
        )
        .await
    }

    /// What the server is.
    pub fn server_info(&self) -> &ServerInfo {
        &self.inner.info
    }

    /// The version of the API in use.
    pub fn api_version(&self) -> ApiVersion {
        self.inner.version
    }

    /// Where calls go, after a redirect from http to https.
    pub fn server(&self) -> &Url {
        &self.inner.base
    }

    /// How many requests have been sent, repeated ones included.
    pub fn requests(&self) -> u64 {
        self.inner.transport.sent.load(Ordering::Relaxed)
    }

    /// How many answers asked for less: 429, and 503 and 504 of a server or gateway that is behind.
    pub fn overloads(&self) -> u64 {
        self.inner.transport.overloads.load(Ordering::Relaxed)
    }

    pub(crate) fn retry_policy(&self) -> &RetryPolicy {
        &self.inner.transport.retry
    }

    pub(crate) fn timeout(&self) -> Duration {
        self.inner.transport.timeout
    }

    /// Makes a call and reads its answer.
    pub(crate) async fn run<E: Endpoint>(
        &self,
        endpoint: &E,
        session: Option<&Session>,
    ) -> Result<E::Answer, Error> {
        let request = Request::of(endpoint);
        let answer = self.send(&request, session, Read::Whole).await?;
        self.parse(endpoint, &request, &answer.reply, &answer.url)
    }

    /// Makes a call whose answer is streamed; what is parsed is its headers.
    pub(crate) async fn open<E: Endpoint>(
        &self,
        endpoint: &E,
        session: Option<&Session>,
    ) -> Result<(E::Answer, Streamed), Error> {
        let request = Request::of(endpoint);
        let answer = self.send(&request, session, Read::Streamed).await?;
        let parsed = self.parse(endpoint, &request, &answer.reply, &answer.url)?;
        let call = call_name(&request, &answer.url);
        let Some(response) = answer.rest else {
            return Err(Error::Unreadable {
                call,
                source: Unreadable::missing("body"),
            });
        };
        Ok((
            parsed,
            Streamed {
                call,
                host: host(&answer.url),
                response,
            },
        ))
    }

    async fn send(
        &self,
        request: &Request<'_>,
        session: Option<&Session>,
        read: Read,
    ) -> Result<Answer, Error> {
        let Inner {
            transport,
            base,
            version,
            ..
        } = &*self.inner;
        let site = session.map(|session| session.site_id);
        let mut url = request.path.url(base, *version, site)?;
        request.query.write(&mut url);
        if request.since > *version {
            return Err(Error::TooOld {
                what: call_name(request, &url).to_string(),
                needs: request.since,
                offers: *version,
            });
        }
        let token: Option<&Secret> = session.map(|session| &session.token);
        transport.send(request, &url, token, read).await
    }

    #[expect(clippy::unused_self, reason = "called like `send`, which it follows")]
    fn parse<E: Endpoint>(
        &self,
        endpoint: &E,
        request: &Request<'_>,
        reply: &Reply,
        url: &Url,
    ) -> Result<E::Answer, Error> {
        endpoint.parse(reply).map_err(|source| {
            let call = call_name(request, url);
            match source {
                Unreadable::NotJson => Error::NotTableau {
                    call,
                    host: host(url),
                    status: reply.status,
                    glimpse: glimpse(&reply.body),
                },
                source @ Unreadable::Missing { .. } => Error::Unreadable { call, source },
            }
        })
    }
}

/// A body that is still to be read.
pub(crate) struct Streamed {
    pub(crate) call: CallName,
    pub(crate) host: String,
    pub(crate) response: reqwest::Response,
}

fn call_name(request: &Request<'_>, url: &Url) -> CallName {
    CallName {
        method: request.method.clone(),
        path: url.path().to_owned(),
    }
}

/// What the server is, and where the answer came from.
async fn probe(
    transport: &Transport,
    base: &Url,
    version: ApiVersion,
) -> Result<(ServerInfo, Url), Error> {
    let request = Request::of(&GetServerInfo);
    let url = request.path.url(base, version, None)?;
    let answer = transport.send(&request, &url, None, Read::Whole).await;
    let answer = answer.map_err(|error| not_tableau(error, &url))?;
    match GetServerInfo.parse(&answer.reply) {
        Ok(info) => Ok((info, answer.url)),
        Err(_) => Err(Error::NotTableau {
            call: call_name(&request, &url),
            host: host(&url),
            status: answer.reply.status,
            glimpse: glimpse(&answer.reply.body),
        }),
    }
}

/// Before anything is known about the server, a refusal without one of Tableau's codes says that it
/// is none. A fault of a gateway may pass, and is left as it is.
fn not_tableau(error: Error, url: &Url) -> Error {
    match error {
        Error::Refused(refusal)
            if refusal.code.is_none() && refusal.status < 500 && refusal.status != 429 =>
        {
            Error::NotTableau {
                call: refusal.call,
                host: host(url),
                status: refusal.status,
                glimpse: if refusal.detail.is_empty() {
                    refusal.summary
                } else {
                    refusal.detail
                },
            }
        }
        error => error,
    }
}

fn base(server: &Url) -> Result<Url, Error> {
    let refuse = |why: &str| {
        Err(Error::Invalid {
            what: format!("server `{}`", redirect::origin(server)),
            why: why.into(),
        })
    };
    if !matches!(server.scheme(), "http" | "https") || server.host().is_none() {
        return refuse("is no http or https address; one looks like https://tableau.example.com");
    }
    if !server.username().is_empty() || server.password().is_some() {
        return refuse("holds a user name or password; give credentials separately");
    }
    let mut base = server.clone();
    base.set_query(None);
    base.set_fragment(None);
    Ok(base)
}

fn transport(connection: &Connection) -> Result<Transport, Error> {
    // The HTTP library takes the process's provider. Losing the race to install it means that
    // another one is there, which does as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .user_agent(&connection.user_agent)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(connection.timeout.min(Duration::from_secs(30)))
        .pool_idle_timeout(Duration::from_secs(60));
    if let Some(path) = &connection.ca_file {
        builder = builder.tls_certs_merge(certificates(path)?);
    }
    let http = builder.build().map_err(|error| Error::Invalid {
        what: "connection settings".into(),
        why: chain(&error),
    })?;
    Ok(Transport {
        http,
        timeout: connection.timeout,
        patience: connection.patience.max(connection.timeout),
        retry: connection.retry.clone(),
        sent: AtomicU64::new(0),
        overloads: AtomicU64::new(0),
    })
}

fn certificates(path: &PathBuf) -> Result<Vec<Certificate>, Error> {
    let pem = std::fs::read(path).map_err(|source| Error::File {
        doing: "read",
        path: path.clone(),
        source,
    })?;
    let invalid = |why: String| Error::Invalid {
        what: format!("CA file `{}`", path.display()),
        why,
    };
    let certificates =
        Certificate::from_pem_bundle(&pem).map_err(|error| invalid(chain(&error)))?;
    if certificates.is_empty() {
        return Err(invalid(
            "holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)".into(),
        ));
    }
    Ok(certificates)
}

/// An error with its causes, on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_from_a_browser_works() {
        let url = Url::parse("https://t.example.com/#/site/dev/home").unwrap();
        assert_eq!(base(&url).unwrap().as_str(), "https://t.example.com/");
    }

    #[test]
    fn an_address_with_credentials_is_refused_without_showing_them() {
        for text in ["https://u:hunter2@t.example.com", "ftp://t.example.com"] {
            let error = base(&Url::parse(text).unwrap()).unwrap_err().to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
