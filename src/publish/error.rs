//! What goes wrong with one item.

use crate::api;

use super::journal::JournalError;
use super::secrets::MissingSecret;

/// Why an item was not carried out, or could not be put back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PublishError {
    #[error("{doing} failed")]
    Call {
        /// `publishing`, `setting the owner back`.
        doing: String,
        #[source]
        source: api::Error,
    },
    #[error("the content cannot be prepared: {0}")]
    Payload(String),
    #[error(transparent)]
    Secret(#[from] MissingSecret),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("it changed on the site after the plan was made ({0})")]
    Moved(String),
    #[error(
        "the site published it as {got}, and the plan says {expected}: it is another item than the one that was to be updated"
    )]
    Identity { expected: String, got: String },
    #[error(
        "what was published over is another item ({0}), made under this name after the plan: what that one held was not recorded"
    )]
    Another(String),
    #[error("its content URL is `{got}` now, and was `{expected}`")]
    ContentUrl { expected: String, got: String },
    #[error("views are missing after the publish: {}", .0.join(", "))]
    Views(Vec<String>),
    #[error("sheets are visible that should be hidden: {}", .0.join(", "))]
    Exposed(Vec<String>),
    #[error("the site's job for {what} failed: {text}")]
    Job { what: &'static str, text: String },
    #[error("the site did not finish {what} in time")]
    Overdue { what: &'static str },
    #[error("the site does not say whether it published the item")]
    Uncertain(#[source] Box<api::Error>),
    #[error("no user \"{0}\" is on the site")]
    Owner(String),
    #[error("the credentials of connection {0} did not stay embedded")]
    NotEmbedded(String),
    #[error("the project {0} is not there")]
    Project(String),
    #[error("the lock on the site is no longer this run's: {0}")]
    LockLost(String),
    #[error("the copy of what was live cannot be kept at `{path}`")]
    Backup {
        path: String,
        #[source]
        source: std::io::Error,
    },
}

impl PublishError {
    /// What to do next.
    pub fn help(&self) -> String {
        match self {
            Self::Call { source, .. } => source.advice().to_owned(),
            Self::Uncertain(source) => format!("look at the item on the site before you deploy again; {}", source.advice()),
            Self::Payload(_) => "mend the file, or the `rewrite:` rules that change it, and deploy again".to_owned(),
            Self::Secret(_) => "set it in the environment of the pipeline, or correct its name in tabship.yml".to_owned(),
            Self::Journal(_) | Self::Backup { .. } => "make room or give write access to .tabship/, and run `tabship deploy --resume`".to_owned(),
            Self::Moved(_) => "look at what changed on the site, then plan again".to_owned(),
            Self::Identity { .. } => "two items share this name and project; rename one of them".to_owned(),
            Self::Another(_) => "restore its previous revision on the site, and look at its owner and tags".to_owned(),
            Self::ContentUrl { .. } => "an item in the recycle bin may hold the old URL: restore or purge it, then deploy again".to_owned(),
            Self::Views(_) => "the site could not read these sheets; open the file in Tableau and look at them".to_owned(),
            Self::Exposed(_) => "hide them on the site now, then look at `views:` in tabship.yml".to_owned(),
            Self::Job { .. } => "the text is the site's own; mend what it names, then deploy again".to_owned(),
            Self::Overdue { .. } => "give more `--timeout`, or look at the site's background tasks".to_owned(),
            Self::Owner(_) => "correct `owner:` in tabship.yml, or add the user to the site".to_owned(),
            Self::NotEmbedded(_) => "check the connection's server and user name in `credentials:`".to_owned(),
            Self::LockLost(_) => "wait until nobody else deploys there, look at what this run changed, and take it back (`tabship rollback`) or deploy again".to_owned(),
            Self::Project(_) => "plan again: it was there or was to be created when the plan was made".to_owned(),
        }
    }

    /// The error and its causes in one line, each once.
    pub fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut next = std::error::Error::source(self);
        while let Some(error) = next {
            let cause = error.to_string();
            if !text.contains(&cause) {
                text.push_str(": ");
                text.push_str(&cause);
            }
            next = error.source();
        }
        text
    }
}

/// Names what was being done when a call failed.
pub(super) trait Doing<T> {
    fn doing(self, what: &str) -> Result<T, PublishError>;
}

impl<T> Doing<T> for Result<T, api::Error> {
    fn doing(self, what: &str) -> Result<T, PublishError> {
        self.map_err(|source| PublishError::Call {
            doing: what.to_owned(),
            source,
        })
    }
}
