//! What is logged, and what never is.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use tabship::api::{
    Client, Filter, Source,
    endpoint::{
        content::FileType,
        publish::{EmbeddedCredentials, PublishWorkbook, Upload},
    },
};
use tracing_subscriber::fmt::MakeWriter;

use super::elsewhere;
use super::scripted::{Act, Server, answer, luid, token};

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[test]
fn calls_are_logged_without_secrets_bodies_and_queries() {
    let (passed, said) = elsewhere::run("api::logs::a_logged_deployment", &[]);
    assert!(passed, "{said}");
}

#[tokio::test]
#[ignore = "run by the test above, in a process of its own"]
async fn a_logged_deployment() {
    let captured = Captured::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(captured.clone())
        .with_ansi(false)
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);

    let server = Server::start(|arrival| match (&*arrival.method, arrival.nth) {
        ("GET", 1) => answer(503, "try again"),
        ("GET", _) => answer(200, r#"{"workbooks":{}}"#),
        _ => Act::Answer {
            status: 201,
            headers: vec![("X-Request-Id", "request-77".into())],
            body: include_bytes!("../../../fixtures/wire/workbook.json").to_vec(),
        },
    })
    .await;
    let client = Client::connect(server.connection()).await.unwrap();
    let site = client.sign_in(&token(), "dev").await.unwrap();
    site.workbooks(Filter::all().eq("name", "Layoffs").unwrap())
        .await
        .unwrap();
    let upload = Upload::Whole {
        file: Source::bytes("file content"),
        progress: None,
    };
    let publish = PublishWorkbook {
        credentials: vec![EmbeddedCredentials {
            server_address: None,
            server_port: None,
            user_name: "svc-user".into(),
            password: Some(tabship::api::Secret::new("db-password")),
            oauth: false,
        }],
        ..PublishWorkbook::new("Layoffs", luid(1), FileType::Twb, upload)
    };
    site.publish_workbook(&publish).await.unwrap();
    drop(guard);

    let log = String::from_utf8(captured.0.lock().unwrap().clone()).unwrap();
    for seen in [
        "request-77",
        "status=201",
        "duration_ms=",
        "/workbooks",
        "calling again",
    ] {
        assert!(log.contains(seen), "{seen} is not in\n{log}");
    }
    for never in [
        "hunter2",
        "token-1",
        "db-password",
        "svc-user",
        "file content",
        "Layoffs",
    ] {
        assert!(!log.contains(never), "{never} is in\n{log}");
    }
}
