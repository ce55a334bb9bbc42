//! The pull request, as CI systems say it.
//!
//! Sources: the systems' own lists of predefined variables (GitHub Actions, GitLab CI/CD, Azure Pipelines, Jenkins'
//! Branch API).

use serde_json::Value;
use url::Url;

use super::Place;

/// The variable that names the file with the event that GitHub runs a workflow for.
pub const EVENT: &str = "GITHUB_EVENT_PATH";

/// A pull request (GitLab: a merge request).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRequest {
    pub number: u64,
    /// The branch that it goes to.
    pub base: Option<String>,
    /// It comes from another repository, so that its pipeline has no secrets.
    pub fork: bool,
    /// The address of the job that runs.
    pub job: Option<String>,
    /// Where its comments are; `None` on a platform that is not known.
    pub place: Option<Place>,
}

type Environment<'e> = &'e dyn Fn(&str) -> Option<String>;

/// What the environment says; `event` is the text of the file that [`EVENT`] names. `None` where no pipeline runs for a
/// pull request.
pub fn from_ci(environment: Environment<'_>, event: Option<&str>) -> Option<PullRequest> {
    let set = |name: &str| environment(name).filter(|v| !v.is_empty());
    if set("GITHUB_ACTIONS").is_some() {
        github(&set, event)
    } else if set("GITLAB_CI").is_some() {
        gitlab(&set)
    } else if set("TF_BUILD").is_some() {
        azure(&set)
    } else {
        jenkins(&set)
    }
}

fn github(set: Environment<'_>, event: Option<&str>) -> Option<PullRequest> {
    let event: Value = event
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    let request = &event["pull_request"];
    let from_ref = set("GITHUB_REF").and_then(|r| {
        r.strip_prefix("refs/pull/")?
            .split('/')
            .next()?
            .parse()
            .ok()
    });
    let repository = set("GITHUB_REPOSITORY")?;
    let head = request["head"]["repo"]["full_name"].as_str();
    let server = set("GITHUB_SERVER_URL").unwrap_or_else(|| "https://github.com".to_owned());
    Some(PullRequest {
        number: request["number"].as_u64().or(from_ref)?,
        base: set("GITHUB_BASE_REF").or_else(|| text(&request["base"]["ref"])),
        // The head's repository is absent when the fork was deleted.
        fork: request.is_object() && head != Some(repository.as_str()),
        job: set("GITHUB_RUN_ID")
            .and_then(|id| address(&format!("{server}/{repository}/actions/runs/{id}"))),
        place: set("GITHUB_API_URL")
            .unwrap_or_else(|| "https://api.github.com".to_owned())
            .parse()
            .ok()
            .map(|api| Place::Github { api, repository }),
    })
}

fn gitlab(set: Environment<'_>) -> Option<PullRequest> {
    let project = set("CI_MERGE_REQUEST_PROJECT_ID");
    let source = set("CI_MERGE_REQUEST_SOURCE_PROJECT_ID");
    let api = set("CI_API_V4_URL").and_then(|api| api.parse().ok());
    Some(PullRequest {
        number: set("CI_MERGE_REQUEST_IID")?.parse().ok()?,
        base: set("CI_MERGE_REQUEST_TARGET_BRANCH_NAME"),
        fork: source.is_some() && source != project,
        job: set("CI_JOB_URL").and_then(|url| address(&url)),
        place: api
            .zip(project)
            .map(|(api, project)| Place::Gitlab { api, project }),
    })
}

fn azure(set: Environment<'_>) -> Option<PullRequest> {
    let collection = set("SYSTEM_COLLECTIONURI");
    let project = set("SYSTEM_TEAMPROJECTID").or_else(|| set("SYSTEM_TEAMPROJECT"));
    let branch = |name: &str| {
        let value = set(name)?;
        let short = value.strip_prefix("refs/heads/").unwrap_or(&value);
        Some(short.to_owned())
    };
    let job = collection
        .as_ref()
        .zip(project.as_ref())
        .and_then(|(c, p)| {
            let build = set("BUILD_BUILDID")?;
            address(&format!(
                "{}/{p}/_build/results?buildId={build}",
                c.trim_end_matches('/')
            ))
        });
    let place = collection
        .and_then(|c| c.parse().ok())
        .zip(project)
        .zip(set("BUILD_REPOSITORY_ID"))
        .map(|((collection, project), repository)| Place::Azure {
            collection,
            project,
            repository,
        });
    Some(PullRequest {
        number: set("SYSTEM_PULLREQUEST_PULLREQUESTID")?.parse().ok()?,
        base: branch("SYSTEM_PULLREQUEST_TARGETBRANCH"),
        fork: set("SYSTEM_PULLREQUEST_ISFORK").is_some_and(|v| v.eq_ignore_ascii_case("true")),
        job,
        // The repository may be on GitHub.
        place: place.filter(|_| set("BUILD_REPOSITORY_PROVIDER").is_none_or(|p| p == "TfsGit")),
    })
}

