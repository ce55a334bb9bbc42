//! The branch, as CI systems say it: they check out a commit, not a branch.

/// Variables that hold the branch, with the prefix that is not part of it, in the order in which they are asked.
///
/// Sources: the systems' own lists of predefined variables (GitHub Actions, GitLab CI/CD, Azure Pipelines, Bitbucket
/// Pipelines, Jenkins, CircleCI; read 2026-11). A pull request's own branch comes before the one that it goes to.
const VARIABLES: &[(&str, &str)] = &[
    ("GITHUB_HEAD_REF", ""),
    ("GITHUB_REF", "refs/heads/"),
    ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", ""),
    ("CI_COMMIT_BRANCH", ""),
    ("SYSTEM_PULLREQUEST_SOURCEBRANCH", "refs/heads/"),
    ("BUILD_SOURCEBRANCH", "refs/heads/"),
    ("BITBUCKET_BRANCH", ""),
    ("CHANGE_BRANCH", ""),
    ("BRANCH_NAME", ""),
    ("GIT_BRANCH", "origin/"),
    ("CIRCLE_BRANCH", ""),
];

/// The branch that the CI says it is building; `None` outside of CI, and for tags.
pub fn branch_from_ci(environment: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    VARIABLES.iter().find_map(|(name, prefix)| {
        let value = environment(name).filter(|v| !v.is_empty())?;
        match value.strip_prefix(prefix) {
            Some(branch) => Some(branch.to_owned()),
            // A whole ref that is no branch is a tag or a merge ref; a bare name needs no prefix.
            None => (!value.starts_with("refs/")).then_some(value),
        }
    })
}

/// Variables that are there only when the CI builds a pull request, with the values that say so; none: any value.
///
/// CircleCI sets its variable for pull requests from forks alone. Sources: as above.
const PULL_REQUEST: &[(&str, &[&str])] = &[
    (
        "GITHUB_EVENT_NAME",
        &["pull_request", "pull_request_target"],
    ),
    ("CI_MERGE_REQUEST_IID", &[]),
    ("SYSTEM_PULLREQUEST_PULLREQUESTID", &[]),
    ("BITBUCKET_PR_ID", &[]),
    ("CHANGE_ID", &[]),
    ("CIRCLE_PR_NUMBER", &[]),
];

/// Whether the CI builds a pull request: then files, branch name and the commit itself are anybody's.
pub fn is_pull_request(environment: &dyn Fn(&str) -> Option<String>) -> bool {
    PULL_REQUEST.iter().any(|(name, values)| {
        environment(name)
            .is_some_and(|v| !v.is_empty() && (values.is_empty() || values.contains(&v.as_str())))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> Option<String> {
        branch_from_ci(&|name| {
            variables
                .iter()
                .find(|(n, _)| *n == name)
                .map(|(_, v)| (*v).to_owned())
        })
    }

    #[test]
    fn each_system_is_understood() {
        assert_eq!(
            with(&[("GITHUB_REF", "refs/heads/main")]).as_deref(),
            Some("main")
        );
        assert_eq!(
            with(&[
                ("GITHUB_HEAD_REF", "feature/x"),
                ("GITHUB_REF", "refs/pull/3/merge")
            ])
            .as_deref(),
            Some("feature/x")
        );
        assert_eq!(
            with(&[("GITHUB_HEAD_REF", ""), ("GITHUB_REF", "refs/tags/v1")]),
            None
        );
        assert_eq!(
            with(&[("BUILD_SOURCEBRANCH", "refs/heads/release/1")]).as_deref(),
            Some("release/1")
        );
        assert_eq!(
            with(&[("GIT_BRANCH", "origin/main")]).as_deref(),
            Some("main")
        );
        assert_eq!(with(&[("CI_COMMIT_BRANCH", "dev")]).as_deref(), Some("dev"));
        assert_eq!(with(&[]), None);
    }

    #[test]
    fn a_pull_request_is_known_from_a_push() {
        let with = |name: &str, value: &str| {
            is_pull_request(&|asked| (asked == name).then(|| value.to_owned()))
        };
        assert!(with("GITHUB_EVENT_NAME", "pull_request"));
        assert!(with("GITHUB_EVENT_NAME", "pull_request_target"));
        assert!(!with("GITHUB_EVENT_NAME", "push"));
        assert!(with("CI_MERGE_REQUEST_IID", "7"));
        assert!(!with("CI_MERGE_REQUEST_IID", ""));
        assert!(!with("CI_COMMIT_BRANCH", "main"));
    }
}
