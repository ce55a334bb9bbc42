//! One sign-in a run; once more when the session dies.

use tabship::api::{ApiVersion, Client, Connection, ErrorKind, Filter};

use super::scripted::{NEWEST, Server, answer, luid, refusal, server_info, signed_in, token};

const WORKBOOK: &str = include_str!("../../../fixtures/wire/workbook.json");

#[tokio::test]
async fn the_newest_version_that_both_know_is_used() {
    for (offered, own, used) in [
        ("3.21", NEWEST, "3.21"),
        ("3.40", NEWEST, "3.29"),
        ("3.29", ApiVersion::new(3, 19), "3.19"),
    ] {
        let server = Server::bare(move |arrival| {
            if arrival.is("GET", "/serverinfo") {
                server_info(offered)
            } else {
                signed_in(1)
            }
        })
        .await;
        let connection = Connection {
            newest: own,
            ..server.connection()
        };
        let client = Client::connect(connection).await.unwrap();
        client.sign_in(&token(), "dev").await.unwrap();
        let arrivals = server.arrivals();
        assert_eq!(arrivals[0].target, "/api/3.6/serverinfo");
        assert_eq!(arrivals[1].target, format!("/api/{used}/auth/signin"));
    }
}

#[tokio::test]
async fn a_server_that_is_too_old_is_named() {
    let old = include_str!("../../../fixtures/wire/serverinfo-old.xml");
    let server = Server::bare(move |arrival| {
        if arrival.target.starts_with("/api/2.4/") {
            answer(200, old)
        } else {
            refusal(404_001)
        }
    })
    .await;
    let error = Client::connect(server.connection()).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::TooOld);
    assert!(
        error.to_string().contains("the server offers 2.4"),
        "{error}"
    );
}

#[tokio::test]
async fn calls_carry_the_session_and_ask_for_json() {
    let server = Server::start(|_| answer(200, WORKBOOK)).await;
    server.site().await.workbook(luid(1)).await.unwrap();
    let arrivals = server.arrivals();
    let call = arrivals.last().unwrap();
    assert_eq!(call.header("x-tableau-auth"), Some("token-1"));
    assert_eq!(call.header("accept"), Some("application/json"));
    let sign_in = arrivals
        .iter()
        .find(|arrival| arrival.is("POST", "/auth/signin"))
        .unwrap();
    assert_eq!(sign_in.header("x-tableau-auth"), None);
    assert_eq!(sign_in.header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn a_dead_session_is_opened_once_for_many_calls() {
    let server = Server::start(|arrival| match arrival.header("x-tableau-auth") {
        Some("token-1") => refusal(401_002),
        _ => answer(200, WORKBOOK),
    })
    .await;
    let site = server.site().await;
    let calls = (0..8).map(|n| {
        let site = site.clone();
        tokio::spawn(async move { site.workbook(luid(n)).await.map(|_| ()) })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap().unwrap();
    }
    assert_eq!(server.count("POST", "/auth/signin"), 2);
    assert_eq!(site.session().token.expose(), "token-2");
}

#[tokio::test]
async fn a_session_that_dies_again_at_once_is_not_opened_for_ever() {
    let server = Server::start(|_| refusal(401_002)).await;
    let site = server.site().await;
    for _ in 0..3 {
        let error = site.workbook(luid(1)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::SessionEnded);
    }
    assert_eq!(server.count("POST", "/auth/signin"), 2);
}

#[tokio::test]
async fn refused_credentials_are_tried_once() {
    let server = Server::bare(|arrival| {
        if arrival.is("GET", "/serverinfo") {
            server_info("3.29")
        } else {
            refusal(401_001)
        }
    })
    .await;
    let client = Client::connect(server.connection()).await.unwrap();
    let error = client.sign_in(&token(), "dev").await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::SignInRefused);
    assert_eq!(server.count("POST", "/auth/signin"), 1);
    let shown = format!("{error} {error:?} {}", error.advice());
    assert!(
        !shown.contains("hunter2") && shown.contains("content URL"),
        "{shown}"
    );
}

#[tokio::test]
async fn signing_out_of_a_dead_session_is_done() {
    let server = Server::start(|_| refusal(401_002)).await;
    server.site().await.sign_out().await.unwrap();
    assert_eq!(server.count("POST", "/auth/signin"), 1);
    assert_eq!(server.count("POST", "/auth/signout"), 1);
    let server = Server::start(|_| answer(204, "")).await;
    server.site().await.sign_out().await.unwrap();
    assert_eq!(
        server.arrivals().last().unwrap().header("content-length"),
        Some("0")
    );
}

#[tokio::test]
async fn a_call_that_the_version_lacks_is_not_sent() {
    let server = Server::bare(|arrival| {
        if arrival.is("GET", "/serverinfo") {
            server_info("3.17")
        } else {
            signed_in(1)
        }
    })
    .await;
    let site = server.site().await;
    let error = site.custom_views(Filter::all()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooOld);
    assert!(
        error
            .to_string()
            .contains("needs REST API 3.18, the server offers 3.17"),
        "{error}"
    );
    assert_eq!(server.arrivals().len(), 2);
}
