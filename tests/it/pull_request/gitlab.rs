//! GitLab's notes of merge requests.

use super::standin::{Api, Comment, Standin, TOKEN, json, page, recorded};
use crate::api::scripted::{Act, Arrival, answer};

struct Gitlab;

async fn standin() -> Standin {
    Standin::start(Gitlab).await
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

const NOTES: &str = "/api/v4/projects/acme%2Fbi/merge_requests/7/notes";

impl Api for Gitlab {
    fn is_write(&self, arrival: &Arrival) -> bool {
        arrival.method != "GET"
    }

    fn answer(&self, arrival: &Arrival, comments: &mut Vec<Comment>) -> Act {
        if arrival.is("GET", "/api/v4/user") {
            return answer(200, r#"{"id":77,"username":"project_4_bot","bot":true}"#);
        }
        if arrival.is("GET", NOTES) {
            return page(arrival, comments.iter().map(form).collect());
        }
        let body = json(arrival)["body"].as_str().map(str::to_owned);
        if arrival.is("POST", NOTES) {
            let comment = Comment {
                id: comments.len() as u64 + 1,
                ours: true,
                body: body.unwrap(),
            };
            comments.push(comment.clone());
            return answer(201, form(&comment).to_string());
        }
        assert_eq!(arrival.method, "PUT", "{}", arrival.target);
        let (path, id) = arrival.target.rsplit_once('/').unwrap();
        assert_eq!(path, NOTES);
        let found = comments.iter_mut().find(|c| c.id.to_string() == id);
        let comment = found.unwrap();
        assert!(comment.ours, "somebody else's note was changed");
        comment.body = body.unwrap();
        answer(200, form(comment).to_string())
    }

    fn environment(&self, address: &str) -> Vec<(String, String)> {
        [
            ("GITLAB_CI", "true"),
            ("CI_API_V4_URL", &format!("{address}/api/v4")),
            ("CI_MERGE_REQUEST_IID", "7"),
            ("CI_MERGE_REQUEST_PROJECT_ID", "acme/bi"),
            ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "acme/bi"),
            ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
            ("CI_JOB_URL", "https://git.acme.example/acme/bi/-/jobs/1"),
            ("GITLAB_TOKEN", TOKEN),
        ]
        .map(|(n, v)| (n.to_owned(), v.to_owned()))
        .to_vec()
    }

    fn header(&self) -> (&'static str, String) {
        ("private-token", TOKEN.to_owned())
    }
}

/// GitLab takes the white space at the end off a note.
fn form(comment: &Comment) -> serde_json::Value {
    let mut form = recorded("gitlab-note.json");
    form["id"] = comment.id.into();
    form["body"] = comment.body.trim_end().into();
    if !comment.ours {
        form["author"]["id"] = 12.into();
    }
    form
}
