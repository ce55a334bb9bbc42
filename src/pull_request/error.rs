//! Why a comment could not be kept.

/// What went wrong between here and the platform.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("`{address}` is no https address, and a token would go there in the clear")]
    NotSafe { address: String },
    #[error("the token holds characters that no header can carry")]
    Token,
    #[error("{host} cannot be reached")]
    Unreachable {
        host: String,
        #[source]
        source: reqwest::Error,
    },
    #[error("{host} answers {status} to {call}: {message}")]
    Refused {
        host: String,
        status: u16,
        /// Method and path.
        call: String,
        message: String,
    },
    #[error("{host} redirects {call} to {to}, and a token is never sent on")]
    Redirected {
        host: String,
        call: String,
        to: String,
    },
    #[error("{host} gives an answer to {call} that cannot be understood: {what}")]
    Unreadable {
        host: String,
        call: String,
        what: &'static str,
    },
}

impl Error {
    /// The token may not write here. Platforms hide what a token may not see, so that "not found" means it too.
    pub fn may_not_write(&self) -> bool {
        matches!(
            self,
            Self::Refused {
                status: 401 | 403 | 404,
                ..
            }
        )
    }

    /// The comment is no longer there.
    pub(super) fn is_gone(&self) -> bool {
        matches!(
            self,
            Self::Refused {
                status: 404 | 410,
                ..
            }
        )
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::NotSafe { .. } => "give the platform's API an https address",
            Self::Token => {
                "look at the variable that holds the token: a line end at its end is common"
            }
            Self::Refused { status: 401, .. } => {
                "the token has expired or is no token of this platform"
            }
            Self::Refused {
                status: 403 | 404, ..
            } => {
                "let the token write comments: `pull-requests: write` on GitHub, the scope `api` and the role Reporter on GitLab, \"Contribute to pull requests\" for the build service on Azure DevOps"
            }
            Self::Redirected { .. } => "correct the address of the platform's API",
            Self::Unreachable { .. } => "run the job again; a proxy is taken from `HTTPS_PROXY`",
            Self::Refused { .. } | Self::Unreadable { .. } => {
                "run the job again; `-vv` shows what is asked"
            }
        }
    }
}
