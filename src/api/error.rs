//! What can go wrong with a call, and what may have happened on the site.

use std::{error::Error as StdError, fmt, io, path::PathBuf, time::Duration};

use reqwest::Method;

use super::{
    code::{ErrorCode, Explanation},
    json::Unreadable,
    version::ApiVersion,
};

/// The call that failed: method and path, without host and query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallName {
    /// `GET`, `POST` and so on.
    pub method: Method,
    /// From `/api` on, percent-encoded.
    pub path: String,
}

impl fmt::Display for CallName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// A failed call.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No answer came.
    #[error("{call}: {} {host}", reason.what())]
    Unreachable {
        /// The call.
        call: CallName,
        /// Host and port that were asked.
        host: String,
        /// How it failed.
        reason: Unreachable,
        /// What the layers below said.
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The server sent us elsewhere, and following would hand the session to a stranger.
    #[error("{call}: the server redirects to {to}, which is another address than {from}")]
    Redirected {
        /// The call.
        call: CallName,
        /// Scheme, host and port that were asked.
        from: String,
        /// Scheme, host and port that the answer names.
        to: String,
    },
    /// Something answered that is no Tableau server.
    #[error("{call}: {host} does not answer like a Tableau server (HTTP {status}: {glimpse})")]
    NotTableau {
        /// The call.
        call: CallName,
        /// Host and port that were asked.
        host: String,
        /// The HTTP status.
        status: u16,
        /// The title or the beginning of what came.
        glimpse: String,
    },
    /// The server is too old for the call, or for us.
    #[error("{what} needs REST API {needs}, the server offers {offers}")]
    TooOld {
        /// The call or the feature.
        what: String,
        /// The version that it needs.
        needs: ApiVersion,
        /// The version in use.
        offers: ApiVersion,
    },
    /// The server answered, and refused.
    #[error(transparent)]
    Refused(Box<Refusal>),
    /// The server answered with success, and the answer lacks something.
    #[error("{call}: the answer cannot be read")]
    Unreadable {
        /// The call.
        call: CallName,
        /// What is wrong with it.
        source: Unreadable,
    },
    /// The body to be sent could not be read, or was longer or shorter than it should be.
    #[error("{call}: what was to be sent could not be read")]
    Content {
        /// The call.
        call: CallName,
        /// Why.
        source: io::Error,
    },
    /// What came could not be written where it was wanted.
    #[error("{call}: what came could not be written")]
    Sink {
        /// The call.
        call: CallName,
        /// Why.
        source: io::Error,
    },
    /// A local file could not be read or written.
    #[error("cannot {doing} `{}`", path.display())]
    File {
        /// `read` or `write`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The caller asked for something that cannot be sent.
    #[error("{what}: {why}")]
    Invalid {
        /// The value in question; never a secret.
        what: String,
        /// What is wrong with it.
        why: String,
    },
}

/// How reaching the server failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreachable {
    /// The host name does not resolve.
    Dns,
    /// The connection was refused or could not be made.
    Refused,
    /// The connection was not made in time: a firewall drops it, most likely.
    ConnectTimeout,
    /// The proxy was not reached, refused, or asked for credentials.
    Proxy,
    /// The certificate was not accepted, or encryption could not be agreed on.
    Tls,
    /// Nothing moved for too long.
    Timeout,
    /// The connection broke after the request had begun.
    Lost,
}

impl Unreachable {
    /// It did not come as far as the server; where there is a proxy, that is why.
    pub(super) fn is_on_the_way(self) -> bool {
        matches!(
            self,
            Self::Dns | Self::Refused | Self::ConnectTimeout | Self::Proxy
        )
    }

    fn what(self) -> &'static str {
        match self {
            Self::Dns => "no address is known for",
            Self::Refused => "no connection to",
            Self::ConnectTimeout => "no connection in time to",
            Self::Proxy => "the proxy did not connect to",
            Self::Tls => "no trusted encrypted connection to",
            Self::Timeout => "no answer in time from",
            Self::Lost => "connection lost to",
        }
    }
}

/// An answer with an error status.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{call}: HTTP {status}{}{}{}", Part(" / ", *code), Part(": ", text(summary)), Part(": ", text(detail)))]
pub struct Refusal {
    /// The call.
    pub call: CallName,
    /// The HTTP status.
    pub status: u16,
    /// Tableau's code; absent when a gateway answered.
    pub code: Option<ErrorCode>,
    /// Tableau's heading, in the server's language: for people only.
    pub summary: String,
    /// Tableau's text, in the server's language: for people only.
    pub detail: String,
    /// The server's name for this request, for its administrator.
    pub request_id: Option<String>,
    /// How long the server asks us to wait.
    pub retry_after: Option<Duration>,
    /// Whether the call carried a session.
    pub(crate) signed_in: bool,
}

