//! Azure DevOps' threads of pull requests.

use serde_json::{Value, json};

use super::standin::{self, Api, Comment, Standin, TOKEN, recorded};
use crate::api::scripted::{Act, Arrival, answer};

struct Azure;

async fn standin() -> Standin {
    Standin::start(Azure).await
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

const THREADS: &str = "/acme/p1/_apis/git/repositories/r1/pullRequests/7/threads";
const US: &str = "0f0d5c3e-9c0b-4f0c-8c1a-5b1f1f6f2a11";

impl Api for Azure {
    fn is_write(&self, arrival: &Arrival) -> bool {
        arrival.method != "GET"
    }

    fn answer(&self, arrival: &Arrival, comments: &mut Vec<Comment>) -> Act {
        assert!(
            arrival.target.contains("api-version=7.1"),
            "Azure wants one"
        );
        if arrival.is("GET", "/acme/_apis/connectionData") {
            let user = json!({ "authenticatedUser": { "id": US.to_uppercase() } });
            return answer(200, user.to_string());
        }
        if arrival.is("GET", THREADS) {
            let threads: Vec<Value> = comments.iter().map(form).collect();
            let body = json!({ "value": threads, "count": threads.len() });
            return answer(200, body.to_string());
        }
        let sent = standin::json(arrival);
        if arrival.is("POST", THREADS) {
            let first = &sent["comments"][0];
            assert_eq!(
                (&first["parentCommentId"], &first["commentType"]),
                (&json!(0), &json!("text"))
            );
            let comment = Comment {
                id: comments.len() as u64 + 1,
                ours: true,
                body: first["content"].as_str().unwrap().to_owned(),
            };
            comments.push(comment.clone());
            return answer(200, form(&comment).to_string());
        }
        assert_eq!(arrival.method, "PATCH", "{}", arrival.target);
        let path = arrival.target.split('?').next().unwrap();
        let rest = path.strip_prefix(THREADS).unwrap();
        let thread = rest.strip_suffix("/comments/1").unwrap();
        let thread = thread.trim_start_matches('/');
        let found = comments.iter_mut().find(|c| c.id.to_string() == thread);
        let comment = found.unwrap();
        assert!(comment.ours, "somebody else's comment was changed");
        sent["content"]
            .as_str()
            .unwrap()
            .clone_into(&mut comment.body);
        answer(200, form(comment)["comments"][0].to_string())
    }

    fn environment(&self, address: &str) -> Vec<(String, String)> {
        [
            ("TF_BUILD", "True"),
            ("SYSTEM_COLLECTIONURI", &format!("{address}/acme/")),
            ("SYSTEM_TEAMPROJECTID", "p1"),
            ("BUILD_REPOSITORY_ID", "r1"),
            ("BUILD_REPOSITORY_PROVIDER", "TfsGit"),
            ("SYSTEM_PULLREQUEST_PULLREQUESTID", "7"),
            ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main"),
            ("SYSTEM_ACCESSTOKEN", TOKEN),
        ]
        .map(|(n, v)| (n.to_owned(), v.to_owned()))
        .to_vec()
    }

    fn header(&self) -> (&'static str, String) {
        ("authorization", format!("Bearer {TOKEN}"))
    }
}

fn form(comment: &Comment) -> Value {
    let mut form = recorded("azure-thread.json");
    form["id"] = comment.id.into();
    form["comments"][0]["content"] = comment.body.as_str().into();
    if !comment.ours {
        form["comments"][0]["author"]["id"] = "11111111-9c0b-4f0c-8c1a-5b1f1f6f2a11".into();
    }
    form
}
