//! Proxies from the environment. A process reads its environment once, so the client runs in a
//! process of its own: this test binary again, with the test that is ignored otherwise.

use tabship::api::{Client, Connection, ErrorKind, Unreachable};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use url::Url;

use super::elsewhere;

/// A proxy that answers every request the same; gives its address and the first line it was sent.
async fn proxy(answer: &'static str) -> (String, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let seen = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 4096];
        let len = stream.read(&mut request).await.unwrap();
        stream.write_all(answer.as_bytes()).await.unwrap();
        let text = String::from_utf8_lossy(&request[..len]).into_owned();
        text.lines().next().unwrap_or_default().to_owned()
    });
    (address, seen)
}

/// Runs [`a_client_behind_a_proxy`] elsewhere.
async fn run(variable: &'static str, proxy: String, server: &'static str) -> String {
    let run = move || {
        let variables = [(variable, &*proxy), ("TABSHIP_TEST_SERVER", server)];
        elsewhere::run("api::proxies::a_client_behind_a_proxy", &variables)
    };
    let (_, said) = tokio::task::spawn_blocking(run).await.unwrap();
    said
}

#[tokio::test]
#[ignore = "run by the tests of this file, in a process of its own"]
async fn a_client_behind_a_proxy() {
    let Ok(server) = std::env::var("TABSHIP_TEST_SERVER") else {
        return;
    };
    let mut connection = Connection::new(Url::parse(&server).unwrap());
    connection.retry.attempts = 1;
    let error = Client::connect(connection).await.err().unwrap();
    let proxy = error.kind() == ErrorKind::Unreachable(Unreachable::Proxy);
    let mut causes = String::new();
    let mut next = std::error::Error::source(&error);
    while let Some(cause) = next {
        causes.push_str(&format!("; {cause}"));
        next = cause.source();
    }
    panic!(
        "proxy to blame: {proxy}; {error}{causes}; {}",
        error.advice()
    );
}

#[tokio::test]
async fn a_proxy_that_refuses_to_connect_is_to_blame() {
    let (address, seen) = proxy("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n").await;
    let said = run("HTTPS_PROXY", address, "https://tableau.invalid").await;
    assert_eq!(seen.await.unwrap(), "CONNECT tableau.invalid:443 HTTP/1.1");
    assert!(
        said.contains("proxy to blame: true")
            && said.contains("set by HTTPS_PROXY, refuses")
            && said.contains("NO_PROXY"),
        "{said}"
    );
}

#[tokio::test]
async fn a_proxy_that_asks_for_credentials_is_to_blame() {
    let answer = "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
    for (variable, server, line) in [
        (
            "HTTPS_PROXY",
            "https://tableau.invalid",
            "CONNECT tableau.invalid:443 HTTP/1.1",
        ),
        (
            "HTTP_PROXY",
            "http://tableau.invalid",
            "GET http://tableau.invalid/api/3.6/serverinfo HTTP/1.1",
        ),
    ] {
        let (address, seen) = proxy(answer).await;
        let said = run(variable, address, server).await;
        assert_eq!(seen.await.unwrap(), line);
        assert!(said.contains("proxy to blame: true"), "{said}");
    }
}

#[tokio::test]
async fn a_proxy_that_is_down_is_to_blame_and_named_without_its_password() {
    for (variable, proxy, server) in [
        (
            "HTTPS_PROXY",
            "http://ann:hunter2@127.0.0.1:1",
            "https://tableau.invalid",
        ),
        (
            "http_proxy",
            "http://ann:hunter2@127.0.0.1:1",
            "http://tableau.invalid",
        ),
        ("ALL_PROXY", "http://127.0.0.1:1", "http://127.0.0.1:2"),
    ] {
        let said = run(variable, proxy.into(), server).await;
        let named = format!("the proxy http://127.0.0.1:1, set by {variable}, is not reached");
        assert!(
            said.contains("proxy to blame: true") && said.contains(&named),
            "{said}"
        );
        assert!(!said.contains("hunter2"), "{said}");
    }
    let said = run(
        "HTTPS_PROXY",
        "http://proxy.invalid:3128".into(),
        "https://tableau.invalid",
    )
    .await;
    assert!(
        said.contains("http://proxy.invalid:3128, set by HTTPS_PROXY, is not reached"),
        "{said}"
    );
}