fn text(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// A part of a message that may be absent, with what goes before it.
struct Part<T>(&'static str, Option<T>);

impl<T: fmt::Display> fmt::Display for Part<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.1 {
            Some(value) => write!(f, "{}{value}", self.0),
            None => Ok(()),
        }
    }
}

/// What kind of trouble it is; callers decide by this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No answer came.
    Unreachable(Unreachable),
    /// The server sent us to another host.
    Redirected,
    /// Something else than a Tableau server answered.
    NotTableau,
    /// The server is too old for the call.
    TooOld,
    /// The credentials or the site were refused (401001). Never tried again: that locks accounts.
    SignInRefused,
    /// The session is over (401002).
    SessionEnded,
    /// The account may not do this.
    Forbidden,
    /// What the call names does not exist or is hidden from the account.
    NotFound,
    /// The state on the site stands against it.
    Conflict,
    /// Too many calls (429).
    Throttled,
    /// The server or its gateway failed (408, 5xx).
    ServerFault,
    /// The server did not accept the request or its content.
    BadRequest,
    /// The answer lacks something.
    Unreadable,
    /// A local file or the content to be sent could not be read or written.
    Local,
    /// The caller asked for something that cannot be sent.
    Invalid,
}

/// What a failed call may have done on the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Nothing: it was not sent, or it was refused.
    NotDone,
    /// Perhaps everything: look at the site before doing it again.
    Unknown,
}

impl Error {
    /// What kind of trouble it is.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Unreachable { reason, .. } => ErrorKind::Unreachable(*reason),
            Self::Redirected { .. } => ErrorKind::Redirected,
            Self::NotTableau { .. } => ErrorKind::NotTableau,
            Self::TooOld { .. } => ErrorKind::TooOld,
            Self::Refused(refusal) => refusal.kind(),
            Self::Unreadable { .. } => ErrorKind::Unreadable,
            Self::Content { .. } | Self::Sink { .. } | Self::File { .. } => ErrorKind::Local,
            Self::Invalid { .. } => ErrorKind::Invalid,
        }
    }

    /// What the call may have done on the site.
    pub fn fate(&self) -> Fate {
        match self {
            Self::Unreachable {
                reason: Unreachable::Timeout | Unreachable::Lost,
                ..
            }
            | Self::Content { .. }
            | Self::Unreadable { .. } => Fate::Unknown,
            Self::NotTableau { status, .. } if *status < 300 || *status >= 500 => Fate::Unknown,
            Self::Refused(refusal) if refusal.kind() == ErrorKind::ServerFault => Fate::Unknown,
            _ => Fate::NotDone,
        }
    }

    /// Tableau's code, when the server gave one.
    pub fn code(&self) -> Option<ErrorCode> {
        self.refusal().and_then(|refusal| refusal.code)
    }

    /// Whether the server gave this code.
    pub fn is(&self, code: u32) -> bool {
        self.code() == Some(ErrorCode(code))
    }

    /// The server's answer, when it refused.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// What Tableau's code means and what to do about it.
    pub fn explanation(&self) -> Option<&'static Explanation> {
        self.code()?.explain()
    }

    /// Whether the server does not offer the call: an unknown path, version or method.
    pub fn is_not_available(&self) -> bool {
        match self {
            Self::TooOld { .. } => true,
            Self::Refused(refusal) => match refusal.code {
                Some(code) => matches!(code.0, 404_001 | 404_003 | 404_008 | 405_000),
                None => matches!(refusal.status, 400 | 404 | 405),
            },
            _ => false,
        }
    }

    /// What to do about it, in one sentence.
    pub fn advice(&self) -> &'static str {
        if let Some(explanation) = self.explanation() {
            return explanation.fix;
        }
        if matches!(self, Self::Sink { .. } | Self::File { doing: "write", .. }) {
            return "check that the disk has room and that the folder can be written to";
        }
        match self.kind() {
            ErrorKind::Unreachable(Unreachable::Dns) => {
                "check the server's name, and that this machine can resolve it (a VPN may be missing)"
            }
            ErrorKind::Unreachable(Unreachable::Refused | Unreachable::ConnectTimeout) => {
                "check the server's address and port, the firewall, and HTTPS_PROXY and NO_PROXY in the environment"
            }
            ErrorKind::Unreachable(Unreachable::Proxy) => {
                "check the proxy's address and its credentials (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY), or name the server in NO_PROXY"
            }
            ErrorKind::Unreachable(Unreachable::Tls) => {
                "if the server's certificate comes from your own authority, name its file as the CA file of the server (`ca_file:` of the target); else check the host name and the certificate's dates"
            }
            ErrorKind::Unreachable(Unreachable::Timeout) => {
                "try again with a longer timeout; for large files with smaller chunks"
            }
            ErrorKind::Unreachable(Unreachable::Lost) => {
                "try again; if it repeats, ask whether a gateway or proxy limits the size or duration of requests"
            }
            ErrorKind::Redirected => "use the address that it redirects to as the server's address",
            ErrorKind::NotTableau => {
                "check the server's address: only scheme and host, such as https://tableau.example.com; a login page in front of the server must let /api through"
            }
            ErrorKind::TooOld => "upgrade the server, or leave the feature out",
            ErrorKind::SignInRefused => "check the credentials and the site's content URL",
            ErrorKind::SessionEnded => "sign in again",
            ErrorKind::Forbidden => "grant the account the right, or use another account",
            ErrorKind::NotFound => "plan again: it may have been deleted, moved or hidden",
            ErrorKind::Conflict => "plan again: the live state has changed",
            ErrorKind::Throttled => "wait as long as the server says, and run fewer jobs at once",
            ErrorKind::ServerFault => {
                "try again; if it repeats, give the request id to the server's administrator"
            }
            ErrorKind::BadRequest => "see the detail",
            ErrorKind::Unreadable => {
                "the server's version may be unknown to this client: report the message with both versions"
            }
            ErrorKind::Local => {
                "check that the file exists, is readable and does not change meanwhile"
            }
            ErrorKind::Invalid => "correct the value",
        }
    }
}