fn jenkins(set: Environment<'_>) -> Option<PullRequest> {
    let change: Option<Url> = set("CHANGE_URL").and_then(|url| url.parse().ok());
    Some(PullRequest {
        number: set("CHANGE_ID")?.parse().ok()?,
        base: set("CHANGE_TARGET"),
        fork: set("CHANGE_FORK").is_some(),
        job: set("BUILD_URL").and_then(|url| address(&url)),
        place: change.as_ref().and_then(place_of_page),
    })
}

/// From the address that people see: `https://github.com/acme/bi/pull/7`.
fn place_of_page(page: &Url) -> Option<Place> {
    let path = page.path().trim_matches('/');
    let root = format!("{}://{}", page.scheme(), page.authority());
    if let Some((project, _)) = path.split_once("/-/merge_requests/") {
        return Some(Place::Gitlab {
            api: format!("{root}/api/v4").parse().ok()?,
            project: project.to_owned(),
        });
    }
    let (repository, _) = path.split_once("/pull/")?;
    let api = match page.host_str()? {
        "github.com" => "https://api.github.com".to_owned(),
        _ => format!("{root}/api/v3"),
    };
    Some(Place::Github {
        api: api.parse().ok()?,
        repository: repository.to_owned(),
    })
}

/// A web address in its safe form, for links.
fn address(text: &str) -> Option<String> {
    let url: Url = text.parse().ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.to_string())
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)], event: Option<&str>) -> Option<PullRequest> {
        let find = |name: &str| {
            let found = variables.iter().find(|(n, _)| *n == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        from_ci(&find, event)
    }

    const GITHUB: [(&str, &str); 5] = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_REPOSITORY", "acme/bi"),
        ("GITHUB_REF", "refs/pull/7/merge"),
        ("GITHUB_BASE_REF", "main"),
        ("GITHUB_RUN_ID", "99"),
    ];

    #[test]
    fn github_says_it_in_variables_and_in_the_event() {
        let found = with(&GITHUB, None).unwrap();
        assert_eq!(
            (found.number, found.base.as_deref(), found.fork),
            (7, Some("main"), false)
        );
        assert_eq!(
            found.job.as_deref(),
            Some("https://github.com/acme/bi/actions/runs/99")
        );
        let fork = r#"{"pull_request":{"number":7,"head":{"repo":{"full_name":"eve/bi"}}}}"#;
        assert!(with(&GITHUB, Some(fork)).unwrap().fork);
        let gone = r#"{"pull_request":{"number":7,"head":{"repo":null}}}"#;
        assert!(with(&GITHUB, Some(gone)).unwrap().fork);
        let own = r#"{"pull_request":{"number":8,"head":{"repo":{"full_name":"acme/bi"}}}}"#;
        let own = with(&GITHUB, Some(own)).unwrap();
        assert_eq!((own.number, own.fork), (8, false));
        let push = [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_REPOSITORY", "acme/bi"),
            ("GITHUB_REF", "refs/heads/main"),
        ];
        assert_eq!(with(&push, None), None);
    }

    #[test]
    fn gitlab_names_the_project_that_the_request_goes_to() {
        let found = with(
            &[
                ("GITLAB_CI", "true"),
                ("CI_API_V4_URL", "https://git.acme.example/api/v4"),
                ("CI_MERGE_REQUEST_IID", "12"),
                ("CI_MERGE_REQUEST_PROJECT_ID", "4"),
                ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "9"),
                ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
            ],
            None,
        )
        .unwrap();
        assert!(found.fork);
        assert!(matches!(found.place, Some(Place::Gitlab { project, .. }) if project == "4"));
    }

    #[test]
    fn azure_may_build_what_is_on_github() {
        let variables = [
            ("TF_BUILD", "True"),
            ("SYSTEM_COLLECTIONURI", "https://dev.azure.com/acme/"),
            ("SYSTEM_TEAMPROJECTID", "p"),
            ("BUILD_REPOSITORY_ID", "r"),
            ("BUILD_BUILDID", "5"),
            ("SYSTEM_PULLREQUEST_PULLREQUESTID", "3"),
            ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main"),
        ];
        let found = with(&variables, None).unwrap();
        assert_eq!(found.base.as_deref(), Some("main"));
        assert_eq!(
            found.job.as_deref(),
            Some("https://dev.azure.com/acme/p/_build/results?buildId=5")
        );
        assert!(found.place.is_some());
        let elsewhere = [&variables[..], &[("BUILD_REPOSITORY_PROVIDER", "GitHub")]].concat();
        assert_eq!(with(&elsewhere, None).unwrap().place, None);
    }

    #[test]
    fn jenkins_knows_the_page() {
        let on = |url| {
            with(&[("CHANGE_ID", "7"), ("CHANGE_URL", url)], None)
                .unwrap()
                .place
        };
        assert!(matches!(
            on("https://github.com/acme/bi/pull/7"),
            Some(Place::Github { api, repository })
                if api.as_str() == "https://api.github.com/" && repository == "acme/bi"
        ));
        assert!(matches!(
            on("https://git.acme.example/bi/core/-/merge_requests/7"),
            Some(Place::Gitlab { project, .. }) if project == "bi/core"
        ));
        assert_eq!(on("https://bitbucket.org/acme/bi/overview"), None);
        assert_eq!(with(&[], None), None);
    }
}
