//! The one comment of a pull request, on a stand-in of each platform's API: one file a platform, and what all share.

mod azure;
mod github;
mod gitlab;
mod standin;

use standin::{Repository, Standin};

use crate::api::scripted::{Act, answer};

/// A branch with a risk in it, and the variables of a pipeline of its pull request.
fn reviewed(standin: &Standin) -> Repository {
    Repository::with_a_risk(standin)
}

pub(crate) async fn written_changed_and_then_left_alone(standin: &Standin) {
    let repository = reviewed(standin);
    repository.review(0).stderr_has("wrote the comment");
    let first = standin.only_comment_of_ours();
    assert!(first.contains("Look twice: 1 risk"), "{first}");
    assert!(first.starts_with("<!-- tabship review all -->"), "{first}");
    repository.review(0).stderr_has("says that already");
    assert_eq!(standin.only_comment_of_ours(), first);
    repository.undo();
    repository.review(0).stderr_has("changed the comment");
    let last = standin.only_comment_of_ours();
    assert!(last.contains("Nothing of Tableau's changed"), "{last}");
    standin.saw_the_token_and_nothing_of_it_in(&[&first, &last]);
}

pub(crate) async fn a_marker_by_somebody_else_is_not_ours(standin: &Standin) {
    standin.somebody_writes("<!-- tabship review all -->\nI am tabship");
    standin.somebody_writes("I say <!-- tabship review all --> too");
    let repository = reviewed(standin);
    repository.review(0).stderr_has("wrote the comment");
    assert!(standin.only_comment_of_ours().contains("Look twice"));
    repository.review(0).stderr_has("says that already");
}

pub(crate) async fn found_behind_pages_of_others(standin: &Standin) {
    for n in 0..230 {
        standin.somebody_writes(&format!("comment {n}"));
    }
    let repository = reviewed(standin);
    repository.review(0).stderr_has("wrote the comment");
    repository.undo();
    repository.review(0).stderr_has("changed the comment");
    standin.only_comment_of_ours();
}

pub(crate) async fn nothing_is_written_about_nothing(standin: &Standin) {
    let repository = reviewed(standin);
    repository.undo();
    repository.review(0).stderr_has("nothing to say");
    assert_eq!(standin.ours().len(), 0);
}

/// A new comment is sent once: a second one would be another comment.
pub(crate) async fn a_lost_answer_makes_no_second_comment(standin: &Standin) {
    standin.next_write(|| Act::Hangup);
    let repository = reviewed(standin);
    repository.review(4).stderr_has("cannot be reached");
    assert_eq!(standin.ours().len(), 1);
    repository.review(0).stderr_has("says that already");
}

pub(crate) async fn a_redirect_takes_no_token_along(standin: &Standin) {
    standin.next_write(|| Act::Answer {
        status: 307,
        headers: vec![("Location", "https://evil.example/collect".to_owned())],
        body: Vec::new(),
    });
    let repository = reviewed(standin);
    repository
        .review(4)
        .stderr_has("redirects")
        .stderr_has("https://evil.example");
}

pub(crate) async fn a_busy_platform_is_asked_again(standin: &Standin) {
    standin.next_read(|| answer(503, "<html>busy</html>"));
    let repository = reviewed(standin);
    repository.review(0).stderr_has("wrote the comment");
}

pub(crate) async fn deleted_meanwhile_is_written_anew(standin: &Standin) {
    let repository = reviewed(standin);
    repository.review(0).stderr_has("wrote the comment");
    repository.another_risk();
    standin.next_write(|| answer(404, r#"{"message":"Not Found"}"#));
    repository.review(0).stderr_has("wrote the comment");
}

macro_rules! all {
    ($standin:expr, $($name:ident),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                crate::pull_request::$name(&$standin.await).await;
            }
        )+
    };
}
pub(crate) use all;
