//! From a target of the manifest to a site that is signed in to.

use std::path::Path;
use std::time::Duration;

use url::Url;

use crate::api::{self, Client, Connection, Credentials, ErrorKind, Site};
use crate::manifest::raw::{Auth, SecretRef};
use crate::publish::secrets::{MissingSecret, Secrets};

use super::Session;
use super::failure::{Failure, Kind};
use super::options::Sites;
use super::sandbox_site::Embedded;
use super::target::Chosen;
use super::workspace::Workspace;

/// Scopes that a connected app's session asks for: what a deployment and `check --online` call (reference: REST
/// corrections, 1.14).
const SCOPES: &[&str] = &[
    "tableau:content:read",
    "tableau:file_uploads:create",
    "tableau:workbooks:read",
    "tableau:workbooks:create",
    "tableau:workbooks:update",
    "tableau:workbooks:download",
    "tableau:workbooks:delete",
    "tableau:datasources:create",
    "tableau:datasources:update",
    "tableau:datasources:download",
    "tableau:datasources:delete",
    "tableau:flows:read",
    "tableau:flows:create",
    "tableau:flows:update",
    "tableau:flows:download",
    "tableau:flows:delete",
    "tableau:flow_connections:read",
    "tableau:flow_connections:update",
    "tableau:projects:create",
    "tableau:projects:update",
    "tableau:projects:delete",
    "tableau:workbook_tags:update",
    "tableau:datasource_tags:update",
    "tableau:flow_tags:update",
    "tableau:view_tags:update",
    "tableau:tags:batch_create",
    "tableau:tags:batch_delete",
    "tableau:views:download",
    "tableau:jobs:read",
    "tableau:tasks:read",
    "tableau:tasks:run",
    "tableau:users:read",
    "tableau:recyclebin_content:read",
    "tableau:recyclebin_content:update",
];

/// A target's site, signed in to, and its address as people know it.
pub(crate) struct SignedIn {
    pub(crate) site: Site,
    pub(crate) server: Url,
    /// The server as plans and reports name it; the sandbox's port changes from run to run.
    pub(crate) server_name: String,
}

/// Signs in, once a run and target.
pub(crate) async fn sign_in(
    session: &Session,
    chosen: &Chosen,
    sites: &Sites,
    folder: &Path,
    embedded: Option<&Embedded>,
) -> Result<SignedIn, Failure> {
    let (server, site, credentials) = match embedded {
        Some(embedded) => {
            let (name, secret) = embedded.token(&chosen.name);
            (
                embedded.url()?,
                chosen.name.clone(),
                Credentials::Token { name, secret },
            )
        }
        None => (
            server(chosen)?,
            chosen.target.site.clone(),
            credentials(session, &chosen.target.auth, folder)?,
        ),
    };
    let mut connection = Connection::new(server.clone());
    connection.timeout = sites.timeout.min(Duration::from_secs(120));
    connection.patience = sites.timeout;
    connection.ca_file = chosen.target.ca_file.as_ref().map(|f| folder.join(f));
    let client = Client::connect(connection)
        .await
        .map_err(|e| unreachable(chosen, &e))?;
    if travels_open(client.server()) {
        session.streams.warn(&format!(
            "the secret for `{}` goes to {} unencrypted; write `https://` where the server can",
            chosen.name,
            client.server()
        ));
    }
    let site = client
        .sign_in(&credentials, &site)
        .await
        .map_err(|e| unreachable(chosen, &e))?;
    session.streams.detail(&format!(
        "signed in to {} (REST API {})",
        client.server(),
        client.api_version()
    ));
    let server_name = match embedded {
        Some(_) => "the embedded sandbox".to_owned(),
        None => server.as_str().trim_end_matches('/').to_owned(),
    };
    Ok(SignedIn {
        site,
        server,
        server_name,
    })
}

/// Neither encrypted nor within this machine.
fn travels_open(server: &Url) -> bool {
    let own = match server.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    server.scheme() == "http" && !own
}

fn server(chosen: &Chosen) -> Result<Url, Failure> {
    chosen.target.server.parse().map_err(|e: url::ParseError| {
        Failure::usage(format!(
            "the server of `{}`, `{}`, is no web address",
            chosen.name, chosen.target.server
        ))
        .because(&e)
    })
}

