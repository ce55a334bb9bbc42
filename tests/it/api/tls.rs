//! Encryption: an authority of one's own.

use std::{path::PathBuf, sync::Arc};

use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use tabship::api::{Client, Connection, ErrorKind, Fate, Unreachable};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;
use url::Url;

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/wire/tls")
        .join(name)
}

/// A server with a certificate for `localhost`, whose only answer is what it is.
pub(crate) async fn secure_server() -> Url {
    let certificate = CertificateDer::from_pem_file(file("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(file("server.key")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!(
        "https://localhost:{}",
        listener.local_addr().unwrap().port()
    );
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let body = include_str!("../../../fixtures/wire/serverinfo.json");
            let answer = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    url.parse().unwrap()
}

#[tokio::test]
async fn an_unknown_authority_is_refused_and_named() {
    let connection = Connection::new(secure_server().await);
    let error = Client::connect(connection).await.err().unwrap();
    assert_eq!(
        error.kind(),
        ErrorKind::Unreachable(Unreachable::Tls),
        "{error:?}"
    );
    assert_eq!(error.fate(), Fate::NotDone);
    assert!(error.advice().contains("CA file"), "{}", error.advice());
}

#[tokio::test]
async fn an_authority_of_ones_own_is_trusted_when_named() {
    let connection = Connection {
        ca_file: Some(file("ca.pem")),
        ..Connection::new(secure_server().await)
    };
    let client = Client::connect(connection).await.unwrap();
    assert_eq!(client.server_info().product_version, "2026.2.0");
}
