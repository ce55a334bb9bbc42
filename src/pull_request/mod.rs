//! LEAF: the pull request that a pipeline runs for, and the one comment that tabship keeps there.
//!
//! A platform is a file: what its pull requests are called, where their comments are, who wrote them. The comment is
//! found again by a hidden marker and by its author, since anybody can write the marker; then it is changed, so that
//! there is one. A token goes in a header to the host that the pipeline names, and nowhere else: no redirect is followed.

mod azure;
mod ci;
mod error;
mod github;
mod gitlab;
mod http;

pub use ci::{EVENT, PullRequest, from_ci};
pub use error::Error;

use url::Url;

use crate::api::Secret;

/// Where the comments of a pull request are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    Github {
        /// `https://api.github.com`, or `https://HOST/api/v3`.
        api: Url,
        /// `owner/name`.
        repository: String,
    },
    Gitlab {
        /// `https://HOST/api/v4`.
        api: Url,
        /// Number or path of the project that the merge request goes to.
        project: String,
    },
    Azure {
        /// `https://dev.azure.com/ORGANISATION/`.
        collection: Url,
        project: String,
        repository: String,
    },
}

impl Place {
    pub fn platform(&self) -> &'static str {
        match self {
            Self::Github { .. } => "GitHub",
            Self::Gitlab { .. } => "GitLab",
            Self::Azure { .. } => "Azure DevOps",
        }
    }

    /// Environment variables that may hold the token, the first that is set counts.
    pub fn token_variables(&self) -> &'static [&'static str] {
        match self {
            Self::Github { .. } => &["GITHUB_TOKEN", "GH_TOKEN"],
            Self::Gitlab { .. } => &["GITLAB_TOKEN"],
            Self::Azure { .. } => &["SYSTEM_ACCESSTOKEN"],
        }
    }
}

/// What became of the comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    Created,
    Changed,
    /// It says that already.
    Same,
    /// There was none, and none was wanted.
    Absent,
}

/// The comment that is to be there.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'w> {
    /// Tells this comment from others by the same author: letters, digits, `.`, `_` and `-`.
    pub key: &'w str,
    /// Markdown.
    pub body: &'w str,
    /// Write it where there is none yet.
    pub create: bool,
}

impl Wanted<'_> {
    fn marker(&self) -> String {
        let safe = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        let key: String = self.key.chars().filter(safe).collect();
        format!("<!-- tabship review {} -->", key.replace("--", "-"))
    }
}

/// A comment that is there.
struct Comment {
    /// As the platform's addresses have it.
    id: String,
    body: String,
}

/// What a platform can do with the comments of one pull request.
trait Comments {
    /// Those by the owner of the token, the earliest first.
    async fn own(&self) -> Result<Vec<Comment>, Error>;
    async fn create(&self, body: &str) -> Result<(), Error>;
    async fn change(&self, id: &str, body: &str) -> Result<(), Error>;
}

/// Makes the one comment say what is wanted. Repeating it changes nothing.
pub async fn keep(
    place: &Place,
    number: u64,
    token: &Secret,
    wanted: &Wanted<'_>,
) -> Result<Kept, Error> {
    match place {
        Place::Github { api, repository } => {
            let comments = github::Github::new(api, repository, number, token)?;
            keep_in(&comments, wanted).await
        }
        Place::Gitlab { api, project } => {
            let comments = gitlab::Gitlab::new(api, project, number, token)?;
            keep_in(&comments, wanted).await
        }
        Place::Azure {
            collection,
            project,
            repository,
        } => {
            let comments = azure::Azure::new(collection, project, repository, number, token)?;
            keep_in(&comments, wanted).await
        }
    }
}

async fn keep_in(comments: &impl Comments, wanted: &Wanted<'_>) -> Result<Kept, Error> {
    let marker = wanted.marker();
    let body = format!("{marker}\n{}", wanted.body);
    let own = comments.own().await?;
    let there = own
        .iter()
        .find(|c| c.body.trim_start().starts_with(&marker));
    match there {
        // Platforms change line ends and the space around a text.
        Some(comment) if same(&comment.body, &body) => Ok(Kept::Same),
        Some(comment) => match comments.change(&comment.id, &body).await {
            // Somebody deleted it meanwhile.
            Err(error) if error.is_gone() && wanted.create => {
                comments.create(&body).await?;
                Ok(Kept::Created)
            }
            done => done.map(|()| Kept::Changed),
        },
        None if wanted.create => {
            comments.create(&body).await?;
            Ok(Kept::Created)
        }
        None => Ok(Kept::Absent),
    }
}

fn same(one: &str, other: &str) -> bool {
    let plain = |text: &str| text.replace('\r', "").trim().to_owned();
    plain(one) == plain(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_cannot_end_early() {
        let wanted = Wanted {
            key: "a--> <b>x.y",
            body: "",
            create: true,
        };
        assert_eq!(wanted.marker(), "<!-- tabship review a-bx.y -->");
    }
}