fn credentials(session: &Session, auth: &Auth, folder: &Path) -> Result<Credentials, Failure> {
    let store = Store {
        session,
        folder,
        rehearsal: false,
    };
    let read = |secret: &SecretRef| {
        store.secret(&secret.reference()).map_err(|e| {
            Failure::usage(e.to_string())
                .hint("set it in the environment of this shell or pipeline; `--sandbox` needs none")
        })
    };
    if let (Some(name), Some(secret)) = (&auth.token_name, &auth.token_secret) {
        return Ok(Credentials::Token {
            name: name.clone(),
            secret: read(secret)?,
        });
    }
    if let (Some(name), Some(password)) = (&auth.user, &auth.password) {
        return Ok(Credentials::Password {
            name: name.clone(),
            password: read(password)?,
        });
    }
    match &auth.connected_app {
        Some(app) => Ok(Credentials::ConnectedApp {
            client_id: app.client_id.clone(),
            secret_id: app.secret_id.clone(),
            secret: read(&app.secret)?,
            user: app.user.clone(),
            scopes: SCOPES.iter().map(|s| (*s).to_owned()).collect(),
        }),
        None => Err(Failure::usage("the target has no way to sign in")
            .hint("see `auth:` in docs/manifest.md")),
    }
}

/// Reads secrets from the environment and from files, at the moment of use.
pub(crate) struct Store<'s> {
    session: &'s Session,
    folder: &'s Path,
    /// A rehearsal on the embedded sandbox needs no credentials: what is not there is made up.
    rehearsal: bool,
}

impl<'s> Store<'s> {
    /// What a run on `sites` may use.
    pub(crate) fn of(session: &'s Session, workspace: &'s Workspace, sites: &Sites) -> Self {
        Self {
            session,
            folder: &workspace.folder,
            rehearsal: sites.sandbox.is_some(),
        }
    }
}

impl Secrets for Store<'_> {
    fn secret(&self, reference: &str) -> Result<api::Secret, MissingSecret> {
        let missing = |why: String| MissingSecret {
            name: reference.to_owned(),
            why,
        };
        let found = match reference.split_once(':') {
            Some(("env", name)) => {
                match self.session.environment.get(name).filter(|v| !v.is_empty()) {
                    Some(value) => Ok(api::Secret::new(value)),
                    None => Err(missing("is not set".to_owned())),
                }
            }
            Some(("file", path)) => match std::fs::read_to_string(self.folder.join(path)) {
                Ok(text) => Ok(api::Secret::new(text.trim_end_matches(['\r', '\n']))),
                Err(error) => Err(missing(format!("cannot be read: {error}"))),
            },
            _ => Err(missing("is no reference to a secret".to_owned())),
        };
        match found {
            Err(_) if self.rehearsal => Ok(api::Secret::new("sandbox")),
            found => found,
        }
    }
}

/// Reaching and signing in to a site failed.
pub(crate) fn unreachable(chosen: &Chosen, error: &api::Error) -> Failure {
    let what = match error.kind() {
        ErrorKind::SignInRefused => "refuses to let us in",
        ErrorKind::Unreachable(_) => "cannot be reached",
        _ => "does not answer as it should",
    };
    let message = format!("the site of `{}` {what}", chosen.name);
    explained(Failure::new(Kind::Unreachable, message), error)
}

/// A call failed before anything was changed.
pub(crate) fn asked(what: &str, error: &api::Error) -> Failure {
    let message = format!("{what} failed");
    explained(Failure::new(Kind::Unreachable, message), error)
}

/// With what the error says, what its code means, and what to do.
fn explained(failure: Failure, error: &api::Error) -> Failure {
    let mut failure = failure.because(error);
    let meaning = error.explanation().map(|e| e.cause.to_owned());
    failure.causes.extend(meaning);
    failure.hint(error.advice())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_leaves_the_machine_unencrypted_is_warned_of() {
        let open = |url: &str| travels_open(&url.parse().unwrap());
        assert!(open("http://tableau.example.com/") && open("http://10.1.2.3:8000/"));
        assert!(!open("https://tableau.example.com/"));
        assert!(
            !open("http://127.0.0.1:8765/") && !open("http://[::1]/") && !open("http://localhost/")
        );
    }
}
