//! Bodies on the wire.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tabship::api::{
    Client, Connection, ErrorKind, Progress, Source, Unreachable,
    endpoint::{
        content::FileType,
        publish::{PublishWorkbook, Published, Upload, WriteMode},
        uploads::{AppendUpload, UploadSession},
    },
};

use super::scripted::{Act, Server, answer, luid, refusal, token};

const OPENED: &str = r#"{"fileUpload":{"uploadSessionId":"1:a-1:0","fileSize":"0"}}"#;

#[tokio::test]
async fn a_block_of_a_file_has_the_form_that_tableau_wants() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("big.twbx");
    let content: Vec<u8> = (0..1_000_000_u32).flat_map(u32::to_le_bytes).collect();
    std::fs::write(&path, &content).unwrap();
    let server = Server::start(|arrival| match &*arrival.method {
        "POST" => answer(201, OPENED),
        _ => answer(200, OPENED),
    })
    .await;
    let site = server.site().await;
    let sent = Arc::new(AtomicU64::new(0));
    let sink = sent.clone();
    let progress: Progress = Arc::new(move |bytes| sink.store(bytes, Ordering::Relaxed));
    let append = AppendUpload {
        upload: site.initiate_upload().await.unwrap(),
        sequence: Some(7),
        block: Source::file(&path, 1_000..3_000_000),
        progress: Some(progress),
    };
    site.append_upload(&append).await.unwrap();
    assert_eq!(sent.load(Ordering::Relaxed), 2_999_000);

    let arrivals = server.arrivals();
    let put = arrivals.last().unwrap();
    assert!(
        put.target.ends_with("/fileUploads/1:a-1:0?sequenceID=7"),
        "{}",
        put.target
    );
    assert_eq!(put.header("transfer-encoding"), None);
    assert_eq!(
        put.header("content-length").unwrap(),
        put.body.len().to_string()
    );
    let boundary = put.header("content-type").unwrap();
    let boundary = boundary.strip_prefix("multipart/mixed; boundary=").unwrap();
    assert!(boundary.len() <= 70 && !boundary.contains('"'));
    let head = format!(
        "--{boundary}\r\nContent-Disposition: name=\"request_payload\"\r\nContent-Type: text/xml\r\n\r\n\r\n\
         --{boundary}\r\nContent-Disposition: name=\"tableau_file\"; filename=\"file\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    );
    let tail = format!("\r\n--{boundary}--\r\n");
    assert!(put.body.starts_with(head.as_bytes()));
    assert!(put.body.ends_with(tail.as_bytes()));
    assert!(put.body[head.len()..put.body.len() - tail.len()] == content[1_000..3_000_000]);
}

#[tokio::test]
async fn a_publish_sends_payload_and_file() {
    let workbook = include_str!("../../../fixtures/wire/workbook.json");
    let server = Server::start(move |_| answer(201, workbook)).await;
    let upload = Upload::Whole {
        file: Source::bytes("<workbook/>"),
        progress: None,
    };
    let publish = PublishWorkbook::new("Bob's", luid(1), FileType::Twb, upload);
    let published = server
        .site()
        .await
        .publish_workbook(&publish)
        .await
        .unwrap();
    assert!(matches!(published, Published::Done(workbook) if workbook.name == "Sales"));
    let body = String::from_utf8(server.arrivals().last().unwrap().body.clone()).unwrap();
    assert!(body.contains("<workbook name=\"Bob&#39;s\">"), "{body}");
    assert!(
        body.contains("name=\"tableau_workbook\"; filename=\"workbook.twb\"\r\n"),
        "{body}"
    );
    assert!(body.contains("\r\n\r\n<workbook/>\r\n--"), "{body}");
}

#[tokio::test]
async fn an_overwrite_with_nothing_there_makes_one() {
    let workbook = include_str!("../../../fixtures/wire/workbook.json");
    let server = Server::start(move |arrival| {
        if arrival.target.contains("overwrite=true") {
            refusal(404_006)
        } else {
            answer(201, workbook)
        }
    })
    .await;
    let upload = Upload::Whole {
        file: Source::bytes("PK"),
        progress: None,
    };
    let publish = PublishWorkbook {
        mode: WriteMode::Overwrite,
        ..PublishWorkbook::new("A", luid(1), FileType::Twbx, upload)
    };
    server
        .site()
        .await
        .publish_workbook(&publish)
        .await
        .unwrap();
    assert_eq!(server.count("POST", "/workbooks"), 2);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_not_the_server_s_fault() {
    let server = Server::start(|_| answer(201, OPENED)).await;
    let dir = tempfile::tempdir().unwrap();
    let file = Source::file(dir.path().join("gone.twbx"), 0..10);
    let upload = Upload::Whole {
        file,
        progress: None,
    };
    let publish = PublishWorkbook::new("A", luid(1), FileType::Twbx, upload);
    let error = server
        .site()
        .await
        .publish_workbook(&publish)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Local, "{error:?}");
    assert_eq!(
        server.count("POST", "/workbooks"),
        0,
        "no complete request arrived"
    );
}

fn block(len: usize) -> AppendUpload {
    AppendUpload {
        upload: UploadSession::new("1:a-1:0").unwrap(),
        sequence: None,
        block: Source::bytes(vec![7; len]),
        progress: None,
    }
}

#[tokio::test]
async fn a_server_that_stops_reading_is_given_up_and_told_how_far_it_came() {
    let server =
        Server::start_early(|arrival| (arrival.method == "PUT").then_some(Act::Silence)).await;
    let connection = Connection {
        timeout: Duration::from_millis(300),
        ..server.connection()
    };
    let client = Client::connect(connection).await.unwrap();
    let site = client.sign_in(&token(), "dev").await.unwrap();
    let error = site.append_upload(&block(64 << 20)).await.unwrap_err();
    assert_eq!(
        error.kind(),
        ErrorKind::Unreachable(Unreachable::Timeout),
        "{error:?}"
    );
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(
        cause.contains("bytes were sent, then nothing moved"),
        "{cause}"
    );
}

#[tokio::test]
async fn an_upload_that_is_refused_half_way_is_told_by_its_code() {
    let server =
        Server::start_early(|arrival| (arrival.method == "PUT").then(|| refusal(413_000))).await;
    let error = server
        .site()
        .await
        .append_upload(&block(32 << 20))
        .await
        .unwrap_err();
    assert!(error.is(413_000), "{error:?}");
}
