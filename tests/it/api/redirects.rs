//! Redirects: followed with the same method and body, and never to a stranger.

use tabship::api::{Client, ErrorKind};

use super::scripted::{Act, Server, answer, luid, server_info, signed_in, token};

fn to(location: &str) -> Act {
    Act::Answer {
        status: 302,
        headers: vec![("Location", location.to_owned())],
        body: Vec::new(),
    }
}

#[tokio::test]
async fn a_sign_in_is_posted_again_on_the_same_host() {
    let server = Server::bare(|arrival| {
        if arrival.is("GET", "/serverinfo") {
            server_info("3.29")
        } else if arrival.target.starts_with("/pod") {
            signed_in(1)
        } else {
            to("/pod/auth/signin")
        }
    })
    .await;
    let client = Client::connect(server.connection()).await.unwrap();
    client.sign_in(&token(), "dev").await.unwrap();
    let arrivals = server.arrivals();
    let [_, first, second] = &arrivals[..] else {
        panic!("{arrivals:?}")
    };
    assert_eq!(
        (&*second.method, &*second.target),
        ("POST", "/pod/auth/signin")
    );
    assert_eq!(first.body, second.body);
    assert!(!second.body.is_empty());
}

#[tokio::test]
async fn a_session_is_not_taken_to_another_host() {
    let stranger = Server::bare(|_| answer(200, "{}")).await;
    // The same machine under another name and port: another address.
    let elsewhere = stranger.url.join("/api").unwrap().to_string();
    let server = Server::start(move |_| to(&elsewhere)).await;
    let error = server.site().await.workbook(luid(1)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Redirected);
    let host = stranger.url.authority().to_owned();
    assert!(error.to_string().contains(&host), "{error}");
    assert_eq!(stranger.arrivals().len(), 0);
}

#[tokio::test]
async fn a_circle_ends() {
    let server = Server::start(|_| to("/again")).await;
    let error = server.site().await.workbook(luid(1)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotTableau);
    assert_eq!(server.arrivals().len(), 2 + 4);
}
