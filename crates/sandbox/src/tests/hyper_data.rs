//! Changes of the rows of a published Hyper file.

use super::client::{BOUNDARY, Reply, Signed, Site, parts};
use super::files::DATASOURCE;

/// Publishes a Hyper file; its path.
pub(super) async fn publish(signed: &Signed<'_>) -> String {
    let body = parts(&[
        (
            "request_payload",
            None,
            b"<tsRequest><datasource name='Rows'/></tsRequest>",
        ),
        ("tableau_datasource", Some("rows.hyper"), b"HyPe, and more"),
    ]);
    let reply = signed.multipart("POST", "/datasources", body).await;
    let made = reply.expect(201).json();
    format!(
        "/datasources/{}",
        made["datasource"]["id"].as_str().unwrap()
    )
}

const DELETE: &str = r#"{"actions":[{"action":"delete","target-table":"Extract","target-schema":"Extract",
    "condition":{"op":"eq","target-col":"a","const":{"type":"string","v":"b"}}}]}"#;

async fn send(signed: &Signed<'_>, path: &str, request: Option<&str>, body: &str) -> Reply {
    let mut headers = vec![
        format!("X-Tableau-Auth: {}", signed.token),
        "Accept: application/json".to_owned(),
        "Content-Type: application/json".to_owned(),
    ];
    headers.extend(request.map(|id| format!("RequestID: {id}")));
    let full = format!("/api/3.29/sites/{}{path}", signed.id);
    signed.site.raw("PATCH", &full, &headers, body).await
}

pub(super) async fn change(signed: &Signed<'_>, path: &str, request: &str) -> Reply {
    send(signed, path, Some(request), DELETE).await
}

#[tokio::test]
async fn a_request_is_one_job_however_often_it_is_sent() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    let path = format!("{}/data", publish(&dev).await);
    let first = change(&dev, &path, "one").await.expect(202).json();
    assert_eq!(first["job"]["type"], "UpdateUploadedFile");
    let name = &first["job"]["updateUploadedFileJob"]["datasource"]["name"];
    assert_eq!(name, "Rows");
    let again = change(&dev, &path, "one").await.expect(202).json();
    assert_eq!(first["job"]["id"], again["job"]["id"]);
    let other = change(&dev, &path, "two").await.expect(202).json();
    assert_ne!(first["job"]["id"], other["job"]["id"]);
    let job = format!("/jobs/{}", first["job"]["id"].as_str().unwrap());
    for _ in 0..200 {
        if dev.get(&job).await.json()["job"]["finishCode"] == "0" {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the job never ended");
}

#[tokio::test]
async fn an_upload_is_used_up() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    let path = publish(&dev).await;
    let upload = dev.post("/fileUploads", "").await.expect(201).json();
    let upload = upload["fileUpload"]["uploadSessionId"].as_str().unwrap();
    let chunk = parts(&[
        ("request_payload", None, b""),
        ("tableau_file", Some("f"), b"rows"),
    ]);
    let kind = format!("multipart/mixed; boundary={BOUNDARY}");
    let append = format!("/fileUploads/{upload}");
    dev.at("3.29", "PUT", &append, &kind, chunk)
        .await
        .expect(200);
    let path = format!("{path}/data?uploadSessionId={upload}");
    change(&dev, &path, "one").await.expect(202);
    assert_eq!(change(&dev, &path, "two").await.code(), (404, 404_015));
}

#[tokio::test]
async fn bad_changes_are_refused() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    let hyper = publish(&dev).await;
    let path = format!("{hyper}/data");
    assert_eq!(send(&dev, &path, None, DELETE).await.code(), (400, 400_000));
    for body in [
        "{}",
        "[",
        r#"{"actions":[]}"#,
        r#"{"actions":[{"action":"drop"}]}"#,
    ] {
        let code = send(&dev, &path, Some("r"), body).await.code();
        assert_eq!(code, (400, 400_000), "{body}");
    }
    let code = change(&dev, &format!("{hyper}/connections/no/data"), "r")
        .await
        .code();
    assert_eq!(code, (404, 404_020));
    let body = parts(&[
        (
            "request_payload",
            None,
            b"<tsRequest><datasource name='Live'/></tsRequest>",
        ),
        ("tableau_datasource", Some("a.tds"), DATASOURCE.as_bytes()),
    ]);
    let live = dev
        .multipart("POST", "/datasources", body)
        .await
        .expect(201)
        .json();
    let live = format!(
        "/datasources/{}/data",
        live["datasource"]["id"].as_str().unwrap()
    );
    assert_eq!(change(&dev, &live, "r").await.code(), (400, 400_000));
}
