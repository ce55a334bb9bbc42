//! Servers that cannot be reached, and those that are none.

use std::time::Duration;

use tabship::api::{Client, Connection, Error, ErrorKind, Fate, Unreachable};
use tokio::net::TcpListener;
use url::Url;

use super::scripted::{Act, Server, answer, luid, refusal};

async fn reach(connection: Connection) -> Error {
    Client::connect(connection).await.err().unwrap()
}

fn once(url: &str) -> Connection {
    let mut connection = Connection::new(Url::parse(url).unwrap());
    connection.retry.attempts = 1;
    connection
}

#[tokio::test]
async fn a_page_is_not_a_server() {
    for status in [200, 404, 403] {
        let page = "<html><head><title>Welcome to\n nginx</title></head></html>";
        let server = Server::bare(move |_| answer(status, page)).await;
        let error = reach(server.connection()).await;
        assert_eq!(error.kind(), ErrorKind::NotTableau, "{status}");
        let text = error.to_string();
        assert!(
            text.contains("Welcome to nginx") && text.contains(server.url.authority()),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_login_page_instead_of_an_answer_is_told() {
    let server = Server::start(|_| answer(200, "<html><title>Sign in</title></html>")).await;
    let error = server.site().await.workbook(luid(1)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotTableau);
}

#[tokio::test]
async fn a_server_that_refuses_with_a_code_is_one() {
    let server = Server::bare(|_| refusal(404_003)).await;
    assert_eq!(reach(server.connection()).await.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_name_that_does_not_resolve() {
    let error = reach(once("https://tableau.invalid")).await;
    assert_eq!(
        error.kind(),
        ErrorKind::Unreachable(Unreachable::Dns),
        "{error:?}"
    );
    assert_eq!(error.fate(), Fate::NotDone);
    assert!(error.to_string().contains("tableau.invalid"), "{error}");
}

#[tokio::test]
async fn a_port_where_nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = reach(once(&format!("http://{address}"))).await;
    assert_eq!(
        error.kind(),
        ErrorKind::Unreachable(Unreachable::Refused),
        "{error:?}"
    );
    assert!(error.to_string().contains(&address.to_string()), "{error}");
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls() {
    let server = Server::bare(|_| answer(200, "")).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let talking = tokio::spawn(async move {
        use tokio::io::AsyncWriteExt;
        let (mut stream, _) = listener.accept().await.unwrap();
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .await
            .unwrap();
        stream
    });
    let error = reach(once(&format!("https://{address}"))).await;
    assert_eq!(
        error.kind(),
        ErrorKind::Unreachable(Unreachable::Tls),
        "{error:?}"
    );
    assert!(error.advice().contains("CA file"), "{}", error.advice());
    drop((talking, server));
}

#[tokio::test]
async fn a_server_that_says_nothing() {
    let server = Server::bare(|_| Act::Silence).await;
    let connection = Connection {
        timeout: Duration::from_millis(200),
        ..server.connection()
    };
    let error = reach(connection).await;
    assert_eq!(
        error.kind(),
        ErrorKind::Unreachable(Unreachable::Timeout),
        "{error:?}"
    );
    assert_eq!(error.fate(), Fate::Unknown);
    assert_eq!(server.arrivals().len(), 3);
}

#[tokio::test]
async fn a_ca_file_is_read_and_judged() {
    let server = Server::bare(|_| answer(200, "")).await;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ca.pem");
    let with = |path: &std::path::Path| Connection {
        ca_file: Some(path.to_owned()),
        ..server.connection()
    };
    let missing = reach(with(&path)).await;
    assert_eq!(missing.kind(), ErrorKind::Local);
    std::fs::write(&path, "not a certificate").unwrap();
    let empty = reach(with(&path)).await;
    assert_eq!(empty.kind(), ErrorKind::Invalid);
    assert!(empty.to_string().contains("ca.pem"), "{empty}");
}
