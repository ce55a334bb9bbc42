//! GitHub's comments of issues.

use super::standin::{Api, Comment, Repository, Standin, TOKEN, json, page, recorded};
use crate::api::scripted::{Act, Arrival, answer};

struct Github {
    read_only: bool,
}

async fn standin() -> Standin {
    Standin::start(Github { read_only: false }).await
}

super::all!(
    standin(),
    written_changed_and_then_left_alone,
    a_marker_by_somebody_else_is_not_ours,
    found_behind_pages_of_others,
    nothing_is_written_about_nothing,
    a_lost_answer_makes_no_second_comment,
    a_redirect_takes_no_token_along,
    a_busy_platform_is_asked_again,
    deleted_meanwhile_is_written_anew,
);

impl Api for Github {
    fn is_write(&self, arrival: &Arrival) -> bool {
        arrival.method != "GET" && !arrival.is("POST", "/graphql")
    }

    fn answer(&self, arrival: &Arrival, comments: &mut Vec<Comment>) -> Act {
        assert!(arrival.header("user-agent").is_some(), "GitHub wants one");
        if arrival.is("POST", "/graphql") {
            let login = r#"{"data":{"viewer":{"login":"github-actions[bot]"}}}"#;
            return answer(200, login);
        }
        if self.is_write(arrival) && self.read_only {
            let body = r#"{"message":"Resource not accessible by integration","status":"403"}"#;
            return answer(403, body);
        }
        if arrival.is("GET", "/repos/acme/bi/issues/7/comments") {
            return page(arrival, comments.iter().map(form).collect());
        }
        let body = json(arrival)["body"].as_str().map(str::to_owned);
        if arrival.is("POST", "/repos/acme/bi/issues/7/comments") {
            let comment = Comment {
                id: comments.len() as u64 + 1,
                ours: true,
                body: body.unwrap(),
            };
            comments.push(comment.clone());
            return answer(201, form(&comment).to_string());
        }
        assert_eq!(arrival.method, "PATCH", "{}", arrival.target);
        let (path, id) = arrival.target.rsplit_once('/').unwrap();
        assert_eq!(path, "/api/v3/repos/acme/bi/issues/comments");
        let found = comments.iter_mut().find(|c| c.id.to_string() == id);
        let comment = found.unwrap();
        assert!(comment.ours, "somebody else's comment was changed");
        comment.body = body.unwrap();
        answer(200, form(comment).to_string())
    }

    fn environment(&self, address: &str) -> Vec<(String, String)> {
        [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_API_URL", &format!("{address}/api/v3")),
            ("GITHUB_SERVER_URL", "https://github.com"),
            ("GITHUB_REPOSITORY", "acme/bi"),
            ("GITHUB_REF", "refs/pull/7/merge"),
            ("GITHUB_BASE_REF", "main"),
            ("GITHUB_RUN_ID", "99"),
            ("GITHUB_TOKEN", TOKEN),
        ]
        .map(|(n, v)| (n.to_owned(), v.to_owned()))
        .to_vec()
    }

    fn header(&self) -> (&'static str, String) {
        ("authorization", format!("Bearer {TOKEN}"))
    }
}

fn form(comment: &Comment) -> serde_json::Value {
    let mut form = recorded("github-comment.json");
    form["id"] = comment.id.into();
    form["body"] = comment.body.as_str().into();
    if !comment.ours {
        form["user"]["login"] = "eve".into();
        form["user"]["type"] = "User".into();
    }
    form
}

/// A pull request of a fork: its token may read and nothing else.
fn fork(repository: &mut Repository) -> std::path::PathBuf {
    let event = r#"{"pull_request":{"number":7,"head":{"repo":{"full_name":"eve/bi"}}}}"#;
    let path = repository.tabship.write("../event.json", event);
    repository
        .tabship
        .set("GITHUB_EVENT_PATH", &path.to_string_lossy());
    let summary = repository.tabship.path().join("../summary.md");
    repository
        .tabship
        .set("GITHUB_STEP_SUMMARY", &summary.to_string_lossy());
    summary
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forks_review_is_in_the_summary_of_the_job() {
    let standin = Standin::start(Github { read_only: true }).await;
    let mut repository = Repository::with_a_risk(&standin);
    let summary = fork(&mut repository);
    repository
        .review(0)
        .stderr_has("a fork's pull request gets no comment")
        .stderr_has("the job's summary says the same");
    assert!(standin.ours().is_empty());
    let text = std::fs::read_to_string(summary).unwrap();
    assert!(text.contains("Look twice: 1 risk"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fork_needs_no_plan_but_says_that_there_is_none() {
    let standin = Standin::start(Github { read_only: true }).await;
    let mut repository = Repository::with_a_risk(&standin);
    let summary = fork(&mut repository);
    repository
        .tabship
        .run([
            "review",
            "--base",
            "HEAD",
            "--comment",
            "--plan",
            "-t",
            "staging",
        ])
        .code(0)
        .stderr_has("TABLEAU_STAGING_TOKEN");
    let text = std::fs::read_to_string(summary).unwrap();
    assert!(
        text.contains("No plan of a deployment to `staging`"),
        "{text}"
    );
    assert!(text.contains("has no secrets"), "{text}");
}

/// Not a fork, so somebody can and should give the job the permission; the review is not lost meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_may_not_write_is_said_with_what_to_give_it() {
    let standin = Standin::start(Github { read_only: true }).await;
    let repository = Repository::with_a_risk(&standin);
    repository
        .review(4)
        .stderr_has("Resource not accessible by integration")
        .stderr_has("pull-requests: write");
}
