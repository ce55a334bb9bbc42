//! Each call is repeated as its replay class says, counted by arrivals.

use std::time::{Duration, Instant};

use tabship::api::{
    ErrorKind, Fate, Source, Unreachable,
    endpoint::{
        content::FileType,
        publish::{PublishWorkbook, Upload},
        uploads::{AppendUpload, UploadSession},
    },
};

use super::scripted::{Act, Server, answer, luid, refusal};

fn publish() -> PublishWorkbook {
    let upload = Upload::Whole {
        file: Source::bytes("PK"),
        progress: None,
    };
    PublishWorkbook::new("Sales", luid(1), FileType::Twbx, upload)
}

#[tokio::test]
async fn a_safe_call_is_repeated_after_a_transient_failure() {
    let server = Server::start(|arrival| match arrival.nth {
        1 => answer(503, "busy"),
        2 => Act::Hangup,
        _ => answer(200, include_str!("../../../fixtures/wire/workbook.json")),
    })
    .await;
    let site = server.site().await;
    let workbook = site.workbook(luid(0x10)).await.unwrap();
    assert_eq!(workbook.name, "Sales");
    assert_eq!(
        server.count("GET", &format!("/workbooks/{}", luid(0x10))),
        3
    );
    // Server information, sign-in, and three attempts.
    assert_eq!(site.client().requests(), 5);
}

#[tokio::test]
async fn a_safe_call_is_given_up_after_its_attempts() {
    let server = Server::start(|_| answer(502, "<title>Bad Gateway</title>")).await;
    let error = server.site().await.workbook(luid(1)).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.fate()),
        (ErrorKind::ServerFault, Fate::Unknown)
    );
    assert!(
        error.to_string().contains("HTTP 502: Bad Gateway"),
        "{error}"
    );
    assert_eq!(server.count("GET", &format!("/workbooks/{}", luid(1))), 3);
}

#[tokio::test]
async fn a_publish_is_never_repeated_when_it_may_have_been_done() {
    for status in [500, 502, 503, 504] {
        let server = Server::start(move |_| answer(status, "")).await;
        let error = server
            .site()
            .await
            .publish_workbook(&publish())
            .await
            .unwrap_err();
        assert_eq!(error.fate(), Fate::Unknown, "{status}");
        assert_eq!(server.count("POST", "/workbooks"), 1, "{status}");
    }
}

#[tokio::test]
async fn a_publish_whose_answer_is_lost_is_not_repeated() {
    let server = Server::start(|_| Act::Hangup).await;
    let error = server
        .site()
        .await
        .publish_workbook(&publish())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreachable(Unreachable::Lost));
    assert_eq!(error.fate(), Fate::Unknown);
    assert_eq!(server.count("POST", "/workbooks"), 1);
}

#[tokio::test]
async fn an_append_of_unknown_fate_is_not_repeated_with_a_number_either() {
    for sequence in [None, Some(1)] {
        let server = Server::start(|_| Act::Hangup).await;
        let append = AppendUpload {
            upload: UploadSession::new("1:a-1:0").unwrap(),
            sequence,
            block: Source::bytes("x"),
            progress: None,
        };
        let error = server
            .site()
            .await
            .append_upload(&append)
            .await
            .unwrap_err();
        assert_eq!(error.fate(), Fate::Unknown);
        assert_eq!(server.count("PUT", "/fileUploads/1:a-1:0"), 1);
    }
}

#[tokio::test]
async fn a_publish_refused_at_the_door_is_repeated_with_its_whole_body() {
    let server = Server::start(|arrival| match arrival.nth {
        1 => refusal(429_000),
        _ => answer(201, include_str!("../../../fixtures/wire/workbook.json")),
    })
    .await;
    server
        .site()
        .await
        .publish_workbook(&publish())
        .await
        .unwrap();
    let bodies: Vec<usize> = server
        .arrivals()
        .iter()
        .filter(|a| a.is("POST", "/workbooks"))
        .map(|a| a.body.len())
        .collect();
    assert_eq!(bodies.len(), 2);
    assert_eq!(bodies[0], bodies[1]);
}

#[tokio::test]
async fn a_refusal_is_not_repeated() {
    for code in [400_011, 403_132, 404_006, 409_093, 429_001] {
        let server = Server::start(move |_| refusal(code)).await;
        let error = server.site().await.workbook(luid(1)).await.unwrap_err();
        assert!(error.is(code), "{error}");
        assert_eq!(error.fate(), Fate::NotDone);
        assert_eq!(server.count("GET", &format!("/workbooks/{}", luid(1))), 1);
    }
}

#[tokio::test]
async fn the_server_names_the_wait() {
    let server = Server::start(|arrival| match arrival.nth {
        1 => Act::Answer {
            status: 429,
            headers: vec![("Retry-After", "1".into())],
            body: b"<html>Too Many Requests</html>".to_vec(),
        },
        _ => answer(200, include_str!("../../../fixtures/wire/workbook.json")),
    })
    .await;
    let site = server.site().await;
    let began = Instant::now();
    site.workbook(luid(1)).await.unwrap();
    assert!(began.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_server_that_asks_for_half_an_hour_is_not_waited_for() {
    let body = r#"{"error":{"summary":"Too Many Requests","detail":"Too many requests for 'api.rest.refresh_extracts'. Please retry after 29 minutes.","code":"429000"}}"#;
    let server = Server::start(move |_| answer(429, body)).await;
    let error = server.site().await.workbook(luid(1)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Throttled);
    assert_eq!(
        error.refusal().unwrap().retry_after,
        Some(Duration::from_secs(29 * 60))
    );
    assert_eq!(server.count("GET", &format!("/workbooks/{}", luid(1))), 1);
}

#[tokio::test]
async fn the_request_id_is_kept_for_the_administrator() {
    let server = Server::start(|_| Act::Answer {
        status: 403,
        headers: vec![("X-Request-Id", "abc-123".into())],
        body: br#"{"error":{"summary":"S","detail":"D","code":"403004"}}"#.to_vec(),
    })
    .await;
    let error = server.site().await.workbook(luid(1)).await.unwrap_err();
    assert_eq!(
        error.refusal().unwrap().request_id.as_deref(),
        Some("abc-123")
    );
    assert_eq!(error.explanation().unwrap().name, "forbidden");
}
