//! Downloads as they come.

use tabship::api::{
    ErrorKind, Unreachable,
    endpoint::{
        content::{FileType, Item},
        downloads::Download,
    },
};

use super::scripted::{Act, Server, answer, luid, refusal};

fn file_headers() -> Vec<(&'static str, String)> {
    vec![(
        "Content-Disposition",
        "name=\"tableau_workbook\"; filename=\"Sales.twbx\"".into(),
    )]
}

fn content() -> Vec<u8> {
    (0..500_000_u32).flat_map(u32::to_le_bytes).collect()
}

#[tokio::test]
async fn a_file_comes_byte_for_byte() {
    let server = Server::start(|_| Act::Answer {
        status: 200,
        headers: file_headers(),
        body: content(),
    })
    .await;
    let mut sink = Vec::new();
    let download = Download::of(Item::workbook(luid(1)));
    let head = server
        .site()
        .await
        .download(&download, &mut sink, None)
        .await
        .unwrap();
    assert_eq!(head.file_type(), Some(FileType::Twbx));
    assert_eq!(head.len, Some(2_000_000));
    assert!(sink == content());
}

#[tokio::test]
async fn a_broken_download_is_an_error_and_a_saved_one_begins_anew() {
    let server = Server::start(|arrival| match arrival.nth {
        1 | 2 => Act::HalfAnswer {
            headers: file_headers(),
            body: content(),
        },
        _ => Act::Answer {
            status: 200,
            headers: file_headers(),
            body: content(),
        },
    })
    .await;
    let site = server.site().await;
    let download = Download::of(Item::workbook(luid(1)));
    let mut sink = Vec::new();
    let error = site.download(&download, &mut sink, None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreachable(Unreachable::Lost));

    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("Sales.twbx");
    site.save(&download, &path, None).await.unwrap();
    assert!(std::fs::read(&path).unwrap() == content());
    assert_eq!(server.count("GET", "/content"), 3);
}

#[tokio::test]
async fn a_refused_download_tells_why_and_a_page_is_no_file() {
    let server = Server::start(|_| refusal(403_019)).await;
    let download = Download::of(Item::workbook(luid(1)));
    let error = server
        .site()
        .await
        .download(&download, &mut Vec::new(), None)
        .await
        .unwrap_err();
    assert!(error.is(403_019), "{error}");
    let server = Server::start(|_| answer(200, "<html></html>")).await;
    let error = server
        .site()
        .await
        .download(&download, &mut Vec::new(), None)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
}

#[tokio::test]
async fn what_cannot_be_saved_says_where_and_leaves_nothing() {
    let server = Server::start(|_| Act::Answer {
        status: 200,
        headers: file_headers(),
        body: content(),
    })
    .await;
    let site = server.site().await;
    let download = Download::of(Item::workbook(luid(1)));
    let dir = tempfile::tempdir().unwrap();
    let nowhere = dir.path().join("no/such/folder/a.twbx");
    let error = site.save(&download, &nowhere, None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Local);
    assert!(error.to_string().contains("a.twbx"), "{error}");

    // A disk without room: a pipe that takes a little and then closes.
    let (mut sink, reader) = tokio::io::duplex(1024);
    drop(reader);
    let error = site.download(&download, &mut sink, None).await.unwrap_err();
    assert!(
        error.to_string().ends_with("could not be written"),
        "{error}"
    );
    assert!(error.advice().contains("disk"), "{}", error.advice());

    let server = Server::start(|_| Act::HalfAnswer {
        headers: file_headers(),
        body: content(),
    })
    .await;
    let path = dir.path().join("Sales.twbx");
    let site = server.site().await;
    let error = site.save(&download, &path, None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreachable(Unreachable::Lost));
    assert!(!path.exists(), "half a file is left");
}