impl Refusal {
    fn kind(&self) -> ErrorKind {
        // The code first: the documented exceptions from "its first three digits are the status" are
        // many. 401000 is what some calls answer to a session that is over; 429001 to 429003 are
        // clashes of identity pools, and no sign of too many calls.
        match (self.status, self.code.map(|code| code.0)) {
            (_, Some(401_001)) => ErrorKind::SignInRefused,
            (_, Some(401_000 | 401_002)) | (401, _) if self.signed_in => ErrorKind::SessionEnded,
            (401, _) => ErrorKind::SignInRefused,
            (403, _) => ErrorKind::Forbidden,
            (404 | 410, _) => ErrorKind::NotFound,
            (409, _) | (429, Some(429_001..=429_003)) => ErrorKind::Conflict,
            (429, _) => ErrorKind::Throttled,
            (408 | 500.., _) => ErrorKind::ServerFault,
            _ => ErrorKind::BadRequest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, code: u32, signed_in: bool) -> Error {
        Error::Refused(Box::new(Refusal {
            call: CallName {
                method: Method::POST,
                path: "/api/3.29/x".into(),
            },
            status,
            code: (code != 0).then_some(ErrorCode(code)),
            summary: "Bad Thing".into(),
            detail: String::new(),
            request_id: None,
            retry_after: None,
            signed_in,
        }))
    }

    #[test]
    fn the_code_decides_before_the_status() {
        assert_eq!(
            refused(401, 401_001, false).kind(),
            ErrorKind::SignInRefused
        );
        assert_eq!(refused(401, 401_002, true).kind(), ErrorKind::SessionEnded);
        assert_eq!(refused(403, 401_002, true).kind(), ErrorKind::SessionEnded);
        assert_eq!(refused(429, 429_002, true).kind(), ErrorKind::Conflict);
        assert_eq!(refused(429, 0, true).kind(), ErrorKind::Throttled);
        assert_eq!(refused(400, 409_004, true).kind(), ErrorKind::BadRequest);
    }

    #[test]
    fn only_a_server_fault_leaves_the_fate_open() {
        assert_eq!(refused(504, 0, true).fate(), Fate::Unknown);
        assert_eq!(refused(403, 403_004, true).fate(), Fate::NotDone);
        assert_eq!(refused(429, 429_000, true).fate(), Fate::NotDone);
    }

    #[test]
    fn a_refusal_reads_well_with_and_without_a_code() {
        assert_eq!(
            refused(403, 403_004, true).to_string(),
            "POST /api/3.29/x: HTTP 403 / 403004: Bad Thing"
        );
        assert_eq!(
            refused(502, 0, true).to_string(),
            "POST /api/3.29/x: HTTP 502: Bad Thing"
        );
    }

    #[test]
    fn an_absent_call_is_told_from_an_absent_item() {
        assert!(refused(404, 404_003, true).is_not_available());
        assert!(!refused(404, 404_006, true).is_not_available());
        assert!(refused(405, 0, true).is_not_available());
    }
}
